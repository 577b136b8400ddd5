// table.exec.sink.type-length-enforcer: values that are longer, or shorter, than their column says.
#pragma once

#include <span>

#include "common/base/result.hpp"
#include "runtime/data/batch.hpp"
#include "runtime/plan/plan.hpp"

namespace millrace::operators {

// CHAR(n) and BINARY(n) hold n characters or bytes, VARCHAR(n) and VARBINARY(n) at most n; as in
// Flink only at the top of a row, not within nested values. `trim_pad` cuts, and fills up with
// spaces or zero bytes; `error` refuses. NULL stays NULL.
// fields: of the batch's columns, with the sink's names and types.
base::Status enforce_lengths(data::Batch& batch, std::span<const plan::Field> fields,
                             plan::Settings::Lengths how);

}  // namespace millrace::operators
