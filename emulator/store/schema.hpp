// The data file's tables, and the way from older versions to this one. docs/store.md describes
// them.
#pragma once

#include "emulator/store/database.hpp"

namespace millrace::store {

// PRAGMA user_version of a file this program writes.
constexpr int schema_version = 4;
// SQL that makes each version of the one before.
extern const char* const version_2;
extern const char* const version_3;
base::Status make_version_4(Connection& connection);

// CREATE VIEW records: records as a person wants to see them, with AWS's sequence numbers. `source`
// is a table or a view, whose rows have id, time_ms, partition_key and data.
std::string records_view(const std::string& source);

// Makes the tables in an empty file, or brings an older file up to date, in one transaction.
// Error: the file is newer than this program, or is no data file of ours.
base::Status migrate(Connection& connection);

}  // namespace millrace::store
