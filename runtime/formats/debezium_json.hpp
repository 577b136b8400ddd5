// 'format' = 'debezium-json': changes of a table, each with the row before and after it.
#pragma once

#include "runtime/formats/format.hpp"

namespace millrace::formats {

Format debezium_json_format();

}  // namespace millrace::formats
