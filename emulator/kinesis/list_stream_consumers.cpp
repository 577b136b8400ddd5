// ListStreamConsumers: a stream's consumers by name, in pages of at most 100.
#include <algorithm>

#include "emulator/kinesis/consumers.hpp"
#include "emulator/kinesis/streams.hpp"
#include "emulator/kinesis/tokens.hpp"

namespace millrace::kinesis::list_stream_consumers {
namespace {

constexpr std::int32_t most_consumers = 100;
constexpr std::string_view operation = "ListStreamConsumers";

struct ListStreamConsumers {
  struct Input {
    wire::Text stream_arn;
    wire::Text next_token;
    wire::Integer max_results;
    wire::Time stream_creation_timestamp;
    wire::Text stream_id;
    static void members(auto& visit, auto& self) {
      visit("StreamARN", self.stream_arn, required_stream_arn_rules);
      visit("NextToken", self.next_token, next_token_rules);
      visit("MaxResults", self.max_results, limit_rules);
      visit("StreamCreationTimestamp", self.stream_creation_timestamp);
      visit("StreamId", self.stream_id, stream_id_rules);
    }
  };
  struct Output {
    std::vector<ConsumerShape> consumers;
    std::optional<std::string> next_token;
    static void members(auto& visit, auto& self) {
      visit("Consumers", self.consumers);
      visit("NextToken", self.next_token);
    }
  };

  static base::Status run(Context& context, Input& input, Output& output) {
    BOOST_OUTCOME_TRY(const auto name, name_of_arn(*input.stream_arn));
    BOOST_OUTCOME_TRY(const auto* stream, find_stream(context, name));
    std::string after;
    if (input.next_token) {
      if (input.stream_creation_timestamp) {
        return invalid_argument(
            "NextToken and StreamCreationTimestamp cannot be provided together.");
      }
      BOOST_OUTCOME_TRY(const auto token, open_token(context, operation, *input.next_token));
      // The filter says which of the streams that had this name it was.
      if (token.account != name.scope.account || token.region != name.scope.region ||
          token.stream != name.name || token.filter != std::to_string(stream->row.id)) {
        return invalid_token();
      }
      after = token.after;
    }
    if (input.stream_creation_timestamp &&
        input.stream_creation_timestamp->ms / 1000 != stream->row.created_ms / 1000) {
      return stream_not_found(name);
    }
    const auto limit = static_cast<std::size_t>(
        std::min(input.max_results.value_or(most_consumers), most_consumers));
    const auto now = context.engine.now_ms();
    auto consumers = context.engine.resources().list(name.scope, engine::ResourceKind::consumer,
                                                     name.name, after, limit + 1, now);
    const bool more = consumers.size() > limit;
    if (more) consumers.pop_back();
    for (const auto* consumer : consumers) output.consumers.push_back(shape_of(*consumer, now));
    if (more) {
      output.next_token = make_token(context, operation,
                                     {.account = name.scope.account,
                                      .region = name.scope.region,
                                      .stream = name.name,
                                      .after = output.consumers.back().consumer_name,
                                      .filter = std::to_string(stream->row.id)});
    }
    return base::success();
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<ListStreamConsumers>();
}

}  // namespace millrace::kinesis::list_stream_consumers
