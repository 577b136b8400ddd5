// 'connector' = 'filesystem': records of files, one a line, and part files in a directory.
#pragma once

#include "runtime/connectors/connector.hpp"

namespace millrace::connectors {

Connector filesystem_connector();

base::Result<std::unique_ptr<Source>> make_filesystem_source(const SourceRequest& request);
base::Result<std::unique_ptr<Sink>> make_filesystem_sink(const SinkRequest& request);

// The 'path' option without its "file:" scheme.
std::string path_of(const Table& table);

// What stands for NULL and '' in the name of a partition's directory.
std::string partition_default_name(const Table& table);

// "128MB", "64 kb", "1048576": bytes, as Flink writes memory sizes.
base::Result<std::int64_t> size_option(const formats::Options& options, const std::string& key,
                                       std::int64_t fallback);

}  // namespace millrace::connectors
