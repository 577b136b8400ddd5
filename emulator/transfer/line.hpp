// A record as a line of JSON, for files that people read and change:
//
//   {"time_ms":1764590000123,"shard":"shardId-000000000000","sequence_number":"4966...",
//    "partition_key":"AAPL","data":"{\"price\":1}"}
//
// Data that is no UTF-8 stands as "data_base64" in the place of "data". A line that is read needs
// partition_key and one of the two; "time_ms" says when it goes out among the others, and
// "explicit_hash_key" may stand in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace millrace::transfer {

struct Line {
  std::optional<std::int64_t> time_ms;
  std::string partition_key;
  std::string data;
  std::string explicit_hash_key;  // empty: none
  std::string shard;              // written, not read
  std::string sequence_number;    // likewise
};

// Without the end of line.
std::string to_json(const Line& line);
// Errors name the member.
base::Result<Line> parse_line(std::string text);

}  // namespace millrace::transfer
