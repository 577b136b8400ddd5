// Resource policies: what is a policy document and what is not.
#pragma once

#include <string_view>

#include "emulator/kinesis/operation.hpp"
#include "emulator/kinesis/targets.hpp"

namespace millrace::kinesis {

// Whether a text is a policy document that a resource of Kinesis can have, by the grammar of IAM's
// policy language. Error: InvalidArgumentException that names the statement and its element.
base::Status check_policy(std::string_view text);

// The target of an operation on policies. Error: InvalidArgumentException for a channel, which has
// no policy; those of find_target().
base::Result<Target> find_policy_target(const Context& context, const ResourceRef& ref);

}  // namespace millrace::kinesis
