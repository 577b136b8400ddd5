// ListQueues: queues by name, in pages of at most 100, all or those of some streams.
#include <algorithm>

#include "emulator/kinesis/queues.hpp"
#include "emulator/kinesis/stream_filters.hpp"
#include "emulator/kinesis/tokens.hpp"

namespace millrace::kinesis::list_queues {
namespace {

constexpr std::int32_t most_queues = 100;
constexpr std::string_view operation = "ListQueues";

struct Summary : QueueFacts {
  std::vector<StreamIdentifier> streams;
  static void members(auto& visit, auto& self) {
    QueueFacts::members(visit, self);
    visit("Streams", self.streams);
  }
};

struct ListQueues {
  struct Input {
    wire::Integer max_results;
    wire::Text next_token;
    StreamFilters stream_filter;
    static void members(auto& visit, auto& self) {
      visit("MaxResults", self.max_results, limit_rules);
      visit("NextToken", self.next_token, next_token_rules);
      visit("StreamFilter", self.stream_filter,
            Rules{.min = 1,
                  .max = 10'000,
                  .element_text = "com.amazonaws.kinesis.v20131202.QueueStreamFilter@2f92e0f4"});
    }
  };
  struct Output {
    std::vector<Summary> queue_summaries;
    std::optional<std::string> next_token;
    static void members(auto& visit, auto& self) {
      visit("QueueSummaries", self.queue_summaries);
      visit("NextToken", self.next_token);
    }
  };

  static base::Status run(Context& context, Input& input, Output& output) {
    const auto asked = token_text(input.stream_filter);
    std::string after;
    if (input.next_token) {
      BOOST_OUTCOME_TRY(const auto token, open_token(context, operation, *input.next_token));
      if (token.account != context.scope.account || token.region != context.scope.region ||
          token.filter != asked) {
        return invalid_token();
      }
      after = token.after;
    }
    const auto limit =
        static_cast<std::size_t>(std::min(input.max_results.value_or(most_queues), most_queues));
    const auto now = context.engine.now_ms();
    BOOST_OUTCOME_TRY(const auto queues, queues_of(context, context.scope));
    for (const auto& queue : queues) {
      if (queue.name() <= after || !passes(input.stream_filter, *queue.stream)) continue;
      if (output.queue_summaries.size() == limit) {
        output.next_token = make_token(context, operation,
                                       {.account = context.scope.account,
                                        .region = context.scope.region,
                                        .after = output.queue_summaries.back().queue_name,
                                        .filter = asked});
        break;
      }
      auto& summary = output.queue_summaries.emplace_back();
      static_cast<QueueFacts&>(summary) = facts_of(queue, now);
      summary.streams.push_back(identifier_of(*queue.stream));
    }
    return base::success();
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<ListQueues>();
}

}  // namespace millrace::kinesis::list_queues
