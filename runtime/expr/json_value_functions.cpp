// JSON out of values: JSON_STRING, JSON_OBJECT, JSON_ARRAY; texts as JSON and back.
//
// The clauses of JSON_OBJECT and JSON_ARRAY arrive as a text literal in front of their values: the
// parser writes it (runtime/sql/parse_json.cpp).
#include <algorithm>
#include <array>
#include <memory>

#include "runtime/expr/json_path.hpp"
#include "runtime/expr/json_text.hpp"
#include "runtime/expr/nested.hpp"
#include "runtime/expr/signatures.hpp"
#include "runtime/expr/strings.hpp"

namespace millrace::expr {

namespace {

using Text = std::string_view;
using data::Arena;

// What JSON_STRING and its kin take.
base::Status check_value(const ExprPtr& arg) {
  const LogicalType& type = arg->type;
  if (!type.is(TypeKind::date) && !type.is(TypeKind::time) && !type.is_interval()) {
    return base::success();
  }
  return Error(ErrorCode::validation,
               "Unsupported argument type. Expected type of family 'CHARACTER_STRING' but actual "
               "type was '" +
                   type.text() + "'.");
}

Result<Signature> infer_string(std::span<const ExprPtr> args) {
  BOOST_OUTCOME_TRY(check_value(args[0]));
  return Signature{{args[0]->type}, nullable_as(LogicalType::string(), args)};
}

Result<Column> json_string(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                           Context& context) {
  Column out = Column::of_size(call.type, rows);
  auto arena = std::make_shared<Arena>();
  const std::span<Text> to = out.cells<Text>();
  std::string buffer;
  for (std::size_t row = 0; row < rows; ++row) {
    if (args[0]->is_null(row)) {
      out.set_null(row);
      continue;
    }
    buffer.clear();
    const std::string wrong = append_cell_as_json(buffer, *args[0], row, context.zone);
    if (!wrong.empty()) return runtime_error(wrong);
    to[row] = arena->copy(buffer);
  }
  out.keep_alive(arena);
  return out;
}

// args[0]: "NULL" or "ABSENT", then for each value '1' when it is JSON already, else '0'.
Result<Signature> infer_made(std::span<const ExprPtr> args) {
  if (!literal_string(*args[0])) return no_match();
  Signature signature{{}, LogicalType::string().not_null()};
  for (const ExprPtr& arg : args) {
    BOOST_OUTCOME_TRY(check_value(arg));
    signature.args.push_back(arg->type);
  }
  return signature;
}

Result<Signature> infer_object(std::span<const ExprPtr> args) {
  BOOST_OUTCOME_TRY(Signature signature, infer_made(args));
  if (args.size() % 2 == 0) return no_match();
  for (std::size_t i = 1; i < args.size(); i += 2) {
    if (!args[i]->type.is_string()) return no_match();
  }
  return signature;
}

template <bool object>
Result<Column> make_json(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                         Context& context) {
  const std::string clause = literal_string(*call.args[0]).value_or("NULL");
  const bool absent = clause.starts_with("ABSENT");
  const std::string raw = clause.substr(absent ? 6 : 4);
  constexpr std::size_t step = object ? 2 : 1;
  Column out = Column::of_size(call.type, rows);
  auto arena = std::make_shared<Arena>();
  const std::span<Text> to = out.cells<Text>();
  std::string buffer;
  std::vector<std::size_t> order;
  for (std::size_t i = 1; i + step <= args.size(); i += step) order.push_back(i);
  for (std::size_t row = 0; row < rows; ++row) {
    buffer = object ? "{" : "[";
    if (object) {
      for (const std::size_t i : order) {
        if (args[i]->is_null(row)) return runtime_error("Null keys are not allowed in JSON_OBJECT");
      }
      // Members come in the order of their names.
      std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return args[a]->at<Text>(row) < args[b]->at<Text>(row);
      });
    }
    for (const std::size_t i : order) {
      const Column& cell = *args[i + step - 1];
      if (absent && cell.is_null(row)) continue;
      if (buffer.size() > 1) buffer += ',';
      if (object) {
        append_json_quoted(buffer, args[i]->at<Text>(row));
        buffer += ':';
      }
      const std::size_t number = (i - 1) / step;
      if (cell.is_null(row)) {
        buffer += "null";
      } else if (number < raw.size() && raw[number] == '1') {
        buffer += cell.at<Text>(row);
      } else {
        const std::string wrong = append_cell_as_json(buffer, cell, row, context.zone);
        if (!wrong.empty()) return runtime_error(wrong);
      }
    }
    buffer += object ? '}' : ']';
    to[row] = arena->copy(buffer);
  }
  out.keep_alive(arena);
  return out;
}

// --- JSON_QUOTE, JSON_UNQUOTE
// --------------------------------------------------------------------------------

Result<Signature> infer_quote(std::span<const ExprPtr> args) {
  if (!is_text(args[0])) return no_match();
  return Signature{{text_of(args[0])}, nullable_as(LogicalType::string(), args)};
}

void append_unit(std::string& out, std::uint32_t unit) {
  out += "\\u";
  for (const unsigned shift : {12U, 8U, 4U, 0U}) {
    out += "0123456789abcdef"[unit >> shift & 15U];
  }
}

// What is not ASCII becomes escapes, and / is one.
Result<Column> quote(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                     Context&) {
  std::string buffer;
  return map_text<Text>(call.type, args, rows, [&](Arena& arena, Text text) {
    buffer = "\"";
    for (std::size_t at = 0; at < text.size();) {
      const std::uint32_t c = next_code_point(text, at);
      constexpr Text special = "\"\\/\b\f\n\r\t";
      constexpr Text letters = "\"\\/bfnrt";
      const auto place = c < 0x80 ? special.find(static_cast<char>(c)) : Text::npos;
      if (place != Text::npos) {
        buffer += '\\';
        buffer += letters[place];
      } else if (c >= 0x10000) {
        append_unit(buffer, 0xD800U + ((c - 0x10000U) >> 10U));
        append_unit(buffer, 0xDC00U + ((c - 0x10000U) & 0x3FFU));
      } else if (c >= 0x7F) {
        append_unit(buffer, c);
      } else {
        buffer += static_cast<char>(c);
      }
    }
    buffer += '"';
    return arena.copy(buffer);
  });
}

// The text a JSON text says; anything else stays as it is.
Result<Column> unquote(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                       Context&) {
  return map_text<Text>(call.type, args, rows, [](Arena& arena, Text text) {
    if (!text.starts_with('"')) return text;
    const auto json = parse_json(text);
    return json && json->kind == Json::Kind::text ? arena.copy(json->text) : text;
  });
}

constexpr std::array functions = {
    function_row("JSON_STRING", 1, 1, infer_string, json_string, "JSON_STRING(<ANY>)", true),
    function_row("JSON_OBJECT", 1, -1, infer_object, make_json<true>,
                 "JSON_OBJECT(KEY <CHARACTER> VALUE <ANY>, ...)", true),
    function_row("JSON_ARRAY", 1, -1, infer_made, make_json<false>, "JSON_ARRAY(<ANY>, ...)", true),
    function_row("JSON_QUOTE", 1, 1, infer_quote, quote, "JSON_QUOTE(<CHARACTER>)"),
    function_row("JSON_UNQUOTE", 1, 1, infer_quote, unquote, "JSON_UNQUOTE(<CHARACTER>)"),
};

}  // namespace

std::span<const Function> json_value_functions() {
  return functions;
}

}  // namespace millrace::expr
