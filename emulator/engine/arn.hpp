// Amazon resource names of the things this engine keeps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/engine/catalog.hpp"

namespace millrace::engine {

enum class ResourceKind { consumer, channel, queue };
// "consumer", "channel", "queue": in ARNs and in the data file.
std::string_view to_text(ResourceKind kind);
std::optional<ResourceKind> parse_resource_kind(std::string_view text);

// arn:aws:kinesis:REGION:ACCOUNT:stream/NAME, .../stream/NAME/consumer/CONSUMER:CREATED,
// .../channel/NAME or .../queue/NAME
struct Arn {
  Scope scope;
  std::optional<ResourceKind> kind;       // nullopt: a stream
  std::string owner;                      // stream name of a consumer; empty otherwise
  std::string name;                       // of the stream, or of the resource
  std::optional<std::int64_t> created_s;  // of a consumer
};

// nullopt: of none of these forms.
std::optional<Arn> parse_arn(std::string_view text);

// "arn:aws:kinesis:us-east-1:000000000000:", with the partition of the region.
std::string arn_prefix(const Scope& scope);

}  // namespace millrace::engine
