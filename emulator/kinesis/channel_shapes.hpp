// The structures of channels, as requests carry them, as answers show them and as the data file
// keeps them. Members and limits: the service model of botocore 1.44.5, read 2026-11-23.
#pragma once

#include <string>
#include <vector>

#include "emulator/kinesis/shapes.hpp"

namespace millrace::kinesis {

inline const wire::Pattern channel_arn_pattern{"arn:aws.*:kinesis:.*:\\d{12}:channel/\\S+"};
inline const wire::Pattern role_arn_pattern{
    "arn:aws[-a-z0-9]*:iam::\\d{12}:role/[a-zA-Z_0-9+=,.@\\-_/]+"};
inline const wire::Pattern bucket_arn_pattern{"arn:aws[-a-z0-9]*:s3:::[a-z0-9._-]{3,63}"};
inline const wire::Pattern account_pattern{"\\d{12}"};
inline const wire::Pattern error_prefix_pattern{"[0-9A-Za-z!\\-_'.*()\\/]+"};
inline const wire::Pattern key_template_pattern{"[0-9A-Za-z!\\-_'.*()\\/=:{}]+"};
inline const wire::Pattern schema_arn_pattern{
    "arn:aws[-a-z0-9]*:glue:[-a-z0-9]+:\\d{12}:schema/[-a-zA-Z0-9_$#.]+/[-a-zA-Z0-9_$#.]+"};
inline const wire::Pattern table_bucket_arn_pattern{
    "arn:aws[-a-z0-9]*:s3tables:[-a-z0-9]+:\\d{12}:bucket/[a-z0-9_-]{3,63}"};
inline const wire::Pattern table_name_pattern{"[0-9a-z_]+"};
inline const wire::Pattern partition_source_pattern{"[a-zA-Z0-9\\.\\_]+"};
inline const wire::Pattern log_group_pattern{"[\\.\\-_/#A-Za-z0-9]+"};
inline const wire::Pattern log_stream_pattern{"[^:*]*"};

inline const Rules required_channel_arn_rules{
    .required = true, .min = 1, .max = 2048, .pattern = &channel_arn_pattern};
inline const Rules role_arn_rules{
    .required = true, .min = 1, .max = 512, .pattern = &role_arn_pattern};
inline const Rules bucket_arn_rules{
    .required = true, .min = 1, .max = 2048, .pattern = &bucket_arn_pattern};
inline const Rules bucket_owner_rules{
    .required = true, .min = 12, .max = 12, .pattern = &account_pattern};
inline const Rules table_name_rules{
    .required = true, .min = 1, .max = 255, .pattern = &table_name_pattern};

inline constexpr std::string_view record_formats[] = {"GSR_JSON", "JSON", "STRING", "BYTE_ARRAY"};
inline constexpr std::string_view s3_compressions[] = {"NONE", "GZIP", "ZSTD"};
inline constexpr std::string_view storage_classes[] = {"STANDARD", "INTELLIGENT_TIERING",
                                                       "GLACIER_IR"};
inline constexpr std::string_view table_compressions[] = {"NONE", "ZSTD", "SNAPPY"};
inline constexpr std::string_view partition_transforms[] = {"TIME_HOUR"};
inline constexpr std::string_view channel_encryptions[] = {"KMS"};

struct RecordConfiguration {
  wire::Text record_format_type;
  wire::Text gsr_schema_arn;
  static void members(auto& visit, auto& self) {
    visit("RecordFormatType", self.record_format_type,
          Rules{.required = true, .values = record_formats});
    visit("GSRSchemaARN", self.gsr_schema_arn,
          Rules{.min = 1, .max = 512, .pattern = &schema_arn_pattern});
  }
};

struct DeadLetterBucket {
  wire::Text bucket_arn;
  wire::Text expected_bucket_owner;
  wire::Text error_output_prefix;
  static void members(auto& visit, auto& self) {
    visit("BucketARN", self.bucket_arn, bucket_arn_rules);
    visit("ExpectedBucketOwner", self.expected_bucket_owner, bucket_owner_rules);
    visit("ErrorOutputPrefix", self.error_output_prefix,
          Rules{.min = 1, .max = 512, .pattern = &error_prefix_pattern});
  }
};

struct S3Storage {
  wire::Text bucket_arn;
  wire::Text expected_bucket_owner;
  wire::Text output_key_template;
  wire::Text storage_class;
  wire::Text compression_type;
  static void members(auto& visit, auto& self) {
    visit("BucketARN", self.bucket_arn, bucket_arn_rules);
    visit("ExpectedBucketOwner", self.expected_bucket_owner, bucket_owner_rules);
    visit("OutputKeyTemplate", self.output_key_template,
          Rules{.min = 1, .max = 1024, .pattern = &key_template_pattern});
    visit("StorageClass", self.storage_class, Rules{.values = storage_classes});
    visit("CompressionType", self.compression_type,
          Rules{.required = true, .values = s3_compressions});
  }
};

struct S3Destination {
  wire::Integer data_freshness_in_seconds;
  std::optional<DeadLetterBucket> dead_letter;
  std::optional<S3Storage> storage;
  static void members(auto& visit, auto& self) {
    visit("DataFreshnessInSeconds", self.data_freshness_in_seconds);
    visit("DeadLetterQueueS3Configuration", self.dead_letter);
    visit("StorageConfiguration", self.storage, required_rules);
  }
};

// In answers, where the defaults have been filled in.
struct S3DestinationDescription : S3Destination {
  static void members(auto& visit, auto& self) {
    visit("DataFreshnessInSeconds", self.data_freshness_in_seconds, required_rules);
    visit("DeadLetterQueueS3Configuration", self.dead_letter, required_rules);
    visit("StorageConfiguration", self.storage, required_rules);
  }
};

struct PartitionField {
  wire::Text transform;
  wire::Text source_name;
  static void members(auto& visit, auto& self) {
    visit("Transform", self.transform, Rules{.required = true, .values = partition_transforms});
    visit("SourceName", self.source_name,
          Rules{.required = true, .min = 1, .max = 255, .pattern = &partition_source_pattern});
  }
};

struct PartitionSpec {
  std::optional<std::vector<PartitionField>> partition_fields;
  static void members(auto& visit, auto& self) {
    visit("PartitionFields", self.partition_fields,
          Rules{.required = true,
                .min = 1,
                .max = 10,
                .element_text = "com.amazonaws.kinesis.v20131202.PartitionField@5d1b2c3a"});
  }
};

struct S3Table {
  wire::Text table_bucket_arn;
  wire::Text table_namespace;
  wire::Text table_name;
  wire::Text compression_type;
  std::optional<PartitionSpec> partition_spec;
  static void members(auto& visit, auto& self) {
    visit("TableBucketARN", self.table_bucket_arn,
          Rules{.required = true, .min = 1, .max = 2048, .pattern = &table_bucket_arn_pattern});
    visit("Namespace", self.table_namespace, table_name_rules);
    visit("TableName", self.table_name, table_name_rules);
    visit("CompressionType", self.compression_type,
          Rules{.required = true, .values = table_compressions});
    visit("PartitionSpec", self.partition_spec);
  }
};

struct S3TablesDestination {
  wire::Integer data_freshness_in_seconds;
  std::optional<DeadLetterBucket> dead_letter;
  std::optional<std::vector<S3Table>> tables;
  static void members(auto& visit, auto& self) {
    visit("DataFreshnessInSeconds", self.data_freshness_in_seconds);
    common(visit, self);
  }

 protected:
  static void common(auto& visit, auto& self) {
    visit("DeadLetterQueueS3Configuration", self.dead_letter, required_rules);
    visit("S3TablesConfigurationList", self.tables,
          Rules{.required = true,
                .min = 1,
                .max = 10'000,
                .element_text = "com.amazonaws.kinesis.v20131202.S3TablesConfiguration@7e0ea639"});
  }
};

struct S3TablesDestinationDescription : S3TablesDestination {
  static void members(auto& visit, auto& self) {
    visit("DataFreshnessInSeconds", self.data_freshness_in_seconds, required_rules);
    common(visit, self);
  }
};

struct ChannelEncryption {
  wire::Text encryption_type;
  wire::Text key_id;
  static void members(auto& visit, auto& self) {
    visit("EncryptionType", self.encryption_type,
          Rules{.required = true, .values = channel_encryptions});
    visit("KeyId", self.key_id, Rules{.required = true, .min = 1, .max = 2048});
  }
};

struct CloudWatchLogs {
  wire::Boolean enabled;
  wire::Text log_group_name;
  wire::Text log_stream_name;
  static void members(auto& visit, auto& self) {
    visit("Enabled", self.enabled, required_rules);
    visit("LogGroupName", self.log_group_name,
          Rules{.min = 1, .max = 512, .pattern = &log_group_pattern});
    visit("LogStreamName", self.log_stream_name,
          Rules{.min = 1, .max = 512, .pattern = &log_stream_pattern});
  }
};

struct ChannelLogging {
  std::optional<CloudWatchLogs> cloud_watch_logs;
  static void members(auto& visit, auto& self) {
    visit("CloudWatchLogs", self.cloud_watch_logs, required_rules);
  }
};

}  // namespace millrace::kinesis
