// What the families share: checks of arguments, signatures of one kind, rows of the tables.
#pragma once

#include "runtime/expr/kernels.hpp"

namespace millrace::expr {

// What SQL lets a text function take, a text or an untyped NULL, and what it is converted to.
inline bool is_text(const ExprPtr& arg) {
  return arg->type.is_string() || arg->type.is(TypeKind::null);
}
inline LogicalType text_of(const ExprPtr& arg) {
  return arg->type.is_string() ? arg->type : LogicalType::string();
}
// The same for whole numbers.
inline bool is_whole(const ExprPtr& arg) {
  return arg->type.is_integer() || arg->type.is(TypeKind::null);
}
inline LogicalType whole_of(const ExprPtr& arg) {
  return arg->type.is_integer() ? arg->type : LogicalType::integer();
}

// All arguments are texts. Error: no_match().
inline Result<Signature> texts(std::span<const ExprPtr> args, const LogicalType& result) {
  Signature signature{{}, result};
  for (const ExprPtr& arg : args) {
    if (!is_text(arg)) return no_match();
    signature.args.push_back(text_of(arg));
  }
  return signature;
}

// A signature letter by letter: t text, i integer. Result: STRING, or what `result` says; always
// nullable where a value may be NULL for itself.
// Three results that follow the first argument: its type, VARCHAR of its length (kept_length), and
// the same that is always nullable.
constexpr auto kept_type = TypeKind::character;
constexpr auto kept_length = TypeKind::binary;

template <const char* letters, TypeKind result, bool may_be_null>
Result<Signature> infer_letters(std::span<const ExprPtr> args) {
  Signature signature;
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (letters[i] == 't') {
      if (!is_text(args[i])) return no_match();
      signature.args.push_back(text_of(args[i]));
    } else {
      if (!is_whole(args[i])) return no_match();
      signature.args.push_back(whole_of(args[i]));
    }
  }
  LogicalType type = result == TypeKind::varchar ? LogicalType::string() : LogicalType::of(result);
  if (result == kept_type) type = text_of(args[0]);
  if (result == kept_length) type = LogicalType::varchar(text_of(args[0]).length());
  signature.result = may_be_null ? type : nullable_as(type, args);
  return signature;
}

// All arguments are numbers, computed as DOUBLE, and so is the result.
inline Result<Signature> doubles(std::span<const ExprPtr> args) {
  Signature signature{{}, nullable_as(LogicalType::float64(), args)};
  for (const ExprPtr& arg : args) {
    if (!arg->type.is_numeric() && !arg->type.is(TypeKind::null)) return no_match();
    signature.args.push_back(LogicalType::float64());
  }
  return signature;
}

// fn of each number.
template <double (*fn)(double)>
Result<Column> real(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows, Context&) {
  return map_rows<double>(call.type, args, rows, [](double v) { return fn(v); });
}

// A row of a family's table, with at least `min` and at most `max` arguments (-1: any number).
constexpr Function function_row(std::string_view name, int min, int max, Infer infer, Kernel kernel,
                                std::string_view forms, bool can_fail = false) {
  return {.name = name,
          .min_args = min,
          .max_args = max,
          .infer = infer,
          .kernel = kernel,
          .forms = forms,
          .can_fail = can_fail};
}

}  // namespace millrace::expr
