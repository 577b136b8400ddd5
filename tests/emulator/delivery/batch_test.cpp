// What records become: lines, compressed or not, and dead letters.
#include "emulator/delivery/batch.hpp"

#include <doctest/doctest.h>
#include <zlib.h>
#include <zstd.h>

#include "common/base/base64.hpp"
#include "common/json/json.hpp"

using namespace millrace;
using delivery::Batch;

namespace {

Batch batch(const std::string& format, const std::string& compression = "NONE") {
  return Batch{{.channel_arn = "arn:channel",
                .stream_arn = "arn:stream",
                .shard = 7,
                .format = format,
                .compression = compression}};
}

void add(Batch& to, std::string_view data) {
  REQUIRE(to.add({data, "key", true, 1'700'000'000'123, {.created_s = 1'700'000'000, .index = 5}})
              .has_value());
}

std::string body(const std::string& format, std::initializer_list<std::string_view> records) {
  auto made = batch(format);
  for (const auto record : records) add(made, record);
  REQUIRE(made.finish().has_value());
  return made.body();
}

std::string gunzip(const std::string& bytes) {
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, MAX_WBITS + 16) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out(4U << 20U, '\0');
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  CHECK(stream.avail_in == 0);  // one member, and nothing after it
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

std::string unzstd(const std::string& bytes) {
  std::string out(4U << 20U, '\0');
  const auto size = ZSTD_decompress(out.data(), out.size(), bytes.data(), bytes.size());
  REQUIRE_FALSE(ZSTD_isError(size));
  out.resize(size);
  return out;
}

}  // namespace

TEST_CASE("JSON and STRING are lines, BYTE_ARRAY is bytes") {
  CHECK(body("JSON", {R"({"a":1})", "2", "\"x\"\n", "[ ]"}) == "{\"a\":1}\n2\n\"x\"\n[ ]\n");
  CHECK(body("STRING", {"a", "", "b\n", "\xc3\xa9"}) == "a\n\nb\n\xc3\xa9\n");
  CHECK(body("BYTE_ARRAY", {std::string_view{"\0\xff", 2}, "a", "b"}) == std::string{"\0\xff"
                                                                                     "ab",
                                                                                     4});
}

TEST_CASE("a record that is not what the format says becomes a dead letter that tells all") {
  auto made = batch("JSON");
  for (const char* bad : {"", "{", "{\"a\":}", "1 2", "nul", "\"\xff\""}) add(made, bad);
  add(made, "{}");
  CHECK(made.good() == 1);
  CHECK(made.bad() == 6);
  CHECK(made.body() == "{}\n");
  const auto& lines = made.dead_letters();
  const auto second = json::parse(lines.substr(
      lines.find('\n') + 1, lines.find('\n', lines.find('\n') + 1) - lines.find('\n') - 1));
  REQUIRE(second.has_value());
  const auto& letter = second.value()->root();
  CHECK(letter["errorCode"].as_text() == "InvalidJson");
  CHECK(letter["errorMessage"].as_text().starts_with("the record is not valid JSON: "));
  CHECK(letter["channelARN"].as_text() == "arn:channel");
  CHECK(letter["streamARN"].as_text() == "arn:stream");
  CHECK(letter["shardId"].as_text() == "shardId-000000000007");
  CHECK(letter["sequenceNumber"].as_text() ==
        engine::SequenceText{{.created_s = 1'700'000'000, .index = 5}}.view());
  CHECK(letter["approximateArrivalTimestamp"].as_real() == doctest::Approx(1'700'000'000.123));
  CHECK(letter["partitionKey"].as_text() == "key");
  CHECK(base::base64_decode(letter["data"].as_text()) == "{");

  auto text = batch("STRING");
  add(text, "\xff");
  CHECK(text.good() == 0);
  CHECK(text.dead_letters().find(R"("errorCode":"InvalidUtf8")") != std::string::npos);
  auto bytes = batch("BYTE_ARRAY");
  add(bytes, "\xff");
  CHECK(bytes.bad() == 0);
}

TEST_CASE("compressed bytes are what other programs read, and the same every time") {
  for (const std::size_t size : {0U, 1U, 3'000'000U}) {
    std::string record;
    for (std::size_t i = 0; record.size() < size; ++i) record += std::to_string(i * 7919);
    record.resize(size);
    std::array<std::string, 2> gzip, zstd;
    for (auto* made : {&gzip, &zstd}) {
      for (auto& bytes : *made) {
        auto one = batch("BYTE_ARRAY", made == &gzip ? "GZIP" : "ZSTD");
        add(one, record);
        add(one, "end");
        REQUIRE(one.finish().has_value());
        bytes = one.body();
      }
    }
    CHECK(gzip[0] == gzip[1]);
    CHECK(zstd[0] == zstd[1]);
    CHECK(gunzip(gzip[0]) == record + "end");
    CHECK(unzstd(zstd[0]) == record + "end");
    if (size > 1) CHECK(gzip[0].size() < size / 2);
  }
}
