// The table of connectors.
#include <algorithm>

#include "runtime/connectors/blackhole.hpp"
#include "runtime/connectors/connector.hpp"
#include "runtime/connectors/datagen.hpp"
#include "runtime/connectors/filesystem.hpp"
#include "runtime/connectors/kinesis.hpp"
#include "runtime/connectors/print.hpp"

namespace millrace::connectors {
namespace {

using base::Error;
using base::ErrorCode;

const std::vector<Connector>& table_of_connectors() {
  // By name: the order in which messages list them.
  static const std::vector<Connector> table = {blackhole_connector(), datagen_connector(),
                                               filesystem_connector(), kinesis_connector(),
                                               print_connector()};
  return table;
}

Error wrong_use(const Connector& connector, const char* can, const char* cannot) {
  return {ErrorCode::invalid_argument, "Connector '" + std::string{connector.name} +
                                           "' can only be used as a " + can +
                                           ". It cannot be used as a " + cannot + "."};
}

}  // namespace

std::span<const Connector> all_connectors() {
  return table_of_connectors();
}

base::Result<const Connector*> find_connector(const Table& table) {
  const auto named = table.options.find("connector");
  if (named == table.options.end()) {
    return Error{
        ErrorCode::invalid_argument,
        "Table options do not contain an option key 'connector' for discovering a connector."};
  }
  const auto& all = table_of_connectors();
  const auto at = std::find_if(all.begin(), all.end(), [&](const Connector& connector) {
    return connector.name == named->second;
  });
  if (at != all.end()) return &*at;
  std::string message = "Cannot discover a connector using option: 'connector'='" + named->second +
                        "'\n\nCould not find any factory for identifier '" + named->second +
                        "' that implements 'org.apache.flink.table.factories.DynamicTableFactory' "
                        "in the classpath.\n\n"
                        "Available factory identifiers are:\n";
  for (const auto& connector : all) message += "\n" + std::string{connector.name};
  return Error{ErrorCode::invalid_argument, std::move(message)};
}

base::Result<std::unique_ptr<Source>> make_source(const SourceRequest& request) {
  BOOST_OUTCOME_TRY(check_options(*request.table));
  BOOST_OUTCOME_TRY(const auto* connector, find_connector(*request.table));
  if (connector->make_source == nullptr) return wrong_use(*connector, "sink", "source");
  return connector->make_source(request);
}

base::Result<std::unique_ptr<Sink>> make_sink(const SinkRequest& request) {
  BOOST_OUTCOME_TRY(check_options(*request.table));
  BOOST_OUTCOME_TRY(const auto* connector, find_connector(*request.table));
  if (connector->make_sink == nullptr) return wrong_use(*connector, "source", "sink");
  return connector->make_sink(request);
}

}  // namespace millrace::connectors
