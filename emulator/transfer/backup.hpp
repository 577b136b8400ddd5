// Copies of a whole data file, whether an emulator uses it or not.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/result.hpp"

namespace millrace::transfer {

// Copies the data file of `directory` to `file`: everything as of one moment, although writes go on
// meanwhile, packed without gaps, and on the disk when this returns. While it runs, the write-ahead
// log of a running emulator grows by what is written. Returns the size of the copy. Errors:
// not_found (there is no data file), in_use (`file` exists), io; nothing is left behind then.
base::Result<std::int64_t> back_up(const std::string& directory, const std::string& file);

// Makes `file`, a backup, the data file of `directory`, which is made if need be. The backup stays
// where it is. Errors: not_found, in_use (there is a data file already, or an emulator runs on the
// directory), io (`file` is damaged or none of ours).
base::Status restore(const std::string& file, const std::string& directory);

}  // namespace millrace::transfer
