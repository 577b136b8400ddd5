// How often the operations of the control plane may be called; rates.def is the table.
#pragma once

#include <string_view>

#include "emulator/kinesis/operation.hpp"

namespace millrace::kinesis {

// Counts the call. `root` is the request's body, checked already. Any thread, without the engine's
// lock. Error: LimitExceededException, where AWS's rates hold for the stream that the request names
// (for the server as a whole when it names none) and the rate is used up.
base::Status admit_call(engine::Engine& engine, const engine::Scope& scope,
                        const Operation& operation, const wire::Value& root);

}  // namespace millrace::kinesis
