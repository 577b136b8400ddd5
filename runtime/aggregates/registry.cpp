#include "runtime/aggregates/registry.hpp"

#include <algorithm>
#include <array>

namespace millrace::aggregates {

namespace {

using Types = std::span<const LogicalType>;

Result<LogicalType> count_type(Types) {
  return LogicalType::bigint().not_null();
}

// SUM keeps the type and wraps like it; DECIMAL takes all the digits there are.
Result<LogicalType> sum_type(Types args) {
  if (!args[0].is_numeric()) return no_match();
  if (!args[0].is(TypeKind::decimal)) return args[0].with_nullable(true);
  return LogicalType::decimal(LogicalType::max_precision, args[0].scale());
}

Result<LogicalType> average_type(Types args) {
  if (!args[0].is_numeric()) return no_match();
  if (!args[0].is(TypeKind::decimal)) return args[0].with_nullable(true);
  return LogicalType::decimal(LogicalType::max_precision, std::max(6, args[0].scale()));
}

Result<LogicalType> ordered_type(Types args) {
  if (args[0].is(TypeKind::null)) return no_match();
  return args[0].with_nullable(true);
}

Result<LogicalType> list_type(Types args) {
  for (const LogicalType& arg : args) {
    if (!arg.is_string()) return no_match();
  }
  return LogicalType::string();
}

Result<LogicalType> percentile_type(Types args) {
  if (!args[0].is_numeric() || !args[1].is_numeric()) return no_match();
  return LogicalType::float64();
}

Result<LogicalType> multiset_type(Types args) {
  if (args[0].is(TypeKind::null)) return no_match();
  return LogicalType::multiset(args[0]).not_null();
}

Result<LogicalType> array_type(Types args) {
  if (args[0].is(TypeKind::null)) return no_match();
  return LogicalType::array(args[0]).with_nullable(args[0].nullable());
}

Result<LogicalType> json_object_type(Types args) {
  if (!args[0].is_string()) return no_match();
  return LogicalType::varchar(2000).not_null();
}

Result<LogicalType> json_array_type(Types) {
  return LogicalType::varchar(2000).not_null();
}

Result<LogicalType> rank_type(Types) {
  return LogicalType::bigint().not_null();
}

constexpr std::array functions = {
    AggregateFunction{"COUNT", 0, 1, count_type, make_count, "COUNT(<ANY>), COUNT(*)"},
    AggregateFunction{"SUM", 1, 1, sum_type, make_sum, "SUM(<NUMERIC>)"},
    AggregateFunction{"AVG", 1, 1, average_type, make_average, "AVG(<NUMERIC>)"},
    AggregateFunction{"MIN", 1, 1, ordered_type, make_min, "MIN(<COMPARABLE_TYPE>)"},
    AggregateFunction{"MAX", 1, 1, ordered_type, make_max, "MAX(<COMPARABLE_TYPE>)"},
    AggregateFunction{"FIRST_VALUE", 1, 1, ordered_type, make_first_value, "FIRST_VALUE(<ANY>)"},
    AggregateFunction{"LAST_VALUE", 1, 1, ordered_type, make_last_value, "LAST_VALUE(<ANY>)"},
    AggregateFunction{"LISTAGG", 1, 2, list_type, make_list,
                      "LISTAGG(<CHARACTER>)'\n'LISTAGG(<CHARACTER>, <CHARACTER>)"},
    AggregateFunction{"COLLECT", 1, 1, multiset_type, make_collect, "COLLECT(<ANY>)"},
    AggregateFunction{"ARRAY_AGG", 1, 1, array_type, make_array_agg, "ARRAY_AGG(<ANY>)"},
    AggregateFunction{"JSON_OBJECTAGG_NULL_ON_NULL", 2, 2, json_object_type, make_json_objectagg,
                      "JSON_OBJECTAGG_NULL_ON_NULL(<CHARACTER>, <ANY>)"},
    AggregateFunction{"JSON_OBJECTAGG_ABSENT_ON_NULL", 2, 2, json_object_type, make_json_objectagg,
                      "JSON_OBJECTAGG_ABSENT_ON_NULL(<CHARACTER>, <ANY>)"},
    AggregateFunction{"JSON_ARRAYAGG_NULL_ON_NULL", 1, 1, json_array_type, make_json_arrayagg,
                      "JSON_ARRAYAGG_NULL_ON_NULL(<ANY>)"},
    AggregateFunction{"JSON_ARRAYAGG_ABSENT_ON_NULL", 1, 1, json_array_type, make_json_arrayagg,
                      "JSON_ARRAYAGG_ABSENT_ON_NULL(<ANY>)"},
    AggregateFunction{"SINGLE_VALUE", 1, 1, ordered_type, make_single_value, "SINGLE_VALUE(<ANY>)"},
    AggregateFunction{"PERCENTILE", 2, 2, percentile_type, make_percentile,
                      "PERCENTILE(<NUMERIC>, <NUMERIC>)"},
    AggregateFunction{"STDDEV", 1, 1, average_type, make_variance, "STDDEV(<NUMERIC>)"},
    AggregateFunction{"STDDEV_POP", 1, 1, average_type, make_variance, "STDDEV_POP(<NUMERIC>)"},
    AggregateFunction{"STDDEV_SAMP", 1, 1, average_type, make_variance, "STDDEV_SAMP(<NUMERIC>)"},
    AggregateFunction{"VARIANCE", 1, 1, average_type, make_variance, "VARIANCE(<NUMERIC>)"},
    AggregateFunction{"VAR_POP", 1, 1, average_type, make_variance, "VAR_POP(<NUMERIC>)"},
    AggregateFunction{"VAR_SAMP", 1, 1, average_type, make_variance, "VAR_SAMP(<NUMERIC>)"},
};

constexpr std::array over_functions = {
    AggregateFunction{"LAG", 1, 3, ordered_type, make_lag, "LAG(<ANY>, <INTEGER>, <ANY>)"},
    AggregateFunction{"RANK", 0, 100, rank_type, make_rank, "RANK()"},
    AggregateFunction{"DENSE_RANK", 0, 100, rank_type, make_rank, "DENSE_RANK()"},
};

const AggregateFunction* find(std::string_view name) {
  std::string key(name);
  for (char& c : key) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  for (const AggregateFunction& function : functions) {
    if (function.name == key) return &function;
  }
  return nullptr;
}

}  // namespace

std::span<const AggregateFunction> all_aggregates() {
  return functions;
}

bool is_aggregate(std::string_view name) {
  return find(name) != nullptr;
}

Result<BoundAggregate> bind_aggregate(std::string_view name, std::vector<LogicalType> args,
                                      bool distinct) {
  const auto error = [](const std::string& message) {
    return base::Error(base::ErrorCode::validation, message);
  };
  const AggregateFunction* function = find(name);
  std::string families;
  std::string types;
  for (const LogicalType& arg : args) {
    families += (families.empty() ? "<" : ", <") + arg.family_text() + ">";
    types += (types.empty() ? "<" : ", <") + arg.calcite_text() + ">";
  }
  if (function == nullptr) {
    return error("No match found for function signature " + std::string(name) + "(" + families +
                 ")");
  }
  const std::string upper(function->name);
  const auto count = static_cast<int>(args.size());
  if (count < function->min_args || count > function->max_args || (distinct && count == 0)) {
    return error("Invalid number of arguments to function '" + upper + "'. Was expecting " +
                 std::to_string(std::max(1, function->min_args)) + " arguments");
  }
  auto result = function->infer(args);
  if (!result) {
    if (!result.error().message().empty()) return result.error();
    return error("Cannot apply '" + upper + "' to arguments of type '" + upper + "(" + types +
                 ")'. Supported form(s): '" + std::string(function->forms) + "'");
  }
  // Percentiles are worked out in DOUBLE.
  if (function->name == "PERCENTILE") {
    for (LogicalType& arg : args) arg = LogicalType::float64().with_nullable(arg.nullable());
  }
  // JSON_OBJECTAGG and JSON_ARRAYAGG are given texts: their callers write keys and values as JSON.
  if (function->name.starts_with("JSON_")) {
    for (LogicalType& arg : args) arg = LogicalType::string();
  }
  return BoundAggregate{function, std::move(args), distinct, result.value()};
}

Result<BoundAggregate> bind_over_function(std::string_view name, std::vector<LogicalType> args) {
  for (const AggregateFunction& function : over_functions) {
    if (function.name != name) continue;
    const auto count = static_cast<int>(args.size());
    if (count < function.min_args || count > function.max_args) {
      return base::Error(base::ErrorCode::validation, "Invalid number of arguments to function '" +
                                                          std::string(name) +
                                                          "'. Was expecting 1 arguments");
    }
    BOOST_OUTCOME_TRY(auto result, function.infer(args));
    if (name == "LAG") {
      if (count > 1 && !args[1].is_integer()) {
        return base::Error(base::ErrorCode::validation,
                           "Cannot apply 'LAG' to arguments of type 'LAG(<" +
                               args[0].calcite_text() + ">, <" + args[1].calcite_text() +
                               ">)'. Supported form(s): 'LAG(<ANY>, <INTEGER>, <ANY>)'");
      }
      if (count > 2) args[2] = args[0].with_nullable(args[2].nullable());
    }
    return BoundAggregate{&function, std::move(args), false, result};
  }
  return base::Error(base::ErrorCode::validation,
                     "No match found for function signature " + std::string(name));
}

std::unique_ptr<Accumulators> BoundAggregate::make() const {
  auto plain = function->make(*this);
  // The smallest and the largest are the same with and without repetitions.
  // LISTAGG has two arguments, ARRAY_AGG keeps NULL: they look for themselves.
  const bool matters = distinct && function->name != "MIN" && function->name != "MAX" &&
                       function->name != "LISTAGG" && function->name != "ARRAY_AGG";
  return matters ? make_distinct(*this, std::move(plain)) : std::move(plain);
}

std::vector<std::uint8_t> nulls_where_empty(std::span<const std::uint8_t> filled) {
  std::vector<std::uint8_t> nulls;
  if (std::find(filled.begin(), filled.end(), 0) == filled.end()) return nulls;
  nulls.resize(filled.size());
  for (std::size_t i = 0; i < filled.size(); ++i) nulls[i] = filled[i] == 0 ? 1 : 0;
  return nulls;
}

}  // namespace millrace::aggregates
