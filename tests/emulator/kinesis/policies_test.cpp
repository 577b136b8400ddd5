// PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy: types, constraints, behaviour.
#include <doctest/doctest.h>

#include "tests/support/service.hpp"
#include "tests/support/temp_dir.hpp"

using namespace millrace;
using test::Answer;
using test::Service;

namespace {

const std::string prefix = "arn:aws:kinesis:us-east-1:000000000000:";

std::string quoted(const std::string& text) {
  json::Writer out;
  out.text(text);
  return out.take();
}

Answer put(Service& service, const std::string& arn, const std::string& policy) {
  return service.call("PutResourcePolicy",
                      R"({"ResourceARN":")" + arn + R"(","Policy":)" + quoted(policy) + "}");
}

Answer on(Service& service, const char* operation, const std::string& arn) {
  return service.call(operation, R"({"ResourceARN":")" + arn + "\"}");
}

// The policy, or the exception.
std::string policy_of(Service& service, const std::string& arn) {
  const auto answer = on(service, "GetResourcePolicy", arn);
  if (answer.status != 200) return answer.type;
  return std::string{answer["Policy"].as_text()};
}

// A statement in which one element is replaced, or left out when `with` is empty.
std::string statement(const std::string& name = "", const std::string& with = "") {
  std::vector<std::pair<std::string, std::string>> elements = {
      {"Effect", R"("Allow")"},
      {"Principal", R"({"AWS":"123456789012"})"},
      {"Action", R"("kinesis:GetRecords")"},
      {"Resource", R"("arn:aws:kinesis:us-east-1:000000000000:stream/s")"}};
  bool found = name.empty();
  for (auto& [element, value] : elements) {
    if (element == name) value = with, found = true;
  }
  if (!found) elements.emplace_back(name, with);
  std::string text = "{";
  for (const auto& [element, value] : elements) {
    if (!value.empty()) text += (text.size() > 1 ? ",\"" : "\"") + element + "\":" + value;
  }
  return text + "}";
}

std::string policy(const std::string& statements) {
  return R"({"Version":"2012-10-17","Statement":)" + statements + "}";
}

void make(Service& service, const char* kind, const char* name) {
  store::ResourceRow row;
  row.kind = kind;
  row.name = name;
  row.settings = "{}";
  auto& engine = service.engine();
  REQUIRE(engine.begin());
  REQUIRE(engine.create_resource(*engine.find({"000000000000", "us-east-1"}, "s"), row));
  REQUIRE(engine.commit());
}

std::string consumer(Service& service, const char* name) {
  const auto answer =
      service.call("RegisterStreamConsumer",
                   R"({"StreamARN":")" + prefix + R"(stream/s","ConsumerName":")" + name + "\"}");
  REQUIRE(answer.status == 200);
  return std::string{answer["Consumer"]["ConsumerARN"].as_text()};
}

}  // namespace

TEST_CASE("policies: wrong types and constraints") {
  Service service;
  auto answer = service.call("PutResourcePolicy", R"({"Policy":{"Version":"2012-10-17"}})");
  CHECK(answer.type == "SerializationException");
  CHECK(answer.message == "Start of structure or map found where not expected.");
  answer = service.call("GetResourcePolicy", R"({"ResourceARN":true})");
  CHECK(answer.type == "SerializationException");
  answer = service.call("PutResourcePolicy", "{}");
  CHECK(answer.type == "ValidationException");
  CHECK(answer.message ==
        "2 validation errors detected: Value null at 'resourceARN' failed to satisfy constraint: "
        "Member must not be null; Value null at 'policy' failed to satisfy constraint: Member must "
        "not be null");
  for (const char* operation : {"GetResourcePolicy", "DeleteResourcePolicy"}) {
    answer = service.call(operation, R"({"ResourceARN":"s"})");
    CHECK(answer.type == "ValidationException");
    CHECK(answer.message ==
          "1 validation error detected: Value 's' at 'resourceARN' failed to satisfy constraint: "
          "Member must satisfy regular expression pattern: "
          "arn:aws.*:kinesis:.*:\\d{12}:.*(stream|channel|queue)/\\S+");
  }
}

TEST_CASE("streams, consumers and queues have policies, channels have none") {
  Service service;
  service.create("s");
  const auto reader = consumer(service, "c");
  make(service, "queue", "work");
  make(service, "channel", "files");
  service.clock.advance(base::Millis{500});
  for (const auto& arn : {prefix + "stream/s", reader, prefix + "queue/work"}) {
    CAPTURE(arn);
    CHECK(policy_of(service, arn) == "{}");
    auto answer = on(service, "DeleteResourcePolicy", arn);
    CHECK(answer.type == "ResourceNotFoundException");
    CHECK(answer.message == "No resource policy found for resource ARN " + arn + ".");
    // Kept as it was written, spaces and all.
    const auto first = policy("[ " + statement() + " ]");
    answer = put(service, arn, first);
    CHECK(answer.status == 200);
    CHECK(answer.body.empty());
    CHECK(policy_of(service, arn) == first);
    const auto second = policy(statement("Effect", R"("Deny")"));
    CHECK(put(service, arn, second).status == 200);
    CHECK(policy_of(service, arn) == second);
    // A bad one changes nothing.
    CHECK(put(service, arn, "{}").type == "InvalidArgumentException");
    CHECK(policy_of(service, arn) == second);
    answer = on(service, "DeleteResourcePolicy", arn);
    CHECK(answer.status == 200);
    CHECK(answer.body.empty());
    CHECK(policy_of(service, arn) == "{}");
    CHECK(on(service, "DeleteResourcePolicy", arn).type == "ResourceNotFoundException");
  }
  const auto channel = prefix + "channel/files";
  const auto message =
      "Resource " + channel + " is a channel: only streams, consumers and queues have a policy.";
  CHECK(put(service, channel, policy(statement())).message == message);
  CHECK(on(service, "GetResourcePolicy", channel).message == message);
  CHECK(on(service, "DeleteResourcePolicy", channel).type == "InvalidArgumentException");
}

TEST_CASE("policies of what is not there") {
  Service service;
  service.create("s");
  const std::pair<std::string, std::string> cases[] = {
      {prefix + "stream/no", "Stream no under account 000000000000 not found."},
      {prefix + "stream/s/consumer/no:1", "Consumer no, account 000000000000 not found."},
      {prefix + "queue/no", "Queue no under account 000000000000 not found."}};
  for (const auto& [arn, message] : cases) {
    CAPTURE(arn);
    auto answer = put(service, arn, policy(statement()));
    CHECK(answer.type == "ResourceNotFoundException");
    CHECK(answer.message == message);
    CHECK(on(service, "GetResourcePolicy", arn).message == message);
    CHECK(on(service, "DeleteResourcePolicy", arn).message == message);
  }
}

TEST_CASE("a consumer gets a policy when it is ACTIVE") {
  Service service;
  service.create("s");
  const auto reader = consumer(service, "c");
  const auto answer = put(service, reader, policy(statement()));
  CHECK(answer.type == "ResourceInUseException");
  CHECK(answer.message == "Consumer c with creation timestamp " +
                              reader.substr(reader.rfind(':') + 1) +
                              " under stream s and account 000000000000 is not in ACTIVE status.");
  CHECK(policy_of(service, reader) == "{}");
  service.clock.advance(base::Millis{500});
  CHECK(put(service, reader, policy(statement())).status == 200);
}

TEST_CASE("a stream gets a policy when it is ACTIVE or UPDATING") {
  Service service;
  service.call("CreateStream", R"({"StreamName":"s","ShardCount":1})");
  const auto answer = put(service, prefix + "stream/s", policy(statement()));
  CHECK(answer.type == "ResourceInUseException");
  CHECK(answer.message ==
        "Stream s under account 000000000000 not ACTIVE, instead in state CREATING");
}

TEST_CASE("policies that are written well") {
  Service service;
  service.create("s");
  for (const auto& text : {
           R"({"Statement":)" + statement() + "}",
           R"({"Version":"2008-10-17","Id":"mine","Statement":[)" + statement() + "," +
               statement("Effect", R"("Deny")") + "]}",
           policy(statement("Sid", R"("one")")),
           policy(statement("Principal", R"("*")")),
           policy(statement("Principal", R"({"AWS":"*"})")),
           policy(statement("Principal",
                            R"({"AWS":["123456789012","arn:aws:iam::123456789012:root",
                                "arn:aws-cn:sts::123456789012:assumed-role/a/b"],
                                "Service":"lambda.amazonaws.com"})")),
           policy(statement("Action", R"(["kinesis:PutRecord","Kinesis:Describe*","*"])")),
           policy(statement("Resource", R"(["*","arn:aws:kinesis:*:*:stream/a*"])")),
           policy(statement("Condition",
                            R"({"StringEquals":{"aws:PrincipalOrgID":["o-1","o-2"]},
                                "Bool":{"aws:SecureTransport":true}})")),
           policy(R"({"Effect":"Deny","NotPrincipal":{"AWS":"123456789012"},
                      "NotAction":"kinesis:ListShards","NotResource":"*"})"),
       }) {
    CAPTURE(text);
    const auto answer = put(service, prefix + "stream/s", text);
    CHECK(answer.message == "");
    CHECK(policy_of(service, prefix + "stream/s") == text);
  }
}

TEST_CASE("policies that are written badly, and what is said about them") {
  Service service;
  service.create("s");
  const std::pair<std::string, std::string> cases[] = {
      {"[]", "a JSON object is expected."},
      {"{}", "Statement must be an object or a list of objects."},
      {policy("[]"), "Statement must be an object or a list of objects."},
      {policy(R"(["x"])"), "Statement 1: an object is expected."},
      {R"({"Version":"2020-01-01","Statement":[]})", "Version must be 2012-10-17 or 2008-10-17."},
      {R"({"Version":1,"Statement":[]})", "Version must be 2012-10-17 or 2008-10-17."},
      {R"({"Id":[],"Statement":[]})", "Id must be a text."},
      {R"({"Rules":[],"Statement":[]})", "unknown element Rules."},
      {policy("[" + statement() + "," + statement("Sid", "7") + "]"),
       "Statement 2: Sid must be a text."},
      {policy(statement("Effect")), "Statement 1: Effect must be Allow or Deny."},
      {policy(statement("Effect", R"("allow")")), "Statement 1: Effect must be Allow or Deny."},
      {policy(statement("Grant", "1")), "Statement 1: unknown element Grant."},
      {policy(statement("Principal")), "Statement 1: Principal is missing."},
      {policy(statement("NotPrincipal", R"("*")")),
       "Statement 1: Principal and NotPrincipal exclude each other."},
      {policy(statement("Principal", R"("123456789012")")),
       "Statement 1: Principal: \"*\" or an object such as {\"AWS\": \"123456789012\"} is "
       "expected."},
      {policy(statement("Principal", "{}")),
       "Statement 1: Principal: \"*\" or an object such as {\"AWS\": \"123456789012\"} is "
       "expected."},
      {policy(statement("Principal", R"({"Account":"1"})")),
       "Statement 1: Principal: unknown element Account."},
      {policy(statement("Principal", R"({"AWS":"me"})")),
       "Statement 1: Principal.AWS: invalid principal 'me'."},
      {policy(statement("Principal", R"({"AWS":["123456789012","arn:aws:s3:::b"]})")),
       "Statement 1: Principal.AWS: invalid principal 'arn:aws:s3:::b'."},
      {policy(statement("Principal", R"({"AWS":[]})")),
       "Statement 1: Principal.AWS: a text or a list of texts is expected."},
      {policy(statement("Action")), "Statement 1: Action is missing."},
      {policy(statement("Action", "[7]")), "Statement 1: Action: a list of texts is expected."},
      {policy(statement("Action", R"(["kinesis:PutRecord","s3:GetObject"])")),
       "Statement 1: Action: 's3:GetObject' is no action of Kinesis."},
      {policy(statement("Resource")), "Statement 1: Resource is missing."},
      {policy(statement("Resource", R"("s")")), "Statement 1: Resource: 's' is no ARN."},
      {policy(statement("Condition", "[]")), "Statement 1: Condition: an object is expected."},
      {policy(statement("Condition", R"({"Bool":1})")),
       "Statement 1: Condition.Bool: an object is expected."},
      {policy(statement("Condition", R"({"Bool":{"k":{}}})")),
       "Statement 1: Condition.Bool.k: a value or a list is expected."},
      {policy(statement("Sid", "\"" + std::string(20'480, 'x') + "\"")), ""}};
  for (const auto& [text, message] : cases) {
    CAPTURE(text.substr(0, 200));
    const auto answer = put(service, prefix + "stream/s", text);
    CHECK(answer.type == "InvalidArgumentException");
    if (message.empty()) {
      CHECK(answer.message.ends_with("more than the 20480 allowed."));
    } else {
      CHECK(answer.message == "Policy is not valid: " + message);
    }
  }
  for (const char* text : {"", "no", "{", R"({"Statement":[})", "{\"Version\":\"\\ud800\"}"}) {
    CAPTURE(text);
    const auto answer = put(service, prefix + "stream/s", text);
    CHECK(answer.type == "InvalidArgumentException");
    CHECK(answer.message.starts_with("Policy is not valid: it is no JSON: "));
  }
  CHECK(policy_of(service, prefix + "stream/s") == "{}");
}

TEST_CASE("policies outlive a restart, and die with what they belong to") {
  const test::TempDir directory;
  Service service{{}, directory.path()};
  service.create("s");
  const auto reader = consumer(service, "c");
  service.clock.advance(base::Millis{500});
  const auto first = policy(statement());
  const auto second = policy("[" + statement() + "]");
  CHECK(put(service, prefix + "stream/s", first).status == 200);
  CHECK(put(service, reader, second).status == 200);
  service.reopen();
  CHECK(policy_of(service, prefix + "stream/s") == first);
  CHECK(policy_of(service, reader) == second);
  service.call("DeleteStream", R"({"StreamName":"s","EnforceConsumerDeletion":true})");
  service.clock.advance(base::Millis{500});
  CHECK(policy_of(service, prefix + "stream/s") == "ResourceNotFoundException");
  service.create("s");
  CHECK(policy_of(service, prefix + "stream/s") == "{}");
}
