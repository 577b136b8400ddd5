// JSON in texts: JSON_VALUE, JSON_QUERY, JSON_EXISTS, IS JSON.
//
// The clauses of the first three arrive as text literals behind the path: the parser writes them
// (runtime/sql/parse_json.cpp).
#include <algorithm>
#include <array>
#include <memory>

#include "runtime/data/text.hpp"
#include "runtime/expr/cast_text.hpp"
#include "runtime/expr/json_path.hpp"
#include "runtime/expr/json_text.hpp"
#include "runtime/expr/nested.hpp"
#include "runtime/expr/signatures.hpp"
#include "runtime/expr/strings.hpp"

namespace millrace::expr {

namespace {

using Text = std::string_view;
using data::Arena;

// --- following a path
// ----------------------------------------------------------------------------------------

// "strict $.a", "lax $.a"; without a word it is strict, as in Flink.
struct PathMode {
  bool lax = false;
  Text path;
};
PathMode split_mode(Text text) {
  const Text whole = text;
  while (text.starts_with(' ')) text.remove_prefix(1);
  for (const Text word : {"strict", "lax"}) {
    if (text.starts_with(word) && text.substr(word.size()).starts_with(' ')) {
      text.remove_prefix(word.size());
      while (text.starts_with(' ')) text.remove_prefix(1);
      return {word == "lax", text};
    }
  }
  return {false, whole};
}

// A list of values as one JSON array: what a path that may say several gives.
Json listed(const std::vector<const Json*>& found) {
  Json list;
  list.kind = Json::Kind::array;
  for (const Json* one : found) list.items.push_back(*one);
  return list;
}

// What a path leads to in a text. `error`: why it leads nowhere under strict.
struct Answer {
  bool lax = false;
  std::string error;
  std::optional<Json> value;  // nothing: NULL, or nowhere under lax
};

class PathReader {
 public:
  // Results are kept for the last pattern; `unserved` is set for a path this cannot follow.
  Answer read(Text text, Text pattern, std::string& unserved) {
    Answer answer;
    const PathMode mode = split_mode(pattern);
    answer.lax = mode.lax;
    if (!path_ || path_text_ != mode.path) {
      bool served = true;
      path_text_ = std::string(mode.path);
      path_ = JsonPath::compile(mode.path, served);
      malformed_ = !path_;
      if (!served) unserved = path_text_;
    }
    auto root = parse_json(text);
    if (!root) {
      if (!mode.lax) answer.error = "Invalid JSON: " + std::string(text.substr(0, 200));
      return answer;
    }
    if (malformed_) {
      if (!mode.lax) answer.error = "Invalid path: " + path_text_;
      return answer;
    }
    bool found = false;
    const std::vector<const Json*> values = path_->read(*root, found);
    if (!found) {
      if (!mode.lax) answer.error = "No results for path: " + path_text_;
      return answer;
    }
    if (!path_->definite()) {
      answer.value = listed(values);
    } else if (values.front()->kind != Json::Kind::null || !mode.lax) {
      answer.value = *values.front();
    }
    return answer;
  }

 private:
  std::string path_text_;
  std::optional<JsonPath> path_;
  bool malformed_ = false;
};

Error unserved_path(const std::string& path) {
  return {ErrorCode::unsupported,
          "filters and functions in the JSON path '" + path + "' are not served yet"};
}

std::string literal_of(const Expr& call, std::size_t arg, std::string_view fallback) {
  if (arg >= call.args.size()) return std::string(fallback);
  return literal_string(*call.args[arg]).value_or(std::string(fallback));
}

// The clauses are literals of the parser's.
bool are_literals(std::span<const ExprPtr> args) {
  return std::all_of(args.begin(), args.end(),
                     [](const ExprPtr& arg) { return literal_string(*arg).has_value(); });
}

// --- JSON_EXISTS(text, path[, on error])
// --------------------------------------------------------------------

Result<Signature> infer_exists(std::span<const ExprPtr> args) {
  if (!is_text(args[0]) || !is_text(args[1]) || !are_literals(args.subspan(2))) return no_match();
  Signature signature{{text_of(args[0]), text_of(args[1])}, LogicalType::boolean()};
  for (const ExprPtr& arg : args.subspan(2)) signature.args.push_back(arg->type);
  return signature;
}

Result<Column> exists(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                      Context&) {
  const std::string on_error = literal_of(call, 2, "FALSE");
  PathReader reader;
  std::string failed;
  std::string unserved;
  Column out = map_rows<Text, Text>(
      call.type, args.first(2), rows, [&](Text text, Text path) -> std::optional<std::uint8_t> {
        const Answer answer = reader.read(text, path, unserved);
        if (answer.error.empty()) {
          const bool is = answer.value && answer.value->kind != Json::Kind::null;
          return static_cast<std::uint8_t>(is ? 1 : 0);
        }
        if (on_error == "UNKNOWN") return std::nullopt;
        if (on_error == "ERROR") failed = answer.error;
        return static_cast<std::uint8_t>(on_error == "TRUE" ? 1 : 0);
      });
  if (!unserved.empty()) return unserved_path(unserved);
  if (!failed.empty()) return runtime_error(failed);
  return out;
}

// --- JSON_VALUE(text, path[, type, on empty, default, on error, default])
// -------------------------------------------

std::optional<LogicalType> returned_type(Text name) {
  if (name == "VARCHAR" || name == "STRING" || name == "CHAR") return LogicalType::string();
  if (name == "BOOLEAN") return LogicalType::boolean();
  if (name == "INT" || name == "INTEGER") return LogicalType::integer();
  if (name == "DOUBLE") return LogicalType::float64();
  return std::nullopt;
}

Result<Signature> infer_value(std::span<const ExprPtr> args) {
  if (!is_text(args[0]) || !is_text(args[1])) return no_match();
  LogicalType type = LogicalType::string();
  Signature signature{{text_of(args[0]), text_of(args[1])}, type};
  if (args.size() == 2) {
    signature.result = type;
    return signature;
  }
  if (args.size() != 7) return no_match();
  const std::string name = literal_string(*args[2]).value_or("");
  const auto returned = returned_type(name);
  if (!returned) {
    return Error(ErrorCode::validation,
                 "Unsupported type '" + name + "' for RETURNING in JSON_VALUE().");
  }
  signature.result = *returned;
  for (std::size_t i = 2; i < args.size(); ++i) {
    const bool is_default = i == 4 || i == 6;
    signature.args.push_back(is_default ? *returned : args[i]->type);
  }
  return signature;
}

// A scalar as the returned type; false: it is none (INT wants a whole number, DOUBLE one with a
// fraction or an exponent: Flink casts Java's objects).
bool append_scalar(Column& out, Arena& arena, const Json& value) {
  const Text text =
      value.kind == Json::Kind::boolean ? (value.flag ? "true" : "false") : Text(value.text);
  switch (out.type().kind()) {
    case TypeKind::boolean:
      if (value.kind != Json::Kind::boolean) return false;
      out.append<std::uint8_t>(value.flag ? 1 : 0);
      return true;
    case TypeKind::integer: {
      const bool whole = value.kind == Json::Kind::number && text.find_first_of(".E") == Text::npos;
      const auto number = whole ? parse_integer(text, INT32_MIN, INT32_MAX) : std::nullopt;
      if (number) out.append(*number);
      return number.has_value();
    }
    case TypeKind::float64: {
      const bool real = value.kind == Json::Kind::number && text.find_first_of(".E") != Text::npos;
      const auto number = real ? parse_double(text) : std::nullopt;
      if (number) out.append(*number);
      return number.has_value();
    }
    default:
      out.append(arena.copy(text));
      return true;
  }
}

Result<Column> value(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                     Context&) {
  const std::string on_empty = literal_of(call, 3, "NULL");
  const std::string on_error = literal_of(call, 5, "NULL");
  Column out(call.type);
  auto arena = std::make_shared<Arena>();
  PathReader reader;
  std::string unserved;
  const auto fall_back = [&](std::size_t row, const std::string& how, std::size_t arg) {
    if (how != "DEFAULT" || args[arg]->is_null(row)) {
      out.append_null();
      return;
    }
    data::with_storage(call.type.storage(), [&]<class T>() {
      if constexpr (std::is_same_v<T, Text>) {
        out.append(arena->copy(args[arg]->at<T>(row)));
      } else {
        out.append(args[arg]->at<T>(row));
      }
    });
  };
  for (std::size_t row = 0; row < rows; ++row) {
    if (args[0]->is_null(row) || args[1]->is_null(row)) {
      out.append_null();
      continue;
    }
    Answer answer = reader.read(args[0]->at<Text>(row), args[1]->at<Text>(row), unserved);
    if (!unserved.empty()) return unserved_path(unserved);
    const bool scalar =
        answer.value && answer.value->is_scalar() && answer.value->kind != Json::Kind::null;
    if (answer.error.empty() && (!answer.value || (answer.lax && !scalar))) {
      if (on_empty == "ERROR") {
        return runtime_error("Empty result of JSON_VALUE function is not allowed");
      }
      fall_back(row, on_empty, 4);
      continue;
    }
    if (answer.error.empty() && !scalar) {
      answer.error = "Strict jsonpath mode requires scalar value, and the actual value is: '";
      append_json(answer.error, *answer.value);
      answer.error += "'";
    }
    if (answer.error.empty() && append_scalar(out, *arena, *answer.value)) continue;
    if (answer.error.empty()) {
      std::string text;
      append_json(text, *answer.value);
      return runtime_error("JSON_VALUE: " + text + " cannot be cast to " +
                           call.type.with_nullable(true).text());
    }
    if (on_error == "ERROR") return runtime_error(answer.error);
    fall_back(row, on_error, 6);
  }
  out.keep_alive(arena);
  return out;
}

// --- JSON_QUERY(text, path[, wrapper, on empty, on error])
// --------------------------------------------------------

Result<Signature> infer_query(std::span<const ExprPtr> args) {
  if (!is_text(args[0]) || !is_text(args[1])) return no_match();
  if (args.size() > 2 && (args.size() != 5 || !are_literals(args.subspan(2)))) return no_match();
  Signature signature{{text_of(args[0]), text_of(args[1])}, LogicalType::string()};
  for (const ExprPtr& arg : args.subspan(2)) signature.args.push_back(arg->type);
  return signature;
}

Result<Column> query(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                     Context&) {
  const std::string wrapper = literal_of(call, 2, "WITHOUT");
  const std::string on_empty = literal_of(call, 3, "NULL");
  const std::string on_error = literal_of(call, 4, "NULL");
  PathReader reader;
  std::string failed;
  std::string unserved;
  std::string buffer;
  const auto fall_back = [](const std::string& how) -> std::optional<Text> {
    if (how == "EMPTY ARRAY") return "[]";
    if (how == "EMPTY OBJECT") return "{}";
    return std::nullopt;
  };
  Column out = map_text<Text, Text>(
      call.type, args.first(2), rows,
      [&](Arena& arena, Text text, Text path) -> std::optional<Text> {
        Answer answer = reader.read(text, path, unserved);
        if (answer.error.empty() && answer.value &&
            (wrapper == "UNCONDITIONAL" ||
             (wrapper == "CONDITIONAL" && answer.value->kind != Json::Kind::array))) {
          answer.value = listed({&*answer.value});
        }
        const bool scalar = answer.value && answer.value->is_scalar();
        if (answer.error.empty() && (!answer.value || (answer.lax && scalar))) {
          if (on_empty == "ERROR") {
            failed = "Empty result of JSON_QUERY function is not allowed";
          }
          return fall_back(on_empty);
        }
        if (answer.error.empty() && scalar) {
          answer.error =
              "Strict jsonpath mode requires array or object value, and the actual value is: '" +
              answer.value->text + "'";
        }
        if (!answer.error.empty()) {
          if (on_error == "ERROR") failed = answer.error;
          return fall_back(on_error);
        }
        buffer.clear();
        append_json(buffer, *answer.value, Members::sorted);
        return arena.copy(buffer);
      });
  if (!unserved.empty()) return unserved_path(unserved);
  if (!failed.empty()) return runtime_error(failed);
  return out;
}

// --- IS JSON (text, what); NULL is none
// --------------------------------------------------------------------

Result<Signature> infer_is_json(std::span<const ExprPtr> args) {
  if (!is_text(args[0])) return no_match();
  Signature signature{{text_of(args[0])}, LogicalType::boolean().not_null()};
  for (const ExprPtr& arg : args.subspan(1)) signature.args.push_back(arg->type);
  return signature;
}

template <bool negated>
Result<Column> is_json(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                       Context&) {
  const std::string what = literal_of(call, 1, "VALUE");
  Column out = Column::of_size(call.type, rows);
  const std::span<std::uint8_t> to = out.cells<std::uint8_t>();
  for (std::size_t row = 0; row < rows; ++row) {
    const auto json = args[0]->is_null(row) ? std::nullopt : parse_json(args[0]->at<Text>(row));
    const bool is = json && (what == "VALUE" || (what == "SCALAR" && json->is_scalar()) ||
                             (what == "ARRAY" && json->kind == Json::Kind::array) ||
                             (what == "OBJECT" && json->kind == Json::Kind::object));
    to[row] = is != negated ? 1 : 0;
  }
  return out;
}

constexpr std::array functions = {
    function_row("JSON_EXISTS", 2, 3, infer_exists, exists, "JSON_EXISTS(<CHARACTER>, <CHARACTER>)",
                 true),
    function_row("JSON_VALUE", 2, 7, infer_value, value, "JSON_VALUE(<CHARACTER>, <CHARACTER>)",
                 true),
    function_row("JSON_QUERY", 2, 5, infer_query, query, "JSON_QUERY(<CHARACTER>, <CHARACTER>)",
                 true),
    function_row("IS JSON", 1, 2, infer_is_json, is_json<false>, "<CHARACTER> IS JSON"),
    function_row("IS NOT JSON", 1, 2, infer_is_json, is_json<true>, "<CHARACTER> IS NOT JSON"),
};

}  // namespace

std::span<const Function> json_functions() {
  return functions;
}

}  // namespace millrace::expr
