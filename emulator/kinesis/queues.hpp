// Queues: what the data file keeps of one, how requests name them, how answers show them.
#pragma once

#include <string>
#include <vector>

#include "emulator/kinesis/operation.hpp"
#include "emulator/kinesis/shapes.hpp"
#include "emulator/kinesis/stored.hpp"

namespace millrace::kinesis {

// Members and limits: the service model of botocore 1.44.5, read 2026-11-23.
inline const wire::Pattern queue_arn_pattern{"arn:aws.*:kinesis:.*:\\d{12}:queue/\\S+"};
inline const Rules queue_arn_rules{
    .required = true, .min = 1, .max = 2048, .pattern = &queue_arn_pattern};
inline const Rules visibility_rules{.min = 0, .max = 43'200};
inline constexpr std::string_view queue_starts[] = {"TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"};
inline constexpr std::string_view dead_letter_targets[] = {"BUILT_IN", "NONE"};

struct DeadLetterConfiguration {
  wire::Text target_type;
  wire::Integer max_receive_count;
  static void members(auto& visit, auto& self) {
    visit("TargetType", self.target_type, Rules{.required = true, .values = dead_letter_targets});
    visit("MaxReceiveCount", self.max_receive_count, Rules{.min = 1, .max = 1000});
  }
};

struct QueueAttributes {
  wire::Integer visibility_timeout_seconds;
  std::optional<DeadLetterConfiguration> dead_letter;
  static void members(auto& visit, auto& self) {
    visit("VisibilityTimeoutSeconds", self.visibility_timeout_seconds, visibility_rules);
    visit("DeadLetterConfiguration", self.dead_letter);
  }
};
// What holds of them within a request. Error: ValidationException.
base::Status check_attributes(const QueueAttributes& attributes);

struct QueueStart {
  wire::Text type;
  wire::Time timestamp;
  static void members(auto& visit, auto& self) {
    visit("Type", self.type, Rules{.required = true, .values = queue_starts});
    visit("Timestamp", self.timestamp);
  }
};

// The settings of a queue's resource; the resource's own name is a made-up id, which its ARN ends
// with. Defaults have been filled in.
struct QueueSettings {
  wire::Text queue_name;
  wire::Text start_type;
  wire::Long asked_start_ms;  // of AT_TIMESTAMP
  wire::Long start_ms;        // where it really began
  std::optional<QueueAttributes> attributes;
  wire::Integer former_visibility_s;  // while the queue is UPDATING
  static void members(auto& visit, auto& self) {
    visit("QueueName", self.queue_name);
    visit("StartType", self.start_type);
    visit("AskedStart", self.asked_start_ms);
    visit("Start", self.start_ms);
    visit("Attributes", self.attributes);
    visit("FormerVisibility", self.former_visibility_s);
  }
  // Deliveries that make a dead letter; INT64_MAX: no number does.
  [[nodiscard]] std::int64_t most_receives() const;
};

// A queue as the operations handle it.
struct Queue {
  const engine::Resource* resource = nullptr;
  const engine::Stream* stream = nullptr;  // that it delivers from
  Stored<QueueSettings> settings;

  [[nodiscard]] std::string_view name() const { return *settings.value().queue_name; }
};

// Hold the engine's lock, or be on its thread. In whatever state the queue is. Error:
// ResourceNotFoundException.
base::Result<Queue> find_queue(const Context& context, std::string_view arn);
// One that delivers. Error: ResourceNotFoundException, also while it is CREATING or DELETING.
base::Result<Queue> find_delivering(const Context& context, std::string_view arn);
// All of an account and region, by name.
base::Result<std::vector<Queue>> queues_of(const Context& context, const engine::Scope& scope);
// "Queue NAME under account 000000000000"
std::string titled(const Queue& queue);

// Whether one more queue of the account and region may be CREATING or DELETING. Error:
// LimitExceededException.
base::Status check_queues_under_way(const Context& context, const engine::Scope& scope);

// What a description and a summary have in common.
struct QueueFacts {
  std::string queue_name;
  std::string queue_arn;
  std::string queue_status;
  wire::EpochMs queue_creation_timestamp;
  static void members(auto& visit, auto& self) {
    visit("QueueName", self.queue_name);
    visit("QueueARN", self.queue_arn);
    visit("QueueStatus", self.queue_status);
    visit("QueueCreationTimestamp", self.queue_creation_timestamp);
  }
};
QueueFacts facts_of(const Queue& queue, std::int64_t now_ms);

struct QueueStreamDescription {
  std::string stream_arn;
  std::optional<QueueStart> start;
  static void members(auto& visit, auto& self) {
    visit("StreamARN", self.stream_arn);
    visit("StartingPosition", self.start);
  }
};

struct QueueDescription : QueueFacts {
  std::vector<QueueStreamDescription> streams;
  std::optional<QueueAttributes> attributes;
  Stored<QueueSettings> keeps;  // the texts
  static void members(auto& visit, auto& self) {
    QueueFacts::members(visit, self);
    visit("StreamConfigurationList", self.streams);
    visit("QueueAttributes", self.attributes);
  }
};
QueueDescription describe(Queue queue, std::int64_t now_ms);

// Input and output of the operations that take a queue's ARN and answer its description.
struct QueueRef {
  wire::Text queue_arn;
  static void members(auto& visit, auto& self) {
    visit("QueueARN", self.queue_arn, queue_arn_rules);
  }
};
struct QueueAnswer {
  QueueDescription queue_description;
  static void members(auto& visit, auto& self) {
    visit("QueueDescription", self.queue_description);
  }
};

}  // namespace millrace::kinesis
