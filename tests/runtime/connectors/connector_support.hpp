// What the connectors' tests share: a table, its environment, and whole runs of a source or a sink.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "runtime/connectors/connector.hpp"
#include "runtime/data/text.hpp"
#include "tests/support/temp_dir.hpp"

namespace millrace::connectors {

struct Bench {
  base::ManualClock clock;
  std::ostringstream output;
  std::ostringstream error_output;
  Environment environment;
  Table table;

  Bench() {
    environment.clock = &clock;
    environment.output = &output;
    environment.error_output = &error_output;
    table.name = "default_catalog.default_database.t";
    table.schema = {{{"k", data::LogicalType::string()}, {"n", data::LogicalType::bigint()}}};
  }

  [[nodiscard]] std::string check() const {
    const auto status = check_options(table);
    return status ? "ok" : status.error().message();
  }
  base::Result<std::unique_ptr<Source>> source(std::vector<std::size_t> projection = {0, 1}) const {
    return make_source({&table, std::move(projection), {}, &environment});
  }
  base::Result<std::unique_ptr<Sink>> sink() const { return make_sink({&table, &environment}); }
};

// Rows (k, n).
inline data::Batch rows(const std::vector<std::pair<std::string, std::int64_t>>& cells) {
  data::BatchBuilder builder(
      data::Schema{{{"k", data::LogicalType::string()}, {"n", data::LogicalType::bigint()}}});
  for (const auto& [k, n] : cells) {
    builder.column(0).append(builder.arena().copy(k));
    builder.column(1).append(n);
    builder.finish_row();
  }
  return builder.take();
}

// All rows of a source that ends, as print shows them, one after the other; or the error.
inline std::string read_all(Source& source) {
  std::string text;
  auto opened = source.open();
  if (!opened) return opened.error().message();
  for (int turn = 0; turn < 100'000; ++turn) {
    auto fetched = source.next(std::chrono::milliseconds{0});
    if (!fetched) return fetched.error().message();
    for (std::size_t row = 0; row < fetched.value().batch.rows; ++row) {
      data::append_row_text(text, fetched.value().batch, row);
    }
    if (fetched.value().finished) {
      source.close();
      return text;
    }
  }
  return "never finished";
}

inline void write_file(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace millrace::connectors
