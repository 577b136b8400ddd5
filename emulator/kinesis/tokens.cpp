#include "emulator/kinesis/tokens.hpp"

#include <array>
#include <ctime>

namespace millrace::kinesis {

std::string make_token(const Context& context, std::string_view operation,
                       engine::PageToken token) {
  token.operation = operation;
  token.issued_ms = context.engine.now_ms();
  return engine::to_text(token, context.engine.seal());
}

base::Error invalid_token() {
  return {base::ErrorCode::invalid_argument, "NextToken is not valid."};
}

base::Result<engine::PageToken> open_token(const Context& context, std::string_view operation,
                                           std::string_view text) {
  auto token = engine::parse_page_token(text, context.engine.seal());
  if (!token || token->operation != operation) return invalid_token();
  if (context.engine.now_ms() - token->issued_ms > engine::token_life_ms) {
    return base::Error{base::ErrorCode::expired_token,
                       "NextToken has expired. It was created at time " +
                           message_time(token->issued_ms) + " while right now it is " +
                           message_time(context.engine.now_ms()) +
                           ", and it is valid for 300 seconds."};
  }
  return *token;
}

std::string message_time(std::int64_t epoch_ms) {
  const std::time_t seconds = epoch_ms / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  const auto size = std::strftime(text.data(), text.size(), "%a %b %d %H:%M:%S UTC %Y", &parts);
  return {text.data(), size};
}

}  // namespace millrace::kinesis
