// ListChannels: channels by name, in pages of at most 100, all or those of some streams.
#include <algorithm>

#include "common/base/digest.hpp"
#include "emulator/kinesis/channels.hpp"
#include "emulator/kinesis/streams.hpp"
#include "emulator/kinesis/tokens.hpp"

namespace millrace::kinesis::list_channels {
namespace {

constexpr std::int32_t most_channels = 100;
constexpr std::string_view operation = "ListChannels";

struct StreamFilter {
  wire::Text stream_arn;
  wire::Time stream_creation_timestamp;
  static void members(auto& visit, auto& self) {
    visit("StreamARN", self.stream_arn, required_stream_arn_rules);
    visit("StreamCreationTimestamp", self.stream_creation_timestamp);
  }
};

struct StreamIdentifier {
  std::string stream_arn;
  wire::EpochMs stream_creation_timestamp;
  static void members(auto& visit, auto& self) {
    visit("StreamARN", self.stream_arn);
    visit("StreamCreationTimestamp", self.stream_creation_timestamp);
  }
};

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
    std::optional<std::vector<StreamFilter>> stream_filter;
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
    const auto asked = filter ? text_of(*filter) : std::string{};
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
      if (filter && !passes(*filter, *channel.stream)) continue;
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
  static bool passes(const std::vector<StreamFilter>& filter, const engine::Stream& stream) {
    const auto arn = stream.arn();
    return std::any_of(filter.begin(), filter.end(), [&](const StreamFilter& one) {
      return *one.stream_arn == arn &&
             (!one.stream_creation_timestamp ||
              one.stream_creation_timestamp->ms / 1000 == stream.row.created_ms / 1000);
    });
  }
  // For the token: a page goes on with the filter it began with.
  static std::string text_of(const std::vector<StreamFilter>& filter) {
    std::string text;
    for (const auto& one : filter) {
      text.append(*one.stream_arn).append(" ");
      if (one.stream_creation_timestamp) text += std::to_string(one.stream_creation_timestamp->ms);
      text += "\n";
    }
    return base::hex(base::as_view(base::sha256(text)));
  }
  static Summary summary_of(const Channel& channel, std::int64_t now_ms) {
    Summary summary;
    static_cast<ChannelFacts&>(summary) = facts_of(channel, now_ms);
    summary.destination_type = channel.settings.value().s3 ? "S3" : "S3_TABLES";
    summary.streams.push_back(
        {channel.stream->arn(), {channel.stream->row.created_ms / 1000 * 1000}});
    return summary;
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<ListChannels>();
}

}  // namespace millrace::kinesis::list_channels
