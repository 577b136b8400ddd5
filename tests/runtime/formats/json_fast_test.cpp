#include "runtime/formats/json_fast.hpp"

#include <doctest/doctest.h>

#include <random>

#include "runtime/data/text.hpp"

using namespace millrace;
using namespace millrace::formats;
using data::LogicalType;

namespace {

data::Schema schema() {
  return {{{"s", LogicalType::string()},
           {"n", LogicalType::bigint()},
           {"i", LogicalType::integer()},
           {"d", LogicalType::float64()},
           {"f", LogicalType::float32()},
           {"c", LogicalType::decimal(10, 2)},
           {"b", LogicalType::boolean()},
           {"t", LogicalType::timestamp(3)},
           {"l", LogicalType::timestamp_ltz(3)},
           {"day", LogicalType::date()}}};
}

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const auto& field : schema().fields) out.push_back(field.name);
  return out;
}

std::string shown(const data::Batch& batch) {
  std::string text;
  for (std::size_t row = 0; row < batch.rows; ++row) data::append_row_text(text, batch, row);
  return text;
}

// What the full parser makes of a record: with so many fields none goes the fast way.
std::string full(const std::string& record, const Options& options) {
  auto wide = schema();
  const std::size_t fields = wide.size();
  std::vector<std::size_t> all(fields);
  for (std::size_t i = 0; i < FastJson::most_names; ++i) {
    wide.fields.push_back({"pad" + std::to_string(i), LogicalType::string()});
    all.push_back(0);
  }
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  auto decoder = make_decoder("json", options, wide, all).value();
  data::BatchBuilder builder{wide};
  const std::string_view messages[] = {record};
  std::vector<std::uint32_t> rows;
  if (!decoder->decode(messages, builder, rows)) return "error";
  auto batch = builder.take();
  batch.columns.resize(fields);
  return shown(batch);
}

struct Fast {
  explicit Fast(const Options& from) : json(JsonOptions::parse(from).value(), names()) {}
  // "declined", or the row.
  std::string operator()(const std::string& record) {
    if (json.decode(record, builder, data::RowKind::insert)) return shown(builder.take());
    builder.drop_row();
    return "declined";
  }
  FastJson json;
  data::BatchBuilder builder{schema()};
};

const std::string plain =
    R"({"s": "abc", "n": 12, "x": {"y": [1, -2.5, "z", null, true, {}]}, "i": -7, "d": 12.25, )"
    R"("f": 0.1, "c": 3.456, "b": true, "t": "2024-02-29 12:34:56.789123", )"
    R"("l": "2024-02-29 12:34:56Z", "day": "2024-02-29"})";

}  // namespace

TEST_CASE("fast json: an ordinary record is taken, and read as the full parser reads it") {
  Fast fast({});
  for (int turn = 0; turn < 3; ++turn) {
    CHECK(fast(plain) == full(plain, {}));
  }
}

TEST_CASE("fast json: what is unusual is declined") {
  Fast fast({});
  for (const char* record : {"",
                             " ",
                             "{}",
                             "[]",
                             "null",
                             "{\"s\":\"a\\n\"}",
                             "{\"s\":\"a\",\"s\":\"b\"}",
                             "{\"n\":1e3}",
                             "{\"n\":{}}",
                             "{\"s\":[]}",
                             "{\"s\":\"a\"",
                             "{\"s\":\"a\",}",
                             "{\"s\" \"a\"}",
                             "{\"n\":01}",
                             "{\"n\":1.}",
                             "{\"n\":-}",
                             "{\"n\":.5}",
                             "{\"n\":+1}",
                             "{\"x\":tru}",
                             "{\"x\":[1,]}",
                             "{\"x\":{\"a\":}}",
                             "{\"x\":\"\xff\"}",
                             "{\"s\":\"\xc3\"}",
                             "{\"n\":\"x\"}",
                             "{s:1}",
                             "{\"t\":\"2024-13-01 00:00:00\"}",
                             "{\"n\":1 2}"}) {
    CAPTURE(record);
    CHECK(fast(record) == "declined");
  }
}

TEST_CASE("fast json: a minute met before does not lend its date to another text") {
  Fast fast({});
  const auto time_of = [&](const std::string& text) { return fast("{\"t\":\"" + text + "\"}"); };
  for (const char* text :
       {"2024-01-01 00:00:00", "2024-01-01 00:00:59.999999999", "2024-01-01 00:01:00",
        "2024-01-02 00:00:00.5", "2024-01-01 00:00:07.1", "2024-01-01 24:00:00",
        "2024-01-01 23:59:59", "1969-12-31 23:59:59.5", "1969-12-31 23:59:01"}) {
    CAPTURE(text);
    CHECK(time_of(text) == full("{\"t\":\"" + std::string{text} + "\"}", {}));
  }
  for (const char* text :
       {"2024-01-01 00:00:60", "2024-01-01 00:00:7", "2024-01-01 00:00:07Z",
        "2024-01-01 00:00:07.1234567890", "2024-01-01 24:00:01", "2024-01-01 00:00:0x"}) {
    CAPTURE(text);
    CHECK(time_of(text) == "declined");
  }
  CHECK(fast(R"({"l":"2024-01-01 00:00:07"})") == "declined");
  CHECK(fast(R"({"l":"2024-01-01 00:00:07.25Z"})") ==
        full(R"({"l":"2024-01-01 00:00:07.25Z"})", {}));
}

TEST_CASE("fast json: whatever becomes of a record, both parsers agree") {
  const std::vector<Options> all_options = {
      {}, {{"json.timestamp-format.standard", "ISO-8601"}}, {{"json.ignore-parse-errors", "true"}}};
  const std::vector<std::string> seeds = {
      plain, R"({"s":"x","n":"12","d":"1e3","c":-0.005,"t":"2024-01-01T00:00:05.5","b":"yes"})",
      R"({"day":"2024-01-01","i":2147483647,"n":-9223372036854775808,"f":16777217,"d":-0.0,"s":null})",
      "{\"s\":\"\xc3\xa9\xe2\x82\xac\",\"n\":999999999999999999,\"d\":123456789.123456789,\"c\":"
      "99999999.995}"};
  const std::string letters = "{}[]\",:\\ 0123456789.-+eEtrufalsn\n\xc3\xa9TZ";
  std::mt19937 random{20240101};
  std::size_t taken = 0;
  for (const auto& options : all_options) {
    Fast fast(options);
    for (int turn = 0; turn < 6000; ++turn) {
      std::string record = seeds[random() % seeds.size()];
      for (auto changes = random() % 4; changes > 0; --changes) {
        const auto at = random() % record.size();
        switch (random() % 3) {
          case 0:
            record[at] = letters[random() % letters.size()];
            break;
          case 1:
            record.erase(at, 1);
            break;
          default:
            record.insert(at, 1, letters[random() % letters.size()]);
        }
      }
      const auto quick = fast(record);
      if (quick == "declined") continue;
      ++taken;
      CAPTURE(record);
      CHECK(quick == full(record, options));
    }
  }
  CHECK(taken > 1000);
}
