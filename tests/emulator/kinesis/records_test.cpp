// PutRecord, PutRecords, GetShardIterator, GetRecords.
#include <doctest/doctest.h>

#include "tests/support/service.hpp"

using namespace millrace;
using test::Service;

namespace {

std::string put(Service& service, const std::string& data, const std::string& key = "k") {
  const auto answer = service.call(
      "PutRecord", R"({"StreamName":"s","PartitionKey":")" + key + R"(","Data":")" + data + "\"}");
  REQUIRE_MESSAGE(answer.status == 200, answer.body);
  return std::string{answer["SequenceNumber"].as_text()};
}

std::string iterator(Service& service, const std::string& rest) {
  const auto answer = service.call(
      "GetShardIterator", R"({"StreamName":"s","ShardId":"shardId-000000000000",)" + rest + "}");
  REQUIRE_MESSAGE(answer.status == 200, answer.body);
  return std::string{answer["ShardIterator"].as_text()};
}

test::Answer get(Service& service, const std::string& from, const std::string& rest = "") {
  return service.call("GetRecords", R"({"ShardIterator":")" + from + "\"" + rest + "}");
}

// The data of the records, still in base64.
std::string data_of(const test::Answer& answer) {
  std::string all;
  for (const auto& record : answer["Records"].as_list()) all += record["Data"].as_text();
  return all;
}

test::Answer iterator_error(Service& service, const std::string& rest) {
  return service.call("GetShardIterator", R"({"StreamName":"s",)" + rest + "}");
}

}  // namespace

TEST_CASE("PutRecord: wrong types and constraints") {
  Service service;
  service.create("s");
  auto answer =
      service.call("PutRecord", R"({"StreamName":"s","PartitionKey":"a","Data":"23456"})");
  CHECK(answer.type == "SerializationException");
  CHECK(answer.message ==
        "'23456' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 "
        "bytes "
        "but found: 5");
  const std::pair<std::string, std::string> cases[] = {
      {R"({"StreamName":"s","PartitionKey":"a"})",
       "1 validation error detected: Value null at 'data' failed to satisfy constraint: Member "
       "must not "
       "be null"},
      {R"({"StreamName":"s","Data":""})",
       "1 validation error detected: Value null at 'partitionKey' failed to satisfy constraint: "
       "Member "
       "must not be null"},
      {R"({"StreamName":"s","Data":"","PartitionKey":""})",
       "1 validation error detected: Value '' at 'partitionKey' failed to satisfy constraint: "
       "Member must "
       "have length greater than or equal to 1"},
      {R"({"StreamName":"s","Data":"","PartitionKey":")" + std::string(257, 'k') + "\"}",
       "1 validation error detected: Value '" + std::string(257, 'k') +
           "' at 'partitionKey' failed to satisfy constraint: Member must have length less than or "
           "equal "
           "to 256"},
      {R"({"StreamName":"s","Data":"","PartitionKey":"a","ExplicitHashKey":"01"})",
       "1 validation error detected: Value '01' at 'explicitHashKey' failed to satisfy constraint: "
       "Member "
       "must satisfy regular expression pattern: 0|([1-9]\\d{0,38})"}};
  for (const auto& [body, message] : cases) {
    CAPTURE(body);
    answer = service.call("PutRecord", body);
    CHECK(answer.type == "ValidationException");
    CHECK(answer.message == message);
  }
}

TEST_CASE("PutRecord: a record is as large as the stream allows, key included") {
  Service service;
  service.create("s");
  const std::string fits((1 << 20) / 3 * 4, 'A');  // 1,048,575 bytes; the key is the last one
  CHECK(service.call("PutRecord", R"({"StreamName":"s","PartitionKey":"k","Data":")" + fits + "\"}")
            .status == 200);
  const auto answer =
      service.call("PutRecord", R"({"StreamName":"s","PartitionKey":"kk","Data":")" + fits + "\"}");
  CHECK(answer.type == "ValidationException");
  CHECK(
      answer.message ==
      "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=1048575 cap=1048575]' "
      "at "
      "'data' failed to satisfy constraint: Member must have length less than or equal to 1048576");
}

TEST_CASE("PutRecord: keys are routed by MD5, an explicit hash key goes before") {
  Service service;
  service.create("s", 4);
  const auto shard = [&](const std::string& rest) {
    const auto answer = service.call("PutRecord", R"({"StreamName":"s","Data":"",)" + rest + "}");
    return answer.status == 200 ? std::string{answer["ShardId"].as_text()} : answer.message;
  };
  // md5("a") = 0cc1..., md5("b") = 92eb..., md5("c") = 4a8a..., md5("partitionkey") = 3b57...
  CHECK(shard(R"("PartitionKey":"a")") == "shardId-000000000000");
  CHECK(shard(R"("PartitionKey":"b")") == "shardId-000000000002");
  CHECK(shard(R"("PartitionKey":"c")") == "shardId-000000000001");
  CHECK(
      shard(R"("PartitionKey":"a","ExplicitHashKey":"340282366920938463463374607431768211455")") ==
      "shardId-000000000003");
  CHECK(
      shard(R"("PartitionKey":"a","ExplicitHashKey":"340282366920938463463374607431768211456")") ==
      "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified "
      "value was "
      "340282366920938463463374607431768211456");
}

TEST_CASE("PutRecord: SequenceNumberForOrdering must be a number of the past") {
  Service service;
  service.create("s");
  const auto first = put(service, "");
  const auto with = [&](const std::string& number) {
    return service.call(
        "PutRecord",
        R"({"StreamName":"s","PartitionKey":"k","Data":"","SequenceNumberForOrdering":")" + number +
            "\"}");
  };
  const auto second = with(first);
  CHECK(second.status == 200);
  CHECK(second["SequenceNumber"].as_text() > first);
  const auto refused = with("1000000000000000000000000000000000000000000000000");
  CHECK(refused.type == "InvalidArgumentException");
  CHECK(refused.message ==
        "ExclusiveMinimumSequenceNumber 1000000000000000000000000000000000000000000000000 used in "
        "PutRecord on stream s under account 000000000000 is invalid.");
}

TEST_CASE("PutRecords: results come in the order of the request, one bad entry refuses all") {
  Service service;
  service.create("s", 4);
  auto answer = service.call(
      "PutRecords",
      R"({"StreamName":"s","Records":[{"PartitionKey":"b","Data":"YQ=="},{"PartitionKey":"a","Data":"Yg=="},
         {"PartitionKey":"b","Data":"Yw=="}]})");
  CHECK(answer["FailedRecordCount"].as_integer() == 0);
  const auto results = answer["Records"].as_list();
  REQUIRE(results.size() == 3);
  CHECK(results[0]["ShardId"].as_text() == "shardId-000000000002");
  CHECK(results[1]["ShardId"].as_text() == "shardId-000000000000");
  CHECK(results[0]["SequenceNumber"].as_text() < results[2]["SequenceNumber"].as_text());
  answer = service.call(
      "PutRecords",
      R"({"StreamName":"s","Records":[{"PartitionKey":"a","Data":"YQ=="},{"Data":""}]})");
  CHECK(answer.message ==
        "1 validation error detected: Value null at 'records.2.member.partitionKey' failed to "
        "satisfy "
        "constraint: Member must not be null");
  answer = service.call("PutRecords", R"({"StreamName":"s","Records":[]})");
  CHECK(answer.message ==
        "1 validation error detected: Value '[]' at 'records' failed to satisfy constraint: Member "
        "must "
        "have length greater than or equal to 1");
  std::string many;
  for (int i = 0; i < 501; ++i) many += R"(,{"PartitionKey":"a","Data":""})";
  answer = service.call("PutRecords", R"({"StreamName":"s","Records":[)" + many.substr(1) + "]}");
  CHECK(
      answer.message.starts_with("1 validation error detected: Value "
                                 "'[com.amazonaws.kinesis.v20131202.PutRecordsRequestEntry@"));
  CHECK(answer.message.ends_with("Member must have length less than or equal to 500"));
  // Nothing of the refused calls was kept.
  CHECK(get(service, iterator(service, R"("ShardIteratorType":"TRIM_HORIZON")"))["Records"]
            .as_list()
            .size() == 1);
}

TEST_CASE("PutRecords: ten MiB a call") {
  Service service;
  service.create("s");
  std::string records;
  const std::string large(1'398'100, 'A');  // 1,048,575 bytes
  for (int i = 0; i < 10; ++i) records += R"(,{"PartitionKey":"k","Data":")" + large + "\"}";
  const auto call = [&](const std::string& list) {
    return service.call("PutRecords", R"({"StreamName":"s","Records":[)" + list.substr(1) + "]}");
  };
  CHECK(call(records).status == 200);
  const auto answer = call(records + R"(,{"PartitionKey":"k","Data":""})");
  CHECK(answer.type == "InvalidArgumentException");
  CHECK(answer.message == "Records size exceeds 10 MB limit");
}

TEST_CASE("GetShardIterator: the five types") {
  Service service;
  service.create("s");
  const auto first = put(service, "MQ==");
  service.clock.advance(base::Millis{1500});
  const auto second = put(service, "Mg==");
  const auto second_time = base::to_epoch_ms(service.clock.now());
  service.clock.advance(base::Millis{1500});
  const auto latest = iterator(service, R"("ShardIteratorType":"LATEST")");
  put(service, "Mw==");
  const auto read = [&](const std::string& rest) {
    return data_of(get(service, iterator(service, rest)));
  };
  CHECK(read(R"("ShardIteratorType":"TRIM_HORIZON")") == "MQ==Mg==Mw==");
  CHECK(read(R"("ShardIteratorType":"AT_SEQUENCE_NUMBER","StartingSequenceNumber":")" + second +
             "\"") == "Mg==Mw==");
  CHECK(read(R"("ShardIteratorType":"AFTER_SEQUENCE_NUMBER","StartingSequenceNumber":")" + first +
             "\"") == "Mg==Mw==");
  CHECK(data_of(get(service, latest)) == "Mw==");
  const auto at = [&](std::int64_t ms) {
    return read(R"("ShardIteratorType":"AT_TIMESTAMP","Timestamp":)" + std::to_string(ms / 1000) +
                "." + std::to_string(1000 + ms % 1000).substr(1));
  };
  CHECK(at(second_time) == "Mg==Mw==");
  CHECK(at(second_time + 1) == "Mw==");
  CHECK(at(0) == "MQ==Mg==Mw==");
}

TEST_CASE("GetShardIterator: what is refused, in AWS's words") {
  Service service;
  service.create("s", 2);
  const auto number = put(service, "");
  const std::string zero = R"("ShardId":"shardId-000000000000",)";
  const std::pair<std::string, std::string> cases[] = {
      {zero + R"("ShardIteratorType":"AT_SEQUENCE_NUMBER")",
       "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and "
       "StartingSequenceNumber or "
       "(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified "
       "AT_SEQUENCE_NUMBER and "
       "no StartingSequenceNumber."},
      {zero + R"("ShardIteratorType":"LATEST","StartingSequenceNumber":"5")",
       "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and "
       "StartingSequenceNumber or "
       "(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified LATEST and "
       "also a "
       "StartingSequenceNumber."},
      {zero + R"("ShardIteratorType":"AT_TIMESTAMP")",
       "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current "
       "request has no "
       "timestamp parameter."},
      {zero + R"("ShardIteratorType":"AT_TIMESTAMP","Timestamp":99999999999)",
       "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. "
       "timestampInMillis: 99999999999000, currentTimestampInMillis: 1700000000500"},
      {zero + R"("ShardIteratorType":"AT_SEQUENCE_NUMBER","StartingSequenceNumber":"5")",
       "Invalid StartingSequenceNumber. It encodes shardId-000000000005, while it was used in a "
       "call to a "
       "shard with shardId-000000000000"},
      {zero + R"("ShardIteratorType":"AT_SEQUENCE_NUMBER","StartingSequenceNumber":)"
              R"("49594189147623985939251953501666965394405037144469929986")",
       "StartingSequenceNumber 49594189147623985939251953501666965394405037144469929986 used in "
       "GetShardIterator on shard shardId-000000000000 in stream s under account 000000000000 is "
       "invalid "
       "because it did not come from this stream."},
      {zero + R"("ShardIteratorType":"AT_SEQUENCE_NUMBER","StartingSequenceNumber":)"
              R"("1000000000000000000000000000000000000000000000000")",
       "StartingSequenceNumber 1000000000000000000000000000000000000000000000000 used in "
       "GetShardIterator "
       "on shard shardId-000000000000 in stream s under account 000000000000 is invalid."}};
  for (const auto& [rest, message] : cases) {
    CAPTURE(rest);
    const auto answer = iterator_error(service, rest);
    CHECK(answer.type == "InvalidArgumentException");
    CHECK(answer.message == message);
  }
  auto answer =
      iterator_error(service, R"("ShardId":"shardId-000000000005","ShardIteratorType":"LATEST")");
  CHECK(answer.type == "ResourceNotFoundException");
  CHECK(answer.message ==
        "Shard shardId-000000000005 in stream s under account 000000000000 does not exist");
  answer = iterator_error(service, R"("ShardId":"nonsense","ShardIteratorType":"LATEST")");
  CHECK(answer.message == "Could not find shard nonsense in stream s under account 000000000000.");
  answer = iterator_error(service, zero + R"("ShardIteratorType":"NOW")");
  CHECK(answer.message ==
        "1 validation error detected: Value 'NOW' at 'shardIteratorType' failed to satisfy "
        "constraint: "
        "Member must satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, "
        "AT_SEQUENCE_NUMBER, TRIM_HORIZON]");
  // AWS is lenient about how a shard is written.
  for (const char* id : {"shardId-0", "0", "x-1", "00001"}) {
    CHECK(iterator_error(service,
                         R"("ShardId":")" + std::string{id} + R"(","ShardIteratorType":"LATEST")")
              .status == 200);
  }
}

TEST_CASE("GetRecords: pages, the same iterator again, and millis behind latest") {
  Service service;
  service.create("s");
  for (const char* data : {"MQ==", "Mg==", "Mw=="}) put(service, data);
  service.clock.advance(base::Millis{2000});
  const auto begin = iterator(service, R"("ShardIteratorType":"TRIM_HORIZON")");
  auto page = get(service, begin, R"(,"Limit":2)");
  CHECK(data_of(page) == "MQ==Mg==");
  CHECK(page["MillisBehindLatest"].as_integer() == 2000);
  CHECK(page["ChildShards"].is_null());
  CHECK(data_of(get(service, begin, R"(,"Limit":2)")) == "MQ==Mg==");
  const std::string next{page["NextShardIterator"].as_text()};
  CHECK(next != begin);
  page = get(service, next);
  CHECK(data_of(page) == "Mw==");
  CHECK(page["MillisBehindLatest"].as_integer() == 0);
  page = get(service, std::string{page["NextShardIterator"].as_text()});
  CHECK(page["Records"].as_list().empty());
  CHECK_FALSE(page["NextShardIterator"].is_null());
  const auto all = get(service, begin);
  const auto& record = all["Records"].as_list()[0];
  CHECK(record["PartitionKey"].as_text() == "k");
  CHECK(record["EncryptionType"].is_null());
  CHECK(record["ApproximateArrivalTimestamp"].as_real() == 1700000000.5);
}

TEST_CASE("GetRecords: bad, quoted, expired iterators, and those of a stream made anew") {
  Service service;
  service.create("s");
  const auto begin = iterator(service, R"("ShardIteratorType":"TRIM_HORIZON")");
  auto answer = get(service, "nonsense");
  CHECK(answer.type == "InvalidArgumentException");
  CHECK(answer.message == "Invalid ShardIterator.");
  CHECK(get(service, "\\\"" + begin + "\\\"").status == 200);
  CHECK(get(service, begin, R"(,"Limit":10001)").type == "ValidationException");
  service.clock.advance(base::Millis{300'000});
  CHECK(get(service, begin).status == 200);
  service.clock.advance(base::Millis{1000});
  answer = get(service, begin);
  CHECK(answer.type == "ExpiredIteratorException");
  CHECK(answer.message ==
        "Iterator expired. The iterator was created at time Tue Nov 14 22:13:20 UTC 2023 while "
        "right now "
        "it is Tue Nov 14 22:18:21 UTC 2023 which is further in the future than the tolerated "
        "delay of "
        "300000 milliseconds.");
  const auto again = iterator(service, R"("ShardIteratorType":"TRIM_HORIZON")");
  service.call("DeleteStream", R"({"StreamName":"s"})");
  service.clock.advance(base::Millis{500});
  service.create("s");
  answer = get(service, again);
  CHECK(answer.type == "ResourceNotFoundException");
  CHECK(answer.message ==
        "Shard shardId-000000000000 in stream s under account 000000000000 does not exist");
}

TEST_CASE("DryRun: a call that would succeed says so and changes nothing") {
  Service service;
  service.create("s");
  const auto horizon = iterator(service, R"("ShardIteratorType":"TRIM_HORIZON")");
  for (const auto& [operation, body] :
       {std::pair<const char*, std::string>{
            "PutRecord", R"({"StreamName":"s","PartitionKey":"a","Data":"","DryRun":true})"},
        {"PutRecords",
         R"({"StreamName":"s","Records":[{"PartitionKey":"a","Data":""}],"DryRun":true})"},
        {"GetShardIterator",
         R"({"StreamName":"s","ShardId":"0","ShardIteratorType":"LATEST","DryRun":true})"},
        {"GetRecords", R"({"ShardIterator":")" + horizon + R"(","DryRun":true})"}}) {
    CAPTURE(operation);
    CHECK(service.call(operation, body).type == "DryRunOperationException");
  }
  CHECK(
      service.call("PutRecord", R"({"StreamName":"x","PartitionKey":"a","Data":"","DryRun":true})")
          .type == "ResourceNotFoundException");
  CHECK(get(service, horizon)["Records"].as_list().empty());
}
