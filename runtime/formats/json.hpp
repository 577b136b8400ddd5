// 'format' = 'json': one JSON object a record, byte for byte as Flink reads and writes it.
#pragma once

#include "runtime/data/time.hpp"
#include "runtime/formats/format.hpp"

namespace millrace::formats {

Format json_format();

// The json.* options of a table.
struct JsonOptions {
  bool fail_on_missing_field = false;
  bool ignore_parse_errors = false;
  data::TimestampStyle timestamps = data::TimestampStyle::sql;
  bool decimal_as_plain_number = false;
  bool ignore_null_fields = false;
  // What becomes of an entry whose key is NULL: the record fails, it is left out, or the key is
  // written as map_null_key.
  enum class NullKey : std::uint8_t { fail, drop, literal };
  NullKey null_key = NullKey::fail;
  std::string map_null_key = "null";

  // Error: a value that does not fit, in Flink's words.
  static base::Result<JsonOptions> parse(const Options& options);
};

// For formats whose records hold rows as JSON: the kind of those that come next.
class JsonRows : public Decoder {
 public:
  virtual void set_kind(data::RowKind kind) = 0;
};

base::Result<std::unique_ptr<JsonRows>> make_json_rows(const Options& options,
                                                       const data::Schema& schema,
                                                       const std::vector<std::size_t>& projection);
base::Result<std::unique_ptr<Decoder>> make_json_decoder(
    const Options& options, const data::Schema& schema, const std::vector<std::size_t>& projection);
base::Result<std::unique_ptr<Encoder>> make_json_encoder(const Options& options,
                                                         const data::Schema& schema);

// Error: a type JSON does not carry here; names the column.
base::Status check_json_types(const data::Schema& schema);

}  // namespace millrace::formats
