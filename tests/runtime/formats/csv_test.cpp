#include "runtime/formats/csv.hpp"

#include <doctest/doctest.h>

#include <array>

#include "runtime/data/text.hpp"

using namespace millrace;
using namespace millrace::formats;
using data::LogicalType;

namespace {

data::Schema schema() {
  return {{{"a", LogicalType::string()}, {"b", LogicalType::integer()}}};
}

std::string decoded(const std::vector<std::string_view>& lines, const Options& options = {},
                    const std::vector<std::size_t>& projection = {0, 1}) {
  auto decoder = make_decoder("csv", options, schema(), projection);
  if (!decoder) return decoder.error().message();
  data::BatchBuilder builder{schema().select(projection)};
  std::vector<std::uint32_t> rows;
  const auto status = decoder.value()->decode(lines, builder, rows);
  if (!status) return status.error().message();
  CHECK(rows.size() == lines.size());
  const auto batch = builder.take();
  std::string text;
  for (std::size_t row = 0; row < batch.rows; ++row) data::append_row_text(text, batch, row);
  return text;
}

std::string encoded(const std::string& text, const Options& options = {}) {
  const data::Schema one{{{"a", LogicalType::string()}}};
  data::BatchBuilder builder{one};
  builder.column(0).append(builder.arena().copy(text));
  builder.finish_row();
  EncodedRecords out;
  REQUIRE(make_encoder("csv", options, one).value()->encode(builder.take(), out));
  return std::string{out.record(0)};
}

}  // namespace

TEST_CASE("csv decode: fields, quotes, escapes and the text for NULL") {
  CHECK(decoded({"x,1", "\"a \"\"b\"\", c\" , 2 ", " lead ,3"}) ==
        "+I[x, 1]+I[a \"b\", c, 2]+I[ lead , 3]");
  CHECK(decoded({"-,-"}, {{"csv.null-literal", "-"}}) == "+I[null, null]");
  CHECK(decoded({"a;1"}, {{"csv.field-delimiter", ";"}}) == "+I[a, 1]");
  CHECK(decoded({"a\t1"}, {{"csv.field-delimiter", "\\t"}}) == "+I[a, 1]");
  CHECK(decoded({"a\\,b,1", "\"q\\\"r\",2"}, {{"csv.escape-character", "\\"}}) ==
        "+I[a,b, 1]+I[q\"r, 2]");
  CHECK(decoded({"\"a,1"}, {{"csv.disable-quote-character", "true"}}) == "+I[\"a, 1]");
  CHECK(decoded({"#a,1", "b,2"}, {{"csv.allow-comments", "true"}}) == "+I[b, 2]");
  CHECK(decoded({"x,1", "y,2"}, {}, {1}) == "+I[1]+I[2]");
}

TEST_CASE("csv decode: what does not fit names the row and the field") {
  CHECK(decoded({"x"}) ==
        "Failed to deserialize CSV row 'x'. Row length mismatch. 2 fields expected but was 1.");
  CHECK(decoded({"x,1,2"}).find("Too many entries: expected at most 2.") != std::string::npos);
  CHECK(decoded({"x,"}).find("Fail to deserialize at field: b.") != std::string::npos);
  CHECK(decoded({"\"x,1"}).find("A quoted field does not end.") != std::string::npos);
  CHECK(decoded({"\"x\"y,1"}).find("Expected column separator") != std::string::npos);
  const Options ignoring = {{"csv.ignore-parse-errors", "true"}};
  CHECK(decoded({"x", "y,z", "v,1,2", "w,3"}, ignoring) == "+I[x, null]+I[y, null]+I[w, 3]");
}

TEST_CASE("csv encode: quotes where Jackson sets them") {
  CHECK(encoded("plain-text.1") == "plain-text.1");
  CHECK(encoded("") == "");
  CHECK(encoded("a b") == "\"a b\"");
  CHECK(encoded("a\"b") == "\"a\"\"b\"");
  CHECK(encoded("a#b") == "\"a#b\"");
  CHECK(encoded("a\\b") == "\"a\\b\"");
  CHECK(encoded(std::string(24, 'x')) == std::string(24, 'x'));
  CHECK(encoded(std::string(25, 'x')) == "\"" + std::string(25, 'x') + "\"");
  CHECK(encoded("a b", {{"csv.disable-quote-character", "true"}}) == "a b");
}

TEST_CASE(
    "csv options: a character is one character, and two that exclude each other are refused") {
  CHECK(decoded({}, {{"csv.field-delimiter", ";;"}}) ==
        "Option 'csv.field-delimiter' must be a string with single character, but was: ;;");
  CHECK(decoded({}, {{"csv.quote-character", "'"}, {"csv.disable-quote-character", "true"}})
            .starts_with("Format cannot define a quote character and disabled quote character"));
}

TEST_CASE("csv decode: arrays and rows say which part does not fit") {
  const auto of = [](const data::LogicalType& type, std::string_view line) {
    const data::Schema one{{{"a", type}}};
    auto decoder = make_decoder("csv", {}, one, {0}).value();
    data::BatchBuilder builder{one};
    std::vector<std::uint32_t> rows;
    const std::array<std::string_view, 1> lines{line};
    const auto status = decoder->decode(lines, builder, rows);
    if (!status) return status.error().message();
    std::string text;
    data::append_row_text(text, builder.take(), 0);
    return text;
  };
  const auto row = LogicalType::row({{"x", LogicalType::integer()}, {"y", LogicalType::string()}});
  CHECK(of(row, "1;b") == "+I[+I[1, b]]");
  CHECK(of(row, "1").ends_with("field: a. Row length mismatch. 2 fields expected but was 1."));
  CHECK(of(row, "1;b;c").ends_with("field: a. Row length mismatch. 2 fields expected but was 3."));
  CHECK(of(row, "x;b").ends_with("field: a. 'x' is no INT"));
  const auto refused = [](const LogicalType& type) {
    return make_decoder("csv", {}, {{{"m", type}}}, {0}).error().message();
  };
  CHECK(refused(LogicalType::map(LogicalType::string(), LogicalType::integer())) ==
        "Unsupported type 'MAP<STRING, INT>' for field 'm'.");
  CHECK(refused(LogicalType::array(row))
            .starts_with("Only simple types are supported in the second level nesting of fields "
                         "'m' but was: "));
  const auto array = LogicalType::array(LogicalType::boolean());
  CHECK(of(array, "true;no; TRUE ") == "+I[[true, false, true]]");
  CHECK(of(LogicalType::array(LogicalType::date()), "2024-01-01;x").ends_with("'x' is no DATE"));
}
