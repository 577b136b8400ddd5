#include "emulator/kinesis/queues.hpp"

#include <algorithm>
#include <limits>

#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis {

using engine::ResourceKind;
using engine::ResourceStatus;

namespace {

constexpr std::ptrdiff_t most_under_way = 5;  // of an account and region (quotas page)
constexpr std::size_t all = std::numeric_limits<std::size_t>::max();

base::Error queue_not_found(const engine::Arn& arn) {
  return {base::ErrorCode::not_found,
          "Queue " + arn.name + " under account " + arn.scope.account + " not found."};
}

base::Result<Queue> queue_of(const Context& context, const engine::Resource& resource) {
  Queue queue;
  queue.resource = &resource;
  // A deleted stream takes its queues along, also before it is tidied up: no stream, no queue.
  queue.stream = context.engine.find(resource.row.stream_id);
  BOOST_OUTCOME_TRY(queue.settings, from_stored<QueueSettings>(resource.row.settings));
  return queue;
}

}  // namespace

base::Status check_attributes(const QueueAttributes& attributes) {
  if (attributes.dead_letter && *attributes.dead_letter->target_type == "BUILT_IN" &&
      !attributes.dead_letter->max_receive_count) {
    return base::Error{base::ErrorCode::validation,
                       "MaxReceiveCount is required when the TargetType of "
                       "DeadLetterConfiguration is BUILT_IN."};
  }
  return base::success();
}

std::int64_t QueueSettings::most_receives() const {
  const auto& dead_letter = attributes->dead_letter;
  if (*dead_letter->target_type == "NONE") return std::numeric_limits<std::int64_t>::max();
  return *dead_letter->max_receive_count;
}

std::string titled(const Queue& queue) {
  return "Queue " + std::string{queue.name()} + " under account " + queue.resource->row.account;
}

base::Result<Queue> find_queue(const Context& context, std::string_view arn) {
  const auto wanted = engine::parse_arn(arn);
  if (!wanted || wanted->kind != ResourceKind::queue) {
    return invalid_argument("QueueARN " + std::string{arn} + " is not the ARN of a queue.");
  }
  const auto* resource = context.engine.resources().find(*wanted, context.engine.now_ms());
  if (resource == nullptr) return queue_not_found(*wanted);
  BOOST_OUTCOME_TRY(auto queue, queue_of(context, *resource));
  if (queue.stream == nullptr) return queue_not_found(*wanted);
  return queue;
}

base::Result<Queue> find_delivering(const Context& context, std::string_view arn) {
  BOOST_OUTCOME_TRY(auto queue, find_queue(context, arn));
  const auto status = queue.resource->status(context.engine.now_ms());
  if (status == ResourceStatus::active || status == ResourceStatus::updating) return queue;
  // The model has no ResourceInUseException here; puts to a stream in these states are answered so.
  return base::Error{base::ErrorCode::not_found, titled(queue) + " not ACTIVE, instead in state " +
                                                     std::string{to_text(status)}};
}

base::Result<std::vector<Queue>> queues_of(const Context& context, const engine::Scope& scope) {
  std::vector<Queue> queues;
  for (const auto* resource : context.engine.resources().list(scope, ResourceKind::queue, "", "",
                                                              all, context.engine.now_ms())) {
    BOOST_OUTCOME_TRY(auto queue, queue_of(context, *resource));
    if (queue.stream != nullptr) queues.push_back(std::move(queue));
  }
  std::sort(queues.begin(), queues.end(),
            [](const Queue& left, const Queue& right) { return left.name() < right.name(); });
  return queues;
}

base::Status check_queues_under_way(const Context& context, const engine::Scope& scope) {
  const auto now = context.engine.now_ms();
  const auto queues = context.engine.resources().list(scope, ResourceKind::queue, "", "", all, now);
  const auto under_way =
      std::count_if(queues.begin(), queues.end(), [&](const engine::Resource* one) {
        const auto status = one->status(now);
        return status == ResourceStatus::creating || status == ResourceStatus::deleting;
      });
  if (under_way < most_under_way) return base::success();
  return limit_exceeded(
      "This request would exceed the limit on queues that can simultaneously be in CREATING or "
      "DELETING for the account " +
      scope.account + ". Limit: " + std::to_string(most_under_way) + ".");
}

QueueFacts facts_of(const Queue& queue, std::int64_t now_ms) {
  QueueFacts facts;
  facts.queue_name = queue.name();
  facts.queue_arn = queue.resource->arn();
  facts.queue_status = engine::to_text(queue.resource->status(now_ms));
  // AWS keeps whole seconds.
  facts.queue_creation_timestamp.ms = queue.resource->row.created_ms / 1000 * 1000;
  return facts;
}

QueueDescription describe(Queue queue, std::int64_t now_ms) {
  QueueDescription description;
  static_cast<QueueFacts&>(description) = facts_of(queue, now_ms);
  const auto& settings = queue.settings.value();
  auto& stream = description.streams.emplace_back();
  stream.stream_arn = queue.stream->arn();
  auto& start = stream.start.emplace();
  start.type = settings.start_type;
  // Before the queue is there, only what was asked for is shown.
  const bool creating = queue.resource->status(now_ms) == ResourceStatus::creating;
  const auto& start_ms = creating ? settings.asked_start_ms : settings.start_ms;
  if (start_ms) start.timestamp.emplace().ms = *start_ms;
  description.attributes = settings.attributes;
  description.keeps = std::move(queue.settings);
  return description;
}

}  // namespace millrace::kinesis
