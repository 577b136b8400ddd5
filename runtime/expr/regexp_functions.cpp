// SIMILAR TO, and the functions that count and find what a regular expression matches.
#include <array>

#include "runtime/data/text.hpp"
#include "runtime/expr/kernels.hpp"
#include "runtime/expr/regex.hpp"
#include "runtime/expr/signatures.hpp"
#include "runtime/expr/strings.hpp"

namespace millrace::expr {

namespace {

using Text = std::string_view;

// --- SIMILAR TO
// ----------------------------------------------------------------------------------------------

// SQL's pattern as a regular expression for the whole text; nullopt: malformed. What is special to
// neither passes as it is, as in Calcite.
std::optional<std::string> similar_pattern(Text pattern, Text escape) {
  constexpr Text sql_specials = "[]()|^-+*_%?{}";
  std::string out = "\\A(?:";
  for (std::size_t at = 0; at < pattern.size();) {
    const std::size_t begin = at;
    next_code_point(pattern, at);
    Text one = pattern.substr(begin, at - begin);
    if (!escape.empty() && one == escape) {
      const std::size_t next = at;
      if (next == pattern.size()) return std::nullopt;
      next_code_point(pattern, at);
      one = pattern.substr(next, at - next);
      if (one != escape && (one.size() != 1 || sql_specials.find(one) == Text::npos)) {
        return std::nullopt;
      }
      if (one.size() == 1 && Text("\\.[]{}()<>*+-=!?^$|").find(one) != Text::npos) out += '\\';
      out += one;
    } else if (one == "_") {
      out += "(?s:.)";
    } else if (one == "%") {
      out += "(?s:.*)";
    } else if (one == "\\" || one == "$") {
      out += '\\';
      out += one;
    } else if (one == "[") {
      // A set of characters, to its closing bracket; [:ALPHA:] and its kin are named in lower case.
      const std::size_t close = [&] {
        for (std::size_t i = at; i < pattern.size(); ++i) {
          if (pattern.substr(i).starts_with("[:")) {
            i = pattern.find(":]", i);
            if (i == Text::npos) return i;
            ++i;
          } else if (pattern[i] == ']') {
            return i;
          }
        }
        return Text::npos;
      }();
      if (close == Text::npos) return std::nullopt;
      const Text set = pattern.substr(at, close - at);
      out += '[';
      for (std::size_t i = 0; i < set.size(); ++i) {
        const bool named = set.substr(i).starts_with("[:");
        if (!named) {
          if (set[i] == '\\' || set[i] == '[') out += '\\';
          out += set[i];
          continue;
        }
        const std::size_t end = set.find(":]", i);
        if (end == Text::npos) return std::nullopt;
        append_lower(out, set.substr(i, end + 2 - i));
        i = end + 1;
      }
      out += ']';
      at = close + 1;
    } else {
      out += one;
    }
  }
  return out + ")\\z";
}

Result<Signature> infer_similar(std::span<const ExprPtr> args) {
  return texts(args, nullable_as(LogicalType::boolean(), args));
}

Result<Column> similar(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                       Context& context) {
  std::string failed;
  const auto match = [&](Text text, Text pattern, Text escape) {
    const auto expression = similar_pattern(pattern, escape);
    Regex* regex = expression ? context.regexes->find(*expression) : nullptr;
    if (regex == nullptr) failed = "Invalid regular expression '" + std::string(pattern) + "'";
    return static_cast<std::uint8_t>(regex != nullptr && regex->find(text) ? 1 : 0);
  };
  Column out = args.size() == 3
                   ? map_rows<Text, Text, Text>(call.type, args, rows, match)
                   : map_rows<Text, Text>(call.type, args, rows, [&](Text text, Text pattern) {
                       return match(text, pattern, {});
                     });
  if (!failed.empty()) return runtime_error(failed);
  return out;
}

// --- counting and finding; NULL for a malformed pattern
// ------------------------------------------------------

Result<Signature> infer_number(std::span<const ExprPtr> args) {
  return texts(args, LogicalType::integer());
}

Result<Column> count(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                     Context& context) {
  return map_rows<Text, Text>(
      call.type, args, rows, [&](Text text, Text pattern) -> std::optional<std::int64_t> {
        Regex* regex = context.regexes->find(pattern);
        if (regex == nullptr) return std::nullopt;
        std::int64_t found = 0;
        for (std::size_t from = 0; from <= text.size() && regex->find(text, from);) {
          std::size_t begin = 0;
          std::size_t end = 0;
          if (!regex->group(0, begin, end)) break;
          ++found;
          from = end;
          if (begin == end) from < text.size() ? void(next_code_point(text, from)) : void(++from);
        }
        return found;
      });
}

Result<Column> position(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                        Context& context) {
  return map_rows<Text, Text>(
      call.type, args, rows, [&](Text text, Text pattern) -> std::optional<std::int64_t> {
        Regex* regex = context.regexes->find(pattern);
        if (regex == nullptr) return std::nullopt;
        std::size_t begin = 0;
        std::size_t end = 0;
        if (!regex->find(text) || !regex->group(0, begin, end)) return 0;
        return static_cast<std::int64_t>(data::count_code_points(text.substr(0, begin))) + 1;
      });
}

Result<Signature> infer_part(std::span<const ExprPtr> args) {
  return texts(args, LogicalType::string());
}

Result<Column> part(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                    Context& context) {
  return map_text<Text, Text>(
      call.type, args, rows, [&](data::Arena&, Text text, Text pattern) -> std::optional<Text> {
        Regex* regex = context.regexes->find(pattern);
        std::size_t begin = 0;
        std::size_t end = 0;
        if (regex == nullptr || !regex->find(text) || !regex->group(0, begin, end)) {
          return std::nullopt;
        }
        return text.substr(begin, end - begin);
      });
}

constexpr Function row(std::string_view name, Infer infer, Kernel kernel, std::string_view forms) {
  return {
      .name = name, .min_args = 2, .max_args = 2, .infer = infer, .kernel = kernel, .forms = forms};
}

constexpr std::array functions = {
    Function{.name = "SIMILAR TO",
             .min_args = 2,
             .max_args = 3,
             .infer = infer_similar,
             .kernel = similar,
             .forms = "SIMILAR TO(<STRING>, <STRING>, <STRING>)",
             .can_fail = true},
    row("REGEXP_COUNT", infer_number, count, "REGEXP_COUNT(<CHARACTER>, <CHARACTER>)"),
    row("REGEXP_INSTR", infer_number, position, "REGEXP_INSTR(<CHARACTER>, <CHARACTER>)"),
    row("REGEXP_SUBSTR", infer_part, part, "REGEXP_SUBSTR(<CHARACTER>, <CHARACTER>)"),
};

}  // namespace

std::span<const Function> regexp_functions() {
  return functions;
}

}  // namespace millrace::expr
