// The write-ahead log as a file.
#pragma once

#include <string>

#include "common/base/result.hpp"

namespace millrace::store {

// Writes what the log of a data file holds over itself and syncs it; does nothing where there is no
// log.
//
// Why: after a sync that failed, Linux counts what was to be written as clean. The bytes can still
// be read, but no later sync brings them to the disk (the "fsyncgate" of 2018). A process that
// finds such a log would take its last transactions for committed and build on them, and a power
// cut would take those, and all that came after them, away. Written again, the bytes are dirty
// again and the sync means what it says. To be called before SQLite opens the data file, and before
// a checkpoint is tried again that failed. `database`: path of the data file.
base::Status write_log_again(const std::string& database);

}  // namespace millrace::store
