// ListChannels: channels by name, in pages of at most 100, all or those of some streams.
#include <algorithm>

#include "emulator/kinesis/channels.hpp"
#include "emulator/kinesis/stream_filters.hpp"
#include "emulator/kinesis/tokens.hpp"

namespace millrace::kinesis::list_channels {
namespace {

constexpr std::int32_t most_channels = 100;
constexpr std::string_view operation = "ListChannels";

struct Summary : ChannelFacts {
  std::string destination_type;
  std::vector<StreamIdentifier> streams;
  static void members(auto& visit, auto& self) {
    ChannelFacts::members(visit, self);
    visit("ChannelDestinationType", self.destination_type);
    visit("Streams", self.streams);
  }
};

struct ListChannels {
  struct Input {
    StreamFilters stream_filter;
    wire::Integer max_results;
    wire::Text next_token;
    static void members(auto& visit, auto& self) {
      visit("StreamFilter", self.stream_filter,
            Rules{.min = 1,
                  .max = 10'000,
                  .element_text = "com.amazonaws.kinesis.v20131202.StreamFilter@2f92e0f4"});
      visit("MaxResults", self.max_results, limit_rules);
      visit("NextToken", self.next_token, next_token_rules);
    }
  };
  struct Output {
    std::vector<Summary> channel_summaries;
    std::optional<std::string> next_token;
    static void members(auto& visit, auto& self) {
      visit("ChannelSummaries", self.channel_summaries);
      visit("NextToken", self.next_token);
    }
  };

  static base::Status run(Context& context, Input& input, Output& output) {
    const auto& filter = input.stream_filter;
    const auto asked = token_text(filter);
    std::string after;
    if (input.next_token) {
      BOOST_OUTCOME_TRY(const auto token, open_token(context, operation, *input.next_token));
      if (token.account != context.scope.account || token.region != context.scope.region ||
          token.filter != asked) {
        return invalid_token();
      }
      after = token.after;
    }
    const auto limit = static_cast<std::size_t>(
        std::min(input.max_results.value_or(most_channels), most_channels));
    BOOST_OUTCOME_TRY(const auto channels, channels_of(context, context.scope));
    for (const auto& channel : channels) {
      if (*channel.settings.value().channel_name <= after) continue;
      if (!passes(filter, *channel.stream)) continue;
      if (output.channel_summaries.size() == limit) {
        output.next_token = make_token(context, operation,
                                       {.account = context.scope.account,
                                        .region = context.scope.region,
                                        .after = output.channel_summaries.back().channel_name,
                                        .filter = asked});
        break;
      }
      output.channel_summaries.push_back(summary_of(channel, context.engine.now_ms()));
    }
    return base::success();
  }

 private:
  static Summary summary_of(const Channel& channel, std::int64_t now_ms) {
    Summary summary;
    static_cast<ChannelFacts&>(summary) = facts_of(channel, now_ms);
    summary.destination_type = channel.settings.value().s3 ? "S3" : "S3_TABLES";
    summary.streams.push_back(identifier_of(*channel.stream));
    return summary;
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<ListChannels>();
}

}  // namespace millrace::kinesis::list_channels
