// Formats: bytes of a record <-> rows of a batch. json and raw; one file each, one row in the
// table.
//
//   BOOST_OUTCOME_TRY(auto decoder, make_decoder("json", options, physical_schema, projection));
//   BatchBuilder builder(decoder->schema());
//   BOOST_OUTCOME_TRY(decoder->decode(messages, builder, rows_of));
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "runtime/data/batch.hpp"
#include "runtime/data/schema.hpp"

namespace millrace::formats {

// A table's options as written in WITH; the format reads those that begin with its name and a
// point.
using Options = std::map<std::string, std::string>;

// One a source; one thread at a time.
class Decoder {
 public:
  virtual ~Decoder() = default;

  // Appends the rows of each message: usually one, several for a JSON array at the top, none for an
  // empty message or one that `ignore-parse-errors` drops. Cells go to the builder's columns [0,
  // projected fields); the caller fills further columns (metadata) itself, rows_of[i] times for
  // messages[i]. The messages' bytes are copied where needed and may be reused after the call.
  // Error: "Failed to deserialize JSON '...'." and the cause; rows before the bad message stay in
  // the builder.
  virtual base::Status decode(std::span<const std::string_view> messages, data::BatchBuilder& out,
                              std::vector<std::uint32_t>& rows_of) = 0;

  // Messages dropped by ignore-parse-errors so far.
  [[nodiscard]] virtual std::uint64_t dropped() const { return 0; }
};

// Records as bytes, one after the other without separators: record i is [ends[i-1], ends[i]).
struct EncodedRecords {
  std::string bytes;
  std::vector<std::size_t> ends;

  [[nodiscard]] std::size_t size() const { return ends.size(); }
  [[nodiscard]] std::string_view record(std::size_t index) const {
    const std::size_t begin = index == 0 ? 0 : ends[index - 1];
    return std::string_view(bytes).substr(begin, ends[index] - begin);
  }
  void clear() {
    bytes.clear();
    ends.clear();
  }
};

// One a sink; one thread at a time.
class Encoder {
 public:
  virtual ~Encoder() = default;

  // Appends one record a row. The batch's columns are the fields the encoder was made for; json and
  // raw take inserts only (the planner refuses others before).
  virtual base::Status encode(const data::Batch& batch, EncodedRecords& out) = 0;
};

struct FormatOption {
  std::string_view key;  // without the format's name: "ignore-parse-errors"
  std::string_view description;
};

struct Format {
  std::string_view name;
  std::span<const FormatOption> options;
  // schema: all physical fields; projection: those wanted, in the order wanted.
  base::Result<std::unique_ptr<Decoder>> (*make_decoder)(
      const Options& options, const data::Schema& schema,
      const std::vector<std::size_t>& projection);
  base::Result<std::unique_ptr<Encoder>> (*make_encoder)(const Options& options,
                                                         const data::Schema& schema);
};

// Error: "Could not find any factory for identifier 'x' that implements ... Available factory
// identifiers are: ...".
base::Result<const Format*> find_format(std::string_view name);
std::span<const Format> all_formats();

// Errors: an option's value that does not fit, a type the format cannot carry; both name the option
// or column. Unknown options are refused by connectors::check_options, which sees the whole table.
base::Result<std::unique_ptr<Decoder>> make_decoder(std::string_view format, const Options& options,
                                                    const data::Schema& schema,
                                                    const std::vector<std::size_t>& projection);
base::Result<std::unique_ptr<Encoder>> make_encoder(std::string_view format, const Options& options,
                                                    const data::Schema& schema);

}  // namespace millrace::formats
