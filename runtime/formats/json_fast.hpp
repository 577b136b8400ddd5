// The common JSON record, read in one pass: an object of plain fields in a steady order.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/data/batch.hpp"
#include "runtime/formats/json.hpp"

namespace millrace::formats {

// Walks a record's bytes once, checks all of JSON's grammar on the way, and converts nothing but
// the fields wanted. What is unusual (an escape, a field named twice, an object where a cell is
// wanted, a number with an exponent, anything malformed) is declined: the caller's full parser then
// decides what it is, so that a record means the same on both ways.
//
// The names' order is learned from the records: a field that stands where it stood last costs one
// comparison. One a decoder; one thread at a time.
class FastJson {
 public:
  // names: the wanted fields, column by column of the builder; at most `most_names`.
  static constexpr std::size_t most_names = 64;
  FastJson(const JsonOptions& options, std::vector<std::string> names);

  // Appends the record's row. False: declined; cells of the row may have been appended, which
  // out.drop_row() takes back.
  bool decode(std::string_view record, data::BatchBuilder& out, data::RowKind kind);

 private:
  static constexpr int skip = -1;

  // One field as the last record had it.
  struct Step {
    std::string text;  // from where the field begins up to its value: `"TICKER": `
    int column = skip;
  };
  // The same text of a day's minute, again and again.
  struct Minute {
    char text[17] = {};  // "2024-01-01T00:00:"
    std::int64_t millis = 0;
  };

  const char* field(const char* at, const char* end, std::size_t index, int& column);
  const char* wanted(const char* at, const char* end, data::Column& column,
                     data::BatchBuilder& out);
  bool timestamp(std::string_view text, data::Column& column, data::Arena& arena);

  JsonOptions options_;
  std::vector<std::string> names_;
  std::vector<Step> steps_;
  Minute minutes_[2];  // of TIMESTAMP, of TIMESTAMP_LTZ: they differ in what they take
};

}  // namespace millrace::formats
