#include "runtime/expr/expr.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "runtime/data/decimal.hpp"
#include "runtime/data/text.hpp"
#include "runtime/expr/function.hpp"
#include "runtime/expr/kernels.hpp"

namespace millrace::expr {

ExprPtr make_column(std::size_t index, std::string name, const LogicalType& type) {
  auto expr = std::make_shared<Expr>();
  expr->kind = Expr::Kind::column;
  expr->column = index;
  expr->name = std::move(name);
  expr->type = type;
  return expr;
}

ExprPtr make_literal(data::Value value, const LogicalType& type) {
  auto expr = std::make_shared<Expr>();
  expr->kind = Expr::Kind::literal;
  expr->type = type.with_nullable(data::is_null(value));
  expr->literal = std::move(value);
  return expr;
}

ExprPtr make_null() {
  return make_literal({}, LogicalType{});
}
ExprPtr make_bool(bool value) {
  return make_literal(value, LogicalType::boolean());
}

ExprPtr make_int(std::int64_t value) {
  const bool small = value >= INT32_MIN && value <= INT32_MAX;
  return make_literal(value, small ? LogicalType::integer() : LogicalType::bigint());
}

ExprPtr make_string(std::string_view text) {
  const auto length = std::max<std::size_t>(1, data::count_code_points(text));
  return make_literal(std::string(text), LogicalType::character(static_cast<int>(length)));
}

Result<ExprPtr> make_number(std::string_view text) {
  const Error malformed(ErrorCode::validation, "Malformed number '" + std::string(text) + "'");
  if (text.find_first_of("eE") != std::string_view::npos) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end != text.data() + text.size() || error == std::errc::invalid_argument) return malformed;
    if (error == std::errc::result_out_of_range) {
      return Error(ErrorCode::validation,
                   "Numeric literal '" + std::string(text) + "' out of range");
    }
    return make_literal(value, LogicalType::float64());
  }
  const std::size_t point = text.find('.');
  const int scale = point == std::string_view::npos ? 0 : static_cast<int>(text.size() - point - 1);
  int digits = 0;  // all of them: 0.0005 is a DECIMAL(5, 4)
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '.') continue;
    if (text[i] < '0' || text[i] > '9') return malformed;
    ++digits;
  }
  bool valid = false;
  const std::optional<base::Int128> value =
      scale > LogicalType::max_precision
          ? std::nullopt
          : data::parse_decimal(text, LogicalType::max_precision, scale, valid);
  if (!value) {
    if (!valid && scale <= LogicalType::max_precision) return malformed;
    return Error(ErrorCode::validation, "Numeric literal '" + std::string(text) + "' out of range");
  }
  if (point == std::string_view::npos && *value <= INT64_MAX) {
    return make_int(static_cast<std::int64_t>(*value));
  }
  return make_literal(*value, LogicalType::decimal(std::max(digits, std::max(scale, 1)), scale));
}

ExprPtr make_interval_months(std::int64_t months) {
  return make_literal(months, LogicalType::interval_months());
}
ExprPtr make_interval_millis(std::int64_t millis) {
  return make_literal(millis, LogicalType::interval_millis());
}

std::optional<std::string> literal_string(const Expr& expr) {
  if (expr.kind != Expr::Kind::literal || !expr.type.is_string()) return std::nullopt;
  const auto* text = std::get_if<std::string>(&expr.literal);
  return text != nullptr ? std::optional(*text) : std::nullopt;
}

std::optional<std::int64_t> literal_int(const Expr& expr) {
  if (expr.kind != Expr::Kind::literal || !expr.type.is_integer()) return std::nullopt;
  const auto* number = std::get_if<std::int64_t>(&expr.literal);
  return number != nullptr ? std::optional(*number) : std::nullopt;
}

namespace {

void collect_columns(const Expr& expr, std::set<std::size_t>& out) {
  if (expr.kind == Expr::Kind::column) out.insert(expr.column);
  for (const ExprPtr& arg : expr.args) collect_columns(*arg, out);
}

}  // namespace

std::vector<std::size_t> referenced_columns(const Expr& expr) {
  std::set<std::size_t> columns;
  collect_columns(expr, columns);
  return {columns.begin(), columns.end()};
}

ExprPtr substitute(const ExprPtr& expr, std::span<const ExprPtr> replacements) {
  if (expr->kind == Expr::Kind::column) return replacements[expr->column];
  if (expr->args.empty()) return expr;
  auto copy = std::make_shared<Expr>(*expr);
  for (ExprPtr& arg : copy->args) {
    arg = substitute(arg, replacements);
    copy->can_fail = copy->can_fail || arg->can_fail;
    copy->deterministic = copy->deterministic && arg->deterministic;
  }
  return copy;
}

bool equal(const Expr& a, const Expr& b) {
  if (a.kind != b.kind || !(a.type == b.type) || a.column != b.column || a.function != b.function ||
      a.kernel != b.kernel || a.try_cast != b.try_cast || a.args.size() != b.args.size()) {
    return false;
  }
  if (a.kind == Expr::Kind::literal && a.literal != b.literal) return false;
  for (std::size_t i = 0; i < a.args.size(); ++i) {
    if (!equal(*a.args[i], *b.args[i])) return false;
  }
  return true;
}

std::string to_text(const Expr& expr) {
  switch (expr.kind) {
    case Expr::Kind::literal:
      return data::literal_text(expr.literal, expr.type);
    case Expr::Kind::column:
      return expr.name;
    case Expr::Kind::cast:
      return std::string(expr.try_cast ? "TRY_CAST(" : "CAST(") + to_text(*expr.args[0]) + " AS " +
             expr.type.with_nullable(true).text() + ")";
    case Expr::Kind::call:
      break;
  }
  const std::string name(expr.function->name);
  const bool word =
      name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == std::string::npos;
  if (expr.args.size() == 1 && name.starts_with("IS ")) return to_text(*expr.args[0]) + " " + name;
  if (expr.args.size() == 2 && (!word || name == "AND" || name == "OR" || name == "LIKE")) {
    return "(" + to_text(*expr.args[0]) + " " + name + " " + to_text(*expr.args[1]) + ")";
  }
  if (name == "ITEM") return to_text(*expr.args[0]) + "[" + to_text(*expr.args[1]) + "]";
  if (name == "DOT") {
    return to_text(*expr.args[0]) + "." + literal_string(*expr.args[1]).value_or("");
  }
  const bool brackets = name == "ARRAY" || name == "MAP";
  std::string out = name + (brackets ? "[" : "(");
  for (std::size_t i = 0; i < expr.args.size(); ++i) {
    if (i > 0) out += ", ";
    out += to_text(*expr.args[i]);
  }
  return out + (brackets ? "]" : ")");
}

}  // namespace millrace::expr
