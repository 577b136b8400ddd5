#include "runtime/sql/lexer.hpp"

#include <array>

namespace millrace::sql {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Flink lets $ into the middle of a name and at its start ($$T_PROJECT).
bool is_word_part(char c) {
  return is_word_start(c) || is_digit(c) || c == '$';
}

std::string to_upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

class Lexer {
 public:
  explicit Lexer(const Script& script) : script_(script), text_(script.text) {
    const auto& list = script_.replacements;
    if (!list.empty() && list.front().at == 0 && list.front().size == 0) leave_replacements();
  }

  Result<std::vector<Token>> run() {
    std::vector<Token> tokens;
    for (;;) {
      BOOST_OUTCOME_TRY(auto hint, skip_space());
      if (hint) {
        tokens.push_back(std::move(hint_));
        continue;
      }
      const std::size_t begin = at_;
      BOOST_OUTCOME_TRY(auto token, next());
      token.begin = begin;
      token.end = at_;
      tokens.push_back(std::move(token));
      if (tokens.back().kind == TokenKind::end) return tokens;
    }
  }

 private:
  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  // Moves over one byte and keeps the position of the script as its author sees it: text that came
  // from ${group.key} stands where the reference stood.
  void advance() {
    last_ = here_;
    const auto& list = script_.replacements;
    if (replacement_ < list.size() && at_ >= list[replacement_].at &&
        at_ < list[replacement_].at + list[replacement_].size) {
      ++at_;
      last_.column = here_.column + list[replacement_].reference_columns - 1;
      if (at_ == list[replacement_].at + list[replacement_].size) leave_replacements();
      return;
    }
    const char c = text_[at_++];
    if (c == '\n') {
      ++here_.line;
      here_.column = 1;
    } else if ((static_cast<unsigned char>(peek()) & 0xC0) != 0x80) {
      ++here_.column;
    }
    if (replacement_ < list.size() && at_ == list[replacement_].at &&
        list[replacement_].size == 0) {
      leave_replacements();
    }
  }

  void leave_replacements() {
    const auto& list = script_.replacements;
    here_.column += list[replacement_].reference_columns;
    ++replacement_;
    while (replacement_ < list.size() && list[replacement_].at == at_ &&
           list[replacement_].size == 0) {
      here_.column += list[replacement_].reference_columns;
      ++replacement_;
    }
  }

  // True when it stopped behind a hint, which is then in hint_.
  Result<bool> skip_space() {
    while (!at_end()) {
      const char c = peek();
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v') {
        advance();
      } else if (c == '-' && peek(1) == '-') {
        while (!at_end() && peek() != '\n') advance();
      } else if (c == '/' && peek(1) == '*') {
        const Position start = here_;
        const bool hint = peek(2) == '+';
        advance();
        advance();
        const std::size_t begin = at_;
        while (!at_end() && !(peek() == '*' && peek(1) == '/')) advance();
        if (at_end()) return parse_error(start, "A comment that starts here has no end.");
        const auto body = text_.substr(begin, at_ - begin);
        advance();
        advance();
        if (hint) {
          hint_ = Token{TokenKind::hint, std::string(body.substr(1)), {}, {start, last_}};
          return true;
        }
      } else {
        break;
      }
    }
    return false;
  }

  Token make(TokenKind kind, std::string text, Position from) {
    Token token;
    token.kind = kind;
    if (kind == TokenKind::word) token.upper = to_upper(text);
    token.text = std::move(text);
    token.where = {from, last_};
    return token;
  }

  Result<std::string> quoted(char quote, const char* what) {
    const Position start = here_;
    std::string value;
    advance();
    for (;;) {
      if (at_end()) {
        return parse_error(start, std::string(what) + " that starts at line " +
                                      std::to_string(start.line) + ", column " +
                                      std::to_string(start.column) + " has no end.");
      }
      if (peek() == quote) {
        if (peek(1) != quote) break;
        advance();
      }
      value += peek();
      advance();
    }
    advance();
    return value;
  }

  Result<Token> next() {
    const Position start = here_;
    if (at_end()) {
      Token token;
      token.where = {start, start};
      return token;
    }
    const char c = peek();
    if (c == '\'') {
      BOOST_OUTCOME_TRY(auto value, quoted('\'', "A string"));
      return make(TokenKind::string, std::move(value), start);
    }
    if (c == '`') {
      BOOST_OUTCOME_TRY(auto value, quoted('`', "A quoted name"));
      if (value.empty()) return parse_error(start, "A quoted name is empty.");
      return make(TokenKind::quoted_name, std::move(value), start);
    }
    if ((c == 'x' || c == 'X') && peek(1) == '\'') {
      advance();
      BOOST_OUTCOME_TRY(auto value, quoted('\'', "A binary literal"));
      return make(TokenKind::bytes, std::move(value), start);
    }
    if (is_word_start(c) || (c == '$' && is_word_part(peek(1)))) {
      const std::size_t begin = at_;
      while (!at_end() && is_word_part(peek())) advance();
      return make(TokenKind::word, std::string(text_.substr(begin, at_ - begin)), start);
    }
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number(start);
    return symbol(start);
  }

  Result<Token> number(Position start) {
    const std::size_t begin = at_;
    while (is_digit(peek())) advance();
    if (peek() == '.') {
      advance();
      while (is_digit(peek())) advance();
    }
    if (peek() == 'e' || peek() == 'E') {
      const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
      if (is_digit(peek(1 + sign))) {
        for (std::size_t i = 0; i < 1 + sign; ++i) advance();
        while (is_digit(peek())) advance();
      }
    }
    if (!at_end() && is_word_start(peek())) {
      return parse_error(here_, "Encountered \"" + std::string(1, peek()) + "\" in the number " +
                                    std::string(text_.substr(begin, at_ - begin)) + " at line " +
                                    std::to_string(here_.line) + ", column " +
                                    std::to_string(here_.column) + ".");
    }
    return make(TokenKind::number, std::string(text_.substr(begin, at_ - begin)), start);
  }

  Result<Token> symbol(Position start) {
    static constexpr std::array<std::string_view, 7> two = {
        "<>", "<=", ">=", "!=", "||", "=>", "::"};
    for (const auto candidate : two) {
      if (text_.substr(at_, 2) == candidate) {
        advance();
        advance();
        return make(TokenKind::symbol, std::string(candidate), start);
      }
    }
    const char c = peek();
    if (std::string_view("()[]{},.;:=<>+-*/%?").find(c) == std::string_view::npos) {
      const std::string shown = c == '"'                             ? "\\\""
                                : static_cast<unsigned char>(c) < 32 ? "\\" + std::to_string(int{c})
                                                                     : std::string(1, c);
      return parse_error(start, "Lexical error at line " + std::to_string(start.line) +
                                    ", column " + std::to_string(start.column) +
                                    ".  Encountered: \"" + shown + "\" (" +
                                    std::to_string(static_cast<unsigned char>(c)) +
                                    "), names are quoted with ` and text with '");
    }
    advance();
    return make(TokenKind::symbol, std::string(1, c), start);
  }

  const Script& script_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t replacement_ = 0;
  Position here_;
  Position last_;
  Token hint_;
};

}  // namespace

Result<std::vector<Token>> tokenize(const Script& script) {
  return Lexer(script).run();
}

}  // namespace millrace::sql
