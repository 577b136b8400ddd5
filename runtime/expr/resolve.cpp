// From a name and arguments to a call: the overload, the conversions, the folding of literals.
#include <algorithm>
#include <array>
#include <unordered_map>

#include "runtime/expr/function.hpp"
#include "runtime/expr/kernels.hpp"

namespace millrace::expr {

namespace {

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

const std::unordered_map<std::string_view, const Function*>& table() {
  static const auto* functions = [] {
    auto* map = new std::unordered_map<std::string_view, const Function*>;
    for (const Family& family : function_families()) {
      for (const Function& function : family.functions) map->emplace(function.name, &function);
    }
    return map;
  }();
  return *functions;
}

std::string families(std::span<const ExprPtr> args) {
  std::string out;
  for (const ExprPtr& arg : args) {
    if (!out.empty()) out += ", ";
    out += "<" + arg->type.family_text() + ">";
  }
  return out;
}

// Calcite writes operators between their arguments and types without NOT NULL.
Error cannot_apply(const Function& function, std::span<const ExprPtr> args) {
  std::string types;
  const std::string name(function.name);
  const bool is_operator = name.find_first_of("+-*/%<>=|") != std::string::npos;
  if (is_operator && args.size() == 2) {
    types = "<" + args[0]->type.calcite_text() + "> " + name + " <" + args[1]->type.calcite_text() +
            ">";
  } else {
    for (const ExprPtr& arg : args) {
      if (!types.empty()) types += ", ";
      types += "<" + arg->type.calcite_text() + ">";
    }
    types = name + "(" + types + ")";
  }
  const std::string quote = name == "ITEM" ? "" : "'";
  return {ErrorCode::validation, "Cannot apply '" + name + "' to arguments of type '" + types +
                                     "'. Supported form(s): " + quote +
                                     std::string(function.forms) + quote};
}

Error wrong_count(const Function& function) {
  std::string wanted = std::to_string(function.min_args);
  if (function.max_args < 0) {
    wanted = "at least " + wanted;
  } else if (function.max_args != function.min_args) {
    wanted += " to " + std::to_string(function.max_args);
  }
  return {ErrorCode::validation, "Invalid number of arguments to function '" +
                                     std::string(function.name) + "'. Was expecting " + wanted +
                                     " arguments"};
}

}  // namespace

namespace {

bool has_zone(const LogicalType& type) {
  if (type.is(TypeKind::timestamp_ltz)) return true;
  const auto fields = type.fields();
  return std::any_of(fields.begin(), fields.end(),
                     [](const data::NestedField& field) { return has_zone(field.type); });
}

}  // namespace

std::vector<Family> function_families() {
  return {{"comparison", comparison_functions()},
          {"logic", logic_functions()},
          {"arithmetic", arithmetic_functions()},
          {"numbers", math_functions()},
          {"real numbers", real_functions()},
          {"text", string_functions()},
          {"joined text", joined_text_functions()},
          {"more text", text_functions()},
          {"bytes and digits", code_functions()},
          {"digests", hash_functions()},
          {"URLs", url_functions()},
          {"LIKE and regular expressions", pattern_functions()},
          {"SIMILAR TO and more of regular expressions", regexp_functions()},
          {"JSON", json_functions()},
          {"JSON out of values", json_value_functions()},
          {"time", time_functions()},
          {"instants and zones", epoch_functions()},
          {"spans of time", span_functions()},
          {"constructors and access", nested_functions()},
          {"arrays", array_functions()},
          {"arrays and texts", array_text_functions()},
          {"maps", map_functions()},
          {"others", other_functions()}};
}

ExprPtr fold(ExprPtr expr) {
  // TIMESTAMP_LTZ depends on the session's time zone, which is not known yet.
  const auto zoned = [](const ExprPtr& e) { return has_zone(e->type); };
  if (!expr->deterministic || zoned(expr)) return expr;
  for (const ExprPtr& arg : expr->args) {
    if (arg->kind != Expr::Kind::literal || zoned(arg)) return expr;
  }
  static const base::ManualClock clock(0);
  Context context(clock);
  auto value = evaluate_constant(*expr, context);
  if (!value) return expr;
  auto literal = std::make_shared<Expr>();
  literal->kind = Expr::Kind::literal;
  literal->type = expr->type;
  literal->literal = std::move(value).value();
  return literal;
}

const Function* find_function(std::string_view name) {
  const std::string key = upper(name);
  const auto found = table().find(key);
  return found == table().end() ? nullptr : found->second;
}

std::vector<const Function*> all_functions() {
  std::vector<const Function*> all;
  for (const Family& family : function_families()) {
    for (const Function& function : family.functions) all.push_back(&function);
  }
  return all;
}

ExprPtr make_node(const Function& function, Kernel kernel, std::vector<ExprPtr> args,
                  const LogicalType& type) {
  auto expr = std::make_shared<Expr>();
  expr->kind = Expr::Kind::call;
  expr->type = type;
  expr->function = &function;
  expr->kernel = kernel;
  expr->can_fail = function.can_fail;
  expr->deterministic = function.deterministic;
  for (const ExprPtr& arg : args) {
    expr->can_fail = expr->can_fail || arg->can_fail;
    expr->deterministic = expr->deterministic && arg->deterministic;
  }
  expr->args = std::move(args);
  return expr;
}

namespace {

// Functions of Flink that are known, and missing on purpose.
std::string_view why_not_served(std::string_view name) {
  if (name == "PARSE_JSON" || name == "TRY_PARSE_JSON") return "there is no type VARIANT";
  if (name == "OBJECT_OF" || name == "OBJECT_UPDATE") return "there are no structured types";
  if (name == "SOURCE_WATERMARK") return "no source declares watermarks of its own";
  if (name == "ML_PREDICT") return "there are no models";
  return {};
}

}  // namespace

Result<ExprPtr> make_call(std::string_view name, std::vector<ExprPtr> args) {
  const std::string key = upper(name);
  if (auto rewritten = rewrite_call(key, args)) return *std::move(rewritten);
  const Function* function = find_function(key);
  if (function == nullptr) {
    if (const auto why = why_not_served(key); !why.empty()) {
      return Error(ErrorCode::unsupported,
                   "The function " + key + " is not served: " + std::string(why));
    }
    return Error(ErrorCode::validation, "No match found for function signature " +
                                            std::string(name) + "(" + families(args) + ")");
  }
  const auto count = static_cast<int>(args.size());
  if (count < function->min_args || (function->max_args >= 0 && count > function->max_args)) {
    return wrong_count(*function);
  }
  auto inferred = function->infer(args);
  if (!inferred) {
    if (inferred.error().message().empty()) return cannot_apply(*function, args);
    return inferred.error();
  }
  const Signature signature = std::move(inferred).value();
  KS_ASSERT(signature.args.size() == args.size());
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (args[i]->type.same_as(signature.args[i])) continue;
    BOOST_OUTCOME_TRY(args[i], make_cast(args[i], signature.args[i]));
  }
  return fold(make_node(*function,
                        signature.kernel != nullptr ? signature.kernel : function->kernel,
                        std::move(args), signature.result));
}

}  // namespace millrace::expr
