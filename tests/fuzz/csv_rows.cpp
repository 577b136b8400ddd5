// Records in CSV and in Debezium's JSON to rows: any outcome but a crash, and columns of one
// length.
//
// Input: a byte of options, then records, one a line.
#include "runtime/data/text.hpp"
#include "runtime/formats/format.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/target.hpp"

using namespace millrace;
using data::LogicalType;

namespace {

const data::Schema& schema() {
  static const data::Schema made{{{"b", LogicalType::boolean()},
                                  {"i", LogicalType::integer()},
                                  {"l", LogicalType::bigint()},
                                  {"d", LogicalType::float64()},
                                  {"n", LogicalType::decimal(10, 2)},
                                  {"s", LogicalType::string()},
                                  {"x", LogicalType::bytes()},
                                  {"date", LogicalType::date()},
                                  {"ts", LogicalType::timestamp(6)},
                                  {"z", LogicalType::timestamp_ltz(3)}}};
  return made;
}

}  // namespace

FUZZ_TARGET(csv_rows) {
  fuzz::Input from{input};
  const auto choices = from.byte();
  const bool debezium = (choices & 1) != 0;
  const std::string format = debezium ? "debezium-json" : "csv";
  formats::Options options;
  if ((choices & 2) != 0) options[format + ".ignore-parse-errors"] = "true";
  if (!debezium && (choices & 4) != 0) options["csv.field-delimiter"] = ";";
  if (!debezium && (choices & 8) != 0) options["csv.allow-comments"] = "true";
  if (!debezium && (choices & 16) != 0) options["csv.null-literal"] = "null";
  if (!debezium && (choices & 32) != 0) options["csv.escape-character"] = "\\";
  std::vector<std::size_t> fields(schema().size());
  for (std::size_t i = 0; i < fields.size(); ++i) fields[i] = i;
  auto decoder = formats::make_decoder(format, options, schema(), fields);
  FUZZ_CHECK_SAY(decoder.has_value(), decoder ? "" : decoder.error().message());
  std::vector<std::string_view> records;
  while (!from.empty()) records.push_back(from.line());
  data::BatchBuilder builder{schema()};
  std::vector<std::uint32_t> rows_of;
  const auto done = decoder.value()->decode(records, builder, rows_of);
  const auto batch = builder.take();
  for (const auto& column : batch.columns) FUZZ_CHECK(column->size() == batch.rows);
  if (done) FUZZ_CHECK(rows_of.size() == records.size());
  std::string text;
  for (std::size_t row = 0; row < batch.rows; ++row) data::append_row_text(text, batch, row);

  const auto encoder = formats::make_encoder(format, options, schema());
  FUZZ_CHECK_SAY(encoder.has_value(), encoder ? "" : encoder.error().message());
  formats::EncodedRecords encoded;
  (void)encoder.value()->encode(batch, encoded);
}
