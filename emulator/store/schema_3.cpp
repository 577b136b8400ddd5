// Version 3 of the data file: what a stream remembers of its past.
#include "emulator/store/schema.hpp"

namespace millrace::store {

const char* const version_3 = R"sql(
ALTER TABLE stream ADD COLUMN trim_floor_ms INTEGER NOT NULL DEFAULT 0;  -- earlier records are gone
ALTER TABLE stream ADD COLUMN encrypted TEXT NOT NULL DEFAULT '';  -- FROM-UNTIL,FROM- in ms
)sql";

}  // namespace millrace::store
