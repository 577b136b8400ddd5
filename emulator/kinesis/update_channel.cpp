// UpdateChannel: data freshness and logging, nothing else; asynchronous, UPDATING then ACTIVE.
#include "emulator/kinesis/channels.hpp"
#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis::update_channel {
namespace {

struct FreshnessUpdate {
  wire::Integer data_freshness_in_seconds;
  static void members(auto& visit, auto& self) {
    visit("DataFreshnessInSeconds", self.data_freshness_in_seconds, required_rules);
  }
};

base::Error other_destination(std::string_view name, std::string_view given, std::string_view its) {
  return invalid_argument(std::string{given} + " cannot be specified for channel " +
                          std::string{name} + ", which delivers to " + std::string{its} + ".");
}

struct UpdateChannel {
  struct Input {
    wire::Text channel_arn;
    std::optional<FreshnessUpdate> s3;
    std::optional<FreshnessUpdate> s3_tables;
    std::optional<ChannelLogging> logging;
    static void members(auto& visit, auto& self) {
      visit("ChannelARN", self.channel_arn, required_channel_arn_rules);
      visit("S3DestinationConfiguration", self.s3);
      visit("S3TablesDestinationConfiguration", self.s3_tables);
      visit("LoggingConfiguration", self.logging);
    }
  };
  using Output = ChannelAnswer;

  static base::Status run(Context& context, Input& input, Output& output) {
    BOOST_OUTCOME_TRY(auto channel, find_channel(context, *input.channel_arn));
    auto& settings = channel.settings.value();
    const auto name = *settings.channel_name;
    if (!input.s3 && !input.s3_tables && !input.logging) {
      return invalid_argument(
          "At least one of S3DestinationConfiguration, S3TablesDestinationConfiguration and "
          "LoggingConfiguration must be specified.");
    }
    if (input.s3 && !settings.s3) {
      return other_destination(name, "S3DestinationConfiguration", "Amazon S3 Tables");
    }
    if (input.s3_tables && !settings.s3_tables) {
      return other_destination(name, "S3TablesDestinationConfiguration", "Amazon S3");
    }
    const auto status = channel.resource->status(context.engine.now_ms());
    if (status != engine::ResourceStatus::active) {
      return base::Error{base::ErrorCode::in_use,
                         "Channel " + std::string{name} + " under account " +
                             channel.resource->row.account + " not ACTIVE, instead in state " +
                             std::string{to_text(status)}};
    }
    if (input.s3) {
      BOOST_OUTCOME_TRY(check_freshness(input.s3->data_freshness_in_seconds));
      settings.s3->data_freshness_in_seconds = input.s3->data_freshness_in_seconds;
    }
    std::string log_group;  // lives until the settings are written
    if (input.logging) {
      log_group = default_log_group(name, channel.resource->row.name);
      change_logging(*input.logging->cloud_watch_logs, log_group, settings);
    }
    const auto id = *input.channel_arn;
    BOOST_OUTCOME_TRY(context.engine.alter_resource(
        *channel.resource, [&](store::ResourceRow& row) { row.settings = to_stored(settings); },
        context.engine.options().transition_ms));
    BOOST_OUTCOME_TRY(auto changed, find_channel(context, id));
    output.channel_description = describe(std::move(changed), context.engine.now_ms());
    return base::success();
  }

 private:
  // Names that are not given stay as they are.
  static void change_logging(const CloudWatchLogs& wanted, std::string_view default_group,
                             ChannelSettings& settings) {
    if (!settings.logging) settings.logging.emplace();
    if (!settings.logging->cloud_watch_logs) settings.logging->cloud_watch_logs.emplace();
    auto& logs = *settings.logging->cloud_watch_logs;
    logs.enabled = wanted.enabled;
    if (wanted.log_group_name) logs.log_group_name = wanted.log_group_name;
    if (wanted.log_stream_name) logs.log_stream_name = wanted.log_stream_name;
    if (!*logs.enabled) return;
    if (!logs.log_group_name) logs.log_group_name = default_group;
    if (!logs.log_stream_name) logs.log_stream_name = default_log_stream;
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<UpdateChannel>();
}

}  // namespace millrace::kinesis::update_channel
