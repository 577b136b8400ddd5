// RegisterStreamConsumer: asynchronous, CREATING then ACTIVE.
#include <algorithm>
#include <limits>

#include "emulator/kinesis/consumers.hpp"
#include "emulator/kinesis/streams.hpp"
#include "emulator/kinesis/tags.hpp"

namespace millrace::kinesis::register_stream_consumer {
namespace {

constexpr std::ptrdiff_t most_creating = 5;  // of an account and region, as documented

struct RegisterStreamConsumer {
  struct Input {
    wire::Text stream_arn;
    wire::Text consumer_name;
    wire::Text stream_id;
    wire::TextMap tags;
    static void members(auto& visit, auto& self) {
      visit("StreamARN", self.stream_arn, required_stream_arn_rules);
      visit("ConsumerName", self.consumer_name, name_rules(true));
      visit("StreamId", self.stream_id, stream_id_rules);
      visit("Tags", self.tags, tag_map_rules);
    }
  };
  struct Output {
    ConsumerShape consumer;
    static void members(auto& visit, auto& self) { visit("Consumer", self.consumer); }
  };

  static base::Status check_creating(const Context& context, const engine::Stream& stream) {
    const auto now = context.engine.now_ms();
    const auto all = context.engine.resources().all(engine::ResourceKind::consumer, now);
    const auto creating = std::count_if(all.begin(), all.end(), [&](const engine::Resource* one) {
      return one->row.account == stream.row.account && one->row.region == stream.row.region &&
             one->status(now) == engine::ResourceStatus::creating;
    });
    if (creating < most_creating) return base::success();
    return limit_exceeded(
        "This request would exceed the limit on consumers that can simultaneously be in CREATING "
        "for the account " +
        stream.row.account + ". Limit: " + std::to_string(most_creating) + ".");
  }

  static base::Status run(Context& context, Input& input, Output& output) {
    BOOST_OUTCOME_TRY(const auto name, name_of_arn(*input.stream_arn));
    BOOST_OUTCOME_TRY(const auto* stream, find_stream(context, name));
    const auto now = context.engine.now_ms();
    // A stream whose shards are changing can be read, and so be subscribed to.
    if (stream->status(now) != engine::StreamStatus::updating) {
      BOOST_OUTCOME_TRY(expect_active(context, *stream));
    }
    store::ResourceRow row;
    row.kind = to_text(engine::ResourceKind::consumer);
    row.owner = name.name;
    row.name = *input.consumer_name;
    if (input.tags) {
      BOOST_OUTCOME_TRY(row.tags,
                        with_tags({}, *input.tags, {"consumer", row.name, name.scope.account}));
    }
    engine::Arn wanted{name.scope, engine::ResourceKind::consumer, row.owner, row.name, {}};
    if (context.engine.resources().find(wanted, now) != nullptr) {
      return base::Error{base::ErrorCode::in_use, "Consumer " + row.name + " under stream " +
                                                      row.owner + " already exists for account " +
                                                      name.scope.account + "."};
    }
    BOOST_OUTCOME_TRY(check_reader_limit(context, *stream));
    BOOST_OUTCOME_TRY(check_creating(context, *stream));
    BOOST_OUTCOME_TRY(const auto* made, context.engine.create_resource(*stream, std::move(row)));
    output.consumer = shape_of(*made, now);
    return base::success();
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<RegisterStreamConsumer>();
}

}  // namespace millrace::kinesis::register_stream_consumer
