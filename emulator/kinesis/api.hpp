// The table of operations, described: `millrace-emulator api` prints it, docs/api.md and the audit
// against AWS's service model are made from it.
#pragma once

#include "common/wire/encoder.hpp"

namespace millrace::kinesis {

// {"operations":{"PutRecord":{"lane":"change","note":"...","input":{...},"output":{...}}, ...}}
// "note" where the operation differs from AWS; structures as common/wire/describe.hpp writes them.
void describe_api(wire::Encoder& out);

}  // namespace millrace::kinesis
