// The parts of CAST that convert whole columns.
#pragma once

#include "runtime/expr/kernels.hpp"

namespace millrace::expr {

struct IntegerRange {
  std::int64_t min, max;
};
// Of TINYINT, SMALLINT, INT; of BIGINT for any other type.
IntegerRange range_of(TypeKind kind);

// Error: a text that cannot be read, unless try_cast makes it NULL.
Result<Column> cast_from_text(const ColumnPtr& from, const LogicalType& to, bool try_cast,
                              std::size_t rows, Context& context);
Column cast_to_text(const ColumnPtr& from, const LogicalType& to, std::size_t rows,
                    Context& context);

}  // namespace millrace::expr
