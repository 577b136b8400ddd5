// CreateQueue, DescribeQueue, ListQueues, UpdateQueue, DeleteQueue: types, constraints, behaviour;
// and what queues mean to the stream's own operations.
#include <doctest/doctest.h>

#include "tests/support/queue.hpp"
#include "tests/support/temp_dir.hpp"

using namespace millrace;
using test::Answer;
using test::QueueFixture;
using test::Service;

namespace {

const std::string arn_prefix = "arn:aws:kinesis:us-east-1:000000000000:queue/";

std::string text(const wire::Value& value) {
  return std::string{value.as_text()};
}

std::string status_of(QueueFixture& at, const std::string& arn) {
  const auto answer = at.about("DescribeQueue", arn);
  if (answer.status != 200) return answer.type;
  return text(answer["QueueDescription"]["QueueStatus"]);
}

// Names in a listing's order, with a space behind each.
std::string names(const Answer& answer) {
  std::string all;
  for (const auto& one : answer["QueueSummaries"].as_list()) all += text(one["QueueName"]) + " ";
  return all;
}

}  // namespace

TEST_CASE("queues: wrong types") {
  Service service;
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"CreateQueue", R"({"QueueName":true})",
       "class java.lang.Boolean can not be converted to an String"},
      {"CreateQueue", R"({"StreamConfigurationList":{}})",
       "Start of structure or map found where not expected."},
      {"CreateQueue", R"({"StreamConfigurationList":["s"]})", "Expected null"},
      {"CreateQueue", R"({"QueueAttributes":[]})", "Start of list found where not expected"},
      {"UpdateQueue", R"({"QueueAttributes":{"VisibilityTimeoutSeconds":"1"}})",
       "class java.lang.String can not be converted to an Integer"},
      {"ListQueues", R"({"StreamFilter":"s"})", "Expected list or null"},
      {"ReceiveQueueRecords", R"({"Limit":"1"})",
       "class java.lang.String can not be converted to an Integer"},
      {"AcknowledgeQueueRecords", R"({"Entries":[{"ReceiptHandle":1}]})",
       "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an "
       "String"}};
  for (const auto& [operation, body, message] : cases) {
    CAPTURE(body);
    const auto answer = service.call(operation, body);
    CHECK(answer.type == "SerializationException");
    CHECK(answer.message == message);
  }
}

TEST_CASE("queues: constraints") {
  Service service;
  const std::string head = "1 validation error detected: Value ";
  const std::string must = " failed to satisfy constraint: Member must ";
  const std::string arn = R"("QueueARN":")" + arn_prefix + "q\"";
  const std::string create =
      R"({"QueueName":"q","StreamConfigurationList":[{"StreamARN":")" + QueueFixture::stream_arn;
  const std::tuple<const char*, std::string, std::string> cases[] = {
      {"CreateQueue", "{}",
       "2 validation errors detected: Value null at 'queueName'" + must +
           "not be null; Value null at 'streamConfigurationList'" + must + "not be null"},
      {"CreateQueue", R"({"QueueName":"q","StreamConfigurationList":[{}]})",
       head + "null at 'streamConfigurationList.1.member.streamARN'" + must + "not be null"},
      {"CreateQueue", create + R"(","StartingPosition":{"Type":"NOW"}}]})",
       head + "'NOW' at 'streamConfigurationList.1.member.startingPosition.type'" + must +
           "satisfy enum value set: [TRIM_HORIZON, LATEST, AT_TIMESTAMP]"},
      {"CreateQueue",
       create + R"("}],"QueueAttributes":{"DeadLetterConfiguration":{"TargetType":"BUILT_IN",)" +
           R"("MaxReceiveCount":1001}}})",
       head + "'1001' at 'queueAttributes.deadLetterConfiguration.maxReceiveCount'" + must +
           "have value less than or equal to 1000"},
      {"DescribeQueue", R"({"QueueARN":"x"})",
       head + "'x' at 'queueARN'" + must +
           "satisfy regular expression pattern: arn:aws.*:kinesis:.*:\\d{12}:queue/\\S+"},
      {"UpdateQueue", "{" + arn + "}", head + "null at 'queueAttributes'" + must + "not be null"},
      {"UpdateQueue", "{" + arn + R"(,"QueueAttributes":{"VisibilityTimeoutSeconds":43201}})",
       head + "'43201' at 'queueAttributes.visibilityTimeoutSeconds'" + must +
           "have value less than or equal to 43200"},
      {"ListQueues", R"({"MaxResults":0})",
       head + "'0' at 'maxResults'" + must + "have value greater than or equal to 1"},
      {"ReceiveQueueRecords", "{" + arn + R"(,"Limit":11})",
       head + "'11' at 'limit'" + must + "have value less than or equal to 10"},
      {"ReceiveDeadLetterQueueRecords", "{" + arn + R"(,"WaitTimeSeconds":21})",
       head + "'21' at 'waitTimeSeconds'" + must + "have value less than or equal to 20"},
      {"AcknowledgeQueueRecords", "{" + arn + R"(,"Entries":[]})",
       head + "'[]' at 'entries'" + must + "have length greater than or equal to 1"},
      {"UpdateQueueRecordsVisibility", "{" + arn + R"(,"Entries":[{"ReceiptHandle":"h"}]})",
       head + "null at 'entries.1.member.visibilityTimeoutSeconds'" + must + "not be null"},
      {"RestoreDeadLetterQueueRecords", "{" + arn + R"(,"Entries":[{"ReceiptHandle":""}]})",
       head + "'' at 'entries.1.member.receiptHandle'" + must +
           "have length greater than or equal to 1"}};
  for (const auto& [operation, body, message] : cases) {
    CAPTURE(body);
    const auto answer = service.call(operation, body);
    CHECK(answer.type == "ValidationException");
    CHECK(answer.message == message);
  }
}

TEST_CASE("a queue has defaults, and goes through CREATING, ACTIVE and DELETING") {
  QueueFixture at;
  const auto made = at.create_answer("q", "", R"(,"Tags":{"team":"a"})");
  REQUIRE(made.status == 200);
  const auto& shape = made["QueueDescription"];
  const auto arn = text(shape["QueueARN"]);
  CHECK(arn.starts_with(arn_prefix));
  CHECK(arn.size() == arn_prefix.size() + 17);  // an id that is not the name
  CHECK(text(shape["QueueName"]) == "q");
  CHECK(text(shape["QueueStatus"]) == "CREATING");
  const auto created_s = base::to_epoch_ms(at.service.clock.now()) / 1000;
  CHECK(shape["QueueCreationTimestamp"].as_real() == static_cast<double>(created_s));
  const auto& streams = shape["StreamConfigurationList"].as_list();
  REQUIRE(streams.size() == 1);
  CHECK(text(streams[0]["StreamARN"]) == QueueFixture::stream_arn);
  CHECK(text(streams[0]["StartingPosition"]["Type"]) == "LATEST");
  CHECK(streams[0]["StartingPosition"]["Timestamp"].is_null());
  const auto& attributes = shape["QueueAttributes"];
  CHECK(attributes["VisibilityTimeoutSeconds"].as_integer() == 30);
  CHECK(text(attributes["DeadLetterConfiguration"]["TargetType"]) == "BUILT_IN");
  CHECK(attributes["DeadLetterConfiguration"]["MaxReceiveCount"].as_integer() == 6);
  const auto tags = at.service.call("ListTagsForResource", R"({"ResourceARN":")" + arn + "\"}");
  CHECK(text(tags["Tags"].as_list()[0]["Value"]) == "a");

  const auto early = at.about("ReceiveQueueRecords", arn);
  CHECK(early.type == "ResourceNotFoundException");
  CHECK(early.message ==
        "Queue q under account 000000000000 not ACTIVE, instead in state CREATING");
  at.wait_ms(500);
  CHECK(status_of(at, arn) == "ACTIVE");

  const auto gone = at.about("DeleteQueue", arn);
  CHECK(gone.status == 200);
  CHECK(gone.body.empty());
  CHECK(status_of(at, arn) == "DELETING");
  CHECK(at.about("ReceiveQueueRecords", arn).type == "ResourceNotFoundException");
  CHECK(at.about("DeleteQueue", arn).status == 200);
  at.wait_ms(500);
  const auto answer = at.about("DescribeQueue", arn);
  CHECK(answer.type == "ResourceNotFoundException");
  CHECK(answer.message ==
        "Queue " + arn.substr(arn_prefix.size()) + " under account 000000000000 not found.");
}

TEST_CASE("the starting position shows its time at once for AT_TIMESTAMP, else from ACTIVE on") {
  QueueFixture at;
  at.wait_ms(10'000);
  const auto now_s = [&] { return base::to_epoch_ms(at.service.clock.now()) / 1000; };
  const auto shown = [&](const std::string& arn) {
    const auto answer = at.about("DescribeQueue", arn);
    const auto& start =
        answer["QueueDescription"]["StreamConfigurationList"].as_list()[0]["StartingPosition"];
    return start["Timestamp"].is_null() ? -1
                                        : static_cast<std::int64_t>(start["Timestamp"].as_real());
  };
  const auto asked = now_s();
  const auto latest = text(at.create_answer("l", "LATEST")["QueueDescription"]["QueueARN"]);
  const auto oldest = text(at.create_answer("t")["QueueDescription"]["QueueARN"]);
  const auto early_s = now_s() - 100'000;  // before the stream was there
  const auto early = text(at.service.call(
      "CreateQueue", R"({"QueueName":"e","StreamConfigurationList":[{"StreamARN":")" +
                         QueueFixture::stream_arn +
                         R"(","StartingPosition":{"Type":"AT_TIMESTAMP","Timestamp":)" +
                         std::to_string(early_s) + "}}]}")["QueueDescription"]["QueueARN"]);
  CHECK(shown(latest) == -1);
  CHECK(shown(oldest) == -1);
  CHECK(shown(early) == early_s);
  at.wait_ms(500);
  CHECK(shown(latest) == asked);
  const auto born = at.service.call("DescribeStreamSummary", R"({"StreamName":"s"})");
  const auto born_s = static_cast<std::int64_t>(
      born["StreamDescriptionSummary"]["StreamCreationTimestamp"].as_real());
  CHECK(shown(oldest) == born_s);
  CHECK(shown(early) == born_s);
}

TEST_CASE("what CreateQueue refuses") {
  QueueFixture at;
  at.service.create("p");
  const auto refused = [&](const std::string& streams, const std::string& more,
                           const std::string& type, const std::string& message) {
    CAPTURE(streams);
    const auto answer =
        at.service.call("CreateQueue", R"({"QueueName":"q","StreamConfigurationList":[)" + streams +
                                           "]" + more + "}");
    CHECK(answer.type == type);
    CHECK(answer.message == message);
  };
  const auto stream = R"({"StreamARN":")" + QueueFixture::stream_arn + "\"";
  const auto one = stream + "}";
  refused(one + "," + one, "", "InvalidArgumentException",
          "StreamConfigurationList must have exactly one stream. It has 2.");
  refused(stream + R"(,"StartingPosition":{"Type":"AT_TIMESTAMP"}})", "", "ValidationException",
          "Timestamp is required when the Type of StartingPosition is AT_TIMESTAMP.");
  refused(stream + R"(,"StartingPosition":{"Type":"LATEST","Timestamp":1}})", "",
          "ValidationException",
          "Timestamp can only be specified when the Type of StartingPosition is AT_TIMESTAMP. Type "
          "was LATEST.");
  refused(one, R"(,"QueueAttributes":{"DeadLetterConfiguration":{"TargetType":"BUILT_IN"}})",
          "ValidationException",
          "MaxReceiveCount is required when the TargetType of DeadLetterConfiguration is "
          "BUILT_IN.");
  refused(R"({"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/p"})", "",
          "ValidationException",
          "Request is invalid. Stream p under account 000000000000 is in Provisioned mode.");
  refused(R"({"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/no"})", "",
          "ResourceNotFoundException", "Stream no under account 000000000000 not found.");
  at.create("q");
  refused(one, "", "ResourceInUseException", "Queue q under account 000000000000 already exists.");
}

TEST_CASE("five queues may be CREATING or DELETING, and 20 readers share a stream") {
  QueueFixture at;
  std::vector<std::string> arns;
  for (int i = 0; i < 5; ++i) {
    arns.push_back(text(at.create_answer("c" + std::to_string(i))["QueueDescription"]["QueueARN"]));
  }
  const std::string too_many =
      "This request would exceed the limit on queues that can simultaneously be in CREATING or "
      "DELETING for the account 000000000000. Limit: 5.";
  auto answer = at.create_answer("c5");
  CHECK(answer.type == "LimitExceededException");
  CHECK(answer.message == too_many);
  CHECK(at.about("DeleteQueue", arns[0]).status == 200);  // counts already
  at.wait_ms(500);
  arns.push_back(at.create("c5"));
  for (int i = 1; i <= 5; ++i) CHECK(at.about("DeleteQueue", arns[i]).status == 200);
  CHECK(at.create_answer("d").message == too_many);
  at.wait_ms(500);
  for (int i = 0; i < 19; ++i) at.create("r" + std::to_string(i));
  const auto consumer =
      at.service.call("RegisterStreamConsumer",
                      R"({"StreamARN":")" + QueueFixture::stream_arn + R"(","ConsumerName":"c"})");
  CHECK(consumer.status == 200);
  answer = at.create_answer("r19");
  CHECK(answer.type == "LimitExceededException");
  CHECK(answer.message ==
        "This request would exceed the limit on consumers and queues for stream s under account "
        "000000000000. Limit: 20.");
  const auto summary = at.service.call("DescribeStreamSummary", R"({"StreamName":"s"})");
  CHECK(summary["StreamDescriptionSummary"]["QueueCount"].as_integer() == 19);
  CHECK(summary["StreamDescriptionSummary"]["ConsumerCount"].as_integer() == 1);
}

TEST_CASE("ListQueues gives pages in the order of names, of all streams or of some") {
  QueueFixture at;
  at.service.call("CreateStream",
                  R"({"StreamName":"t","StreamModeDetails":{"StreamMode":"ON_DEMAND"}})");
  at.wait_ms(500);
  for (const char* name : {"b", "d", "a"}) at.create(name);
  at.service.call("CreateQueue", R"({"QueueName":"c","StreamConfigurationList":[{"StreamARN":)"
                                 R"("arn:aws:kinesis:us-east-1:000000000000:stream/t"}]})");
  CHECK(names(at.service.call("ListQueues", "{}")) == "a b c d ");
  const auto first = at.service.call("ListQueues", R"({"MaxResults":3})");
  CHECK(names(first) == "a b c ");
  const auto token = text(first["NextToken"]);
  const auto second = at.service.call("ListQueues", R"({"NextToken":")" + token + "\"}");
  CHECK(names(second) == "d ");
  CHECK(second["NextToken"].is_null());
  const auto& streams = first["QueueSummaries"].as_list()[2]["Streams"].as_list();
  REQUIRE(streams.size() == 1);
  CHECK(text(streams[0]["StreamARN"]).ends_with("stream/t"));
  const auto created = streams[0]["StreamCreationTimestamp"].as_real();

  const auto filter = R"("StreamFilter":[{"StreamARN":")" + text(streams[0]["StreamARN"]) + "\"";
  CHECK(names(at.service.call("ListQueues", "{" + filter + "}]}")) == "c ");
  const auto at_time = [&](double time) {
    return names(at.service.call("ListQueues", "{" + filter + R"(,"StreamCreationTimestamp":)" +
                                                   std::to_string(time) + "}]}"));
  };
  CHECK(at_time(created) == "c ");
  CHECK(at_time(created - 1).empty());
  // A token goes with the filter it was made for.
  const auto mixed =
      at.service.call("ListQueues", "{" + filter + R"(}],"NextToken":")" + token + "\"}");
  CHECK(mixed.type == "InvalidArgumentException");
  at.wait_ms(300'001);
  CHECK(at.service.call("ListQueues", R"({"NextToken":")" + token + "\"}").type ==
        "ExpiredNextTokenException");
}

TEST_CASE("UpdateQueue changes what is given, and only of a queue that is ACTIVE") {
  QueueFixture at;
  const auto arn = at.create();
  const auto update = [&](const std::string& attributes) {
    return at.about("UpdateQueue", arn, R"(,"QueueAttributes":)" + attributes);
  };
  auto answer = update(R"({"VisibilityTimeoutSeconds":7})");
  REQUIRE(answer.status == 200);
  CHECK(text(answer["QueueDescription"]["QueueStatus"]) == "UPDATING");
  answer = update(R"({"VisibilityTimeoutSeconds":8})");
  CHECK(answer.type == "ResourceInUseException");
  CHECK(answer.message ==
        "Queue q under account 000000000000 not ACTIVE, instead in state UPDATING");
  at.wait_ms(500);
  CHECK(update(R"({"DeadLetterConfiguration":{"TargetType":"NONE"}})").status == 200);
  const auto shown = at.about("DescribeQueue", arn);
  const auto& attributes = shown["QueueDescription"]["QueueAttributes"];
  CHECK(attributes["VisibilityTimeoutSeconds"].as_integer() == 7);
  CHECK(text(attributes["DeadLetterConfiguration"]["TargetType"]) == "NONE");
  CHECK(attributes["DeadLetterConfiguration"]["MaxReceiveCount"].is_null());
  at.wait_ms(500);
  CHECK(update(R"({"DeadLetterConfiguration":{"TargetType":"BUILT_IN"}})").type ==
        "ValidationException");
  CHECK(update("{}").type == "InvalidArgumentException");
}

TEST_CASE("a stream with a queue is not deleted until the queue is gone") {
  QueueFixture at;
  const auto arn = at.create();
  const std::string body = R"({"StreamName":"s","EnforceConsumerDeletion":true})";
  const auto refused = at.service.call("DeleteStream", body);
  CHECK(refused.type == "ResourceInUseException");
  CHECK(refused.message == "DeleteStream can't delete " + QueueFixture::stream_arn + " because " +
                               arn +
                               " is associated with this data stream. Delete its queues first.");
  at.about("DeleteQueue", arn);
  CHECK(at.service.call("DeleteStream", body).type == "ResourceInUseException");
  at.wait_ms(500);
  CHECK(at.service.call("DeleteStream", body).status == 200);
}
