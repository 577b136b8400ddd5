// SplitShard, MergeShards, UpdateShardCount, and reading and listing what they leave behind.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/service.hpp"
#include "tests/support/temp_dir.hpp"

using namespace millrace;
using test::Answer;
using test::Service;

namespace {

constexpr std::int64_t hour_ms = 3'600'000;
const std::string middle = "170141183460469231731687303715884105728";
const std::string last = "340282366920938463463374607431768211455";

Answer split(Service& service, const std::string& shard, const std::string& key) {
  return service.call("SplitShard", R"({"StreamName":"s","ShardToSplit":")" + shard +
                                        R"(","NewStartingHashKey":")" + key + "\"}");
}

Answer merge(Service& service, const std::string& low, const std::string& high) {
  return service.call("MergeShards", R"({"StreamName":"s","ShardToMerge":")" + low +
                                         R"(","AdjacentShardToMerge":")" + high + "\"}");
}

Answer scale(Service& service, int target) {
  return service.call("UpdateShardCount", R"({"StreamName":"s","TargetShardCount":)" +
                                              std::to_string(target) +
                                              R"(,"ScalingType":"UNIFORM_SCALING"})");
}

void settle(Service& service) {
  service.clock.advance(base::Millis{500});
}

void put(Service& service, const std::string& hash) {
  const auto answer = service.call(
      "PutRecord",
      R"({"StreamName":"s","PartitionKey":"k","Data":"eA==","ExplicitHashKey":")" + hash + "\"}");
  REQUIRE(answer.status == 200);
}

std::string iterator(Service& service, const std::string& shard, const std::string& type,
                     const std::string& more = "") {
  auto answer =
      service.call("GetShardIterator", R"({"StreamName":"s","ShardId":")" + shard +
                                           R"(","ShardIteratorType":")" + type + "\"" + more + "}");
  REQUIRE(answer.status == 200);
  return std::string{answer["ShardIterator"].as_text()};
}

Answer read(Service& service, const std::string& iterator, int limit = 100) {
  return service.call("GetRecords", R"({"ShardIterator":")" + iterator + R"(","Limit":)" +
                                        std::to_string(limit) + "}");
}

using Numbers = std::vector<int>;

Numbers listed(Service& service, const std::string& filter = "") {
  const auto answer = service.call(
      "ListShards", R"({"StreamName":"s")" +
                        (filter.empty() ? "" : R"(,"ShardFilter":{"Type":)" + filter + "}") + "}");
  REQUIRE(answer.status == 200);
  Numbers numbers;
  for (const auto& shard : answer["Shards"].as_list()) {
    numbers.push_back(std::stoi(std::string{shard["ShardId"].as_text()}.substr(8)));
  }
  return numbers;
}

std::string seconds(std::int64_t ms) {
  return std::to_string(ms / 1000) + "." + std::to_string(ms % 1000 + 1000).substr(1);
}

}  // namespace

TEST_CASE("SplitShard, MergeShards, UpdateShardCount: types and constraints") {
  Service service;
  CHECK(service.call("SplitShard", R"({"StreamName":1})").type == "SerializationException");
  const auto nothing = service.call("SplitShard", "{}").message;
  CHECK(nothing.find("2 validation errors detected: ") == 0);
  CHECK(nothing.find("Value null at 'shardToSplit' failed to satisfy constraint: Member must not "
                     "be null") != std::string::npos);
  CHECK(nothing.find("Value null at 'newStartingHashKey'") != std::string::npos);
  CHECK(
      service
          .call("SplitShard", R"({"StreamName":"s","ShardToSplit":"0","NewStartingHashKey":"007"})")
          .message ==
      "1 validation error detected: Value '007' at 'newStartingHashKey' failed to satisfy "
      "constraint: Member must satisfy regular expression pattern: 0|([1-9]\\d{0,38})");
  CHECK(service.call("MergeShards", R"({"StreamName":"s","ShardToMerge":"0"})").message ==
        "1 validation error detected: Value null at 'adjacentShardToMerge' failed to satisfy "
        "constraint: Member must not be null");
  CHECK(service
            .call("UpdateShardCount",
                  R"({"StreamName":"s","TargetShardCount":0,"ScalingType":"UNIFORM_SCALING"})")
            .message ==
        "1 validation error detected: Value '0' at 'targetShardCount' failed to satisfy "
        "constraint: Member must have value greater than or equal to 1");
  CHECK(service
            .call("UpdateShardCount",
                  R"({"StreamName":"s","TargetShardCount":1,"ScalingType":"OTHER"})")
            .type == "ValidationException");
}

TEST_CASE("SplitShard: what is refused, in AWS's words") {
  Service service;
  service.create("s");
  CHECK(split(service, "shardId-000000000005", middle).message ==
        "Could not find shard shardId-000000000005 in stream s under account 000000000000.");
  CHECK(split(service, "ketchup", middle).message ==
        "Could not find shard ketchup in stream s under account 000000000000.");
  for (const auto& key : {std::string{"0"}, std::string{"1"}, last}) {
    CAPTURE(key);
    const auto answer = split(service, "0", key);
    CHECK(answer.type == "InvalidArgumentException");
    CHECK(answer.message ==
          "NewStartingHashKey " + key +
              " used in SplitShard() on shard shardId-000000000000 in stream s under account "
              "000000000000 is not both greater than one plus the shard's StartingHashKey 0 and "
              "less than the shard's EndingHashKey " +
              last + ".");
  }
  CHECK(split(service, "0", "2").status == 200);
  const auto busy = split(service, "1", "5");
  CHECK(busy.type == "ResourceInUseException");
  CHECK(busy.message ==
        "Stream s under account 000000000000 not ACTIVE, instead in state UPDATING");
  put(service, "0");  // writes go on
  settle(service);
  CHECK(split(service, "0", middle).message ==
        "Shard shardId-000000000000 in stream s under account 000000000000 has already been merged "
        "or split, and thus is not eligible for merging or splitting.");
  // The lower child holds two keys: there is none to split it at.
  CHECK(split(service, "1", "1").type == "InvalidArgumentException");
}

TEST_CASE("MergeShards: the order counts, and only open neighbours merge") {
  Service service;
  service.create("s", 3);
  CHECK(merge(service, "1", "0").message ==
        "Shards shardId-000000000001 and shardId-000000000000 in stream s under account "
        "000000000000 are not an adjacent pair of shards eligible for merging");
  CHECK(merge(service, "0", "2").type == "InvalidArgumentException");
  CHECK(merge(service, "2", "0").type == "InvalidArgumentException");  // round the end
  CHECK(merge(service, "0", "0").type == "InvalidArgumentException");
  CHECK(merge(service, "0", "7").type == "ResourceNotFoundException");
  CHECK(merge(service, "0", "1").status == 200);
  settle(service);
  const auto answer = service.call("DescribeStream", R"({"StreamName":"s"})");
  const auto& child = answer["StreamDescription"]["Shards"].as_list()[3];
  CHECK(child["ParentShardId"].as_text() == "shardId-000000000000");
  CHECK(child["AdjacentParentShardId"].as_text() == "shardId-000000000001");
  CHECK(merge(service, "0", "3").message.find("has already been merged") != std::string::npos);
}

TEST_CASE("UpdateShardCount: up to double, down to half, ten times a day, also after a restart") {
  const test::TempDir dir;
  Service service{{}, dir.path()};
  service.create("s", 4);
  CHECK(scale(service, 9).message ==
        "UpdateShardCount cannot scale up over double your current open shard count. Current open "
        "shard count: 4, Target shard count: 9");
  CHECK(scale(service, 1).message ==
        "UpdateShardCount cannot scale down below half your current open shard count. Current open "
        "shard count: 4, Target shard count: 1");
  const auto answer = scale(service, 5);
  CHECK(answer["CurrentShardCount"].as_integer() == 4);
  CHECK(answer["TargetShardCount"].as_integer() == 5);
  CHECK(answer["StreamARN"].as_text() == "arn:aws:kinesis:us-east-1:000000000000:stream/s");
  CHECK(listed(service).size() == 15);
  CHECK(listed(service, R"("AT_LATEST")").size() == 5);
  CHECK(scale(service, 5).type == "ResourceInUseException");
  for (int i = 0; i < 9; ++i) {
    settle(service);
    CHECK(scale(service, 4 + i % 2).status == 200);
  }
  settle(service);
  CHECK(scale(service, 4).type == "LimitExceededException");
  service.reopen();
  CHECK(scale(service, 4).type == "LimitExceededException");
  service.clock.advance(base::Millis{24 * hour_ms});
  CHECK(scale(service, 4).status == 200);
}

TEST_CASE("resharding: within the account's limit of shards, and never of on-demand streams") {
  engine::Options options;
  options.shard_limit = 10;
  Service service{options};
  service.create("s", 9);
  CHECK(
      scale(service, 11)
          .message.find(
              "This request would exceed the shard limit for the account 000000000000 in "
              "us-east-1. "
              "Current shard count for the account: 9. Limit: 10. Number of additional shards that "
              "would have resulted from this request: 2.") == 0);
  CHECK(split(service, "0", "100").status == 200);
  settle(service);
  CHECK(split(service, "9", "50").type == "LimitExceededException");
  Service other;
  other.call("CreateStream",
             R"({"StreamName":"s","StreamModeDetails":{"StreamMode":"ON_DEMAND"}})");
  settle(other);
  std::vector<Answer> answers;
  answers.push_back(scale(other, 8));
  answers.push_back(split(other, "0", "100"));
  answers.push_back(merge(other, "0", "1"));
  for (const auto& answer : answers) {
    CHECK(answer.type == "ValidationException");
    CHECK(answer.message ==
          "Request is invalid. Stream s under account 000000000000 is in On-Demand mode.");
  }
}

TEST_CASE("reading on after a split: the iterator ends with ChildShards, exactly at the end") {
  Service service;
  service.create("s");
  for (int i = 0; i < 3; ++i) put(service, "0");
  const auto before = iterator(service, "0", "LATEST");
  CHECK(split(service, "0", middle).status == 200);
  put(service, "0");
  auto page = read(service, iterator(service, "0", "TRIM_HORIZON"), 2);
  CHECK(page["Records"].as_list().size() == 2);
  CHECK(page["ChildShards"].is_null());
  page = read(service, std::string{page["NextShardIterator"].as_text()}, 2);
  CHECK(page["Records"].as_list().size() == 1);
  CHECK(page["NextShardIterator"].is_null());
  CHECK(page["MillisBehindLatest"].as_integer() == 0);
  REQUIRE(page["ChildShards"].as_list().size() == 2);
  const auto& child = page["ChildShards"].as_list()[1];
  CHECK(child["ShardId"].as_text() == "shardId-000000000002");
  CHECK(child["ParentShards"].as_list()[0].as_text() == "shardId-000000000000");
  CHECK(child["HashKeyRange"]["StartingHashKey"].as_text() == middle);
  // From before the split, and of a closed shard: straight to the end.
  service.clock.advance(base::Millis{1});
  const auto now = ",\"Timestamp\":" + seconds(base::to_epoch_ms(service.clock.now()));
  for (const auto& place :
       {before, iterator(service, "0", "LATEST"), iterator(service, "0", "AT_TIMESTAMP", now)}) {
    page = read(service, place);
    CHECK(page["Records"].as_list().empty());
    CHECK(page["ChildShards"].as_list().size() == 2);
    CHECK(page["NextShardIterator"].is_null());
  }
  CHECK(read(service, iterator(service, "1", "TRIM_HORIZON"))["Records"].as_list().size() == 1);
  CHECK(read(service, iterator(service, "2", "TRIM_HORIZON"))["ChildShards"].is_null());
}

TEST_CASE(
    "numbers of a closed shard: its ending number starts no iterator, a child's is in order") {
  Service service;
  service.create("s");
  CHECK(split(service, "0", middle).status == 200);
  const auto answer = service.call("ListShards", R"({"StreamName":"s"})");
  const auto& shards = answer["Shards"].as_list();
  const std::string ending{shards[0]["SequenceNumberRange"]["EndingSequenceNumber"].as_text()};
  CHECK(shards[1]["SequenceNumberRange"]["EndingSequenceNumber"].is_null());
  const auto at_end =
      service.call("GetShardIterator",
                   R"({"StreamName":"s","ShardId":"0","ShardIteratorType":"AT_SEQUENCE_NUMBER",)"
                   R"("StartingSequenceNumber":")" +
                       ending + "\"}");
  CHECK(at_end.type == "InvalidArgumentException");
  // A child's numbers begin a second ahead of the clock; they serve for ordering all the same.
  const auto first =
      service.call("PutRecord", R"({"StreamName":"s","PartitionKey":"a","Data":"eA=="})");
  const auto next = service.call(
      "PutRecord",
      R"({"StreamName":"s","PartitionKey":"a","Data":"eA==","SequenceNumberForOrdering":")" +
          std::string{first["SequenceNumber"].as_text()} + "\"}");
  CHECK(next.status == 200);
}

TEST_CASE("ListShards: the six filters over a split and the passing of time") {
  Service service;
  service.create("s");
  service.clock.advance(base::Millis{hour_ms});
  const auto split_ms = base::to_epoch_ms(service.clock.now());
  CHECK(split(service, "0", middle).status == 200);
  settle(service);
  const auto at = [&](const char* type, std::int64_t ms) {
    return listed(service, std::string{"\""} + type + R"(","Timestamp":)" + seconds(ms));
  };
  CHECK(listed(service) == Numbers{0, 1, 2});
  CHECK(listed(service, R"("FROM_TRIM_HORIZON")") == Numbers{0, 1, 2});
  CHECK(listed(service, R"("AT_TRIM_HORIZON")") == Numbers{0});
  CHECK(listed(service, R"("AT_LATEST")") == Numbers{1, 2});
  CHECK(listed(service, R"("AFTER_SHARD_ID","ShardId":"shardId-000000000001")") == Numbers{2});
  // At every moment the shards cover the key space once.
  CHECK(at("AT_TIMESTAMP", split_ms - 1) == Numbers{0});
  CHECK(at("AT_TIMESTAMP", split_ms) == Numbers{1, 2});
  CHECK(at("FROM_TIMESTAMP", split_ms) == Numbers{0, 1, 2});
  CHECK(at("FROM_TIMESTAMP", split_ms + 1) == Numbers{1, 2});
  service.clock.advance(base::Millis{24 * hour_ms - 500});
  CHECK(listed(service, R"("AT_TRIM_HORIZON")") == Numbers{1, 2});
  CHECK(listed(service) == Numbers{0, 1, 2});
  service.clock.advance(base::Millis{1});
  CHECK(listed(service) == Numbers{1, 2});
  CHECK(service
            .call("GetShardIterator",
                  R"({"StreamName":"s","ShardId":"0","ShardIteratorType":"TRIM_HORIZON"})")
            .type == "ResourceNotFoundException");
  CHECK(split(service, "0", middle).type == "ResourceNotFoundException");
  // Gone for good, whatever the retention becomes.
  const auto longer = service.call("IncreaseStreamRetentionPeriod",
                                   R"({"StreamName":"s","RetentionPeriodHours":100})");
  CHECK(longer.status == 200);
  CHECK(listed(service) == Numbers{1, 2});
  CHECK(listed(service, R"("AT_TRIM_HORIZON")") == Numbers{1, 2});
  service.tidy();
  CHECK(listed(service) == Numbers{1, 2});
  const auto answer = service.call("DescribeStream", R"({"StreamName":"s"})");
  CHECK(answer["StreamDescription"]["Shards"].as_list()[0]["ParentShardId"].as_text() ==
        "shardId-000000000000");
}
