// CreateQueue: asynchronous, CREATING then ACTIVE. Delivery begins where the stream was when it was
// asked for, not when the queue became ACTIVE.
//
// What AWS writes into these errors is not published: the rules are the API reference's (read
// 2026-11-23), the sentences ours.
#include <algorithm>

#include "emulator/kinesis/consumers.hpp"
#include "emulator/kinesis/queues.hpp"
#include "emulator/kinesis/resource_ids.hpp"
#include "emulator/kinesis/streams.hpp"
#include "emulator/kinesis/tags.hpp"

namespace millrace::kinesis::create_queue {
namespace {

constexpr std::int32_t default_visibility_s = 30;
constexpr std::int32_t default_max_receive_count = 6;

struct StreamConfiguration {
  wire::Text stream_arn;
  std::optional<QueueStart> start;
  static void members(auto& visit, auto& self) {
    visit("StreamARN", self.stream_arn, required_stream_arn_rules);
    visit("StartingPosition", self.start);
  }
};

struct Input {
  wire::Text queue_name;
  std::optional<std::vector<StreamConfiguration>> streams;
  std::optional<QueueAttributes> attributes;
  wire::TextMap tags;
  static void members(auto& visit, auto& self) {
    visit("QueueName", self.queue_name, name_rules(true));
    visit(
        "StreamConfigurationList", self.streams,
        Rules{.required = true,
              .min = 1,
              .max = 10'000,
              .element_text = "com.amazonaws.kinesis.v20131202.QueueStreamConfiguration@5e91993f"});
    visit("QueueAttributes", self.attributes);
    visit("Tags", self.tags, tag_map_rules);
  }
};

// What must hold within the request.
base::Status check_request(const Input& input) {
  if (input.streams->size() != 1) {
    return invalid_argument("StreamConfigurationList must have exactly one stream. It has " +
                            std::to_string(input.streams->size()) + ".");
  }
  if (const auto& start = input.streams->front().start) {
    const bool at_timestamp = *start->type == "AT_TIMESTAMP";
    if (at_timestamp && !start->timestamp) {
      return base::Error{
          base::ErrorCode::validation,
          "Timestamp is required when the Type of StartingPosition is AT_TIMESTAMP."};
    }
    if (!at_timestamp && start->timestamp) {
      return base::Error{base::ErrorCode::validation,
                         "Timestamp can only be specified when the Type of StartingPosition is "
                         "AT_TIMESTAMP. Type was " +
                             std::string{*start->type} + "."};
    }
  }
  return input.attributes ? check_attributes(*input.attributes) : base::success();
}

// What must hold of the stream, and of the queues that are there.
base::Status check_state(const Context& context, const engine::Stream& stream, const Input& input) {
  const auto& row = stream.row;
  if (row.mode != "ON_DEMAND") {
    return base::Error{base::ErrorCode::validation, "Request is invalid. Stream " + row.name +
                                                        " under account " + row.account +
                                                        " is in Provisioned mode."};
  }
  // A stream whose shards are changing can be read.
  if (stream.status(context.engine.now_ms()) != engine::StreamStatus::updating) {
    BOOST_OUTCOME_TRY(expect_active(context, stream));
  }
  const engine::Scope scope{row.account, row.region};
  BOOST_OUTCOME_TRY(const auto queues, queues_of(context, scope));
  const bool taken = std::any_of(queues.begin(), queues.end(),
                                 [&](const Queue& one) { return one.name() == *input.queue_name; });
  if (taken) {
    return base::Error{base::ErrorCode::in_use, "Queue " + std::string{*input.queue_name} +
                                                    " under account " + row.account +
                                                    " already exists."};
  }
  BOOST_OUTCOME_TRY(check_reader_limit(context, stream));
  return check_queues_under_way(context, scope);
}

QueueSettings settings_of(const Context& context, const engine::Stream& stream,
                          const Input& input) {
  const auto now = context.engine.now_ms();
  // The earliest time the stream can be read from.
  const auto horizon_ms = std::max(stream.row.created_ms, now - stream.retention_ms());
  QueueSettings settings;
  settings.queue_name = input.queue_name;
  const auto& start = input.streams->front().start;
  settings.start_type = start ? *start->type : "LATEST";
  if (start && start->timestamp) {
    settings.asked_start_ms = start->timestamp->ms;
    settings.start_ms = std::max(start->timestamp->ms, horizon_ms);
  } else {
    settings.start_ms = settings.start_type == "LATEST" ? now : horizon_ms;
  }
  auto& attributes = settings.attributes.emplace();
  if (input.attributes) attributes = *input.attributes;
  attributes.visibility_timeout_seconds =
      attributes.visibility_timeout_seconds.value_or(default_visibility_s);
  if (!attributes.dead_letter) {
    attributes.dead_letter.emplace();
    attributes.dead_letter->target_type = "BUILT_IN";
    attributes.dead_letter->max_receive_count = default_max_receive_count;
  }
  return settings;
}

struct CreateQueue {
  using Input = create_queue::Input;
  using Output = QueueAnswer;

  static base::Status run(Context& context, Input& input, Output& output) {
    BOOST_OUTCOME_TRY(check_request(input));
    BOOST_OUTCOME_TRY(const auto name, name_of_arn(*input.streams->front().stream_arn));
    BOOST_OUTCOME_TRY(const auto* stream, find_stream(context, name));
    BOOST_OUTCOME_TRY(check_state(context, *stream, input));
    store::ResourceRow row;
    row.kind = to_text(engine::ResourceKind::queue);
    row.name = make_resource_id(context, engine::ResourceKind::queue, *stream, *input.queue_name);
    if (input.tags) {
      BOOST_OUTCOME_TRY(
          row.tags, with_tags({}, *input.tags, {"queue", *input.queue_name, name.scope.account}));
    }
    const auto settings = settings_of(context, *stream, input);
    row.settings = to_stored(settings);
    BOOST_OUTCOME_TRY(const auto* made, context.engine.create_resource(*stream, std::move(row)));
    if (settings.start_type == "LATEST") {
      BOOST_OUTCOME_TRY(context.engine.queues().begin_at_latest(*made, *stream));
    }
    BOOST_OUTCOME_TRY(auto queue, find_queue(context, made->arn()));
    output.queue_description = describe(std::move(queue), context.engine.now_ms());
    return base::success();
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<CreateQueue>();
}

}  // namespace millrace::kinesis::create_queue
