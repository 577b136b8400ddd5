// Functions on maps, and those that make one.
#include <algorithm>
#include <array>

#include "runtime/expr/nested.hpp"
#include "runtime/expr/regex.hpp"
#include "runtime/expr/signatures.hpp"
#include "runtime/expr/strings.hpp"

namespace millrace::expr {

namespace {

using Text = std::string_view;

bool is_map(const ExprPtr& arg) {
  return arg->type.is(TypeKind::map);
}

// MAP_KEYS (0) and MAP_VALUES (1).
template <std::size_t part>
Result<Signature> infer_part(std::span<const ExprPtr> args) {
  if (!is_map(args[0])) return invalid_arguments();
  return Signature{{args[0]->type},
                   nullable_as(LogicalType::array(part_type(args[0]->type, part)), args)};
}

template <std::size_t part>
Result<Column> parts(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                     Context&) {
  return build_nested(call.type, args, rows, [&](std::size_t row, NestedBuilder& out) {
    const NestedView view = view_at(*args[0], row);
    for (std::size_t i = part; i < view.size(); i += 2) out.add(view, i);
    return true;
  });
}

Result<Signature> infer_entries(std::span<const ExprPtr> args) {
  if (!is_map(args[0])) return invalid_arguments();
  const LogicalType entry =
      LogicalType::row({{"key", part_type(args[0]->type)}, {"value", part_type(args[0]->type, 1)}});
  return Signature{{args[0]->type}, nullable_as(LogicalType::array(entry), args)};
}

Result<Column> entries(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                       Context&) {
  NestedBuilder entry;
  return build_nested(call.type, args, rows, [&](std::size_t row, NestedBuilder& out) {
    const NestedView view = view_at(*args[0], row);
    for (std::size_t i = 0; i + 1 < view.size(); i += 2) {
      entry.add(view, i);
      entry.add(view, i + 1);
      out.add_bytes(entry.take());
    }
    return true;
  });
}

Result<Signature> infer_union(std::span<const ExprPtr> args) {
  LogicalType common = args[0]->type;
  for (const ExprPtr& arg : args) {
    if (!is_map(arg) || !data::common_type(common, arg->type, common)) return invalid_arguments();
  }
  common = nullable_as(common, args);
  return Signature{std::vector<LogicalType>(args.size(), common), common};
}

Result<Column> map_union(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                         Context&) {
  return build_nested(call.type, args, rows, [&](std::size_t row, NestedBuilder& out) {
    MapEntries all;
    for (const ColumnPtr& arg : args) {
      const NestedView view = view_at(*arg, row);
      for (std::size_t i = 0; i + 1 < view.size(); i += 2) all.put(view, i, view, i + 1);
    }
    all.write(out);
    return true;
  });
}

Result<Signature> infer_from_arrays(std::span<const ExprPtr> args) {
  for (const ExprPtr& arg : args) {
    if (!arg->type.is(TypeKind::array)) return invalid_arguments();
  }
  return Signature{
      {args[0]->type, args[1]->type},
      nullable_as(LogicalType::map(part_type(args[0]->type), part_type(args[1]->type)), args)};
}

Result<Column> from_arrays(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                           Context&) {
  std::string failed;
  Column out = build_nested(call.type, args, rows, [&](std::size_t row, NestedBuilder& to) {
    const NestedView keys = view_at(*args[0], row);
    const NestedView values = view_at(*args[1], row);
    if (keys.size() != values.size()) {
      failed = "Invalid function MAP_FROM_ARRAYS call:\nThe length of the keys array " +
               std::to_string(keys.size()) + " is not equal to the length of the values array " +
               std::to_string(values.size());
      return false;
    }
    for (std::size_t i = 0; i < keys.size(); ++i) {
      to.add(keys, i);
      to.add(values, i);
    }
    return true;
  });
  if (!failed.empty()) return runtime_error(failed);
  return out;
}

Result<Signature> infer_str_to_map(std::span<const ExprPtr> args) {
  if (args.size() == 2) return invalid_arguments();
  Signature signature{{}, LogicalType::map(LogicalType::string(), LogicalType::string())};
  for (const ExprPtr& arg : args) {
    if (!arg->type.is_string() && !arg->type.is(TypeKind::null)) return invalid_arguments();
    signature.args.push_back(arg->type.is_string() ? arg->type : LogicalType::string());
  }
  return signature;
}

// String.split(regex, limit): trailing empty pieces are left out without a limit; an empty match at
// the start gives no piece.
std::vector<Text> split_by(Regex& regex, Text text, std::size_t limit) {
  std::vector<Text> pieces;
  std::size_t copied = 0;
  for (std::size_t from = 0; from <= text.size() && regex.find(text, from);) {
    if (limit > 0 && pieces.size() + 1 == limit) break;
    std::size_t begin = 0;
    std::size_t end = 0;
    if (!regex.group(0, begin, end)) break;
    if (!(begin == 0 && end == 0) && begin < text.size() + (end > begin ? 1 : 0)) {
      pieces.push_back(text.substr(copied, begin - copied));
      copied = end;
    }
    from = end;
    if (begin == end) from < text.size() ? void(next_code_point(text, from)) : void(++from);
  }
  pieces.push_back(text.substr(copied));
  if (limit == 0) {
    while (pieces.size() > 1 && pieces.back().empty()) pieces.pop_back();
  }
  return pieces;
}

// STR_TO_MAP(text[, between pairs, between key and value]): both are regular expressions.
Result<Column> str_to_map(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                          Context& context) {
  std::string failed;
  Column out = build_nested(call.type, args, rows, [&](std::size_t row, NestedBuilder& to) {
    const Text text = args[0]->at<Text>(row);
    const Text between = args.size() == 3 ? args[1]->at<Text>(row) : Text(",");
    const Text inside = args.size() == 3 ? args[2]->at<Text>(row) : Text("=");
    if (text.empty()) return true;
    Regex* pairs = context.regexes->find(between);
    if (pairs == nullptr) {
      failed = context.regexes->error();
      return false;
    }
    const std::vector<Text> list = split_by(*pairs, text, 0);
    Regex* halves = context.regexes->find(inside);
    if (halves == nullptr) {
      failed = context.regexes->error();
      return false;
    }
    std::vector<std::pair<Text, std::optional<Text>>> found;
    for (const Text piece : list) {
      const std::vector<Text> pair = split_by(*halves, piece, 2);
      const std::optional<Text> value = pair.size() == 2 ? std::optional(pair[1]) : std::nullopt;
      auto at = std::find_if(found.begin(), found.end(),
                             [&](const auto& entry) { return entry.first == pair[0]; });
      if (at == found.end()) {
        found.emplace_back(pair[0], value);
      } else {
        at->second = value;
      }
    }
    for (const auto& [key, value] : found) {
      to.add_bytes(key);
      value ? to.add_bytes(*value) : to.add_null();
    }
    return true;
  });
  if (!failed.empty()) return runtime_error("Invalid pattern for STR_TO_MAP: " + failed);
  return out;
}

constexpr std::array functions = {
    function_row("MAP_KEYS", 1, 1, infer_part<0>, parts<0>, "MAP_KEYS(<MAP>)"),
    function_row("MAP_VALUES", 1, 1, infer_part<1>, parts<1>, "MAP_VALUES(<MAP>)"),
    function_row("MAP_ENTRIES", 1, 1, infer_entries, entries, "MAP_ENTRIES(<MAP>)"),
    function_row("MAP_UNION", 1, -1, infer_union, map_union, "MAP_UNION(<MAP>, ...)"),
    function_row("MAP_FROM_ARRAYS", 2, 2, infer_from_arrays, from_arrays,
                 "MAP_FROM_ARRAYS(<ARRAY>, <ARRAY>)", true),
    function_row("STR_TO_MAP", 1, 3, infer_str_to_map, str_to_map,
                 "STR_TO_MAP(<CHARACTER>[, <CHARACTER>, <CHARACTER>])", true),
};

}  // namespace

std::span<const Function> map_functions() {
  return functions;
}

}  // namespace millrace::expr
