// 'format' = 'raw': the record is the bytes of one column.
#pragma once

#include "runtime/formats/format.hpp"

namespace millrace::formats {

Format raw_format();

}  // namespace millrace::formats
