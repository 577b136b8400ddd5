// CreateChannel: asynchronous, CREATING then ACTIVE; to S3 Tables FAILED, as nobody delivers there.
//
// What AWS writes into these errors is not published: the rules are the developer guide's and the
// API reference's (read 2026-11-23), the sentences ours.
#include <algorithm>

#include "emulator/kinesis/channels.hpp"
#include "emulator/kinesis/key_template.hpp"
#include "emulator/kinesis/resource_ids.hpp"
#include "emulator/kinesis/streams.hpp"
#include "emulator/kinesis/tags.hpp"

namespace millrace::kinesis::create_channel {
namespace {

constexpr std::string_view no_tables =
    "Delivery to Amazon S3 Tables is not served by Millrace: it delivers to general purpose S3 "
    "buckets only. Nothing will be delivered by this channel.";

struct StreamConfiguration {
  wire::Text stream_arn;
  std::optional<RecordConfiguration> record;
  static void members(auto& visit, auto& self) {
    visit("StreamARN", self.stream_arn, required_stream_arn_rules);
    visit("RecordConfiguration", self.record, required_rules);
  }
};

struct Input {
  wire::Text channel_name;
  wire::Text role_arn;
  std::optional<std::vector<StreamConfiguration>> streams;
  std::optional<S3Destination> s3;
  std::optional<S3TablesDestination> s3_tables;
  std::optional<ChannelEncryption> encryption;
  wire::TextMap tags;
  std::optional<ChannelLogging> logging;
  static void members(auto& visit, auto& self) {
    visit("ChannelName", self.channel_name, name_rules(true));
    visit("ServiceExecutionRoleARN", self.role_arn, role_arn_rules);
    visit("StreamConfigurationList", self.streams,
          Rules{.required = true,
                .min = 1,
                .max = 10'000,
                .element_text =
                    "com.amazonaws.kinesis.v20131202.ChannelStreamConfiguration@1c53fd30"});
    visit("S3DestinationConfiguration", self.s3);
    visit("S3TablesDestinationConfiguration", self.s3_tables);
    visit("EncryptionConfiguration", self.encryption);
    visit("Tags", self.tags, tag_map_rules);
    visit("LoggingConfiguration", self.logging);
  }
};

// The key that Kinesis itself owns: by alias or by the alias's ARN.
bool is_service_key(std::string_view key) {
  return key == "aws/kinesis" || key == "alias/aws/kinesis" || key.ends_with(":alias/aws/kinesis");
}

// What must hold within the request.
base::Status check_request(const Input& input) {
  if (input.s3.has_value() == input.s3_tables.has_value()) {
    return invalid_argument(
        "Exactly one of S3DestinationConfiguration and S3TablesDestinationConfiguration must be "
        "specified.");
  }
  if (input.streams->size() != 1) {
    return invalid_argument("StreamConfigurationList must have exactly one stream. It has " +
                            std::to_string(input.streams->size()) + ".");
  }
  const auto& record = *input.streams->front().record;
  const std::string format{*record.record_format_type};
  if (input.s3) {
    if (format == "GSR_JSON") {
      return invalid_argument(
          "RecordFormatType GSR_JSON is only supported with S3TablesDestinationConfiguration.");
    }
    BOOST_OUTCOME_TRY(check_freshness(input.s3->data_freshness_in_seconds));
  } else {
    if (format == "STRING" || format == "BYTE_ARRAY") {
      return invalid_argument("RecordFormatType " + format +
                              " is only supported with S3DestinationConfiguration.");
    }
    if (!record.gsr_schema_arn) {
      return invalid_argument(
          "GSRSchemaARN is required when S3TablesDestinationConfiguration is specified.");
    }
    if (input.s3_tables->tables->size() != 1) {
      return invalid_argument("S3TablesConfigurationList must have exactly one table. It has " +
                              std::to_string(input.s3_tables->tables->size()) + ".");
    }
    BOOST_OUTCOME_TRY(check_freshness(input.s3_tables->data_freshness_in_seconds));
  }
  if (input.encryption && is_service_key(*input.encryption->key_id)) {
    return invalid_argument("EncryptionConfiguration names the key " +
                            std::string{*input.encryption->key_id} +
                            ", which belongs to Kinesis. A customer managed key is needed.");
  }
  return base::success();
}

// What must hold of the stream, and of the channels that are there.
base::Status check_state(const Context& context, const engine::Stream& stream, const Input& input) {
  const auto now = context.engine.now_ms();
  const auto& row = stream.row;
  if (row.mode != "ON_DEMAND") {
    return base::Error{base::ErrorCode::validation, "Request is invalid. Stream " + row.name +
                                                        " under account " + row.account +
                                                        " is in Provisioned mode."};
  }
  // A stream whose shards are changing can be read.
  if (stream.status(now) != engine::StreamStatus::updating) {
    BOOST_OUTCOME_TRY(expect_active(context, stream));
  }
  if (is_service_key(row.encryption_key)) {
    return invalid_argument("Stream " + row.name + " under account " + row.account +
                            " is encrypted with the key " + row.encryption_key +
                            ", which belongs to Kinesis. Channels need a stream that is encrypted "
                            "with a customer managed key, or not at all.");
  }
  BOOST_OUTCOME_TRY(const auto channels, channels_of(context, {row.account, row.region}));
  for (const auto& channel : channels) {
    if (channel.settings.value().channel_name == input.channel_name) {
      return base::Error{base::ErrorCode::in_use, "Channel " + std::string{*input.channel_name} +
                                                      " under account " + row.account +
                                                      " already exists."};
    }
  }
  for (const auto& channel : channels) {
    if (channel.stream == &stream &&
        channel.settings.value().s3.has_value() == input.s3.has_value()) {
      return limit_exceeded("Stream " + row.name + " under account " + row.account +
                            " has a channel to Amazon " + (input.s3 ? "S3" : "S3 Tables") +
                            " already: " + std::string{*channel.settings.value().channel_name} +
                            ". Limit: 1.");
    }
  }
  return base::success();
}

struct CreateChannel {
  using Input = create_channel::Input;
  using Output = ChannelAnswer;

  static base::Status run(Context& context, Input& input, Output& output) {
    BOOST_OUTCOME_TRY(check_request(input));
    const auto& configured = input.streams->front();
    BOOST_OUTCOME_TRY(const auto name, name_of_arn(*configured.stream_arn));
    BOOST_OUTCOME_TRY(const auto* stream, find_stream(context, name));
    BOOST_OUTCOME_TRY(check_state(context, *stream, input));

    store::ResourceRow row;
    row.kind = to_text(engine::ResourceKind::channel);
    row.name =
        make_resource_id(context, engine::ResourceKind::channel, *stream, *input.channel_name);
    if (input.tags) {
      BOOST_OUTCOME_TRY(row.tags, with_tags({}, *input.tags,
                                            {"channel", *input.channel_name, name.scope.account}));
    }
    if (input.s3_tables) row.failed = no_tables;

    // Texts of defaults, which live until the settings are written.
    const auto error_prefix =
        "kinesis-channel/errors/" + std::string{*input.channel_name} + "/" + row.name + "/";
    const auto log_group = default_log_group(*input.channel_name, row.name);
    ChannelSettings settings;
    settings.channel_name = input.channel_name;
    settings.role_arn = input.role_arn;
    settings.stream_arn = configured.stream_arn;
    settings.record = configured.record;
    settings.s3 = input.s3;
    settings.s3_tables = input.s3_tables;
    settings.encryption = input.encryption;
    settings.logging = input.logging;
    settings.active_from_ms = context.engine.now_ms() + context.engine.options().transition_ms;
    fill_in(settings, error_prefix, log_group);
    BOOST_OUTCOME_TRY(check_keys(settings, row.name, name.name));
    row.settings = to_stored(settings);
    BOOST_OUTCOME_TRY(const auto* made, context.engine.create_resource(*stream, std::move(row)));
    BOOST_OUTCOME_TRY(auto channel, find_channel(context, made->arn()));
    output.channel_description = describe(std::move(channel), context.engine.now_ms());
    return base::success();
  }

 private:
  static void fill_in(ChannelSettings& settings, std::string_view error_prefix,
                      std::string_view log_group) {
    if (settings.s3) {
      auto& s3 = *settings.s3;
      s3.data_freshness_in_seconds = s3.data_freshness_in_seconds.value_or(least_freshness_s);
      if (!s3.storage->output_key_template) s3.storage->output_key_template = default_key_template;
      if (!s3.storage->storage_class) s3.storage->storage_class = "STANDARD";
      if (!s3.dead_letter) {
        s3.dead_letter.emplace();
        s3.dead_letter->bucket_arn = s3.storage->bucket_arn;
        s3.dead_letter->expected_bucket_owner = s3.storage->expected_bucket_owner;
      }
      if (!s3.dead_letter->error_output_prefix) s3.dead_letter->error_output_prefix = error_prefix;
    } else {
      auto& tables = *settings.s3_tables;
      tables.data_freshness_in_seconds =
          tables.data_freshness_in_seconds.value_or(least_freshness_s);
      if (!tables.dead_letter->error_output_prefix) {
        tables.dead_letter->error_output_prefix = error_prefix;
      }
    }
    if (!settings.logging) {
      settings.logging.emplace().cloud_watch_logs.emplace().enabled = false;
    }
    auto& logs = *settings.logging->cloud_watch_logs;
    if (*logs.enabled && !logs.log_group_name) logs.log_group_name = log_group;
    if (*logs.enabled && !logs.log_stream_name) logs.log_stream_name = default_log_stream;
  }

  // That every object can be named.
  static base::Status check_keys(const ChannelSettings& settings, std::string_view id,
                                 std::string_view stream) {
    if (!settings.s3) return base::success();
    const auto& storage = *settings.s3->storage;
    BOOST_OUTCOME_TRY(
        KeyTemplate::parse(*storage.output_key_template,
                           {*settings.channel_name, id, stream, *storage.compression_type}));
    const auto prefix = *settings.s3->dead_letter->error_output_prefix;
    if (const auto why = wrong_with_key(prefix); !why.empty()) {
      return invalid_argument("ErrorOutputPrefix '" + std::string{prefix} +
                              "' is not valid: " + std::string{why});
    }
    return base::success();
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<CreateChannel>();
}

}  // namespace millrace::kinesis::create_channel
