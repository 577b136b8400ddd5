// LIKE and regular expressions.
#include <array>

#include "runtime/expr/kernels.hpp"
#include "runtime/expr/regex.hpp"
#include "runtime/expr/strings.hpp"

namespace millrace::expr {

namespace {

using Text = std::string_view;
using data::Arena;

// A LIKE pattern as steps: a literal text, any one character, or any run of them.
struct LikeStep {
  enum class Kind : std::uint8_t { text, one, any } kind = Kind::text;
  std::string text;
};

// nullopt: the escape character stands before something that needs none.
std::optional<std::vector<LikeStep>> compile_like(Text pattern, Text escape) {
  std::vector<LikeStep> steps;
  const auto literal = [&](Text one) {
    if (steps.empty() || steps.back().kind != LikeStep::Kind::text)
      steps.push_back({LikeStep::Kind::text, ""});
    steps.back().text.append(one);
  };
  for (std::size_t at = 0; at < pattern.size();) {
    const std::size_t begin = at;
    next_code_point(pattern, at);
    Text one = pattern.substr(begin, at - begin);
    if (!escape.empty() && one == escape) {
      const std::size_t next = at;
      if (next == pattern.size()) return std::nullopt;
      next_code_point(pattern, at);
      one = pattern.substr(next, at - next);
      if (one != "%" && one != "_" && one != escape) return std::nullopt;
      literal(one);
    } else if (one == "%") {
      if (steps.empty() || steps.back().kind != LikeStep::Kind::any)
        steps.push_back({LikeStep::Kind::any, ""});
    } else if (one == "_") {
      steps.push_back({LikeStep::Kind::one, ""});
    } else {
      literal(one);
    }
  }
  return steps;
}

// Greedy with one point to go back to, the last '%': linear in practice, never exponential.
bool match_like(const std::vector<LikeStep>& steps, Text text) {
  std::size_t step = 0;
  std::size_t at = 0;
  std::size_t retry_step = 0;
  std::size_t retry_at = 0;
  bool can_retry = false;
  while (true) {
    if (step < steps.size() && steps[step].kind == LikeStep::Kind::any) {
      if (++step == steps.size()) return true;
      can_retry = true;
      retry_step = step;
      retry_at = at;
      continue;
    }
    bool fits = false;
    if (step == steps.size()) {
      if (at == text.size()) return true;
    } else if (steps[step].kind == LikeStep::Kind::one) {
      if (at < text.size()) {
        next_code_point(text, at);
        fits = true;
      }
    } else if (text.substr(at).starts_with(steps[step].text)) {
      at += steps[step].text.size();
      fits = true;
    }
    if (fits) {
      ++step;
      continue;
    }
    if (!can_retry || retry_at >= text.size()) return false;
    next_code_point(text, retry_at);
    step = retry_step;
    at = retry_at;
  }
}

Result<Column> like(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows, Context&) {
  const std::string escape = args.size() == 3 ? literal_string(*call.args[2]).value_or("") : "";
  std::optional<std::string> compiled;
  std::optional<std::vector<LikeStep>> steps;
  std::optional<std::string> malformed;
  const ColumnPtr pair[] = {args[0], args[1]};
  Column out = map_rows<Text, Text>(call.type, pair, rows, [&](Text text, Text pattern) {
    if (!compiled || *compiled != pattern) {
      compiled = std::string(pattern);
      steps = compile_like(pattern, escape);
      if (!steps) malformed = compiled;
    }
    return static_cast<std::uint8_t>(steps && match_like(*steps, text) ? 1 : 0);
  });
  if (malformed) return runtime_error("Invalid escape sequence '" + *malformed + "'");
  return out;
}

Result<Signature> infer_texts(std::span<const ExprPtr> args, const LogicalType& result) {
  Signature signature;
  for (const ExprPtr& arg : args) {
    if (!arg->type.is_string() && !arg->type.is(TypeKind::null)) return no_match();
    signature.args.push_back(arg->type.is_string() ? arg->type : LogicalType::string());
  }
  signature.result = result;
  return signature;
}

Result<Signature> infer_like(std::span<const ExprPtr> args) {
  if (args.size() == 3) {
    const auto escape = literal_string(*args[2]);
    std::size_t at = 0;
    if (!escape || escape->empty() || (next_code_point(*escape, at), at != escape->size())) {
      return Error(ErrorCode::validation, "ESCAPE must be one character");
    }
  }
  return infer_texts(args, nullable_as(LogicalType::boolean(), args));
}

// --- regular expressions
// -------------------------------------------------------------------------------------

Result<Signature> infer_regexp(std::span<const ExprPtr> args) {
  return infer_texts(args, nullable_as(LogicalType::boolean(), args));
}
Result<Signature> infer_replace(std::span<const ExprPtr> args) {
  return infer_texts(args, LogicalType::string());
}
Result<Signature> infer_extract(std::span<const ExprPtr> args) {
  BOOST_OUTCOME_TRY(Signature signature, infer_texts(args.first(2), LogicalType::string()));
  if (args.size() == 3) {
    if (!args[2]->type.is_integer()) return no_match();
    signature.args.push_back(args[2]->type);
  }
  return signature;
}

// A malformed pattern matches nothing: FALSE in REGEXP, NULL in REGEXP_EXTRACT and REGEXP_REPLACE.
// So does REGEXP with the empty one.
Result<Column> regexp(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                      Context& context) {
  return map_rows<Text, Text>(call.type, args, rows, [&](Text text, Text pattern) {
    Regex* regex = pattern.empty() ? nullptr : context.regexes->find(pattern);
    return static_cast<std::uint8_t>(regex != nullptr && regex->find(text) ? 1 : 0);
  });
}

std::optional<Text> extract(Context& context, Text text, Text pattern, std::int64_t index) {
  if (index < 0) return std::nullopt;
  Regex* regex = context.regexes->find(pattern);
  std::size_t begin = 0;
  std::size_t end = 0;
  if (regex == nullptr || !regex->find(text)) return std::nullopt;
  if (!regex->group(static_cast<std::size_t>(index), begin, end)) return std::nullopt;
  return text.substr(begin, end - begin);
}

Result<Column> regexp_extract(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                              Context& context) {
  if (args.size() == 2) {
    return map_text<Text, Text>(call.type, args, rows, [&](Arena&, Text text, Text pattern) {
      return extract(context, text, pattern, 0);
    });
  }
  return map_text<Text, Text, std::int64_t>(
      call.type, args, rows, [&](Arena&, Text text, Text pattern, std::int64_t index) {
        return extract(context, text, pattern, index);
      });
}

Result<Column> regexp_replace(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                              Context& context) {
  std::string buffer;
  return map_text<Text, Text, Text>(
      call.type, args, rows,
      [&](Arena& arena, Text text, Text pattern, Text replacement) -> std::optional<Text> {
        Regex* regex = context.regexes->find(pattern);
        if (regex == nullptr) return std::nullopt;
        buffer.clear();
        std::size_t copied = 0;
        for (std::size_t from = 0; from <= text.size() && regex->find(text, from);) {
          std::size_t begin = 0;
          std::size_t end = 0;
          if (!regex->group(0, begin, end)) break;
          buffer.append(text.substr(copied, begin - copied)).append(replacement);
          copied = end;
          from = end;
          // An empty match: the next one begins a character later.
          if (begin == end) from < text.size() ? void(next_code_point(text, from)) : void(++from);
        }
        if (copied == 0 && buffer.empty()) return text;
        buffer.append(text.substr(copied));
        return arena.copy(buffer);
      });
}

constexpr std::array functions = {
    Function{.name = "LIKE",
             .min_args = 2,
             .max_args = 3,
             .infer = infer_like,
             .kernel = like,
             .forms = "<CHARACTER> LIKE <CHARACTER>",
             .can_fail = true},
    Function{.name = "REGEXP",
             .min_args = 2,
             .max_args = 2,
             .infer = infer_regexp,
             .kernel = regexp,
             .forms = "REGEXP(<CHARACTER>, <CHARACTER>)"},
    Function{.name = "REGEXP_EXTRACT",
             .min_args = 2,
             .max_args = 3,
             .infer = infer_extract,
             .kernel = regexp_extract,
             .forms = "REGEXP_EXTRACT(<CHARACTER>, <CHARACTER>[, <INTEGER>])"},
    Function{.name = "REGEXP_REPLACE",
             .min_args = 3,
             .max_args = 3,
             .infer = infer_replace,
             .kernel = regexp_replace,
             .forms = "REGEXP_REPLACE(<CHARACTER>, <CHARACTER>, <CHARACTER>)"},
};

}  // namespace

std::span<const Function> pattern_functions() {
  return functions;
}

}  // namespace millrace::expr
