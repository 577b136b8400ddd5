// Channels: what the data file keeps of one, how requests name them, how answers show them.
#pragma once

#include <string>

#include "emulator/kinesis/channel_shapes.hpp"
#include "emulator/kinesis/operation.hpp"
#include "emulator/kinesis/stored.hpp"

namespace millrace::kinesis {

// The settings of a channel's resource; the resource's own name is the ChannelId, which its ARN
// ends with. Defaults have been filled in.
struct ChannelSettings {
  wire::Text channel_name;
  wire::Text role_arn;
  wire::Text stream_arn;
  std::optional<RecordConfiguration> record;
  std::optional<S3Destination> s3;  // or
  std::optional<S3TablesDestination> s3_tables;
  std::optional<ChannelEncryption> encryption;
  std::optional<ChannelLogging> logging;
  wire::Long active_from_ms;  // records that arrived before are not delivered
  wire::Text problem;         // why the last attempt to deliver failed; absent: it did not
  static void members(auto& visit, auto& self) {
    visit("ChannelName", self.channel_name);
    visit("ServiceExecutionRoleARN", self.role_arn);
    visit("StreamARN", self.stream_arn);
    visit("RecordConfiguration", self.record);
    visit("S3DestinationConfiguration", self.s3);
    visit("S3TablesDestinationConfiguration", self.s3_tables);
    visit("EncryptionConfiguration", self.encryption);
    visit("LoggingConfiguration", self.logging);
    visit("ActiveFrom", self.active_from_ms);
    visit("Problem", self.problem);
  }
};

inline constexpr std::int32_t least_freshness_s = 300;
inline constexpr std::int32_t most_freshness_s = 900;
inline constexpr std::string_view default_log_stream = "DestinationDelivery";
// "/aws/kinesis/NAME/ID"
std::string default_log_group(std::string_view channel_name, std::string_view channel_id);

// Error: InvalidArgumentException. 300 to 900 s, as the developer guide has it; the service model
// has no limit.
base::Status check_freshness(const wire::Integer& seconds);

// A channel as the operations handle it.
struct Channel {
  const engine::Resource* resource = nullptr;
  const engine::Stream* stream = nullptr;  // that it reads from
  Stored<ChannelSettings> settings;
};

// Hold the engine's lock. In whatever state the channel is. Error: ResourceNotFoundException.
base::Result<Channel> find_channel(const Context& context, std::string_view arn);
// All of an account and region, by name.
base::Result<std::vector<Channel>> channels_of(const Context& context, const engine::Scope& scope);

struct ChannelStreamDescription {
  std::string stream_arn;
  wire::EpochMs stream_creation_timestamp;
  RecordConfiguration record;
  static void members(auto& visit, auto& self) {
    visit("StreamARN", self.stream_arn);
    visit("StreamCreationTimestamp", self.stream_creation_timestamp);
    visit("RecordConfiguration", self.record);
  }
};

// What a description and a summary have in common.
struct ChannelFacts {
  std::string channel_name;
  std::string channel_arn;
  std::string channel_id;
  std::string channel_status;
  std::optional<std::string> channel_status_reason;
  wire::EpochMs channel_creation_timestamp;
  static void members(auto& visit, auto& self) {
    visit("ChannelName", self.channel_name);
    visit("ChannelARN", self.channel_arn);
    visit("ChannelId", self.channel_id);
    visit("ChannelStatus", self.channel_status);
    visit("ChannelStatusReason", self.channel_status_reason);
    visit("ChannelCreationTimestamp", self.channel_creation_timestamp);
  }
};
ChannelFacts facts_of(const Channel& channel, std::int64_t now_ms);

struct ChannelDescription : ChannelFacts {
  wire::Text role_arn;
  std::vector<ChannelStreamDescription> streams;
  std::optional<S3DestinationDescription> s3;
  std::optional<S3TablesDestinationDescription> s3_tables;
  std::optional<ChannelEncryption> encryption;
  std::optional<ChannelLogging> logging;
  Stored<ChannelSettings> keeps;  // the texts
  static void members(auto& visit, auto& self) {
    ChannelFacts::members(visit, self);
    visit("ServiceExecutionRoleARN", self.role_arn, required_rules);
    visit("StreamConfigurationList", self.streams);
    visit("S3DestinationConfiguration", self.s3);
    visit("S3TablesDestinationConfiguration", self.s3_tables);
    visit("EncryptionConfiguration", self.encryption);
    visit("LoggingConfiguration", self.logging, required_rules);
  }
};
ChannelDescription describe(Channel channel, std::int64_t now_ms);

// Input and output of the operations that take a channel's ARN and answer its description.
struct ChannelRef {
  wire::Text channel_arn;
  static void members(auto& visit, auto& self) {
    visit("ChannelARN", self.channel_arn, required_channel_arn_rules);
  }
};
struct ChannelAnswer {
  ChannelDescription channel_description;
  static void members(auto& visit, auto& self) {
    visit("ChannelDescription", self.channel_description);
  }
};

}  // namespace millrace::kinesis
