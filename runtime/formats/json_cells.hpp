// A JSON scalar becomes a cell: the conversions of Flink's JsonParserToRowDataConverters.
#pragma once

#include <string_view>

#include "runtime/data/batch.hpp"
#include "runtime/formats/json.hpp"

namespace millrace::formats {

enum class Token : std::uint8_t { text, number, boolean };

// Appends one cell of the column's type. `text` is the string's content, the number as it stands in
// the source, or true/false; a text must live as long as the batch. False: it cannot be converted,
// nothing was appended.
bool append_cell(data::Column& column, Token token, std::string_view text,
                 data::TimestampStyle timestamps, data::Arena& arena);

}  // namespace millrace::formats
