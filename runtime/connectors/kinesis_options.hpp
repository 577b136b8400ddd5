// The options of 'connector' = 'kinesis', of both generations:
//
//   connector 5.x and later: stream.arn, source.*, sink.*
//   connector 4.x:           stream, scan.*, sink.*
//
// Names and defaults: flink-connector-aws, KinesisDynamicTableFactory, KinesisSourceConfigOptions
// and, for 4.x, KinesisConnectorOptions (checked 2026-11-22).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/aws/settings.hpp"
#include "runtime/connectors/connector.hpp"
#include "runtime/connectors/kinesis_sink.hpp"
#include "runtime/connectors/kinesis_source.hpp"

namespace millrace::connectors {

std::span<const OptionSpec> kinesis_options();
// "aws.", "source.", "sink.", "scan."
std::span<const std::string_view> kinesis_free_prefixes();
// Of timestamps in options.
constexpr std::string_view kinesis_time_pattern = "yyyy-MM-dd'T'HH:mm:ss.SSSXXX";

// Unknown names that Flink would silently ignore are warned about; of connector 4.x's "scan." they
// are an error with the list of those that exist.
base::Status check_kinesis_names(const Table& table);

// Everything that can be said about the options without asking AWS.
base::Status check_kinesis(const Table& table);

// By ARN or by name.
base::Result<aws::StreamRef> kinesis_stream(const Table& table);
// Region, endpoint and keys of WITH; what is not there comes from the environment.
base::Result<aws::Choices> kinesis_choices(const Table& table);
base::Result<KinesisSourceOptions> kinesis_source_options(const Table& table);
base::Result<KinesisSinkOptions> kinesis_sink_options(const Table& table);

}  // namespace millrace::connectors
