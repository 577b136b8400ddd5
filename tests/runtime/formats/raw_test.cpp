#include "runtime/formats/raw.hpp"

#include <doctest/doctest.h>

#include "runtime/data/text.hpp"

using namespace millrace;
using namespace millrace::formats;
using data::LogicalType;
using data::TypeKind;

namespace {

std::string shown(const LogicalType& type, std::string_view message, const Options& options = {}) {
  const data::Schema schema{{{"f", type}}};
  auto decoder = make_decoder("raw", options, schema, {0});
  if (!decoder) return decoder.error().message();
  data::BatchBuilder builder{schema};
  std::vector<std::uint32_t> rows;
  const auto status = decoder.value()->decode({&message, 1}, builder, rows);
  if (!status) return status.error().message();
  const auto batch = builder.take();
  std::string text;
  data::append_row_text(text, batch, 0);
  EncodedRecords out;
  REQUIRE(make_encoder("raw", options, schema).value()->encode(batch, out));
  CHECK(out.record(0) == message);
  return text;
}

}  // namespace

TEST_CASE("raw: bytes, texts and numbers of both byte orders come back") {
  CHECK(shown(LogicalType::string(), "hello\n") == "+I[hello\n]");
  CHECK(shown(LogicalType::bytes(), std::string_view{"\0\xff", 2}) == "+I[[0, -1]]");
  CHECK(shown(LogicalType::integer(), std::string_view{"\0\0\1\2", 4}) == "+I[258]");
  CHECK(shown(LogicalType::integer(), "\xff\xff\xff\xfe") == "+I[-2]");
  CHECK(shown(LogicalType::integer(), std::string_view{"\2\1\0\0", 4},
              {{"raw.endianness", "little-endian"}}) == "+I[258]");
  CHECK(shown(LogicalType::bigint(), std::string_view{"\0\0\0\0\0\0\0\x07", 8}) == "+I[7]");
  CHECK(shown(LogicalType::float64(), std::string_view{"\x3f\xf8\0\0\0\0\0\0", 8}) == "+I[1.5]");
  CHECK(shown(LogicalType::boolean(), "\x01") == "+I[true]");
}

TEST_CASE("raw: what it cannot do, it says") {
  CHECK(shown(LogicalType::integer(), "abc") ==
        "Size of data received for deserializing INTEGER type is not 4.");
  CHECK(
      make_decoder("raw", {}, {{{"a", LogicalType::string()}, {"b", LogicalType::string()}}}, {0})
          .error()
          .message() ==
      "The 'raw' format only supports single physical column. However the defined schema contains "
      "multiple physical columns: [a, b]");
  CHECK(shown(LogicalType::timestamp(3), "x") ==
        "The 'raw' format doesn't supports 'TIMESTAMP(3)' as column type.");
  CHECK(shown(LogicalType::string(), "x", {{"raw.endianness", "middle"}})
            .find("Unsupported endianness") == 0);
  CHECK(shown(LogicalType::string(), "x", {{"raw.charset", "UTF-16"}}).find("not served") !=
        std::string::npos);
}
