// long: one small kernel a function, and their table
// Functions on text. Positions and lengths count code points.
#include <algorithm>
#include <array>

#include "common/base/base64.hpp"
#include "runtime/data/text.hpp"
#include "runtime/expr/kernels.hpp"
#include "runtime/expr/strings.hpp"

namespace millrace::expr {

namespace {

using Text = std::string_view;
using data::Arena;

// What SQL lets a text function take: text or NULL.
bool texty(const ExprPtr& arg) {
  return arg->type.is_string() || arg->type.is(TypeKind::null);
}
bool whole(const ExprPtr& arg) {
  return arg->type.is_integer() || arg->type.is(TypeKind::null);
}

LogicalType text_type(const ExprPtr& arg) {
  return arg->type.is_string() ? arg->type : LogicalType::string();
}

// A signature letter by letter: t text, i integer. Result: STRING, or what `result` says; always
// nullable where a value may be NULL for itself.
// Three results that follow the first argument: its type, VARCHAR of its length (kept_length), and
// the same that is always nullable.
constexpr auto kept_type = TypeKind::character;
constexpr auto kept_length = TypeKind::binary;

template <const char* letters, TypeKind result, bool may_be_null>
Result<Signature> infer(std::span<const ExprPtr> args) {
  Signature signature;
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (letters[i] == 't') {
      if (!texty(args[i])) return no_match();
      signature.args.push_back(text_type(args[i]));
    } else {
      if (!whole(args[i])) return no_match();
      signature.args.push_back(args[i]->type.is_integer() ? args[i]->type : LogicalType::integer());
    }
  }
  LogicalType type = result == TypeKind::varchar ? LogicalType::string() : LogicalType::of(result);
  if (result == kept_type) type = text_type(args[0]);
  if (result == kept_length) type = LogicalType::varchar(text_type(args[0]).length());
  signature.result = may_be_null ? type : nullable_as(type, args);
  return signature;
}

constexpr char t[] = "t";
constexpr char tt[] = "tt";
constexpr char ttt[] = "ttt";
constexpr char ti[] = "ti";
constexpr char tii[] = "tii";
constexpr char tit[] = "tit";
constexpr char tti[] = "tti";
constexpr char i[] = "i";

// Kernels that turn one text into another through a buffer.
template <void (*append)(std::string&, Text)>
Result<Column> transform(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                         Context&) {
  std::string buffer;
  return map_text<Text>(call.type, args, rows, [&](Arena& arena, Text text) {
    buffer.clear();
    append(buffer, text);
    return arena.copy(buffer);
  });
}

void append_reversed(std::string& out, Text text) {
  for (std::size_t end = text.size(); end > 0;) {
    std::size_t begin = end - 1;
    while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U) --begin;
    out.append(text.substr(begin, end - begin));
    end = begin;
  }
}

// First letter of each word upper, the rest lower; words are ASCII letters and digits, and all else
// stays as it is.
void append_initcap(std::string& out, Text text) {
  bool inside = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const std::uint32_t c = next_code_point(text, at);
    const Text one = text.substr(begin, at - begin);
    const bool letter = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (!letter) {
      out.append(one);
    } else if (!inside) {
      append_upper(out, one);
    } else {
      append_lower(out, one);
    }
    inside = letter;
  }
}

void append_base64(std::string& out, Text text) {
  out += base::base64_encode(text);
}

// As java.util.Base64 decodes: padding may be missing. What is wrong with the text, or nothing.
std::string decode_base64(Text text, std::string& out) {
  if (text.size() == 1) return "Input byte[] should at least have 2 bytes for base64 bytes";
  std::uint32_t bits = 0;
  int held = 0;
  std::size_t at = 0;
  for (; at < text.size() && text[at] != '='; ++at) {
    const char c = text[at];
    constexpr Text alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const std::size_t value = alphabet.find(c);
    if (value == Text::npos) {
      constexpr Text digits = "0123456789abcdef";
      std::string why = "Illegal base64 character ";
      const auto byte = static_cast<unsigned char>(c);
      if (byte >= 16) why += digits[byte >> 4U];
      return why + digits[byte & 15U];
    }
    bits = bits << 6U | static_cast<std::uint32_t>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      out += static_cast<char>(static_cast<unsigned char>(bits >> static_cast<unsigned>(held)));
    }
  }
  if (at < text.size()) {
    const std::size_t padding = text.size() - at;
    const std::size_t due = (4 - at % 4) % 4;
    if (due == 3 || due == 0 || (due == 2 && text.substr(at) == "=")) {
      return "Input byte array has wrong 4-byte ending unit";
    }
    if (padding > due) {
      return "Input byte array has incorrect ending byte at " + std::to_string(at + due);
    }
  }
  if (held == 6) return "Last unit does not have enough valid bits";
  return {};
}

Result<Column> from_base64(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                           Context&) {
  std::string failed;
  std::string buffer;
  Column out = map_text<Text>(call.type, args, rows, [&](Arena& arena, Text text) {
    buffer.clear();
    std::string why = decode_base64(text, buffer);
    if (!why.empty()) failed = std::move(why);
    return arena.copy(data::sanitize_utf8(buffer));
  });
  if (!failed.empty()) return runtime_error(failed);
  return out;
}

// --- trimming
// ------------------------------------------------------------------------------------------------

// Whether the set of characters holds the code point text[begin, end).
bool holds(Text set, Text one) {
  return set.find(one) != Text::npos;
}

Text trim(Text text, Text set, bool leading, bool trailing) {
  while (leading && !text.empty()) {
    const Text one = text.substr(0, code_point_offset(text, 1));
    if (!holds(set, one)) break;
    text.remove_prefix(one.size());
  }
  while (trailing && !text.empty()) {
    std::size_t begin = text.size() - 1;
    while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U) --begin;
    if (!holds(set, text.substr(begin))) break;
    text = text.substr(0, begin);
  }
  return text;
}

template <bool leading, bool trailing>
Result<Column> trim_side(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                         Context&) {
  if (args.size() == 1) {
    return map_text<Text>(call.type, args, rows,
                          [](Arena&, Text text) { return trim(text, " ", leading, trailing); });
  }
  return map_text<Text, Text>(call.type, args, rows, [](Arena&, Text text, Text set) {
    return trim(text, set, leading, trailing);
  });
}

// TRIM(side, set, text), side a literal.
Result<Column> trim_sides(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                          Context& context) {
  if (args.size() == 1) return trim_side<true, true>(call, args, rows, context);
  const std::string side = literal_string(*call.args[0]).value_or("BOTH");
  const ColumnPtr swapped[] = {args[2], args[1]};
  if (side == "LEADING") return trim_side<true, false>(call, swapped, rows, context);
  if (side == "TRAILING") return trim_side<false, true>(call, swapped, rows, context);
  return trim_side<true, true>(call, swapped, rows, context);
}

Result<Signature> infer_trim(std::span<const ExprPtr> args) {
  if (args.size() == 2) return no_match();
  if (args.size() == 3 && !literal_string(*args[0])) return no_match();
  BOOST_OUTCOME_TRY(Signature signature, (infer<ttt, TypeKind::varchar, false>(args)));
  signature.result = LogicalType::varchar(signature.args.back().length())
                         .with_nullable(signature.result.nullable());
  return signature;
}

// --- pieces
// --------------------------------------------------------------------------------------------------

Result<Column> substring_kernel(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                                Context&) {
  if (args.size() == 2) {
    return map_text<Text, std::int64_t>(
        call.type, args, rows,
        [](Arena&, Text text, std::int64_t start) { return substring(text, start, std::nullopt); });
  }
  return map_text<Text, std::int64_t, std::int64_t>(
      call.type, args, rows, [](Arena&, Text text, std::int64_t start, std::int64_t length) {
        return substring(text, start, length);
      });
}

Result<Column> left(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows, Context&) {
  return map_text<Text, std::int64_t>(
      call.type, args, rows, [](Arena&, Text text, std::int64_t count) {
        return count <= 0
                   ? Text{}
                   : text.substr(0, code_point_offset(text, static_cast<std::size_t>(count)));
      });
}

Result<Column> right(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                     Context&) {
  return map_text<Text, std::int64_t>(
      call.type, args, rows, [](Arena&, Text text, std::int64_t count) {
        if (count <= 0) return Text{};
        const std::size_t points = data::count_code_points(text);
        const auto wanted = static_cast<std::uint64_t>(count);
        return wanted >= points ? text : text.substr(code_point_offset(text, points - wanted));
      });
}

// The number of the `index`-th piece between separators; none when there are fewer.
Result<Column> split_index(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                           Context&) {
  return map_text<Text, Text, std::int64_t>(
      call.type, args, rows,
      [](Arena&, Text text, Text separator, std::int64_t index) -> std::optional<Text> {
        if (index < 0 || text.empty()) return std::nullopt;
        const Text mark = separator.empty() ? Text(" ") : separator;
        for (; index > 0; --index) {
          const std::size_t at = text.find(mark);
          if (at == Text::npos) return std::nullopt;
          text.remove_prefix(at + mark.size());
        }
        return text.substr(0, text.find(mark));
      });
}

// --- joining
// -------------------------------------------------------------------------------------------------

Result<Signature> infer_concat(std::span<const ExprPtr> args) {
  Signature signature;
  for (const ExprPtr& arg : args) {
    if (!texty(arg)) return no_match();
    signature.args.push_back(text_type(arg));
  }
  signature.result = nullable_as(LogicalType::string(), args);
  return signature;
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

// --- numbers about text
// --------------------------------------------------------------------------------------

Result<Column> char_length(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                           Context&) {
  return map_rows<Text>(call.type, args, rows, [](Text text) {
    return static_cast<std::int64_t>(data::count_code_points(text));
  });
}

std::int64_t position_of(Text needle, Text text, std::int64_t start) {
  // As Flink has it: an empty text is found at once, and a start before the first is the first.
  if (needle.empty()) return 1;
  const std::size_t from =
      code_point_offset(text, static_cast<std::size_t>(std::max<std::int64_t>(start, 1) - 1));
  const std::size_t at = text.find(needle, from);
  return at == Text::npos
             ? 0
             : static_cast<std::int64_t>(data::count_code_points(text.substr(0, at))) + 1;
}

Result<Column> position(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                        Context&) {
  if (args.size() == 3) {
    return map_rows<Text, Text, std::int64_t>(call.type, args, rows, position_of);
  }
  return map_rows<Text, Text>(call.type, args, rows,
                              [](Text needle, Text text) { return position_of(needle, text, 1); });
}

Result<Column> instr(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                     Context&) {
  return map_rows<Text, Text>(call.type, args, rows,
                              [](Text text, Text needle) { return position_of(needle, text, 1); });
}

Result<Column> ascii(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                     Context&) {
  return map_rows<Text>(call.type, args, rows, [](Text text) {
    return std::int64_t{text.empty() ? 0 : static_cast<signed char>(text[0])};
  });
}

Result<Column> chr(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows, Context&) {
  return map_text<std::int64_t>(call.type, args, rows, [](Arena& arena, std::int64_t code) {
    std::string one;
    if (code >= 0) append_utf8(one, static_cast<std::uint32_t>(code & 0xFF));
    return arena.copy(one);
  });
}

constexpr Function row(std::string_view name, int min, int max, Infer infer, Kernel kernel,
                       std::string_view forms, bool can_fail = false) {
  return {.name = name,
          .min_args = min,
          .max_args = max,
          .infer = infer,
          .kernel = kernel,
          .forms = forms,
          .can_fail = can_fail};
}

constexpr auto text = TypeKind::varchar;
constexpr auto number = TypeKind::integer;

constexpr std::array functions = {
    row("UPPER", 1, 1, infer<t, kept_type, false>, transform<append_upper>, "UPPER(<CHARACTER>)"),
    row("LOWER", 1, 1, infer<t, kept_type, false>, transform<append_lower>, "LOWER(<CHARACTER>)"),
    row("REVERSE", 1, 1, infer<t, text, true>, transform<append_reversed>, "REVERSE(<CHARACTER>)"),
    row("INITCAP", 1, 1, infer<t, kept_type, false>, transform<append_initcap>,
        "INITCAP(<CHARACTER>)"),
    row("TO_BASE64", 1, 1, infer<t, text, false>, transform<append_base64>,
        "TO_BASE64(<CHARACTER>)"),
    row("FROM_BASE64", 1, 1, infer<t, text, false>, from_base64, "FROM_BASE64(<CHARACTER>)", true),
    row("TRIM", 1, 3, infer_trim, trim_sides,
        "TRIM([BOTH|LEADING|TRAILING] <CHARACTER> FROM <CHARACTER>)"),
    row("BTRIM", 1, 2, infer<tt, text, false>, trim_side<true, true>,
        "BTRIM(<CHARACTER>[, <CHARACTER>])"),
    row("LTRIM", 1, 2, infer<tt, kept_length, false>, trim_side<true, false>,
        "LTRIM(<CHARACTER>[, <CHARACTER>])"),
    row("RTRIM", 1, 2, infer<tt, kept_length, false>, trim_side<false, true>,
        "RTRIM(<CHARACTER>[, <CHARACTER>])"),
    row("SUBSTRING", 2, 3, infer<tii, kept_length, true>, substring_kernel,
        "SUBSTRING(<CHARACTER> FROM <INTEGER>[ FOR <INTEGER>])"),
    row("SUBSTR", 2, 3, infer<tii, kept_length, true>, substring_kernel,
        "SUBSTR(<CHARACTER>, <INTEGER>[, <INTEGER>])"),
    row("LEFT", 2, 2, infer<ti, kept_length, true>, left, "LEFT(<CHARACTER>, <INTEGER>)"),
    row("RIGHT", 2, 2, infer<ti, kept_length, true>, right, "RIGHT(<CHARACTER>, <INTEGER>)"),
    row("SPLIT_INDEX", 3, 3, infer<tti, text, true>, split_index,
        "SPLIT_INDEX(<CHARACTER>, <CHARACTER>, <INTEGER>)"),
    row("||", 2, 2, infer_joined, concat, "<CHARACTER> || <CHARACTER>"),
    row("CONCAT", 1, -1, infer_concat, concat, "CONCAT(<CHARACTER>, ...)"),
    row("CONCAT_WS", 2, -1, infer_concat_ws, concat_ws, "CONCAT_WS(<CHARACTER>, <CHARACTER>, ...)"),
    row("LPAD", 3, 3, infer<tit, text, true>, pad<true>,
        "LPAD(<CHARACTER>, <INTEGER>, <CHARACTER>)", true),
    row("RPAD", 3, 3, infer<tit, text, true>, pad<false>,
        "RPAD(<CHARACTER>, <INTEGER>, <CHARACTER>)", true),
    row("REPEAT", 2, 2, infer<ti, text, false>, repeat, "REPEAT(<CHARACTER>, <INTEGER>)", true),
    row("REPLACE", 3, 3, infer<ttt, text, false>, replace,
        "REPLACE(<CHARACTER>, <CHARACTER>, <CHARACTER>)"),
    row("CHAR_LENGTH", 1, 1, infer<t, number, false>, char_length, "CHAR_LENGTH(<CHARACTER>)"),
    row("CHARACTER_LENGTH", 1, 1, infer<t, number, false>, char_length,
        "CHARACTER_LENGTH(<CHARACTER>)"),
    row("POSITION", 2, 2, infer<tt, number, false>, position,
        "POSITION(<CHARACTER> IN <CHARACTER>)"),
    row("LOCATE", 2, 3, infer<tti, number, false>, position,
        "LOCATE(<CHARACTER>, <CHARACTER>[, <INTEGER>])"),
    row("INSTR", 2, 2, infer<tt, number, false>, instr, "INSTR(<CHARACTER>, <CHARACTER>)"),
    row("ASCII", 1, 1, infer<t, number, false>, ascii, "ASCII(<CHARACTER>)"),
    row("CHR", 1, 1, infer<i, text, true>, chr, "CHR(<INTEGER>)"),
};

}  // namespace

std::span<const Function> string_functions() {
  return functions;
}

}  // namespace millrace::expr
