// The data file's tables, and the way from older versions to this one. docs/store.md describes
// them.
#pragma once

#include "emulator/store/database.hpp"

namespace millrace::store {

// PRAGMA user_version of a file this program writes.
constexpr int schema_version = 3;
// SQL that makes each version of the one before.
extern const char* const version_2;
extern const char* const version_3;

// Makes the tables in an empty file, or brings an older file up to date, in one transaction.
// Error: the file is newer than this program, or is no data file of ours.
base::Status migrate(Connection& connection);

}  // namespace millrace::store
