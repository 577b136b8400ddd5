#include "runtime/connectors/ordered_decode.hpp"

#include <doctest/doctest.h>

#include <cstring>

#include "runtime/connectors/piece_reader.hpp"
#include "runtime/data/text.hpp"

using namespace millrace;
using namespace millrace::connectors;

namespace {

const data::Schema schema{{{"n", data::LogicalType::integer()}}};

base::Result<std::unique_ptr<formats::Decoder>> decoder() {
  return formats::make_decoder("csv", {}, schema, {0});
}

RawPiece piece(const std::string& text, const std::string& name) {
  RawPiece out;
  out.buffer = std::make_unique<char[]>(text.size());
  std::memcpy(out.buffer.get(), text.data(), text.size());
  out.size = text.size();
  out.name = name;
  return out;
}

}  // namespace

TEST_CASE("decoding on several threads: pieces come in the order they were given, in batches") {
  for (const int threads : {1, 2, 5}) {
    CAPTURE(threads);
    OrderedDecode decoding(
        decoder().value(), &decoder, schema,
        [](std::string_view bytes, auto& lines) { split_lines(bytes, {}, lines); }, 3, threads);
    std::int64_t wanted = 0;
    int given = 0;
    const auto take = [&] {
      const auto decoded = decoding.take();
      CHECK(decoded.status);
      CHECK(decoded.records == 7);
      CHECK(decoded.batches.size() == 3);
      for (const auto& batch : decoded.batches) {
        for (std::size_t row = 0; row < batch.rows; ++row) {
          CHECK(batch.columns[0]->at<std::int64_t>(row) == wanted++);
        }
      }
    };
    while (given < 200) {
      while (decoding.wants_more() && given < 200) {
        std::string text;
        for (int i = 0; i < 7; ++i) text += std::to_string(given * 7 + i) + "\n";
        decoding.submit(piece(text, "f"));
        ++given;
      }
      take();
    }
    while (!decoding.empty()) take();
    CHECK(wanted == 1400);
  }
}

TEST_CASE("decoding on several threads: rows before a bad record come, then its error") {
  OrderedDecode decoding(
      decoder().value(), &decoder, schema,
      [](std::string_view bytes, auto& lines) { split_lines(bytes, {}, lines); }, 2, 2);
  decoding.submit(piece("1\n2\n3\nx\n5\n", "the file"));
  const auto decoded = decoding.take();
  REQUIRE(decoded.batches.size() == 2);
  CHECK(decoded.batches[1].columns[0]->at<std::int64_t>(0) == 3);
  REQUIRE_FALSE(decoded.status);
  CHECK(decoded.status.error().message().starts_with("Failed to deserialize CSV row 'x'."));
}

TEST_CASE("lines: a line feed in a quoted field belongs to the record") {
  const formats::LineRules rules{',', '"', '\\'};
  std::vector<std::string_view> lines;
  split_lines("a,\"b\nc\"\n5\" pipe,x\n\"q\"\"\n\",2\r\n\"e\\\"\n\"\nlast", rules, lines);
  CHECK(lines == std::vector<std::string_view>{"a,\"b\nc\"", "5\" pipe,x", "\"q\"\"\n\",2",
                                               "\"e\\\"\n\"", "last"});
  lines.clear();
  split_lines("a\n\nb\r\n", {}, lines);
  CHECK(lines == std::vector<std::string_view>{"a", "", "b"});
}
