// ListShards and the retention period.
#include <doctest/doctest.h>

#include "emulator/kinesis/operation.hpp"
#include "tests/support/service.hpp"

using namespace millrace;
using test::Service;

TEST_CASE("ListShards: pages by token, and what may not be given together") {
  Service service;
  service.create("s", 5);
  auto answer = service.call("ListShards", R"({"StreamName":"s","MaxResults":3})");
  REQUIRE(answer["Shards"].as_list().size() == 3);
  const std::string token{answer["NextToken"].as_text()};
  answer = service.call("ListShards", R"({"NextToken":")" + token + "\"}");
  REQUIRE(answer["Shards"].as_list().size() == 2);
  CHECK(answer["Shards"].as_list()[0]["ShardId"].as_text() == "shardId-000000000003");
  CHECK(answer["NextToken"].is_null());
  CHECK(service.call("ListShards", "{}").message ==
        "Either NextToken or StreamName should be provided.");
  CHECK(service.call("ListShards", R"({"StreamName":"s","NextToken":")" + token + "\"}").message ==
        "NextToken and StreamName cannot be provided together.");
  service.clock.advance(base::Millis{300'001});
  CHECK(service.call("ListShards", R"({"NextToken":")" + token + "\"}").type ==
        "ExpiredNextTokenException");
  CHECK(service.call("ListShards", R"({"StreamName":"none"})").type == "ResourceNotFoundException");
}

TEST_CASE("ListShards: filters, and the members each of them needs") {
  Service service;
  service.create("s", 3);
  const auto list = [&](const std::string& filter) {
    return service.call("ListShards", R"({"StreamName":"s","ShardFilter":{)" + filter + "}}");
  };
  const auto count = [&](const std::string& filter) {
    const auto answer = list(filter);
    return answer.status == 200 ? static_cast<int>(answer["Shards"].as_list().size()) : -1;
  };
  CHECK(count(R"("Type":"FROM_TRIM_HORIZON")") == 3);
  CHECK(count(R"("Type":"AT_TRIM_HORIZON")") == 3);
  CHECK(count(R"("Type":"AT_LATEST")") == 3);
  CHECK(count(R"("Type":"AFTER_SHARD_ID","ShardId":"shardId-000000000000")") == 2);
  CHECK(count(R"("Type":"AT_TIMESTAMP","Timestamp":1700000000)") == 3);
  CHECK(count(R"("Type":"FROM_TIMESTAMP","Timestamp":1700000000)") == 3);
  CHECK(list(R"("Type":"AFTER_SHARD_ID")").type == "InvalidArgumentException");
  CHECK(list(R"("Type":"AT_TIMESTAMP")").type == "InvalidArgumentException");
  CHECK(list(R"("Type":"AT_LATEST","Timestamp":1)").type == "InvalidArgumentException");
  CHECK(
      list("").message ==
      "1 validation error detected: Value null at 'shardFilter.type' failed to satisfy constraint: "
      "Member must not be null");
}

TEST_CASE("ListShards: StreamCreationTimestamp tells streams of one name apart") {
  Service service;
  service.create("s");
  const std::string created = std::to_string(1'700'000'000);
  CHECK(
      service.call("ListShards", R"({"StreamName":"s","StreamCreationTimestamp":)" + created + "}")
          .status == 200);
  CHECK(service.call("ListShards", R"({"StreamName":"s","StreamCreationTimestamp":1600000000})")
            .type == "ResourceNotFoundException");
}

TEST_CASE("retention: up with Increase, down with Decrease, 24 to 8760 hours") {
  Service service;
  service.create("s");
  const auto change = [&](const char* which, int hours) {
    auto answer =
        service.call(std::string{which} + "StreamRetentionPeriod",
                     R"({"StreamName":"s","RetentionPeriodHours":)" + std::to_string(hours) + "}");
    service.clock.advance(base::Millis{500});  // UPDATING
    return answer;
  };
  CHECK(change("Increase", 48).status == 200);
  CHECK(service
            .call("DescribeStreamSummary",
                  R"({"StreamName":"s"})")["StreamDescriptionSummary"]["RetentionPeriodHours"]
            .as_integer() == 48);
  CHECK(change("Increase", 47).message ==
        "Requested retention period (47 hours) for stream s can not be shorter than existing "
        "retention "
        "period (48 hours). Use DecreaseRetentionPeriod API.");
  CHECK(change("Decrease", 49).message ==
        "Requested retention period (49 hours) for stream s can not be longer than existing "
        "retention "
        "period (48 hours). Use IncreaseRetentionPeriod API.");
  CHECK(change("Decrease", 23).message ==
        "Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is "
        "too short.");
  CHECK(change("Increase", 8761).message ==
        "Maximum allowed retention period is 8760 hours. Requested retention period (8761 hours) "
        "is too "
        "long.");
  CHECK(change("Increase", 8760).status == 200);
  CHECK(change("Decrease", 24).status == 200);
  CHECK(service.call("IncreaseStreamRetentionPeriod", R"({"StreamName":"s"})").type ==
        "ValidationException");
  service.call("CreateStream", R"({"StreamName":"new","ShardCount":1})");
  const auto answer = service.call("IncreaseStreamRetentionPeriod",
                                   R"({"StreamName":"new","RetentionPeriodHours":48})");
  CHECK(answer.type == "ResourceInUseException");
  CHECK(answer.message ==
        "Stream new under account 000000000000 not ACTIVE, instead in state CREATING");
}

TEST_CASE("retention: shortening it hides what is older") {
  Service service;
  service.create("s");
  service.call("IncreaseStreamRetentionPeriod", R"({"StreamName":"s","RetentionPeriodHours":48})");
  service.call("PutRecord", R"({"StreamName":"s","PartitionKey":"a","Data":"MQ=="})");
  service.clock.advance(base::Millis{30 * 3'600'000});
  const auto records = [&] {
    const auto iterator =
        service.call("GetShardIterator",
                     R"({"StreamName":"s","ShardId":"0","ShardIteratorType":"TRIM_HORIZON"})");
    const auto answer =
        service.call("GetRecords", R"({"ShardIterator":")" +
                                       std::string{iterator["ShardIterator"].as_text()} + "\"}");
    return answer["Records"].as_list().size();
  };
  CHECK(records() == 1);
  service.call("DecreaseStreamRetentionPeriod", R"({"StreamName":"s","RetentionPeriodHours":24})");
  CHECK(records() == 0);
  // What is gone is gone, before housekeeping has come by as well as after.
  service.clock.advance(base::Millis{500});
  CHECK(
      service
          .call("IncreaseStreamRetentionPeriod", R"({"StreamName":"s","RetentionPeriodHours":48})")
          .status == 200);
  CHECK(records() == 0);
}

TEST_CASE("every row of the table makes a call that refuses an empty request or serves it") {
  REQUIRE(kinesis::operations().size() >= 12);
  for (const auto& operation : kinesis::operations()) {
    CAPTURE(operation.name);
    CHECK(kinesis::find_operation(operation.name) == &operation);
    Service service;
    const auto answer = service.call(operation.name, "{}");
    const bool asks_nothing = operation.name == "ListStreams" || operation.name == "ListChannels" ||
                              operation.name == "ListQueues" ||
                              operation.name == "DescribeLimits" ||
                              operation.name == "DescribeAccountSettings";
    CHECK(answer.status == (asks_nothing ? 200 : 400));
  }
  CHECK(kinesis::find_operation("NoSuchThing") == nullptr);
}
