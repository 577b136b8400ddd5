// More functions on text: replacing parts, asking what it is made of, choosing, printf.
#include <algorithm>
#include <array>

#include "runtime/data/text.hpp"
#include "runtime/expr/cast_text.hpp"
#include "runtime/expr/kernels.hpp"
#include "runtime/expr/printf.hpp"
#include "runtime/expr/signatures.hpp"
#include "runtime/expr/strings.hpp"

namespace millrace::expr {

namespace {

using Text = std::string_view;
using data::Arena;

// --- OVERLAY(text PLACING other FROM start [FOR length])
// -----------------------------------------------------

Result<Signature> infer_overlay(std::span<const ExprPtr> args) {
  if (!is_text(args[0]) || !is_text(args[1])) return no_match();
  Signature signature{{text_of(args[0]), text_of(args[1])}};
  for (const ExprPtr& arg : args.subspan(2)) {
    if (!is_whole(arg)) return no_match();
    signature.args.push_back(whole_of(arg));
  }
  const auto length = std::min<std::int64_t>(
      std::int64_t{text_of(args[0]).length()} + text_of(args[1]).length(), LogicalType::max_length);
  signature.result = nullable_as(LogicalType::varchar(static_cast<int>(length)), args);
  return signature;
}

Text overlaid(Arena& arena, std::string& buffer, Text text, Text other, std::int64_t start,
              std::optional<std::int64_t> count) {
  const auto points = static_cast<std::int64_t>(data::count_code_points(text));
  if (start <= 0 || start > points) return text;
  const std::int64_t length =
      count ? *count : static_cast<std::int64_t>(data::count_code_points(other));
  buffer.assign(text.substr(0, code_point_offset(text, static_cast<std::size_t>(start - 1))));
  buffer.append(other);
  if (length >= 0 && length <= points - start) {
    buffer.append(
        text.substr(code_point_offset(text, static_cast<std::size_t>(start - 1 + length))));
  }
  return arena.copy(buffer);
}

Result<Column> overlay(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                       Context&) {
  std::string buffer;
  if (args.size() == 3) {
    return map_text<Text, Text, std::int64_t>(
        call.type, args, rows, [&](Arena& arena, Text text, Text other, std::int64_t start) {
          return overlaid(arena, buffer, text, other, start, std::nullopt);
        });
  }
  return map_text<Text, Text, std::int64_t, std::int64_t>(
      call.type, args, rows,
      [&](Arena& arena, Text text, Text other, std::int64_t start, std::int64_t length) {
        return overlaid(arena, buffer, text, other, start, length);
      });
}

// --- TRANSLATE: each character of `from` by the one at its place in `to`, or left out
// ----------------------------

Result<Signature> infer_translate(std::span<const ExprPtr> args) {
  return texts(args, nullable_as(LogicalType::string(), args));
}

Text translated(Arena& arena, std::string& buffer, Text text, Text from, Text to) {
  buffer.clear();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    next_code_point(text, at);
    const Text one = text.substr(begin, at - begin);
    bool found = false;
    for (std::size_t f = 0, t = 0; f < from.size() && !found;) {
      const std::size_t f_begin = f;
      const std::size_t t_begin = t;
      next_code_point(from, f);
      if (t < to.size()) next_code_point(to, t);
      if (from.substr(f_begin, f - f_begin) != one) continue;
      found = true;
      buffer.append(to.substr(t_begin, t - t_begin));
    }
    if (!found) buffer.append(one);
  }
  return arena.copy(buffer);
}

// Nothing to look for, NULL too, leaves the text as it is.
Result<Column> translate(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                         Context&) {
  std::string buffer;
  Column out = Column::of_size(call.type, rows);
  auto arena = std::make_shared<Arena>();
  const std::span<Text> cells = out.cells<Text>();
  for (std::size_t row = 0; row < rows; ++row) {
    const Text from = args[1]->is_null(row) ? Text() : args[1]->at<Text>(row);
    if (args[0]->is_null(row)) {
      out.set_null(row);
    } else if (from.empty()) {
      cells[row] = args[0]->at<Text>(row);
    } else {
      // NULL to put instead is nothing to put.
      const Text to = args[2]->is_null(row) ? Text() : args[2]->at<Text>(row);
      cells[row] = translated(*arena, buffer, args[0]->at<Text>(row), from, to);
    }
  }
  out.keep_alive(arena);
  out.keep_alive_with(*args[0]);
  return out;
}

// --- STARTSWITH, ENDSWITH: both text or both binary
// ----------------------------------------------------------

Result<Signature> infer_affix(std::span<const ExprPtr> args) {
  const bool binary = args[0]->type.is_binary() || args[1]->type.is_binary();
  Signature signature{{}, nullable_as(LogicalType::boolean(), args)};
  for (const ExprPtr& arg : args) {
    if (!(binary ? arg->type.is_binary() : arg->type.is_string()) && !arg->type.is(TypeKind::null))
      return Error(ErrorCode::validation, "Invalid input arguments.");
    signature.args.push_back(arg->type.is(TypeKind::null)
                                 ? (binary ? LogicalType::bytes() : LogicalType::string())
                                 : arg->type);
  }
  return signature;
}

template <bool at_end>
Result<Column> affix(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                     Context&) {
  return map_rows<Text, Text>(call.type, args, rows, [](Text text, Text part) {
    return static_cast<std::uint8_t>(at_end ? text.ends_with(part) : text.starts_with(part));
  });
}

// --- what a text is made of; NULL is FALSE
// --------------------------------------------

Result<Signature> infer_is(std::span<const ExprPtr> args) {
  if (args[0]->type.is_nested()) return no_match();
  Signature signature{{args[0]->type}, LogicalType::boolean().not_null()};
  if (args[0]->type.is(TypeKind::null)) signature.args[0] = LogicalType::string();
  return signature;
}

template <bool (*holds)(Text), bool of_numbers>
Result<Column> is_made_of(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                          Context&) {
  Column out = Column::of_size(call.type, rows);
  const std::span<std::uint8_t> to = out.cells<std::uint8_t>();
  // A number is made of digits, whatever it is.
  if (!args[0]->type().is_string()) {
    const bool number = args[0]->type().is_numeric();
    std::fill(to.begin(), to.end(), static_cast<std::uint8_t>(number && of_numbers ? 1 : 0));
    return out;
  }
  for (std::size_t row = 0; row < rows; ++row) {
    to[row] = !args[0]->is_null(row) && holds(args[0]->at<Text>(row)) ? 1 : 0;
  }
  return out;
}

// A letter of any script: what has two cases, and the blocks of those that have none.
bool is_letter(Text one) {
  if (one.size() == 1) return (one[0] | 32) >= 'a' && (one[0] | 32) <= 'z';
  std::string upper;
  std::string lower;
  append_upper(upper, one);
  append_lower(lower, one);
  if (upper != lower) return true;
  std::size_t at = 0;
  const std::uint32_t c = next_code_point(one, at);
  return c == 0xAA || c == 0xBA || c == 0xDF || (c >= 0x5D0 && c <= 0x5EA) ||
         (c >= 0x620 && c <= 0x64A) || (c >= 0x904 && c <= 0x939) || (c >= 0xE01 && c <= 0xE30) ||
         (c >= 0x3041 && c <= 0x3096) || (c >= 0x30A1 && c <= 0x30FA) ||
         (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) ||
         (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0x20000 && c <= 0x323AF);
}

bool is_alpha(Text text) {
  if (text.empty()) return false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    next_code_point(text, at);
    if (!is_letter(text.substr(begin, at - begin))) return false;
  }
  return true;
}

bool is_digit(Text text) {
  return !text.empty() && text.find_first_not_of("0123456789") == Text::npos;
}

bool is_decimal(Text text) {
  return !text.empty() && parse_double(text).has_value();
}

// --- ELT(n, a, b, ...)
// ---------------------------------------------------------------------------------------

Result<Signature> infer_elt(std::span<const ExprPtr> args) {
  if (!is_whole(args[0])) return no_match();
  LogicalType common = args[1]->type;
  for (const ExprPtr& arg : args.subspan(1)) {
    if (!data::common_type(common, arg->type, common)) return no_match();
  }
  if (!common.is_string() && !common.is_binary()) return no_match();
  Signature signature{{whole_of(args[0])}, common.with_nullable(true)};
  signature.args.insert(signature.args.end(), args.size() - 1, common);
  return signature;
}

Result<Column> elt(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows, Context&) {
  Column out = Column::of_size(call.type, rows);
  const std::span<Text> to = out.cells<Text>();
  for (std::size_t row = 0; row < rows; ++row) {
    const std::int64_t n = args[0]->is_null(row) ? 0 : args[0]->at<std::int64_t>(row);
    if (n < 1 || static_cast<std::uint64_t>(n) >= args.size() ||
        args[static_cast<std::size_t>(n)]->is_null(row)) {
      out.set_null(row);
    } else {
      to[row] = args[static_cast<std::size_t>(n)]->at<Text>(row);
    }
  }
  for (const ColumnPtr& arg : args) out.keep_alive_with(*arg);
  return out;
}

// --- PRINTF
// --------------------------------------------------------------------------------------------------

Result<Signature> infer_printf(std::span<const ExprPtr> args) {
  if (!is_text(args[0])) {
    return Error(ErrorCode::validation,
                 "Unsupported argument type. Expected type of family 'CHARACTER_STRING' but actual "
                 "type was '" +
                     args[0]->type.text() + "'.");
  }
  Signature signature{{text_of(args[0])}, LogicalType::string()};
  for (const ExprPtr& arg : args.subspan(1)) signature.args.push_back(arg->type);
  return signature;
}

Result<Column> printf_kernel(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                             Context&) {
  std::string buffer;
  Column out = Column::of_size(call.type, rows);
  auto arena = std::make_shared<Arena>();
  const std::span<Text> to = out.cells<Text>();
  for (std::size_t row = 0; row < rows; ++row) {
    buffer.clear();
    if (args[0]->is_null(row) ||
        !append_printf(buffer, args[0]->at<Text>(row), args.subspan(1), row)) {
      out.set_null(row);
    } else {
      to[row] = arena->copy(buffer);
    }
  }
  out.keep_alive(arena);
  return out;
}

constexpr std::array functions = {
    function_row("OVERLAY", 3, 4, infer_overlay, overlay,
                 "OVERLAY(<STRING> PLACING <STRING> FROM <INTEGER>)"),
    function_row("TRANSLATE", 3, 3, infer_translate, translate,
                 "TRANSLATE(<CHARACTER>, <CHARACTER>, <CHARACTER>)"),
    function_row("STARTSWITH", 2, 2, infer_affix, affix<false>,
                 "STARTSWITH(<CHARACTER>, <CHARACTER>)"),
    function_row("ENDSWITH", 2, 2, infer_affix, affix<true>, "ENDSWITH(<CHARACTER>, <CHARACTER>)"),
    function_row("IS_ALPHA", 1, 1, infer_is, is_made_of<is_alpha, false>, "IS_ALPHA(<ANY>)"),
    function_row("IS_DIGIT", 1, 1, infer_is, is_made_of<is_digit, true>, "IS_DIGIT(<ANY>)"),
    function_row("IS_DECIMAL", 1, 1, infer_is, is_made_of<is_decimal, true>, "IS_DECIMAL(<ANY>)"),
    function_row("ELT", 2, -1, infer_elt, elt, "ELT(<INTEGER>, <CHARACTER>, ...)"),
    function_row("PRINTF", 1, -1, infer_printf, printf_kernel, "PRINTF(<CHARACTER>, <ANY>...)"),
};

}  // namespace

std::span<const Function> text_functions() {
  return functions;
}

}  // namespace millrace::expr
