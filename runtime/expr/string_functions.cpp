// Functions on text. Positions and lengths count code points.
#include <algorithm>
#include <array>

#include "common/base/base64.hpp"
#include "runtime/data/text.hpp"
#include "runtime/expr/kernels.hpp"
#include "runtime/expr/signatures.hpp"
#include "runtime/expr/strings.hpp"

namespace millrace::expr {

namespace {

using Text = std::string_view;
using data::Arena;

constexpr char t[] = "t";
constexpr char tt[] = "tt";
constexpr char ttt[] = "ttt";
constexpr char ti[] = "ti";
constexpr char tii[] = "tii";
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
  BOOST_OUTCOME_TRY(Signature signature, (infer_letters<ttt, TypeKind::varchar, false>(args)));
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

constexpr auto text = TypeKind::varchar;
constexpr auto number = TypeKind::integer;

constexpr std::array functions = {
    function_row("UPPER", 1, 1, infer_letters<t, kept_type, false>, transform<append_upper>,
                 "UPPER(<CHARACTER>)"),
    function_row("LOWER", 1, 1, infer_letters<t, kept_type, false>, transform<append_lower>,
                 "LOWER(<CHARACTER>)"),
    function_row("REVERSE", 1, 1, infer_letters<t, text, true>, transform<append_reversed>,
                 "REVERSE(<CHARACTER>)"),
    function_row("INITCAP", 1, 1, infer_letters<t, kept_type, false>, transform<append_initcap>,
                 "INITCAP(<CHARACTER>)"),
    function_row("TO_BASE64", 1, 1, infer_letters<t, text, false>, transform<append_base64>,
                 "TO_BASE64(<CHARACTER>)"),
    function_row("FROM_BASE64", 1, 1, infer_letters<t, text, false>, from_base64,
                 "FROM_BASE64(<CHARACTER>)", true),
    function_row("TRIM", 1, 3, infer_trim, trim_sides,
                 "TRIM([BOTH|LEADING|TRAILING] <CHARACTER> FROM <CHARACTER>)"),
    function_row("BTRIM", 1, 2, infer_letters<tt, text, false>, trim_side<true, true>,
                 "BTRIM(<CHARACTER>[, <CHARACTER>])"),
    function_row("LTRIM", 1, 2, infer_letters<tt, kept_length, false>, trim_side<true, false>,
                 "LTRIM(<CHARACTER>[, <CHARACTER>])"),
    function_row("RTRIM", 1, 2, infer_letters<tt, kept_length, false>, trim_side<false, true>,
                 "RTRIM(<CHARACTER>[, <CHARACTER>])"),
    function_row("SUBSTRING", 2, 3, infer_letters<tii, kept_length, true>, substring_kernel,
                 "SUBSTRING(<CHARACTER> FROM <INTEGER>[ FOR <INTEGER>])"),
    function_row("SUBSTR", 2, 3, infer_letters<tii, kept_length, true>, substring_kernel,
                 "SUBSTR(<CHARACTER>, <INTEGER>[, <INTEGER>])"),
    function_row("LEFT", 2, 2, infer_letters<ti, kept_length, true>, left,
                 "LEFT(<CHARACTER>, <INTEGER>)"),
    function_row("RIGHT", 2, 2, infer_letters<ti, kept_length, true>, right,
                 "RIGHT(<CHARACTER>, <INTEGER>)"),
    function_row("SPLIT_INDEX", 3, 3, infer_letters<tti, text, true>, split_index,
                 "SPLIT_INDEX(<CHARACTER>, <CHARACTER>, <INTEGER>)"),
    function_row("CHAR_LENGTH", 1, 1, infer_letters<t, number, false>, char_length,
                 "CHAR_LENGTH(<CHARACTER>)"),
    function_row("CHARACTER_LENGTH", 1, 1, infer_letters<t, number, false>, char_length,
                 "CHARACTER_LENGTH(<CHARACTER>)"),
    function_row("POSITION", 2, 2, infer_letters<tt, number, false>, position,
                 "POSITION(<CHARACTER> IN <CHARACTER>)"),
    function_row("LOCATE", 2, 3, infer_letters<tti, number, false>, position,
                 "LOCATE(<CHARACTER>, <CHARACTER>[, <INTEGER>])"),
    function_row("INSTR", 2, 2, infer_letters<tt, number, false>, instr,
                 "INSTR(<CHARACTER>, <CHARACTER>)"),
    function_row("ASCII", 1, 1, infer_letters<t, number, false>, ascii, "ASCII(<CHARACTER>)"),
    function_row("CHR", 1, 1, infer_letters<i, text, true>, chr, "CHR(<INTEGER>)"),
};

}  // namespace

std::span<const Function> string_functions() {
  return functions;
}

}  // namespace millrace::expr
