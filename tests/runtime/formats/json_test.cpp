#include "runtime/formats/json.hpp"

#include <doctest/doctest.h>

#include "runtime/data/text.hpp"

using namespace millrace;
using namespace millrace::formats;
using data::LogicalType;

namespace {

data::Schema schema_of(const LogicalType& type) {
  return {{{"f", type}}};
}

// One record into one column, then as `print` would show it; or the error.
std::string decoded(const LogicalType& type, const std::string& message,
                    const Options& options = {}) {
  const auto schema = schema_of(type);
  auto decoder = make_decoder("json", options, schema, {0});
  if (!decoder) return decoder.error().message();
  data::BatchBuilder builder{schema};
  const std::string_view messages[] = {message};
  std::vector<std::uint32_t> rows;
  const auto status = decoder.value()->decode(messages, builder, rows);
  if (!status) return status.error().message();
  const auto batch = builder.take();
  CHECK(rows == std::vector<std::uint32_t>{static_cast<std::uint32_t>(batch.rows)});
  std::string text;
  for (std::size_t row = 0; row < batch.rows; ++row) data::append_row_text(text, batch, row);
  return text;
}

std::string field(const LogicalType& type, const std::string& json, const Options& options = {}) {
  return decoded(type, R"({"f":)" + json + "}", options);
}

// Decodes and encodes again.
std::string again(const LogicalType& type, const std::string& json, const Options& options = {}) {
  const auto schema = schema_of(type);
  auto decoder = make_decoder("json", options, schema, {0}).value();
  data::BatchBuilder builder{schema};
  const auto message = R"({"f":)" + json + "}";
  const std::string_view messages[] = {message};
  std::vector<std::uint32_t> rows;
  const auto status = decoder->decode(messages, builder, rows);
  if (!status) return status.error().message();
  EncodedRecords out;
  REQUIRE(make_encoder("json", options, schema).value()->encode(builder.take(), out));
  return std::string{out.record(0)};
}

bool failed(const std::string& text) {
  return text.starts_with("Failed to deserialize JSON '");
}

}  // namespace

TEST_CASE("json decode: scalars become cells as Flink converts them") {
  struct Case {
    LogicalType type;
    const char* json;
    const char* row;
  };
  const Case cases[] = {
      {LogicalType::string(), R"("abc")", "+I[abc]"},
      {LogicalType::string(), "1.50", "+I[1.50]"},
      {LogicalType::string(), "true", "+I[true]"},
      {LogicalType::string(), "null", "+I[null]"},
      {LogicalType::string(), R"({ "a" : [1, 2.0, "x\"y", null, {}], "b" : {"c": true} })",
       R"(+I[{"a":[1,2.0,"x\"y",null,{}],"b":{"c":true}}])"},
      {LogicalType::string(), "[ ]", "+I[[]]"},
      {LogicalType::bigint(), "4.9", "+I[4]"},
      {LogicalType::bigint(), R"(" 12 ")", "+I[12]"},
      {LogicalType::bigint(), "-9223372036854775808", "+I[-9223372036854775808]"},
      {LogicalType::integer(), "1e2", "+I[100]"},
      {LogicalType::boolean(), R"("yes")", "+I[false]"},
      {LogicalType::boolean(), R"("TRUE")", "+I[true]"},
      {LogicalType::boolean(), "1", "+I[false]"},
      {LogicalType::boolean(), R"({"a":true})", "+I[false]"},
      {LogicalType::boolean(), "[]", "+I[false]"},
      {LogicalType::bytes(), R"(" Zm9v\n")", "+I[[102, 111, 111]]"},
      {LogicalType::bigint(), "9223372036854775807.5", "+I[9223372036854775807]"},
      {LogicalType::boolean(), "true", "+I[true]"},
      {LogicalType::float64(), "42.12", "+I[42.12]"},
      {LogicalType::float64(), "7", "+I[7.0]"},
      {LogicalType::float64(), R"("1e21")", "+I[1.0E21]"},
      {LogicalType::float64(), R"("Infinity")", "+I[Infinity]"},
      {LogicalType::decimal(10, 2), "1.005", "+I[1.01]"},
      {LogicalType::decimal(10, 2), R"("3")", "+I[3.00]"},
      {LogicalType::decimal(4, 2), "123.4", "+I[null]"},
      {LogicalType::timestamp(3), R"("2024-01-01 00:00:04.25")", "+I[2024-01-01T00:00:04.250]"},
      {LogicalType::timestamp(3), R"("2024-01-01 00:00:04.123456")",
       "+I[2024-01-01T00:00:04.123456]"},
      {LogicalType::timestamp_ltz(3), R"("2024-01-01 00:00:04Z")", "+I[2024-01-01T00:00:04Z]"},
      {LogicalType::date(), R"("2024-02-29")", "+I[2024-02-29]"},
      {LogicalType::bytes(), R"("Zm9v")", "+I[[102, 111, 111]]"},
  };
  for (const auto& one : cases) {
    CAPTURE(one.type.text());
    CAPTURE(one.json);
    CHECK(field(one.type, one.json) == one.row);
  }
}

TEST_CASE("json decode: what does not convert fails the record, or gives NULL when told so") {
  const std::pair<LogicalType, const char*> cases[] = {
      {LogicalType::integer(), "3000000000"},
      {LogicalType::integer(), "2147483647.9"},
      {LogicalType::date(), R"("2024-02-30")"},
      {LogicalType::integer(), R"("x")"},
      {LogicalType::integer(), "true"},
      {LogicalType::integer(), "{}"},
      {LogicalType::integer(), "[1]"},
      {LogicalType::bigint(), "9223372036854775808"},
      {LogicalType::bigint(), "1e19"},
      {LogicalType::of(data::TypeKind::tinyint), "4.9"},
      {LogicalType::float64(), R"("abc")"},
      {LogicalType::decimal(10, 2), R"("1,5")"},
      {LogicalType::timestamp(3), R"("2024-01-01T00:00:04")"},
      {LogicalType::timestamp(3), "1704067200"},
      {LogicalType::timestamp_ltz(3), R"("2024-01-01 00:00:04+0800")"},
      {LogicalType::timestamp_ltz(3), R"("2024-01-01 00:00:04")"},
      {LogicalType::bytes(), R"("***")"}};
  for (const auto& [type, json] : cases) {
    CAPTURE(type.text());
    CAPTURE(json);
    CHECK(failed(field(type, json)));
    CHECK(field(type, json, {{"json.ignore-parse-errors", "true"}}) == "+I[null]");
  }
}

TEST_CASE("json decode: fields that are missing, unknown, doubled or nested") {
  const auto type = LogicalType::string();
  CHECK(decoded(type, "{}") == "+I[null]");
  CHECK(decoded(type, R"({"g":1,"f":"x","h":{"f":"inner"},"i":[{"f":"in"}]})") == "+I[x]");
  CHECK(decoded(type, R"({"h":{"f":"inner"}})") == "+I[null]");
  CHECK(decoded(type, R"({"f":"a","f":"b"})") == "+I[b]");
  CHECK(decoded(type, R"({"f":{"a":1},"f":"b"})") == "+I[b]");
  CHECK(decoded(type, "{}", {{"json.fail-on-missing-field", "true"}}) ==
        "Failed to deserialize JSON '{}'. Could not find field with name 'f'.");
}

TEST_CASE("json decode: an array at the top gives a row for each element") {
  const auto type = LogicalType::integer();
  CHECK(decoded(type, R"([{"f":1},{"f":2},{}])") == "+I[1]+I[2]+I[null]");
  CHECK(decoded(type, "[]") == "");
  CHECK(failed(decoded(type, R"([{"f":1},5])")));
}

TEST_CASE("json decode: records without a row, and what is no JSON") {
  const auto type = LogicalType::integer();
  CHECK(decoded(type, "") == "");
  CHECK(failed(decoded(type, " \n")));
  CHECK(failed(decoded(type, "null")));
  CHECK(failed(decoded(type, "[null]")));
  const Options ignore{{"json.ignore-parse-errors", "true"}};
  for (const char* bad : {"{", "{\"f\":1", "x", "5", "\"text\"", "{'f':1}", "{\"f\":01}",
                          "{\"f\":\"\x80\"}", "{\"f\":nul}", "[[{\"f\":1}]]"}) {
    CAPTURE(bad);
    CHECK(failed(decoded(type, bad)));
    CHECK(decoded(type, bad, ignore) == "");
  }
  CHECK(failed(decoded(type, std::string(100'000, '['))));
  CHECK(failed(
      decoded(type, "{\"f\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}")));
}

TEST_CASE("json decode: control characters inside a text are taken, as Flink takes them") {
  CHECK(field(LogicalType::string(), "\"a\tb\"") == "+I[a\tb]");
}

TEST_CASE("json decode: the rows before a bad record stay, the bad one leaves nothing") {
  const data::Schema schema{{{"a", LogicalType::string()}, {"b", LogicalType::integer()}}};
  auto decoder = make_decoder("json", {}, schema, {0, 1}).value();
  data::BatchBuilder builder{schema};
  const std::string_view messages[] = {R"({"a":"x","b":1})", R"({"a":"y","b":"bad"})"};
  std::vector<std::uint32_t> rows;
  CHECK_FALSE(decoder->decode(messages, builder, rows).has_value());
  const auto batch = builder.take();
  REQUIRE(batch.rows == 1);
  CHECK(batch.columns[0]->size() == 1);
  CHECK(batch.columns[1]->size() == 1);
}

TEST_CASE("json decode: only what the projection names is read, in its order") {
  const data::Schema schema{
      {{"a", LogicalType::string()}, {"b", LogicalType::integer()}, {"c", LogicalType::integer()}}};
  auto decoder = make_decoder("json", {}, schema, {2, 0}).value();
  data::BatchBuilder builder{schema.select({2, 0})};
  const std::string_view messages[] = {R"({"a":"x","b":"not read","c":3})"};
  std::vector<std::uint32_t> rows;
  REQUIRE(decoder->decode(messages, builder, rows));
  std::string text;
  data::append_row_text(text, builder.take(), 0);
  CHECK(text == "+I[3, x]");
}

TEST_CASE("json encode: the bytes Flink writes") {
  struct Case {
    LogicalType type;
    const char* json;
    const char* written;
  };
  const Case cases[] = {
      {LogicalType::timestamp(3), R"("2024-01-01 00:00:04.250")", R"("2024-01-01 00:00:04.25")"},
      {LogicalType::timestamp(3), R"("2024-01-01 00:00:04")", R"("2024-01-01 00:00:04")"},
      {LogicalType::timestamp_ltz(3), R"("2024-01-01 00:00:04.25Z")",
       R"("2024-01-01 00:00:04.25Z")"},
      {LogicalType::date(), R"("2024-01-01")", R"("2024-01-01")"},
      {LogicalType::float64(), "2", "2.0"},
      {LogicalType::float64(), "1e21", "1.0E21"},
      {LogicalType::float64(), "1e10", "1.0E10"},
      {LogicalType::float64(), "0.1", "0.1"},
      {LogicalType::float64(), R"("1e999")", R"("Infinity")"},
      {LogicalType::decimal(10, 2), "100.00", "1E+2"},
      {LogicalType::decimal(20, 8), "0.00000012", "1.2E-7"},
      {LogicalType::decimal(20, 0), "123450", "1.2345E+5"},
      {LogicalType::decimal(20, 8), "12.34500000", "12.345"},
      {LogicalType::decimal(10, 2), "4.00", "4"},
      {LogicalType::string(), "null", "null"},
      {LogicalType::bytes(), R"("Zm9v")", R"("Zm9v")"},
      {LogicalType::boolean(), "true", "true"},
      {LogicalType::string(), "\"\xf0\x9f\x98\x80\"", R"("\uD83D\uDE00")"},
      {LogicalType::string(), "{\"a\":\"\xf0\x9f\x98\x80\"}", R"("{\"a\":\"\uD83D\uDE00\"}")"},
      {LogicalType::string(), R"("\u00e9\"\\\n\u0001/")", "\"\xc3\xa9\\\"\\\\\\n\\u0001/\""}};
  for (const auto& one : cases) {
    CAPTURE(one.type.text());
    CAPTURE(one.json);
    CHECK(again(one.type, one.json) == std::string{R"({"f":)"} + one.written + "}");
  }
}

TEST_CASE("json: options") {
  CHECK(again(LogicalType::decimal(10, 2), "100",
              {{"json.encode.decimal-as-plain-number", "true"}}) == R"({"f":100.00})");
  CHECK(again(LogicalType::string(), "null", {{"json.encode.ignore-null-fields", "true"}}) == "{}");
  CHECK(again(LogicalType::timestamp(3), R"("2024-01-01T00:00:04.5")",
              {{"json.timestamp-format.standard", "ISO-8601"}}) ==
        R"({"f":"2024-01-01T00:00:04.5"})");
  for (const char* day : {R"("2024-02-30T00:00:00")", R"("2024-02-29T24:00:00")"}) {
    CHECK(failed(
        field(LogicalType::timestamp(3), day, {{"json.timestamp-format.standard", "ISO-8601"}})));
  }
  const auto refused = [](const Options& options) {
    auto made = make_decoder("json", options, schema_of(LogicalType::string()), {0});
    return made ? std::string{} : made.error().message();
  };
  CHECK(
      refused({{"json.timestamp-format.standard", "x"}}) ==
      "Unsupported value 'x' for timestamp-format.standard. Supported values are [SQL, ISO-8601].");
  CHECK(refused({{"json.fail-on-missing-field", "true"}, {"json.ignore-parse-errors", "true"}}) ==
        "fail-on-missing-field and ignore-parse-errors shouldn't both be true.");
  CHECK(refused({{"json.ignore-parse-errors", "maybe"}}).find("neither true nor false") !=
        std::string::npos);
  CHECK(make_decoder("avro", {}, {}, {}).error().message().ends_with("json\nraw"));
}
