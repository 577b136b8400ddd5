#include "emulator/kinesis/resource_ids.hpp"

#include "common/base/digest.hpp"

namespace millrace::kinesis {

std::string make_resource_id(const Context& context, engine::ResourceKind kind,
                             const engine::Stream& stream, std::string_view name) {
  constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyz";
  constexpr std::size_t length = 17;
  const engine::Scope scope{stream.row.account, stream.row.region};
  for (int attempt = 0;; ++attempt) {
    const auto hash =
        base::sha256(stream.arn() + "\n" + std::string{name} + "\n" +
                     std::to_string(context.engine.now_ms()) + "\n" + std::to_string(attempt));
    std::string id;
    for (std::size_t i = 0; i < length; ++i) id += digits[hash[i] % digits.size()];
    const engine::Arn arn{scope, kind, {}, id, {}};
    if (context.engine.resources().find(arn, context.engine.now_ms()) == nullptr) return id;
  }
}

}  // namespace millrace::kinesis
