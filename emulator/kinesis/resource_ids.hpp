// Ids of resources whose ARN does not end with the name they were given: channels and queues.
#pragma once

#include <string>
#include <string_view>

#include "emulator/kinesis/operation.hpp"

namespace millrace::kinesis {

// 17 characters like AWS's, made of what tells one resource from all others of its kind. `stream`:
// that it reads from.
std::string make_resource_id(const Context& context, engine::ResourceKind kind,
                             const engine::Stream& stream, std::string_view name);

}  // namespace millrace::kinesis
