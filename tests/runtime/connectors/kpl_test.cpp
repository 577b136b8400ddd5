#include "runtime/connectors/kpl.hpp"

#include <doctest/doctest.h>

#include "common/base/digest.hpp"

using namespace millrace;

namespace {

// Two keys, three records: 0 "one", 1 "two", 0 "three" with a hash key index and tags beside. The
// MD5 of k0 begins with 0x28, that of k1 with 0xb6.
const std::string message = std::string{"\x0a\x02k0\x0a\x02k1\x12\x01"} + "7" +
                            std::string{"\x1a\x07\x08\x00\x1a\x03one", 9} +
                            "\x1a\x07\x08\x01\x1a\x03two" +
                            std::string{"\x1a\x0d\x08\x00\x10\x00\x1a\x05three\x22\x00", 15};

std::string packed(const std::string& body) {
  return "\xF3\x89\x9A\xC2" + body + std::string{base::as_view(base::md5(body))};
}

aws::Record record(std::string data) {
  return {std::move(data), "agg", "99", 5};
}

}  // namespace

TEST_CASE("KPL: packed records are taken apart, in order, with their own keys") {
  std::vector<aws::Record> records{record("before"), record(packed(message)), record("after")};
  connectors::deaggregate(records);
  REQUIRE(records.size() == 5);
  CHECK(records[0].data == "before");
  CHECK(records[1].data == "one");
  CHECK(records[1].partition_key == "k0");
  CHECK(records[1].sequence_number == "99");
  CHECK(records[1].arrival_ms == 5);
  CHECK(records[2].partition_key == "k1");
  CHECK(records[3].data == "three");
  CHECK(records[4].data == "after");
}

TEST_CASE("KPL: a packed record with one of another shard is left out whole") {
  const auto middle = base::uint128_max / 2;
  const auto kept = [](connectors::HashRange shard) {
    std::vector<aws::Record> records{record("before"), record(packed(message)), record("after")};
    const auto left_out = connectors::deaggregate(records, shard);
    CHECK(records.front().data == "before");
    CHECK(records.back().data == "after");
    CHECK(left_out == (records.size() == 5 ? 0 : 1));
    return records.size() == 5;
  };
  CHECK(kept({7, base::uint128_max}));
  CHECK_FALSE(kept({8, base::uint128_max}));       // the explicit hash key of "three"
  CHECK_FALSE(kept({0, middle}));                  // the hash of k1
  CHECK_FALSE(kept({middle, base::uint128_max}));  // the hash of k0
  const auto hashes = connectors::unpack(packed(message)).value();
  CHECK(base::to_decimal(hashes[0].hash) == "54280909868488310885655169584342319285");
  CHECK(base::to_decimal(hashes[1].hash) == "242208671286853988395785178707875403226");
  CHECK(base::to_decimal(hashes[2].hash) == "7");
}

TEST_CASE("KPL: what only looks packed stays as it is") {
  const std::string whole = packed(message);
  std::string wrong_digest = whole;
  wrong_digest.back() = static_cast<char>(wrong_digest.back() + 1);
  for (const auto& data :
       {std::string{"\xF3\x89\x9A\xC2"}, wrong_digest,
        packed(message.substr(0, message.size() - 3)),
        packed(std::string{"\x1a\x07\x08\x09\x1a\x03one"}),
        packed(std::string{"\x0a\x01k\x1a\x09\x08\x00\x10\x00\x1a\x03one", 14}),
        packed(std::string{"\x0a\x01k\x12\x01x\x1a\x09\x08\x00\x10\x00\x1a\x03one", 17}),
        packed(std::string(12, '\xff')), packed("\x0a\x7f")}) {
    CHECK_FALSE(connectors::unpack(data));
    std::vector<aws::Record> records{record(data)};
    connectors::deaggregate(records);
    REQUIRE(records.size() == 1);
    CHECK(records[0].data == data);
  }
}

TEST_CASE("KPL: no cut of a packed record is taken for one") {
  const std::string whole = packed(message);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK_FALSE(connectors::unpack(whole.substr(0, size)));
  }
  for (std::size_t size = 0; size < message.size(); ++size) {
    connectors::unpack(packed(message.substr(0, size)));  // any answer but a crash
  }
}
