// ListStreams: names in order, in pages of at most 100.
#include <algorithm>

#include "emulator/kinesis/streams.hpp"
#include "emulator/kinesis/tokens.hpp"

namespace millrace::kinesis::list_streams {
namespace {

constexpr std::int32_t most_streams = 100;
constexpr std::string_view operation = "ListStreams";

struct StreamSummary {
  std::string stream_name;
  std::string stream_arn;
  std::string stream_status;
  StreamModeDetails stream_mode_details;
  wire::EpochMs stream_creation_timestamp;
  static void members(auto& visit, auto& self) {
    visit("StreamName", self.stream_name);
    visit("StreamARN", self.stream_arn);
    visit("StreamStatus", self.stream_status);
    visit("StreamModeDetails", self.stream_mode_details);
    visit("StreamCreationTimestamp", self.stream_creation_timestamp);
  }
};

struct ListStreams {
  struct Input {
    wire::Integer limit;
    wire::Text exclusive_start_stream_name;
    wire::Text next_token;
    static void members(auto& visit, auto& self) {
      visit("Limit", self.limit, limit_rules);
      visit("ExclusiveStartStreamName", self.exclusive_start_stream_name, name_rules());
      visit("NextToken", self.next_token, next_token_rules);
    }
  };
  struct Output {
    std::vector<std::string> stream_names;
    bool has_more_streams = false;
    std::optional<std::string> next_token;
    std::vector<StreamSummary> stream_summaries;
    static void members(auto& visit, auto& self) {
      visit("StreamNames", self.stream_names);
      visit("HasMoreStreams", self.has_more_streams);
      visit("NextToken", self.next_token);
      visit("StreamSummaries", self.stream_summaries);
    }
  };

  static base::Status run(Context& context, Input& input, Output& output) {
    std::string after{input.exclusive_start_stream_name.value_or("")};
    if (input.next_token) {
      BOOST_OUTCOME_TRY(const auto token, open_token(context, operation, *input.next_token));
      if (token.account != context.scope.account || token.region != context.scope.region) {
        return invalid_token();
      }
      after = token.after;
    }
    const auto limit =
        static_cast<std::size_t>(std::min(input.limit.value_or(most_streams), most_streams));
    auto streams = context.engine.list(context.scope, after, limit + 1);
    output.has_more_streams = streams.size() > limit;
    if (output.has_more_streams) streams.pop_back();
    const auto now = context.engine.now_ms();
    for (const auto* stream : streams) {
      const auto facts = facts_of(*stream, now);
      output.stream_names.push_back(facts.stream_name);
      output.stream_summaries.push_back({facts.stream_name, facts.stream_arn, facts.stream_status,
                                         facts.stream_mode_details,
                                         facts.stream_creation_timestamp});
    }
    if (output.has_more_streams) {
      output.next_token = make_token(context, operation,
                                     {.account = context.scope.account,
                                      .region = context.scope.region,
                                      .after = output.stream_names.back()});
    }
    return base::success();
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<ListStreams>();
}

}  // namespace millrace::kinesis::list_streams
