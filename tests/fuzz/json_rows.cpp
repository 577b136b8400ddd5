// Records in JSON to rows and back: what was written from rows is read as the same rows.
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
                                  {"f", LogicalType::float32()},
                                  {"d", LogicalType::float64()},
                                  {"n", LogicalType::decimal(10, 2)},
                                  {"w", LogicalType::decimal(38, 10)},
                                  {"s", LogicalType::string()},
                                  {"x", LogicalType::bytes()},
                                  {"date", LogicalType::date()},
                                  {"time", LogicalType::time(3)},
                                  {"ts", LogicalType::timestamp(6)},
                                  {"z", LogicalType::timestamp_ltz(3)},
                                  {"y", LogicalType::of(data::TypeKind::tinyint)},
                                  {"h", LogicalType::of(data::TypeKind::smallint)}}};
  return made;
}

std::vector<std::size_t> all_fields() {
  std::vector<std::size_t> all(schema().size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  return all;
}

std::string text_of(const data::Batch& batch) {
  std::string text;
  for (std::size_t row = 0; row < batch.rows; ++row) {
    data::append_row_text(text, batch, row);
    text += '\n';
  }
  return text;
}

// Up to the first bad record.
data::Batch decode(const formats::Options& options, const std::vector<std::string_view>& records,
                   bool& good) {
  auto decoder = formats::make_decoder("json", options, schema(), all_fields()).value();
  data::BatchBuilder builder{schema()};
  std::vector<std::uint32_t> rows_of;
  good = decoder->decode(records, builder, rows_of).has_value();
  std::size_t rows = 0;
  for (const auto count : rows_of) rows += count;
  auto batch = builder.take();
  FUZZ_CHECK(!good || (rows_of.size() == records.size() && rows == batch.rows));
  for (const auto& column : batch.columns) FUZZ_CHECK(column->size() == batch.rows);
  return batch;
}

}  // namespace

FUZZ_TARGET(json_rows) {
  fuzz::Input from{input};
  const auto choices = from.byte();
  formats::Options options;
  if ((choices & 3) == 1) options["json.ignore-parse-errors"] = "true";
  if ((choices & 3) == 2) options["json.fail-on-missing-field"] = "true";
  if ((choices & 4) != 0) options["json.timestamp-format.standard"] = "ISO-8601";
  std::vector<std::string_view> records;
  while (!from.empty()) records.push_back(from.line());
  bool good = false;
  const auto batch = decode(options, records, good);
  FUZZ_CHECK(good || (choices & 3) != 1);
  const auto text = text_of(batch);

  formats::EncodedRecords encoded;
  auto encoder = formats::make_encoder("json", options, schema()).value();
  if (!encoder->encode(batch, encoded)) return;
  FUZZ_CHECK(encoded.size() == batch.rows);
  std::vector<std::string_view> written;
  for (std::size_t i = 0; i < encoded.size(); ++i) written.push_back(encoded.record(i));
  bool again_good = false;
  const auto again = decode(options, written, again_good);
  FUZZ_CHECK_SAY(again_good, encoded.bytes);
  FUZZ_CHECK_SAY(text_of(again) == text, text + "--\n" + text_of(again) + "--\n" + encoded.bytes);
}
