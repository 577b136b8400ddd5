#include "emulator/kinesis/channels.hpp"

#include <algorithm>
#include <limits>

#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis {

using engine::ResourceKind;
using engine::ResourceStatus;

namespace {

base::Error channel_not_found(const engine::Arn& arn) {
  return {base::ErrorCode::not_found,
          "Channel " + arn.name + " under account " + arn.scope.account + " not found."};
}

// A deleted stream takes its channels along, also before it is tidied up: no stream, no channel.
base::Result<Channel> channel_of(const Context& context, const engine::Resource& resource) {
  Channel channel;
  channel.resource = &resource;
  channel.stream = context.engine.find(resource.row.stream_id);
  BOOST_OUTCOME_TRY(channel.settings, from_stored<ChannelSettings>(resource.row.settings));
  return channel;
}

}  // namespace

std::string default_log_group(std::string_view channel_name, std::string_view channel_id) {
  return "/aws/kinesis/" + std::string{channel_name} + "/" + std::string{channel_id};
}

base::Status check_freshness(const wire::Integer& seconds) {
  if (!seconds || (*seconds >= least_freshness_s && *seconds <= most_freshness_s)) {
    return base::success();
  }
  return invalid_argument(
      "DataFreshnessInSeconds must be between " + std::to_string(least_freshness_s) + " and " +
      std::to_string(most_freshness_s) + ". Specified value was " + std::to_string(*seconds) + ".");
}

base::Result<Channel> find_channel(const Context& context, std::string_view arn) {
  const auto wanted = engine::parse_arn(arn);
  if (!wanted || wanted->kind != ResourceKind::channel) {
    return invalid_argument("ChannelARN " + std::string{arn} + " is not the ARN of a channel.");
  }
  const auto* resource = context.engine.resources().find(*wanted, context.engine.now_ms());
  if (resource == nullptr) return channel_not_found(*wanted);
  BOOST_OUTCOME_TRY(auto channel, channel_of(context, *resource));
  if (channel.stream == nullptr) return channel_not_found(*wanted);
  return channel;
}

base::Result<std::vector<Channel>> channels_of(const Context& context, const engine::Scope& scope) {
  std::vector<Channel> channels;
  for (const auto* resource : context.engine.resources().list(
           scope, ResourceKind::channel, "", "", std::numeric_limits<std::size_t>::max(),
           context.engine.now_ms())) {
    BOOST_OUTCOME_TRY(auto channel, channel_of(context, *resource));
    if (channel.stream != nullptr) channels.push_back(std::move(channel));
  }
  std::sort(channels.begin(), channels.end(), [](const Channel& left, const Channel& right) {
    return left.settings.value().channel_name < right.settings.value().channel_name;
  });
  return channels;
}

ChannelFacts facts_of(const Channel& channel, std::int64_t now_ms) {
  const auto& row = channel.resource->row;
  const auto& settings = channel.settings.value();
  const auto status = channel.resource->status(now_ms);
  ChannelFacts facts;
  facts.channel_name = settings.channel_name.value_or("");
  facts.channel_arn = channel.resource->arn();
  facts.channel_id = row.name;
  facts.channel_status = engine::to_text(status);
  if (status == ResourceStatus::failed) {
    facts.channel_status_reason = row.failed;
  } else if (settings.problem) {
    facts.channel_status_reason = *settings.problem;
  }
  // AWS keeps whole seconds.
  facts.channel_creation_timestamp.ms = row.created_ms / 1000 * 1000;
  return facts;
}

ChannelDescription describe(Channel channel, std::int64_t now_ms) {
  ChannelDescription description;
  static_cast<ChannelFacts&>(description) = facts_of(channel, now_ms);
  const auto& settings = channel.settings.value();
  description.role_arn = settings.role_arn;
  auto& stream = description.streams.emplace_back();
  stream.stream_arn = channel.stream->arn();
  stream.stream_creation_timestamp.ms = channel.stream->row.created_ms / 1000 * 1000;
  if (settings.record) stream.record = *settings.record;
  if (settings.s3) description.s3.emplace(S3DestinationDescription{*settings.s3});
  if (settings.s3_tables) {
    description.s3_tables.emplace(S3TablesDestinationDescription{*settings.s3_tables});
  }
  description.encryption = settings.encryption;
  description.logging = settings.logging;
  description.keeps = std::move(channel.settings);
  return description;
}

}  // namespace millrace::kinesis
