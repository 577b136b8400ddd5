// Partitions of a filesystem table: values of columns as names of directories,
// dt=2024-01-01/hour=7, as Flink (and Hive) lay them out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/connectors/table.hpp"
#include "runtime/data/batch.hpp"
#include "runtime/data/value.hpp"

namespace millrace::connectors {

// Where a table's columns are kept: in the records, or in the path.
struct PartitionLayout {
  std::vector<std::size_t> keys;    // columns of the table, in the order of PARTITIONED BY
  std::vector<std::size_t> record;  // the other columns, in the table's order
};
// Error: a key whose type has no text to be a directory's name; no column left for the record.
base::Result<PartitionLayout> partition_layout(const Table& table);

// The directory of a row, without a slash at its end; default_name stands for NULL and ''. Keys
// that are DATE show the days since 1970 and TIME the milliseconds of the day, as Flink's do.
void append_partition_path(std::string& out, const Table& table, const PartitionLayout& layout,
                           const data::Batch& batch, std::size_t row,
                           std::string_view default_name);

// The values in the directories below the table's path, in the order of the keys; `directory` is
// relative to that path. Errors: a key that has no directory; a text that is no value of its type.
base::Result<std::vector<data::Value>> partition_values(const Table& table,
                                                        const PartitionLayout& layout,
                                                        std::string_view directory,
                                                        std::string_view default_name);

}  // namespace millrace::connectors
