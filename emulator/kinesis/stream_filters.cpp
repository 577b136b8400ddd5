#include "emulator/kinesis/stream_filters.hpp"

#include <algorithm>

#include "common/base/digest.hpp"

namespace millrace::kinesis {

StreamIdentifier identifier_of(const engine::Stream& stream) {
  // AWS keeps whole seconds.
  return {stream.arn(), {stream.row.created_ms / 1000 * 1000}};
}

bool passes(const StreamFilters& filters, const engine::Stream& stream) {
  if (!filters) return true;
  const auto arn = stream.arn();
  return std::any_of(filters->begin(), filters->end(), [&](const StreamFilter& one) {
    return *one.stream_arn == arn &&
           (!one.stream_creation_timestamp ||
            one.stream_creation_timestamp->ms / 1000 == stream.row.created_ms / 1000);
  });
}

std::string token_text(const StreamFilters& filters) {
  if (!filters) return {};
  std::string text;
  for (const auto& one : *filters) {
    text.append(*one.stream_arn).append(" ");
    if (one.stream_creation_timestamp) text += std::to_string(one.stream_creation_timestamp->ms);
    text += "\n";
  }
  return base::hex(base::as_view(base::sha256(text)));
}

}  // namespace millrace::kinesis
