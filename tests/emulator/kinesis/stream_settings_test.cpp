// What can be set for a stream or an account: tags, metrics, encryption, modes, throughput, sizes.
#include <doctest/doctest.h>

#include <set>
#include "tests/support/service.hpp"
#include "tests/support/temp_dir.hpp"

using namespace millrace;
using test::Answer;
using test::Service;

namespace {

constexpr std::int64_t hour_ms = 3'600'000;
const std::string arn = R"("StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/s")";
const std::string arn_of_p = R"("StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/p")";

void settle(Service& service) {
  service.clock.advance(base::Millis{500});
}

void create_on_demand(Service& service, const std::string& more = "") {
  const auto answer = service.call(
      "CreateStream",
      R"({"StreamName":"s","StreamModeDetails":{"StreamMode":"ON_DEMAND"})" + more + "}");
  REQUIRE(answer.status == 200);
  settle(service);
}

Answer commit_account(Service& service, const std::string& status) {
  return service.call("UpdateAccountSettings",
                      R"({"MinimumThroughputBillingCommitment":{"Status":")" + status + "\"}}");
}

Answer summary(Service& service) {
  return service.call("DescribeStreamSummary", R"({"StreamName":"s"})");
}
const wire::Value& of(const Answer& answer) {
  return answer["StreamDescriptionSummary"];
}

Answer read_first_shard(Service& service) {
  const auto iterator = service.call(
      "GetShardIterator", R"({"StreamName":"s","ShardId":"0","ShardIteratorType":"TRIM_HORIZON"})");
  return service.call("GetRecords", R"({"ShardIterator":")" +
                                        std::string{iterator["ShardIterator"].as_text()} + "\"}");
}

}  // namespace

TEST_CASE("tags of a stream: added, replaced, listed in pages, taken away") {
  const test::TempDir dir;
  Service service{{}, dir.path()};
  service.create("s");
  const auto add = [&](const std::string& tags) {
    return service.call("AddTagsToStream", R"({"StreamName":"s","Tags":)" + tags + "}");
  };
  CHECK(add(R"({"b":"2","a":"1","c":""})").body.empty());
  CHECK(add(R"({"a":"one"})").status == 200);
  service.reopen();
  auto page = service.call("ListTagsForStream", R"({"StreamName":"s","Limit":2})");
  REQUIRE(page["Tags"].as_list().size() == 2);
  CHECK(page["Tags"].as_list()[0]["Value"].as_text() == "one");
  CHECK(page["HasMoreTags"].as_boolean());
  page = service.call("ListTagsForStream", R"({"StreamName":"s","ExclusiveStartTagKey":"b"})");
  REQUIRE(page["Tags"].as_list().size() == 1);
  CHECK(page["Tags"].as_list()[0]["Key"].as_text() == "c");
  CHECK_FALSE(page["HasMoreTags"].as_boolean());
  CHECK(service.call("RemoveTagsFromStream", R"({"StreamName":"s","TagKeys":["a","nosuch"]})")
            .status == 200);
  CHECK(service.call("ListTagsForStream", R"({"StreamName":"s"})")["Tags"].as_list().size() == 2);
  CHECK(add(R"({"bad!":"1"})").message ==
        "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white "
        "space, _ . / = + - % @.");
  CHECK(add("\"a\"").type == "SerializationException");
  CHECK(service.call("RemoveTagsFromStream", R"({"StreamName":"s","TagKeys":[]})").type ==
        "ValidationException");
  CHECK(service.call("ListTagsForStream", R"({"StreamName":"none"})").type ==
        "ResourceNotFoundException");
  service.call("CreateStream", R"({"StreamName":"new","ShardCount":1,"Tags":{"a":"1"}})");
  CHECK(service.call("ListTagsForStream", R"({"StreamName":"new"})")["Tags"].as_list().size() == 1);
  CHECK(service.call("AddTagsToStream", R"({"StreamName":"new","Tags":{"b":"1"}})").type ==
        "ResourceInUseException");
}

TEST_CASE("tags of a stream: fifty are kept, and no more") {
  Service service;
  service.create("s");
  const auto add = [&](int from, int count) {
    std::string tags;
    for (int i = from; i < from + count; ++i) {
      tags += (tags.empty() ? "\"k" : ",\"k") + std::to_string(i) + "\":\"v\"";
    }
    return service.call("AddTagsToStream", R"({"StreamName":"s","Tags":{)" + tags + "}}").type;
  };
  CHECK(add(0, 51) == "InvalidArgumentException");
  CHECK(add(0, 50).empty());
  CHECK(add(0, 50).empty());
  CHECK(add(50, 1) == "InvalidArgumentException");
}

TEST_CASE("enhanced monitoring: sets of metrics, ALL stands for seven") {
  const test::TempDir dir;
  Service service{{}, dir.path()};
  service.create("s");
  const auto change = [&](const char* which, const std::string& metrics) {
    auto answer = service.call(std::string{which} + "EnhancedMonitoring",
                               R"({"StreamName":"s","ShardLevelMetrics":[)" + metrics + "]}");
    settle(service);
    return answer;
  };
  auto answer = change("Enable", R"("OutgoingBytes","IncomingBytes")");
  CHECK(answer["CurrentShardLevelMetrics"].as_list().empty());
  REQUIRE(answer["DesiredShardLevelMetrics"].as_list().size() == 2);
  CHECK(answer["DesiredShardLevelMetrics"].as_list()[0].as_text() == "IncomingBytes");
  answer = change("Enable", R"("ALL")");
  CHECK(answer["CurrentShardLevelMetrics"].as_list().size() == 2);
  CHECK(answer["DesiredShardLevelMetrics"].as_list().size() == 7);
  answer = change("Disable", R"("IteratorAgeMilliseconds")");
  CHECK(answer["DesiredShardLevelMetrics"].as_list().size() == 6);
  service.reopen();
  const auto shown = summary(service);
  CHECK(of(shown)["EnhancedMonitoring"].as_list()[0]["ShardLevelMetrics"].as_list().size() == 6);
  answer = change("Disable", R"("ALL")");
  CHECK(answer["DesiredShardLevelMetrics"].as_list().empty());
  CHECK(change("Enable", R"("Other")").message.find("IncomingBytes") != std::string::npos);
  CHECK(change("Enable", "").type == "ValidationException");
  service.call("EnableEnhancedMonitoring", R"({"StreamName":"s","ShardLevelMetrics":["ALL"]})");
  CHECK(change("Disable", R"("ALL")").message ==
        "Stream s under account 000000000000 not ACTIVE, instead in state UPDATING");
}

TEST_CASE("encryption: said of records put while it is on, and of no others") {
  const test::TempDir dir;
  Service service{{}, dir.path()};
  service.create("s");
  const auto change = [&](const char* which, const char* key = "alias/aws/kinesis") {
    auto answer = service.call(
        std::string{which} + "StreamEncryption",
        R"({"StreamName":"s","EncryptionType":"KMS","KeyId":")" + std::string{key} + "\"}");
    settle(service);
    return answer;
  };
  const auto put = [&] {
    return service.call("PutRecord", R"({"StreamName":"s","PartitionKey":"k","Data":"eA=="})");
  };
  CHECK(put()["EncryptionType"].is_null());
  CHECK(change("Start").body.empty());
  CHECK(put()["EncryptionType"].as_text() == "KMS");
  const auto many = service.call(
      "PutRecords", R"({"StreamName":"s","Records":[{"PartitionKey":"k","Data":"eA=="}]})");
  CHECK(many["EncryptionType"].as_text() == "KMS");
  service.reopen();
  auto shown = summary(service);
  CHECK(of(shown)["EncryptionType"].as_text() == "KMS");
  CHECK(of(shown)["KeyId"].as_text() == "alias/aws/kinesis");
  CHECK(change("Start", "12345678-1234-1234-1234-123456789012").status == 200);
  CHECK(change("Stop").status == 200);
  CHECK(put()["EncryptionType"].is_null());
  shown = summary(service);
  CHECK(of(shown)["EncryptionType"].as_text() == "NONE");
  CHECK(of(shown)["KeyId"].is_null());
  const auto page = read_first_shard(service);
  std::vector<bool> encrypted;
  for (const auto& record : page["Records"].as_list()) {
    encrypted.push_back(!record["EncryptionType"].is_null());
  }
  CHECK(encrypted == std::vector<bool>{false, true, true, false});
}

TEST_CASE("encryption: what is refused, and 25 times a day") {
  const test::TempDir dir;
  Service service{{}, dir.path()};
  service.create("s");
  const auto start = [&](const std::string& type, const std::string& key) {
    auto answer = service.call("StartStreamEncryption", R"({"StreamName":"s","EncryptionType":")" +
                                                            type + R"(","KeyId":")" + key + "\"}");
    settle(service);
    return answer;
  };
  CHECK(start("NONE", "alias/aws/kinesis").type == "InvalidArgumentException");
  CHECK(start("AES", "alias/aws/kinesis").message.find("enum value set: [NONE, KMS]") !=
        std::string::npos);
  CHECK(start("KMS", "not a key").type == "InvalidArgumentException");
  CHECK(
      service.call("StartStreamEncryption", R"({"StreamName":"s","EncryptionType":"KMS"})").type ==
      "ValidationException");
  for (const auto* key :
       {"arn:aws:kms:us-east-1:000000000000:key/12345678-1234-1234-1234-123456789012",
        "arn:aws:kms:us-east-1:000000000000:alias/mine", "alias/mine"}) {
    CHECK(start("KMS", key).status == 200);
  }
  for (int i = 3; i < 25; ++i) CHECK(start("KMS", "alias/mine").status == 200);
  service.reopen();
  CHECK(start("KMS", "alias/mine").type == "LimitExceededException");
  service.clock.advance(base::Millis{24 * hour_ms});
  CHECK(start("KMS", "alias/mine").status == 200);
}

TEST_CASE("UpdateMaxRecordSize: records up to the new size are taken") {
  Service service;
  service.create("s");
  const auto put = [&](std::size_t bytes) {
    // Base64 of zeros.
    return service.call("PutRecord", R"({"StreamName":"s","PartitionKey":"k","Data":")" +
                                         std::string(bytes / 3 * 4, 'A') + "\"}");
  };
  CHECK(put(1'200'000).type == "ValidationException");
  const auto update = [&](int kib) {
    return service
        .call("UpdateMaxRecordSize",
              "{" + arn + R"(,"MaxRecordSizeInKiB":)" + std::to_string(kib) + "}")
        .type;
  };
  CHECK(update(1023) == "ValidationException");
  CHECK(update(10241) == "ValidationException");
  CHECK(update(2048).empty());
  CHECK(update(4096) == "ResourceInUseException");
  settle(service);
  const auto shown = summary(service);
  CHECK(of(shown)["MaxRecordSizeInKiB"].as_integer() == 2048);
  CHECK(put(1'200'000).status == 200);
  CHECK(service.call("UpdateMaxRecordSize", R"({"MaxRecordSizeInKiB":2048})").type ==
        "InvalidArgumentException");
}

TEST_CASE("UpdateStreamMode: the shards stay, two switches a day, also after a restart") {
  const test::TempDir dir;
  Service service{{}, dir.path()};
  service.create("s", 3);
  const auto update = [&](const std::string& mode, const std::string& more = "") {
    return service
        .call("UpdateStreamMode",
              "{" + arn + R"(,"StreamModeDetails":{"StreamMode":")" + mode + "\"}" + more + "}")
        .type;
  };
  CHECK(service.call("UpdateStreamMode", "{" + arn + "}").message ==
        "1 validation error detected: Value null at 'streamModeDetails' failed to satisfy "
        "constraint: Member must not be null");
  CHECK(update("ON_DEMAND", R"(,"WarmThroughputMiBps":10)") == "ValidationException");
  CHECK(update("ON_DEMAND").empty());
  CHECK(update("PROVISIONED") == "ResourceInUseException");
  settle(service);
  const auto shown = summary(service);
  CHECK(of(shown)["OpenShardCount"].as_integer() == 3);
  CHECK(of(shown)["StreamModeDetails"]["StreamMode"].as_text() == "ON_DEMAND");
  CHECK(update("PROVISIONED", R"(,"WarmThroughputMiBps":10)") == "ValidationException");
  CHECK(update("PROVISIONED").empty());
  settle(service);
  service.reopen();
  CHECK(update("ON_DEMAND") == "LimitExceededException");
  CHECK(update("PROVISIONED").empty());  // it is already: no switch
  service.clock.advance(base::Millis{24 * hour_ms});
  CHECK(update("ON_DEMAND").empty());
}

TEST_CASE("on-demand streams: fifty of them, or as many as the option says") {
  engine::Options options;
  options.on_demand_limit = 1;
  Service service{options};
  create_on_demand(service);
  service.create("p");
  CHECK(service
            .call("UpdateStreamMode",
                  "{" + arn_of_p + R"(,"StreamModeDetails":{"StreamMode":"ON_DEMAND"}})")
            .type == "LimitExceededException");
  const auto limits = service.call("DescribeLimits", "{}");
  CHECK(limits["ShardLimit"].as_integer() == 500);
  CHECK(limits["OpenShardCount"].as_integer() == 5);
  CHECK(limits["OnDemandStreamCount"].as_integer() == 1);
  CHECK(limits["OnDemandStreamCountLimit"].as_integer() == 1);
  CHECK(limits["ChannelCount"].as_integer() == 0);
}

TEST_CASE("account settings: on, off at the end of the first day, kept on the disk") {
  const test::TempDir dir;
  Service service{{}, dir.path()};
  const auto status = [&] {
    const auto answer = service.call("DescribeAccountSettings", "{}");
    return std::string{answer["MinimumThroughputBillingCommitment"]["Status"].as_text()};
  };
  CHECK(status() == "DISABLED");
  CHECK(service.call("UpdateAccountSettings", "{}").type == "ValidationException");
  CHECK(commit_account(service, "PERHAPS").type == "ValidationException");
  CHECK(commit_account(service, "ENABLED").status == 200);
  service.reopen();
  CHECK(status() == "ENABLED");
  service.clock.advance(base::Millis{hour_ms});
  CHECK(commit_account(service, "DISABLED").status == 200);
  CHECK(status() == "ENABLED_UNTIL_EARLIEST_ALLOWED_END");
  service.reopen();
  service.clock.advance(base::Millis{23 * hour_ms - 1});
  CHECK(status() == "ENABLED_UNTIL_EARLIEST_ALLOWED_END");
  service.clock.advance(base::Millis{1});
  CHECK(status() == "DISABLED");
  const auto over = service.call("DescribeAccountSettings", "{}");
  CHECK_FALSE(over["MinimumThroughputBillingCommitment"]["EndedAt"].is_null());
  CHECK(commit_account(service, "ENABLED").status == 200);
  service.clock.advance(base::Millis{25 * hour_ms});
  CHECK(commit_account(service, "DISABLED").status == 200);  // the first day is over: at once
  CHECK(status() == "DISABLED");
}

TEST_CASE("warm throughput: for committed accounts, opens the shards, keeps the commitment") {
  const test::TempDir dir;
  Service service{{}, dir.path()};
  create_on_demand(service);
  const auto update = [&](int mibps) {
    return service.call(
        "UpdateStreamWarmThroughput",
        R"({"StreamName":"s","WarmThroughputMiBps":)" + std::to_string(mibps) + "}");
  };
  CHECK(update(20).type == "ValidationException");
  auto shown = summary(service);
  CHECK(of(shown)["WarmThroughput"].is_null());
  CHECK(commit_account(service, "ENABLED").status == 200);
  CHECK(update(-1).type == "ValidationException");
  CHECK(update(10'241).type == "LimitExceededException");
  CHECK(update(501).type == "LimitExceededException");  // the account's shards
  const auto answer = update(20);
  CHECK(answer["WarmThroughput"]["TargetMiBps"].as_integer() == 20);
  CHECK(answer["WarmThroughput"]["CurrentMiBps"].as_integer() == 4);
  CHECK(update(20).type == "ResourceInUseException");
  settle(service);
  service.reopen();
  shown = summary(service);
  CHECK(of(shown)["OpenShardCount"].as_integer() == 20);
  CHECK(of(shown)["WarmThroughput"]["CurrentMiBps"].as_integer() == 20);
  CHECK(commit_account(service, "DISABLED").type == "ValidationException");
  CHECK(update(0).status == 200);
  CHECK(commit_account(service, "DISABLED").status == 200);
  service.create("p");
  CHECK(service.call("UpdateStreamWarmThroughput", R"({"StreamName":"p","WarmThroughputMiBps":1})")
            .message ==
        "Request is invalid. Stream p under account 000000000000 is in Provisioned mode.");
}

TEST_CASE("CreateStream: warm from the beginning, and at most five at a time") {
  Service service;
  CHECK(commit_account(service, "ENABLED").status == 200);
  create_on_demand(service, R"(,"WarmThroughputMiBps":7)");
  const auto shown = summary(service);
  CHECK(of(shown)["OpenShardCount"].as_integer() == 7);
  CHECK(of(shown)["WarmThroughput"]["TargetMiBps"].as_integer() == 7);
  const auto create = [&](const std::string& name, const std::string& more = "") {
    return service
        .call("CreateStream", R"({"StreamName":")" + name + R"(","ShardCount":1)" + more + "}")
        .type;
  };
  CHECK(create("p", R"(,"WarmThroughputMiBps":7)") == "ValidationException");
  for (const auto* name : {"a", "b", "c", "d", "e"}) CHECK(create(name).empty());
  CHECK(create("f") == "LimitExceededException");
  settle(service);
  CHECK(create("f").empty());
}

TEST_CASE("AUTO distribution: records go round, keys are optional and come back when given") {
  Service service;
  create_on_demand(service);
  const auto put = [&](const std::string& more) {
    return service.call("PutRecord", R"({"StreamName":"s","Data":"eA==")" + more + "}");
  };
  const auto update = [&](const std::string& strategy) {
    return service
        .call("UpdateStreamRecordDistributionStrategy",
              "{" + arn + R"(,"RecordDistributionStrategy":")" + strategy + "\"}")
        .status;
  };
  CHECK(put("").message ==
        "1 validation error detected: Value null at 'partitionKey' failed to satisfy constraint: "
        "Member must not be null");
  CHECK(update("AUTO") == 200);  // at once: the stream stays ACTIVE
  const auto shown = summary(service);
  CHECK(of(shown)["StreamStatus"].as_text() == "ACTIVE");
  CHECK(of(shown)["RecordDistributionStrategy"].as_text() == "AUTO");
  std::multiset<std::string> shards;
  for (int i = 0; i < 8; ++i) {
    const auto answer = put(R"(,"PartitionKey":"same","ExplicitHashKey":"0")");
    shards.insert(std::string{answer["ShardId"].as_text()});
  }
  for (int i = 0; i < 4; ++i) {
    CHECK(shards.count("shardId-00000000000" + std::to_string(i)) == 2);
  }
  CHECK(put("").status == 200);
  const auto page = read_first_shard(service);
  REQUIRE(page["Records"].as_list().size() == 3);
  CHECK(page["Records"].as_list()[0]["PartitionKey"].as_text() == "same");
  CHECK(page["Records"].as_list()[2]["PartitionKey"].is_null());
  CHECK(service
            .call("UpdateStreamMode",
                  "{" + arn + R"(,"StreamModeDetails":{"StreamMode":"PROVISIONED"}})")
            .type == "InvalidArgumentException");
  CHECK(update("USER_PARTITION_KEY") == 200);
  CHECK(put("").type == "ValidationException");
  service.create("p");
  CHECK(service
            .call("UpdateStreamRecordDistributionStrategy",
                  "{" + arn_of_p + R"(,"RecordDistributionStrategy":"AUTO"})")
            .type == "InvalidArgumentException");
}
