// Fan-out consumers: how requests name them, how answers show them, and AWS's errors about them.
#pragma once

#include <string>

#include "emulator/kinesis/operation.hpp"
#include "emulator/kinesis/shapes.hpp"

namespace millrace::kinesis {

inline const wire::Pattern consumer_arn_pattern{
    "(arn):aws.*:kinesis:.*:\\d{12}:.*stream\\/[a-zA-Z0-9_.-]+\\/consumer\\/"
    "[a-zA-Z0-9_.-]+:[0-9]+"};
inline Rules consumer_arn_rules(bool required = false) {
  return {.required = required, .min = 1, .max = 2048, .pattern = &consumer_arn_pattern};
}

// By the consumer's ARN, by the stream's ARN and the consumer's name, or by all when they agree.
struct ConsumerRef {
  wire::Text stream_arn;
  wire::Text consumer_name;
  wire::Text consumer_arn;
  wire::Text stream_id;  // accepted and ignored, as documented
  static void members(auto& visit, auto& self) {
    visit("StreamARN", self.stream_arn, stream_arn_rules);
    visit("ConsumerName", self.consumer_name, name_rules());
    visit("ConsumerARN", self.consumer_arn, consumer_arn_rules());
    visit("StreamId", self.stream_id, stream_id_rules);
  }
};

struct ConsumerShape {
  std::string consumer_name;
  std::string consumer_arn;
  std::string consumer_status;
  wire::EpochMs consumer_creation_timestamp;
  static void members(auto& visit, auto& self) {
    visit("ConsumerName", self.consumer_name);
    visit("ConsumerARN", self.consumer_arn);
    visit("ConsumerStatus", self.consumer_status);
    visit("ConsumerCreationTimestamp", self.consumer_creation_timestamp);
  }
};
ConsumerShape shape_of(const engine::Resource& consumer, std::int64_t now_ms);

// Hold the engine's lock. In whatever state the consumer is; an ARN is looked up under its own
// account and region. Error: ResourceNotFoundException, also when an ARN's time of creation is
// another consumer's; InvalidArgumentException for too little or conflicting names.
base::Result<const engine::Resource*> find_consumer(const Context& context, const ConsumerRef& ref);
base::Result<const engine::Resource*> find_consumer(const Context& context, std::string_view arn);
base::Error consumer_not_found(std::string_view name, std::string_view account);
// Error: ResourceInUseException.
base::Status expect_active(const Context& context, const engine::Resource& consumer);

// Whether one more consumer or queue may read from the stream: they share a limit, which On-demand
// Advantage raises. Error: LimitExceededException.
base::Status check_reader_limit(const Context& context, const engine::Stream& stream);

}  // namespace millrace::kinesis
