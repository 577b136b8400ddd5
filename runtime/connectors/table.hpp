// A table as CREATE TABLE declares it, as far as its connector sees it.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

#include "common/base/clock.hpp"
#include "runtime/data/schema.hpp"
#include "runtime/formats/format.hpp"

namespace millrace::connectors {

struct Table {
  // As in messages: "default_catalog.default_database.trades".
  std::string name;
  formats::Options options;  // WITH (...), all of them
  // The physical columns: what is in the record. Computed and METADATA columns are not among them.
  data::Schema schema;
  std::vector<std::string> partition_keys;  // PARTITIONED BY
};

// What a job gives its sources and sinks. Owned by the job; outlives them.
struct Environment {
  const base::Clock* clock = nullptr;
  std::ostream* output = nullptr;        // print
  std::ostream* error_output = nullptr;  // print with standard-error
  // An unbounded source reads up to the end as it is when it gets there, then finishes.
  bool drain = false;
  std::size_t batch_rows = 2048;  // about how many rows a source puts in a batch, > 0
  int subtask = 0;                // of this source or sink, from 0
  int parallelism = 1;
  int threads = 1;  // that may decode side by side; rows do not depend on it
};

}  // namespace millrace::connectors
