#include <doctest/doctest.h>

#include <random>

#include "runtime/data/text.hpp"
#include "runtime/formats/json.hpp"

using namespace millrace;
using namespace millrace::formats;
using data::LogicalType;

namespace {

const data::Schema& schema() {
  static const data::Schema all{{{"s", LogicalType::string()},
                                 {"i", LogicalType::integer()},
                                 {"l", LogicalType::bigint()},
                                 {"d", LogicalType::float64()},
                                 {"m", LogicalType::decimal(10, 2)},
                                 {"b", LogicalType::boolean()},
                                 {"t", LogicalType::timestamp(3)},
                                 {"z", LogicalType::timestamp_ltz(3)},
                                 {"y", LogicalType::bytes()}}};
  return all;
}

const std::string record =
    R"({"s":"caf\u00e9 \"x\"","i":-12,"l":9223372036854775807,"d":1.5e3,"m":12.345,"b":true,)"
    R"("t":"2024-01-01 00:00:04.25","z":"2024-01-01 00:00:04Z","y":"Zm9v","u":{"a":[1,{"b":null}]}})";

struct Outcome {
  std::string rows;
  std::string error;
};

// Whatever the bytes are: rows that are whole, or an error that quotes the record.
Outcome decode(const std::string& message, const Options& options = {}) {
  std::vector<std::size_t> all(schema().size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  auto decoder = make_decoder("json", options, schema(), all).value();
  data::BatchBuilder builder{schema()};
  // A copy without slack behind it: reading past the end is seen by the sanitizers.
  const std::vector<char> exact(message.begin(), message.end());
  const std::string_view messages[] = {{exact.data(), exact.size()}};
  std::vector<std::uint32_t> rows_of;
  const auto status = decoder->decode(messages, builder, rows_of);
  Outcome outcome;
  if (!status) outcome.error = status.error().message();
  const auto batch = builder.take();
  for (const auto& column : batch.columns) REQUIRE(column->size() == batch.rows);
  for (std::size_t row = 0; row < batch.rows; ++row)
    data::append_row_text(outcome.rows, batch, row);
  if (status) {
    EncodedRecords out;
    REQUIRE(make_encoder("json", options, schema()).value()->encode(batch, out).has_value());
    REQUIRE(out.size() == batch.rows);
  }
  return outcome;
}

void check_total(const std::string& message) {
  const auto outcome = decode(message);
  if (!outcome.error.empty()) {
    REQUIRE(outcome.error.starts_with("Failed to deserialize JSON '" + message + "'."));
  }
  REQUIRE(decode(message, {{"json.ignore-parse-errors", "true"}}).error.empty());
}

}  // namespace

TEST_CASE("json malformed: a record cut off anywhere is an error, never half a row") {
  REQUIRE(decode(record).error.empty());
  for (std::size_t size = 1; size < record.size(); ++size) {
    const auto outcome = decode(record.substr(0, size));
    CAPTURE(size);
    REQUIRE_FALSE(outcome.error.empty());
    REQUIRE(outcome.rows.empty());
    REQUIRE(decode(record.substr(0, size), {{"json.ignore-parse-errors", "true"}}).rows.empty());
  }
}

TEST_CASE("json malformed: any byte anywhere gives rows or an error") {
  std::mt19937 random(5);
  for (int round = 0; round < 20'000; ++round) {
    std::string message = record;
    const auto changes = 1 + random() % 3;
    for (std::uint32_t i = 0; i < changes; ++i) {
      const auto at = random() % message.size();
      switch (random() % 4) {
        case 0:
          message[at] = static_cast<char>(random());
          break;
        case 1:
          message.erase(at, 1 + random() % 5);
          break;
        case 2:
          message.insert(at, 1, "{}[]\",:\\\x01\xff"[random() % 10]);
          break;
        default:
          message.insert(at, message, random() % message.size(), random() % 30);
          break;
      }
    }
    check_total(message);
  }
}

TEST_CASE("json malformed: huge numbers and texts") {
  const std::string digits(100'000, '9');
  struct Case {
    std::string value;
    const char *s, *d, *m;
  };
  const Case cases[] = {
      {"1e400", "1e400", "Infinity", "null"},
      {"-1e400", "-1e400", "-Infinity", "null"},
      {"1e-400", "1e-400", "0.0", "0.00"},
      {"1e99999", "1e99999", "Infinity", "null"},
      {"0.1234567890123456789012345678901234567890", "0.1234567890123456789012345678901234567890",
       "0.12345678901234568", "0.12"},
      {"12345678901234567890123456789", "12345678901234567890123456789", "1.2345678901234568E28",
       "null"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.value);
    CHECK(decode(R"({"s":)" + c.value + "}").rows ==
          "+I[" + std::string(c.s) + ", null, null, null, null, null, null, null, null]");
    CHECK(decode(R"({"d":)" + c.value + "}").rows ==
          "+I[null, null, null, " + std::string(c.d) + ", null, null, null, null, null]");
    CHECK(decode(R"({"m":)" + c.value + "}").rows ==
          "+I[null, null, null, null, " + std::string(c.m) + ", null, null, null, null]");
  }
  CHECK(decode(R"({"d":)" + digits + "}").rows.find("Infinity") != std::string::npos);
  CHECK(decode(R"({"m":)" + digits + "}").error.empty());
  CHECK_FALSE(decode(R"({"l":)" + digits + "}").error.empty());
  // In a field nobody reads, and after a row that is complete already: each row comes once.
  CHECK(decode(R"({"u":1e400,"i":7})").rows.starts_with("+I[null, 7,"));
  CHECK(decode(R"([{"i":1},{"i":2,"d":1e400}])").rows ==
        "+I[null, 1, null, null, null, null, null, null, null]+I[null, 2, null, Infinity, null, "
        "null, null, null, null]");
  CHECK_FALSE(decode(R"({"d":01e400})").error.empty());
  CHECK(decode(R"({"s":")" + std::string(5'000'000, 'x') + "\"}").error.empty());
}

TEST_CASE("json malformed: nesting is limited, the program's stack is not its limit") {
  const auto nested = [](std::size_t depth) {
    std::string text = "{\"u\":";
    text.append(depth, '[').append(depth, ']');
    return text + ",\"i\":1}";
  };
  CHECK(decode(nested(900)).rows.starts_with("+I[null, 1,"));
  for (const std::size_t depth : {1'001U, 10'000U, 1'000'000U}) {
    CAPTURE(depth);
    CHECK_FALSE(decode(nested(depth)).error.empty());
  }
  CHECK_FALSE(decode(std::string(1'000'000, '[')).error.empty());
}

TEST_CASE("json malformed: bytes that are no UTF-8 fail the record") {
  for (const char* bad : {"\xff", "\xc3", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xc0\x80"}) {
    CAPTURE(bad);
    CHECK_FALSE(decode(R"({"s":")" + std::string(bad) + "\"}").error.empty());
  }
}

TEST_CASE("json malformed: objects kept as text stay valid JSON") {
  const data::Schema one{{{"s", LogicalType::string()}}};
  auto decoder = make_decoder("json", {}, one, {0}).value();
  data::BatchBuilder builder{one};
  const std::string_view messages[] = {
      R"({"s": { "a\u0001" : [ 1.50 , "x\u001f\"", null , {} ] } })"};
  std::vector<std::uint32_t> rows_of;
  REQUIRE(decoder->decode(messages, builder, rows_of).has_value());
  const auto batch = builder.take();
  const auto kept = batch.columns[0]->at<std::string_view>(0);
  CHECK(kept == R"({"a\u0001":[1.50,"x\u001F\"",null,{}]})");
}
