#include <algorithm>
#include <limits>

#include "runtime/data/time.hpp"
#include "runtime/expr/function.hpp"
#include "runtime/plan/binder.hpp"
#include "runtime/plan/nearest.hpp"
#include "runtime/plan/types.hpp"

namespace millrace::plan {

namespace {

using Kind = sql::Expression::Kind;
using data::LogicalType;
using expr::ExprPtr;

// A time attribute cast to its own type: the same value, and a time like any other.
ExprPtr plain_time(ExprPtr attribute) {
  auto cast = std::make_shared<expr::Expr>();
  cast->kind = expr::Expr::Kind::cast;
  cast->type = attribute->type;
  cast->args = {std::move(attribute)};
  return cast;
}

class ExpressionBinder {
 public:
  ExpressionBinder(const Scope& scope, const std::string& clause, const Intercept& intercept)
      : scope_(scope), clause_(clause), intercept_(intercept) {}

  Result<ExprPtr> bind(const sql::Expression& tree) {
    if (intercept_) {
      BOOST_OUTCOME_TRY(auto answer, intercept_(tree));
      if (answer) return answer;
    }
    switch (tree.kind) {
      case Kind::null_literal:
        return expr::make_null();
      case Kind::boolean_literal:
        return expr::make_bool(tree.flag);
      case Kind::string_literal:
        return expr::make_string(tree.name);
      case Kind::number_literal:
        return number(tree);
      case Kind::interval_literal:
        return tree.flag ? expr::make_interval_months(tree.number)
                         : expr::make_interval_millis(tree.number);
      case Kind::timestamp_literal:
      case Kind::date_literal:
      case Kind::time_literal:
        return time_literal(tree);
      case Kind::binary_literal:
        return expr::make_literal(
            tree.name, LogicalType::binary(std::max<int>(1, static_cast<int>(tree.name.size()))));
      case Kind::column: {
        auto bound = column(tree);
        if (bound) own_column_ = bound.value();
        return bound;
      }
      case Kind::call:
        return call(tree);
      case Kind::cast:
        return cast(tree);
      case Kind::case_when:
        return case_when(tree);
      case Kind::star:
        return sql::parse_error(
            tree.where.from, "Encountered \"*\" at line " + std::to_string(tree.where.from.line) +
                                 ", column " + std::to_string(tree.where.from.column) + ".");
      case Kind::table_argument:
      case Kind::descriptor:
      case Kind::named_argument:
        return sql::not_served(tree.where.from, "this argument here");
      case Kind::subquery: {
        if (auto column = scalar_column(tree, scope_)) return column;
        return sql::not_served(tree.where.from, tree.name.empty()
                                                    ? "a sub-query as a value here"
                                                    : tree.name + " (SELECT ...) here");
      }
    }
    return sql::not_served(tree.where.from, "this expression");
  }

 private:
  static Result<ExprPtr> at(const sql::Expression& tree, Result<ExprPtr> result) {
    if (!result) return located(result.error(), tree.where);
    return result;
  }

  Result<ExprPtr> number(const sql::Expression& tree) {
    if (!tree.name.starts_with('-')) return at(tree, expr::make_number(tree.name));
    if (tree.name == "-9223372036854775808") {
      return expr::make_literal(std::numeric_limits<std::int64_t>::min(), LogicalType::bigint());
    }
    BOOST_OUTCOME_TRY(auto positive, at(tree, expr::make_number(tree.name.substr(1))));
    return at(tree, expr::make_call("-", {positive}));
  }

  Result<ExprPtr> time_literal(const sql::Expression& tree) {
    if (tree.kind == Kind::timestamp_literal) {
      const auto value =
          data::parse_timestamp(tree.name, data::TimestampStyle::sql, /*utc_marker=*/false);
      if (!value) {
        return sql::parse_error(tree.where.from, "Illegal TIMESTAMP literal '" + tree.name +
                                                     "': not in format 'yyyy-MM-dd HH:mm:ss'");
      }
      const auto point = tree.name.find('.');
      const int digits =
          point == std::string::npos ? 0 : static_cast<int>(tree.name.size() - point - 1);
      return expr::make_literal(*value, LogicalType::timestamp(std::min(digits, 9)));
    }
    if (tree.kind == Kind::date_literal) {
      const auto value = data::parse_date(tree.name);
      if (!value) {
        return sql::parse_error(tree.where.from, "Illegal DATE literal '" + tree.name +
                                                     "': not in format 'yyyy-MM-dd'");
      }
      return expr::make_literal(*value, LogicalType::date());
    }
    // TIME '9:00:00' is one, too.
    const bool short_hour = tree.name.size() > 1 && tree.name[1] == ':';
    const auto value =
        data::parse_time(short_hour ? "0" + tree.name : tree.name, data::TimestampStyle::sql);
    if (!value) {
      return sql::parse_error(tree.where.from,
                              "Illegal TIME literal '" + tree.name + "': not in format 'HH:mm:ss'");
    }
    return expr::make_literal(*value, LogicalType::time());
  }

  Result<ExprPtr> column(const sql::Expression& tree) {
    const std::size_t used = scope_.column_parts(tree.path);
    const std::vector<sql::Identifier> name(tree.path.begin(),
                                            tree.path.begin() + static_cast<std::ptrdiff_t>(used));
    BOOST_OUTCOME_TRY(auto index, scope_.resolve(name));
    const Field& field = scope_.fields[index];
    return field_of(expr::make_column(index, field.name, field.type), tree, used,
                    scope_.table_of(index));
  }

  Result<ExprPtr> call(const sql::Expression& tree) {
    std::string name = tree.name;
    if (tree.over) return sql::not_served(tree.over->where.from, "OVER");
    if (aggregates::is_aggregate(name)) {
      if (clause_.empty()) {
        return sql::validation_error(tree.where, "Aggregate expressions cannot be nested");
      }
      return sql::validation_error(tree.where,
                                   "Aggregate expression is illegal in " + clause_ + " clause");
    }
    if (tree.filter) {
      return sql::validation_error(tree.where, "FILTER must be applied to aggregate function");
    }
    if (tree.flag) {
      return sql::validation_error(tree.where,
                                   "DISTINCT/ALL not allowed with " + name + " function");
    }
    if (name == "GROUPING" || name == "GROUPING_ID" || name == "GROUP_ID") {
      return sql::validation_error(tree.where,
                                   name + " operator may only occur in an aggregate query");
    }
    if (name == "TUMBLE" || name == "HOP" || name == "SESSION") {
      return sql::validation_error(
          tree.where, "Group function '$" + name + "' can only appear in GROUP BY clause");
    }
    if (is_auxiliary(name)) {
      return sql::validation_error(tree.where,
                                   "Call to auxiliary group function '" + name +
                                       "' must have matching call to group function '$" +
                                       name.substr(0, name.find('_')) + "' in GROUP BY clause");
    }
    std::vector<ExprPtr> args;
    for (const auto& argument : tree.arguments) {
      if (argument->kind == Kind::star) {
        return sql::validation_error(argument->where, "Unknown identifier '*'");
      }
      BOOST_OUTCOME_TRY(auto bound, bind(*argument));
      args.push_back(std::move(bound));
    }
    if (name == "UNARY -") {
      name = "-";
    } else if (!tree.path.empty()) {
      name = tree.path.front().text;
    }
    auto made = expr::make_call(name, std::move(args));
    if (!made && made.error().message().starts_with("No match found for function signature")) {
      return located({made.error().code(), made.error().message() + near_function(name)},
                     tree.where);
    }
    return at(tree, std::move(made));
  }

  static std::string near_function(const std::string& name) {
    std::vector<std::string> names;
    for (const auto* function : expr::all_functions()) names.emplace_back(function->name);
    for (const auto& function : aggregates::all_aggregates()) names.emplace_back(function.name);
    return did_you_mean(name, names);
  }

  static bool is_auxiliary(const std::string& name) {
    const auto line = name.find('_');
    if (line == std::string::npos) return false;
    const auto window = name.substr(0, line);
    const auto what = name.substr(line + 1);
    return (window == "TUMBLE" || window == "HOP" || window == "SESSION") &&
           (what == "START" || what == "END" || what == "ROWTIME" || what == "PROCTIME");
  }

  Result<ExprPtr> cast(const sql::Expression& tree) {
    BOOST_OUTCOME_TRY(auto from, bind(*tree.arguments[0]));
    BOOST_OUTCOME_TRY(auto type, resolve_type(tree.type));
    // What the intercept answered counts the columns of another node.
    const bool attribute = from == own_column_ && from->kind == expr::Expr::Kind::column &&
                           scope_.fields[from->column].time != TimeAttribute::none;
    if (attribute && from->type.with_nullable(true).same_as(type.with_nullable(true))) {
      return plain_time(std::move(from));
    }
    return at(tree, expr::make_cast(std::move(from), type, tree.flag));
  }

  Result<ExprPtr> case_when(const sql::Expression& tree) {
    std::vector<ExprPtr> args;
    ExprPtr operand;
    std::size_t i = 0;
    if (tree.flag) {
      BOOST_OUTCOME_TRY(auto bound, bind(*tree.arguments[i++]));
      operand = std::move(bound);
    }
    for (; i + 1 < tree.arguments.size(); i += 2) {
      const sql::Expression& listed = *tree.arguments[i];
      if (listed.kind == Kind::call && listed.name == "WHEN ANY") {
        std::vector<ExprPtr> in = {operand};
        for (const auto& one : listed.arguments) {
          BOOST_OUTCOME_TRY(auto bound, bind(*one));
          in.push_back(std::move(bound));
        }
        BOOST_OUTCOME_TRY(auto any, at(listed, expr::make_call("IN", std::move(in))));
        BOOST_OUTCOME_TRY(auto then, bind(*tree.arguments[i + 1]));
        args.push_back(std::move(any));
        args.push_back(std::move(then));
        continue;
      }
      BOOST_OUTCOME_TRY(auto when, bind(listed));
      if (operand) {
        BOOST_OUTCOME_TRY(auto equals,
                          at(*tree.arguments[i], expr::make_call("=", {operand, std::move(when)})));
        when = std::move(equals);
      }
      BOOST_OUTCOME_TRY(auto then, bind(*tree.arguments[i + 1]));
      args.push_back(std::move(when));
      args.push_back(std::move(then));
    }
    BOOST_OUTCOME_TRY(auto otherwise, bind(*tree.arguments.back()));
    args.push_back(std::move(otherwise));
    return at(tree, expr::make_call("CASE", std::move(args)));
  }

  ExprPtr own_column_;  // the newest that column() has bound
  const Scope& scope_;
  const std::string& clause_;
  const Intercept& intercept_;
};

}  // namespace

Result<ExprPtr> field_of(ExprPtr value, const sql::Expression& tree, std::size_t used,
                         const std::string& table) {
  for (std::size_t i = used; i < tree.path.size(); ++i) {
    auto inner = expr::make_call("DOT", {value, expr::make_string(tree.path[i].text)});
    if (!inner) {
      std::string whole;
      for (const auto& part : tree.path) whole += (whole.empty() ? "" : ".") + part.text;
      return sql::validation_error(tree.where,
                                   "Column '" + whole + "' not found in " +
                                       (table.empty() ? "any table" : "table '" + table + "'"));
    }
    value = std::move(inner).value();
  }
  return value;
}

sql::Error located(const base::Error& error, sql::Span where) {
  if (error.message().starts_with("implicit type conversion")) {
    return sql::plain_error(where.from, error.message());
  }
  if (error.code() == base::ErrorCode::unsupported) {
    return {error.code(), std::to_string(where.from.line) + ":" +
                              std::to_string(where.from.column) + ": " + error.message()};
  }
  return sql::validation_error(where, error.message());
}

Scope Relation::scope() const {
  Scope scope{alias, node->fields, tables, merged};
  for (std::size_t i = 0; i < names.size(); ++i) scope.fields[i].name = names[i];
  if (tables.empty()) scope.tables = {{alias, 0, scope.fields.size()}};
  return scope;
}

std::optional<Scope::Table> Scope::table(const std::optional<std::string>& name) const {
  if (!name) return Table{std::nullopt, 0, fields.size()};
  for (const Table& one : tables) {
    if (one.alias == name) return one;
  }
  if (tables.empty() && alias == name) return Table{alias, 0, fields.size()};
  return std::nullopt;
}

std::string Scope::table_of(std::size_t index) const {
  for (const Table& one : tables) {
    if (index >= one.first && index < one.first + one.count) return one.alias.value_or("");
  }
  return alias.value_or("");
}

std::size_t Scope::column_parts(const std::vector<sql::Identifier>& path) const {
  if (path.size() < 2) return path.size();
  // A table's name hides a column's.
  if (table(path[0].text)) return 2;
  for (const auto& field : fields) {
    if (field.name == path[0].text && field.type.is(data::TypeKind::row)) return 1;
  }
  return path.size();
}

Result<std::size_t> Scope::resolve(const std::vector<sql::Identifier>& path) const {
  const sql::Identifier& name = path.back();
  std::optional<std::string> qualifier;
  if (path.size() > 1) qualifier = path[path.size() - 2].text;
  const auto among = table(qualifier);
  if (!among) {
    return sql::validation_error(path.front().where, "Table '" + *qualifier + "' not found");
  }
  if (!qualifier) {
    for (const auto& one : merged) {
      if (one.name == name.text) return one.index;
    }
  }
  std::optional<std::size_t> found;
  const bool inner_has =
      !qualifier && inner_from > 0 &&
      std::any_of(fields.begin() + static_cast<std::ptrdiff_t>(inner_from), fields.end(),
                  [&](const Field& field) { return field.name == name.text; });
  for (std::size_t i = among->first; i < among->first + among->count; ++i) {
    if (fields[i].name != name.text || (inner_has && i < inner_from)) continue;
    if (found) {
      return sql::validation_error(name.where, "Column '" + name.text + "' is ambiguous");
    }
    found = i;
  }
  if (found) return *found;
  std::vector<std::string> names;
  for (std::size_t i = among->first; i < among->first + among->count; ++i) {
    if (!fields[i].name.starts_with('\x01')) names.push_back(fields[i].name);
  }
  if (qualifier) {
    return sql::validation_error(name.where, "Column '" + name.text + "' not found in table '" +
                                                 *qualifier + "'" + did_you_mean(name.text, names));
  }
  return sql::validation_error(name.where, "Column '" + name.text + "' not found in any table" +
                                               did_you_mean(name.text, names));
}

Result<ExprPtr> bind_expression(const sql::Expression& tree, const Scope& scope,
                                const std::string& clause, const Intercept& intercept) {
  return ExpressionBinder(scope, clause, intercept).bind(tree);
}

Result<ExprPtr> bind_condition(const sql::Expression& tree, const Scope& scope,
                               const std::string& clause, const Intercept& intercept) {
  BOOST_OUTCOME_TRY(auto bound, bind_expression(tree, scope, clause, intercept));
  if (bound->type.is(data::TypeKind::null)) {
    return expr::make_cast(bound, LogicalType::boolean());
  }
  if (!bound->type.is(data::TypeKind::boolean)) {
    return sql::validation_error(tree.where, (clause.empty() ? std::string("HAVING") : clause) +
                                                 " clause must be a condition");
  }
  return bound;
}

bool has_aggregate(const sql::Expression& tree) {
  if (tree.kind == Kind::call && !tree.over && aggregates::is_aggregate(tree.name)) return true;
  return std::any_of(tree.arguments.begin(), tree.arguments.end(),
                     [](const auto& argument) { return has_aggregate(*argument); });
}

}  // namespace millrace::plan
