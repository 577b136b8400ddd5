// Arrays from texts, and texts from arrays.
#include <array>
#include <string>

#include "runtime/expr/nested.hpp"
#include "runtime/expr/regex.hpp"
#include "runtime/expr/signatures.hpp"
#include "runtime/expr/strings.hpp"

namespace millrace::expr {

namespace {

using Text = std::string_view;

Result<Signature> infer_join(std::span<const ExprPtr> args) {
  if (!args[0]->type.is(TypeKind::array) || !part_type(args[0]->type).is_string())
    return invalid_arguments();
  Signature signature{{args[0]->type}, nullable_as(LogicalType::string(), args)};
  for (const ExprPtr& arg : args.subspan(1)) {
    if (!is_text(arg)) return invalid_arguments();
    signature.args.push_back(text_of(arg));
  }
  return signature;
}

Result<Signature> infer_split(std::span<const ExprPtr> args) {
  if (!is_text(args[0]) || !is_text(args[1])) return invalid_arguments();
  return Signature{{text_of(args[0]), text_of(args[1])},
                   nullable_as(LogicalType::array(LogicalType::string()), args)};
}

Result<Signature> infer_extract_all(std::span<const ExprPtr> args) {
  if (!is_text(args[0]) || !is_text(args[1])) return invalid_arguments();
  Signature signature{{text_of(args[0]), text_of(args[1])},
                      LogicalType::array(LogicalType::string())};
  if (args.size() == 3) {
    if (!is_whole(args[2])) return invalid_arguments();
    signature.args.push_back(whole_of(args[2]));
  }
  return signature;
}

Result<Column> join(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows, Context&) {
  Column out = Column::of_size(call.type, rows);
  auto arena = std::make_shared<data::Arena>();
  const std::span<Text> to = out.cells<Text>();
  std::vector<std::uint8_t> nulls = any_null(args, rows);
  std::string buffer;
  for (std::size_t row = 0; row < rows; ++row) {
    if (!nulls.empty() && nulls[row] != 0) continue;
    const NestedView view = view_at(*args[0], row);
    buffer.clear();
    bool first = true;
    for (std::size_t i = 0; i < view.size(); ++i) {
      if (view.is_null(i) && args.size() < 3) continue;
      if (!first) buffer.append(args[1]->at<Text>(row));
      first = false;
      buffer.append(view.is_null(i) ? args[2]->at<Text>(row) : view.bytes(i));
    }
    to[row] = arena->copy(buffer);
  }
  out.set_nulls(std::move(nulls));
  out.keep_alive(arena);
  return out;
}

// SPLIT(text, mark): by each character without a mark.
Result<Column> split(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                     Context&) {
  return build_nested(call.type, args, rows, [&](std::size_t row, NestedBuilder& out) {
    Text text = args[0]->at<Text>(row);
    const Text mark = args[1]->at<Text>(row);
    if (text.empty()) return true;
    if (mark.empty()) {
      for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        next_code_point(text, at);
        out.add_bytes(text.substr(begin, at - begin));
      }
      return true;
    }
    for (;;) {
      const std::size_t at = text.find(mark);
      out.add_bytes(text.substr(0, at));
      if (at == Text::npos) return true;
      text.remove_prefix(at + mark.size());
    }
  });
}

// REGEXP_EXTRACT_ALL(text, pattern[, group]): the group of each match; NULL for a malformed pattern
// and a group the pattern does not have.
Result<Column> extract_all(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                           Context& context) {
  return build_nested(call.type, args, rows, [&](std::size_t row, NestedBuilder& out) {
    const Text text = args[0]->at<Text>(row);
    const std::int64_t group = args.size() == 3 ? args[2]->at<std::int64_t>(row) : 1;
    Regex* regex = context.regexes->find(args[1]->at<Text>(row));
    if (regex == nullptr || group < 0 || static_cast<std::uint64_t>(group) > regex->group_count()) {
      return false;
    }
    for (std::size_t from = 0; from <= text.size() && regex->find(text, from);) {
      std::size_t begin = 0;
      std::size_t end = 0;
      if (regex->group(static_cast<std::size_t>(group), begin, end)) {
        out.add_bytes(text.substr(begin, end - begin));
      } else {
        out.add_null();
      }
      if (!regex->group(0, begin, end)) break;
      from = end;
      if (begin == end) from < text.size() ? void(next_code_point(text, from)) : void(++from);
    }
    return true;
  });
}

constexpr std::array functions = {
    function_row("ARRAY_JOIN", 2, 3, infer_join, join,
                 "ARRAY_JOIN(<ARRAY>, <CHARACTER>[, <CHARACTER>])"),
    function_row("SPLIT", 2, 2, infer_split, split, "SPLIT(<CHARACTER>, <CHARACTER>)"),
    function_row("REGEXP_EXTRACT_ALL", 2, 3, infer_extract_all, extract_all,
                 "REGEXP_EXTRACT_ALL(<CHARACTER>, <CHARACTER>[, <INTEGER>])"),
};

}  // namespace

std::span<const Function> array_text_functions() {
  return functions;
}

}  // namespace millrace::expr
