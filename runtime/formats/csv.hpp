// 'format' = 'csv': one line a row, as Flink's Jackson reads and writes it.
#pragma once

#include <optional>

#include "runtime/formats/format.hpp"

namespace millrace::formats {

Format csv_format();

// The csv.* options of a table.
struct CsvOptions {
  char delimiter = ',';
  char quote = '"';  // 0: none
  char escape = 0;   // 0: none
  bool allow_comments = false;
  bool ignore_parse_errors = false;
  bool scientific = true;  // DECIMAL as BigDecimal.toString() writes it
  std::optional<std::string> null_literal;
  char element_delimiter = ';';  // of arrays and rows

  // Error: a value that does not fit.
  static base::Result<CsvOptions> parse(const Options& options);
};

// Error: a type CSV does not carry here; names the column.
base::Status check_csv_types(const data::Schema& schema);

base::Result<std::unique_ptr<Decoder>> make_csv_decoder(const Options& options,
                                                        const data::Schema& schema,
                                                        const std::vector<std::size_t>& projection);
base::Result<std::unique_ptr<Encoder>> make_csv_encoder(const Options& options,
                                                        const data::Schema& schema);

}  // namespace millrace::formats
