// A type as written to a type as used.
#pragma once

#include "runtime/data/type.hpp"
#include "runtime/sql/error.hpp"
#include "runtime/sql/tree.hpp"

namespace millrace::plan {

// Errors: an unknown name, a parameter out of range; with their place.
sql::Result<data::LogicalType> resolve_type(const sql::TypeName& name);

}  // namespace millrace::plan
