#include "emulator/kinesis/consumers.hpp"

#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis {

using base::Error;
using base::ErrorCode;
using engine::ResourceKind;

namespace {

constexpr std::size_t most_readers = 20;
constexpr std::size_t most_readers_with_advantage = 50;

}  // namespace

base::Error consumer_not_found(std::string_view name, std::string_view account) {
  return {ErrorCode::not_found,
          "Consumer " + std::string{name} + ", account " + std::string{account} + " not found."};
}

ConsumerShape shape_of(const engine::Resource& consumer, std::int64_t now_ms) {
  ConsumerShape shape;
  shape.consumer_name = consumer.row.name;
  shape.consumer_arn = consumer.arn();
  shape.consumer_status = engine::to_text(consumer.status(now_ms));
  // AWS keeps whole seconds.
  shape.consumer_creation_timestamp.ms = consumer.row.created_ms / 1000 * 1000;
  return shape;
}

base::Result<const engine::Resource*> find_consumer(const Context& context,
                                                    const ConsumerRef& ref) {
  if (!ref.consumer_arn && !(ref.stream_arn && ref.consumer_name)) {
    return invalid_argument(
        "Either ConsumerARN or both StreamARN and ConsumerName should be provided.");
  }
  engine::Arn wanted;
  if (ref.stream_arn) {
    BOOST_OUTCOME_TRY(auto stream, name_of_arn(*ref.stream_arn));
    wanted.scope = std::move(stream.scope);
    wanted.owner = std::move(stream.name);
  }
  if (ref.consumer_arn) {
    auto arn = engine::parse_arn(*ref.consumer_arn);
    if (!arn || arn->kind != ResourceKind::consumer) {
      return consumer_not_found(*ref.consumer_arn, context.scope.account);
    }
    if (ref.stream_arn &&
        (arn->owner != wanted.owner || arn->scope.account != wanted.scope.account ||
         arn->scope.region != wanted.scope.region)) {
      return invalid_argument("StreamARN " + std::string{*ref.stream_arn} + " and ConsumerARN " +
                              std::string{*ref.consumer_arn} + " do not name the same stream.");
    }
    if (ref.consumer_name && *ref.consumer_name != arn->name) {
      return invalid_argument("ConsumerName " + std::string{*ref.consumer_name} +
                              " and ConsumerARN " + std::string{*ref.consumer_arn} +
                              " do not name the same consumer.");
    }
    wanted = std::move(*arn);
  } else {
    wanted.kind = ResourceKind::consumer;
    wanted.name = *ref.consumer_name;
  }
  const auto* stream = context.engine.find(wanted.scope, wanted.owner);
  if (stream == nullptr && ref.stream_arn) return stream_not_found({wanted.scope, wanted.owner});
  const auto* consumer = context.engine.resources().find(wanted, context.engine.now_ms());
  // A deleted stream takes its consumers along, also before it is tidied up.
  if (consumer == nullptr || stream == nullptr || consumer->row.stream_id != stream->row.id) {
    return consumer_not_found(wanted.name, wanted.scope.account);
  }
  return consumer;
}

base::Result<const engine::Resource*> find_consumer(const Context& context, std::string_view arn) {
  ConsumerRef ref;
  ref.consumer_arn = arn;
  return find_consumer(context, ref);
}

base::Status expect_active(const Context& context, const engine::Resource& consumer) {
  if (consumer.status(context.engine.now_ms()) == engine::ResourceStatus::active) {
    return base::success();
  }
  return Error{ErrorCode::in_use, "Consumer " + consumer.row.name + " with creation timestamp " +
                                      std::to_string(consumer.row.created_ms / 1000) +
                                      " under stream " + consumer.row.owner + " and account " +
                                      consumer.row.account + " is not in ACTIVE status."};
}

base::Status check_reader_limit(const Context& context, const engine::Stream& stream) {
  const auto& resources = context.engine.resources();
  const auto now = context.engine.now_ms();
  const auto readers = resources.of_stream(stream.row.id, ResourceKind::consumer, now).size() +
                       resources.of_stream(stream.row.id, ResourceKind::queue, now).size();
  const auto limit = has_advantage(context, stream) ? most_readers_with_advantage : most_readers;
  if (readers < limit) return base::success();
  return limit_exceeded("This request would exceed the limit on consumers and queues for stream " +
                        stream.row.name + " under account " + stream.row.account +
                        ". Limit: " + std::to_string(limit) + ".");
}

}  // namespace millrace::kinesis
