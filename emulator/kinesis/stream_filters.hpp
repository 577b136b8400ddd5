// Listings of what reads from streams, all or those of some streams: ListChannels and ListQueues.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emulator/kinesis/shapes.hpp"

namespace millrace::kinesis {

struct StreamFilter {
  wire::Text stream_arn;
  wire::Time stream_creation_timestamp;
  static void members(auto& visit, auto& self) {
    visit("StreamARN", self.stream_arn, required_stream_arn_rules);
    visit("StreamCreationTimestamp", self.stream_creation_timestamp);
  }
};
using StreamFilters = std::optional<std::vector<StreamFilter>>;

struct StreamIdentifier {
  std::string stream_arn;
  wire::EpochMs stream_creation_timestamp;
  static void members(auto& visit, auto& self) {
    visit("StreamARN", self.stream_arn);
    visit("StreamCreationTimestamp", self.stream_creation_timestamp);
  }
};
StreamIdentifier identifier_of(const engine::Stream& stream);

// No filter lets every stream pass.
bool passes(const StreamFilters& filters, const engine::Stream& stream);
// For the token: a page goes on with the filter it began with.
std::string token_text(const StreamFilters& filters);

}  // namespace millrace::kinesis
