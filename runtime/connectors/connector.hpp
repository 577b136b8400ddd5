// The table of connectors, and the checks of a table's options.
//
// To add a connector: x_source.cpp and x_sink.cpp with the two make functions and the option list,
// and a row in connectors.cpp.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "runtime/connectors/sink.hpp"
#include "runtime/connectors/source.hpp"

namespace millrace::connectors {

struct OptionSpec {
  std::string_view key;
  bool required = false;
  std::string_view default_text;  // "" = none
  std::string_view description;
};

struct MetadataKey {
  std::string_view key;
  data::LogicalType type;
  // Empty, or a warning for `check`: why a script with it does not run everywhere.
  std::string_view portability;
};

struct Connector {
  std::string_view name;
  std::span<const OptionSpec> options;  // beside connector, format and the format's
  // Keys that begin so are taken unchecked, as Flink does for kinesis: "aws.", "source.", "sink.".
  std::span<const std::string_view> free_prefixes;
  bool needs_format = false;
  bool takes_updates = false;  // as a sink: whether rows other than inserts are taken
  std::span<const MetadataKey> metadata;
  // Further checks of option values, without touching the outside; may be null.
  base::Status (*check)(const Table& table) = nullptr;
  // The columns the format reads and writes; null: all of the table's. Call after check().
  base::Result<data::Schema> (*record_schema)(const Table& table) = nullptr;
  // null: "Connector 'x' can only be used as a sink. It cannot be used as a source."
  base::Result<std::unique_ptr<Source>> (*make_source)(const SourceRequest& request) = nullptr;
  base::Result<std::unique_ptr<Sink>> (*make_sink)(const SinkRequest& request) = nullptr;
};

// The connector a table names. Errors: no 'connector' option; "Cannot discover a connector using
// option: 'connector'='x'" with the list of those that exist.
base::Result<const Connector*> find_connector(const Table& table);
std::span<const Connector> all_connectors();

// Checks every option of a table that is used: required ones present, none unknown, values that
// parse, the format present and known. Nothing outside is touched. Call when a table is first used,
// not at CREATE (as Flink). Errors: "Unsupported options found for 'print'.\n\nUnsupported
// options:\n\nfoo\n\nSupported options:\n\n..." and "One or more required options are
// missing.\n\nMissing required options are:\n\npath".
base::Status check_options(const Table& table);

// check_options(), then makes it. Not opened yet.
base::Result<std::unique_ptr<Source>> make_source(const SourceRequest& request);
base::Result<std::unique_ptr<Sink>> make_sink(const SinkRequest& request);

// Option values. `key` must be present or have a default given here. Errors name key and value.
base::Result<bool> bool_option(const formats::Options& options, const std::string& key,
                               bool fallback);
base::Result<std::int64_t> int_option(const formats::Options& options, const std::string& key,
                                      std::int64_t fallback, std::int64_t min, std::int64_t max);
// "10 s", "250ms", "1 min", "5000" (= ms)
base::Result<std::chrono::milliseconds> duration_option(const formats::Options& options,
                                                        const std::string& key,
                                                        std::chrono::milliseconds fallback);
std::string string_option(const formats::Options& options, const std::string& key,
                          std::string_view fallback);

}  // namespace millrace::connectors
