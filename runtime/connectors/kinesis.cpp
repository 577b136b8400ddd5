#include "runtime/connectors/kinesis.hpp"

#include <algorithm>
#include <array>

#include "runtime/connectors/kinesis_options.hpp"
#include "runtime/connectors/kinesis_sink.hpp"
#include "runtime/connectors/kinesis_source.hpp"

namespace millrace::connectors {
namespace {

constexpr std::string_view not_portable =
    "connector 5.x and 6.x list this metadata key and never fill it (FLINK-36671); 4.x does";

const std::array<MetadataKey, 3>& metadata_keys() {
  static const std::array<MetadataKey, 3> keys{{
      {"timestamp", data::LogicalType::timestamp_ltz(3).not_null(), not_portable},
      {"shard-id", data::LogicalType::varchar(128).not_null(), not_portable},
      {"sequence-number", data::LogicalType::varchar(128).not_null(), not_portable},
  }};
  return keys;
}

// most: how long a request may take; 0: as the settings say.
base::Result<std::unique_ptr<aws::KinesisClient>> make_client(
    const Table& table, const Environment& environment,
    std::chrono::milliseconds most = std::chrono::milliseconds{0}) {
  BOOST_OUTCOME_TRY(const auto choices, kinesis_choices(table));
  auto settings = aws::load_settings(choices, aws::process_environment());
  if (!settings) return settings.error().in("Table '" + table.name + "'");
  if (most.count() > 0) settings.value().http.request_timeout = most;
  auto transport = aws::http_transport(settings.value());
  // One attempt a call: source and sink try again themselves.
  return std::make_unique<aws::KinesisClient>(aws::ClientParts{std::move(settings).value(),
                                                               std::move(transport),
                                                               {.max_attempts = 1},
                                                               aws::system_random(),
                                                               environment.clock,
                                                               nullptr});
}

base::Result<std::unique_ptr<Source>> make_kinesis_source(const SourceRequest& request) {
  const auto& table = *request.table;
  BOOST_OUTCOME_TRY(auto options, kinesis_source_options(table));
  data::Schema schema = table.schema.select(request.projection);
  for (const auto& column : request.metadata) {
    const bool known = std::any_of(metadata_keys().begin(), metadata_keys().end(),
                                   [&](const MetadataKey& key) { return key.key == column.key; });
    if (!known) {
      return base::Error{base::ErrorCode::invalid_argument,
                         "Table '" + table.name + "': the metadata key '" + column.key +
                             "' is none of timestamp, shard-id, sequence-number"};
    }
    schema.fields.push_back({column.key, column.type});
  }
  BOOST_OUTCOME_TRY(auto decoder, formats::make_decoder(table.options.at("format"), table.options,
                                                        table.schema, request.projection));
  BOOST_OUTCOME_TRY(auto client, make_client(table, *request.environment));
  std::unique_ptr<aws::KinesisClient> farewell;
  if (options.fan_out) {
    BOOST_OUTCOME_TRY(farewell, make_client(table, *request.environment, options.farewell_timeout));
  }
  return std::make_unique<KinesisSource>(std::move(options), std::move(client), std::move(decoder),
                                         schema, request.metadata, *request.environment, table.name,
                                         std::move(farewell));
}

base::Result<std::unique_ptr<Sink>> make_kinesis_sink(const SinkRequest& request) {
  const auto& table = *request.table;
  BOOST_OUTCOME_TRY(auto options, kinesis_sink_options(table));
  BOOST_OUTCOME_TRY(auto encoder,
                    formats::make_encoder(table.options.at("format"), table.options, table.schema));
  BOOST_OUTCOME_TRY(auto client, make_client(table, *request.environment));
  return std::make_unique<KinesisSink>(std::move(options), std::move(client), std::move(encoder),
                                       *request.environment, std::make_unique<base::RealWaiter>(),
                                       aws::system_random(), table.name);
}

}  // namespace

Connector kinesis_connector() {
  Connector connector;
  connector.name = "kinesis";
  connector.options = kinesis_options();
  connector.free_prefixes = kinesis_free_prefixes();
  connector.needs_format = true;
  connector.metadata = metadata_keys();
  connector.check = &check_kinesis;
  connector.make_source = &make_kinesis_source;
  connector.make_sink = &make_kinesis_sink;
  return connector;
}

}  // namespace millrace::connectors
