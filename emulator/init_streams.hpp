// --init: streams that exist when the emulator says `Ready.`.
#pragma once

#include <string>
#include <vector>

#include "emulator/protocol/exchange.hpp"

namespace millrace::emulator {

// Each text is name[:shards][:region]; 4 shards without a number. A stream that exists is left as
// it is; a new one is ACTIVE at once. Error: which text, and what is wrong with it.
base::Status init_streams(engine::Engine& engine, const protocol::Settings& settings,
                          const std::vector<std::string>& texts);

}  // namespace millrace::emulator
