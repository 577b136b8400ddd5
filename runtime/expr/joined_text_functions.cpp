// Texts made of several: concatenation, padding, repetition, replacement.
#include <algorithm>
#include <array>

#include "runtime/data/text.hpp"
#include "runtime/expr/signatures.hpp"
#include "runtime/expr/strings.hpp"

namespace millrace::expr {

namespace {

using Text = std::string_view;
using data::Arena;

constexpr char ttt[] = "ttt";
constexpr char ti[] = "ti";
constexpr char tit[] = "tit";

Result<Signature> infer_concat(std::span<const ExprPtr> args) {
  return texts(args, nullable_as(LogicalType::string(), args));
}

// || keeps what both are long: CHAR(2) || CHAR(3) is CHAR(5).
Result<Signature> infer_joined(std::span<const ExprPtr> args) {
  BOOST_OUTCOME_TRY(Signature signature, infer_concat(args));
  const LogicalType& a = signature.args[0];
  const LogicalType& b = signature.args[1];
  const auto length = static_cast<int>(
      std::min<std::int64_t>(std::int64_t{a.length()} + b.length(), LogicalType::max_length));
  const bool fixed = a.is(TypeKind::character) && b.is(TypeKind::character);
  signature.result =
      nullable_as(fixed ? LogicalType::character(length) : LogicalType::varchar(length), args);
  return signature;
}

// CONCAT and ||: NULL when one is.
Result<Column> concat(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                      Context&) {
  Column out = Column::of_size(call.type, rows);
  auto arena = std::make_shared<Arena>();
  std::vector<std::uint8_t> nulls = any_null(args, rows);
  std::vector<Cells<Text>> cells;
  for (const ColumnPtr& arg : args) cells.emplace_back(*arg);
  const std::span<Text> to = out.cells<Text>();
  for (std::size_t row = 0; row < rows; ++row) {
    if (!nulls.empty() && nulls[row] != 0) continue;
    std::size_t size = 0;
    for (const Cells<Text>& cell : cells) size += cell[row].size();
    if (size == 0) continue;
    char* place = arena->allocate(size);
    char* end = place;
    for (const Cells<Text>& cell : cells) end = std::copy(cell[row].begin(), cell[row].end(), end);
    to[row] = {place, size};
  }
  out.set_nulls(std::move(nulls));
  out.keep_alive(arena);
  return out;
}

// CONCAT_WS: NULL when the separator is; other NULLs are left out.
Result<Column> concat_ws(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                         Context&) {
  const ColumnPtr separator[] = {args[0]};
  std::string buffer;
  std::size_t row = 0;
  Column out = Column::of_size(call.type, rows);
  auto arena = std::make_shared<Arena>();
  const std::span<Text> to = out.cells<Text>();
  for (; row < rows; ++row) {
    if (args[0]->is_null(row)) continue;
    buffer.clear();
    bool first = true;
    for (const ColumnPtr& arg : args.subspan(1)) {
      if (arg->is_null(row)) continue;
      if (!first) buffer.append(args[0]->at<Text>(row));
      first = false;
      buffer.append(arg->at<Text>(row));
    }
    to[row] = arena->copy(buffer);
  }
  out.set_nulls(any_null(separator, rows));
  out.keep_alive(arena);
  return out;
}

Result<Signature> infer_concat_ws(std::span<const ExprPtr> args) {
  return infer_concat(args);
}

// More text than this from one value is refused rather than kept in memory.
constexpr std::size_t longest_text = std::size_t{64} << 20U;

template <bool at_left>
Result<Column> pad(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows, Context&) {
  std::string buffer;
  bool too_long = false;
  Column out = map_text<Text, std::int64_t, Text>(
      call.type, args, rows,
      [&](Arena& arena, Text text, std::int64_t length, Text filler) -> std::optional<Text> {
        if (length < 0 || filler.empty()) return std::nullopt;
        const auto wanted = static_cast<std::size_t>(length);
        const std::size_t points = data::count_code_points(text);
        if (points >= wanted) return text.substr(0, code_point_offset(text, wanted));
        if (wanted > longest_text / 4) {
          too_long = true;
          return std::nullopt;
        }
        buffer.clear();
        std::size_t missing = wanted - points;
        const std::size_t step = data::count_code_points(filler);
        for (; missing >= step; missing -= step) buffer.append(filler);
        buffer.append(filler.substr(0, code_point_offset(filler, missing)));
        buffer.insert(at_left ? buffer.size() : 0, text);
        return arena.copy(buffer);
      });
  if (too_long) return runtime_error("LPAD or RPAD to more than 16777216 characters");
  return out;
}

Result<Column> repeat(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                      Context&) {
  bool too_long = false;
  Column out = map_text<Text, std::int64_t>(
      call.type, args, rows, [&](Arena& arena, Text text, std::int64_t count) -> Text {
        if (count <= 0 || text.empty()) return {};
        if (static_cast<std::uint64_t>(count) > longest_text / text.size()) {
          too_long = true;
          return {};
        }
        const std::size_t size = text.size() * static_cast<std::size_t>(count);
        char* place = arena.allocate(size);
        for (char* at = place; at < place + size;) at = std::copy(text.begin(), text.end(), at);
        return {place, size};
      });
  if (too_long) return runtime_error("REPEAT would make a text of more than 67108864 bytes");
  return out;
}

Result<Column> replace(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                       Context&) {
  std::string buffer;
  return map_text<Text, Text, Text>(
      call.type, args, rows, [&](Arena& arena, Text text, Text search, Text replacement) {
        buffer.clear();
        if (search.empty()) {
          // As String.replace: the empty text stands between all characters.
          buffer.append(replacement);
          for (std::size_t at = 0; at < text.size();) {
            const std::size_t begin = at;
            next_code_point(text, at);
            buffer.append(text.substr(begin, at - begin)).append(replacement);
          }
          return arena.copy(buffer);
        }
        std::size_t at = text.find(search);
        if (at == Text::npos) return text;
        std::size_t from = 0;
        for (; at != Text::npos; at = text.find(search, from)) {
          buffer.append(text.substr(from, at - from)).append(replacement);
          from = at + search.size();
        }
        buffer.append(text.substr(from));
        return arena.copy(buffer);
      });
}

constexpr auto text = TypeKind::varchar;

constexpr std::array functions = {
    function_row("||", 2, 2, infer_joined, concat, "<CHARACTER> || <CHARACTER>"),
    function_row("CONCAT", 1, -1, infer_concat, concat, "CONCAT(<CHARACTER>, ...)"),
    function_row("CONCAT_WS", 2, -1, infer_concat_ws, concat_ws,
                 "CONCAT_WS(<CHARACTER>, <CHARACTER>, ...)"),
    function_row("LPAD", 3, 3, infer_letters<tit, text, true>, pad<true>,
                 "LPAD(<CHARACTER>, <INTEGER>, <CHARACTER>)", true),
    function_row("RPAD", 3, 3, infer_letters<tit, text, true>, pad<false>,
                 "RPAD(<CHARACTER>, <INTEGER>, <CHARACTER>)", true),
    function_row("REPEAT", 2, 2, infer_letters<ti, text, false>, repeat,
                 "REPEAT(<CHARACTER>, <INTEGER>)", true),
    function_row("REPLACE", 3, 3, infer_letters<ttt, text, false>, replace,
                 "REPLACE(<CHARACTER>, <CHARACTER>, <CHARACTER>)"),
};

}  // namespace

std::span<const Function> joined_text_functions() {
  return functions;
}

}  // namespace millrace::expr
