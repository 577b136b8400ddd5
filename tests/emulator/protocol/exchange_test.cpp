// What happens before an operation is reached: AWS's order of checks.
#include "emulator/protocol/exchange.hpp"

#include <doctest/doctest.h>

#include "emulator/protocol/auth.hpp"
#include "tests/support/service.hpp"

using namespace millrace;
using test::Service;

namespace {

protocol::Request request(std::string_view type, std::string_view target, std::string body) {
  protocol::Request made;
  made.method = "POST";
  made.target = "/";
  made.content_type = type;
  made.amz_target = target;
  made.authorization = Service::signed_by_default;
  made.amz_date = "20261122T000000Z";
  made.body = std::move(body);
  return made;
}

constexpr std::string_view json_type = "application/x-amz-json-1.1";
constexpr std::string_view list_streams = "Kinesis_20131202.ListStreams";

}  // namespace

TEST_CASE("exchange: requests that reach no operation") {
  struct Case {
    std::string_view type, target;
    std::string body;
    int status;
    std::string answer;
  };
  const Case cases[] = {
      {json_type, list_streams, "", 400, R"({"__type":"SerializationException"})"},
      {json_type, "Kinesis_20131202.Nothing", "", 400, R"({"__type":"UnknownOperationException"})"},
      {"text/plain", "", "{}", 403,
       "<AccessDeniedException>\n  <Message>Unable to determine service/operation name to be "
       "authorized</Message>\n</AccessDeniedException>\n"},
      {"text/plain", list_streams, "{}", 404, "<UnknownOperationException/>\n"},
      {json_type, list_streams, "{", 400, R"({"__type":"SerializationException"})"},
      {json_type, list_streams, "[]", 400, R"({"__type":"SerializationException"})"},
      {json_type, list_streams, "\"text\"", 400, R"({"__type":"SerializationException"})"},
      {"application/json", list_streams, "{}", 404,
       R"({"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"})"},
      {"application/json", list_streams, "{", 400,
       R"({"Output":{"__type":"com.amazon.coral.service#SerializationException"},"Version":"1.0"})"},
      {json_type, "Kinesis_20131202.Nothing", "{}", 400,
       R"({"__type":"UnknownOperationException"})"},
      {json_type, "Firehose_20150804.ListStreams", "{}", 400,
       R"({"__type":"UnknownOperationException"})"},
      {json_type, "ListStreams", "{}", 400, R"({"__type":"UnknownOperationException"})"}};
  for (const auto& one : cases) {
    Service service;
    CAPTURE(one.type);
    CAPTURE(one.target);
    CAPTURE(one.body);
    const auto answer = service.send(request(one.type, one.target, one.body));
    CHECK(answer.status == one.status);
    CHECK(answer.body == one.answer);
  }
}

TEST_CASE("exchange: requests in CBOR that reach no operation are answered in CBOR") {
  constexpr std::string_view cbor_type = "application/x-amz-cbor-1.1";
  const std::string empty_map{"\xbf\xff"};
  struct Case {
    std::string_view target;
    std::string body;
    std::string type;
  };
  const Case cases[] = {{list_streams, "", "SerializationException"},
                        {list_streams, "{}", "SerializationException"},
                        {list_streams, "\x80", "SerializationException"},
                        {list_streams, empty_map + empty_map, "SerializationException"},
                        {"Kinesis_20131202.Nothing", empty_map, "UnknownOperationException"},
                        {"Kinesis_20131202.Nothing", "", "UnknownOperationException"}};
  for (const auto& one : cases) {
    Service service;
    CAPTURE(one.target);
    CAPTURE(one.body);
    protocol::Exchange exchange{service.settings, service.engine()};
    exchange.start(request(cbor_type, one.target, one.body));
    const auto& reply = exchange.reply();
    CHECK(reply.status == 400);
    CHECK(reply.content_type == cbor_type);
    CHECK(reply.headers.find("x-amzn-ErrorType: " + one.type + "\r\n") != std::string::npos);
    const auto body = cbor::parse(reply.body);
    REQUIRE(body.has_value());
    CHECK(body.value()->root()["__type"].as_text() == one.type);
  }
}

TEST_CASE("exchange: blobs and times in CBOR go in and out as themselves") {
  Service service;
  service.create("s");
  const auto send = [&](std::string_view operation, std::string body) {
    const auto target = "Kinesis_20131202." + std::string{operation};
    return service.send(request(Service::cbor_type, target, std::move(body)));
  };
  // Data: h'00ff80', which is no UTF-8 and no base64.
  CHECK(send("PutRecord", test::from_hex("bf6a53747265616d4e616d656173") +
                              test::from_hex("64446174614300ff80") +
                              test::from_hex("6c506172746974696f6e4b6579616bff"))
            .status == 200);
  auto from = [&](std::int64_t ms) {
    cbor::Writer out;
    out.begin_map();
    for (const auto& [name, value] : {std::pair{"StreamName", "s"},
                                      {"ShardId", "shardId-000000000000"},
                                      {"ShardIteratorType", "AT_TIMESTAMP"}}) {
      out.key(name);
      out.text(value);
    }
    out.key("Timestamp");
    out.time(ms);
    out.end_map();
    const auto answer = send("GetShardIterator", out.take());
    REQUIRE(answer.status == 200);
    cbor::Writer get;
    get.begin_map();
    get.key("ShardIterator");
    get.text(answer["ShardIterator"].as_text());
    get.end_map();
    return get.take();
  };
  const auto arrived = base::to_epoch_ms(service.clock.now());
  protocol::Exchange exchange{service.settings, service.engine()};
  auto get = request(Service::cbor_type, "Kinesis_20131202.GetRecords", from(arrived));
  exchange.start(std::move(get));
  const auto reader = service.engine().make_reader().value();
  exchange.run(reader.get());
  const auto body = cbor::parse(exchange.reply().body);
  REQUIRE(body.has_value());
  const auto records = body.value()->root()["Records"].as_list();
  REQUIRE(records.size() == 1);
  CHECK(records[0]["Data"].kind() == wire::Kind::bytes);
  CHECK(records[0]["Data"].as_text() == std::string_view{"\0\xff\x80", 3});
  CHECK(records[0]["ApproximateArrivalTimestamp"].kind() == wire::Kind::time);
  CHECK(records[0]["ApproximateArrivalTimestamp"].as_time() == arrived);
}

TEST_CASE("exchange: a charset behind the media type does no harm") {
  Service service;
  CHECK(service.send(request("application/x-amz-json-1.1; charset=utf-8", list_streams, "{}"))
            .status == 200);
}

TEST_CASE("exchange: other methods than POST") {
  Service service;
  auto get = request(json_type, list_streams, "");
  get.method = "GET";
  CHECK(service.send(get).status == 403);
}

TEST_CASE("exchange: unsigned and half-signed requests") {
  Service service;
  const auto with = [&](std::string_view authorization, std::string_view date = "20261122T000000Z",
                        std::string_view target = "/") {
    auto made = request(json_type, list_streams, "{}");
    made.authorization = authorization;
    made.amz_date = date;
    made.target = target;
    return service.send(made);
  };
  auto answer = with("");
  CHECK(answer.type == "MissingAuthenticationTokenException");
  CHECK(answer.message == "Missing Authentication Token");
  answer = with("AWS4-HMAC-SHA256 Credential=a", "");
  CHECK(answer.type == "IncompleteSignatureException");
  CHECK(answer.message ==
        "Authorization header requires 'Signature' parameter. Authorization header requires "
        "'SignedHeaders' parameter. Authorization header requires existence of either a "
        "'X-Amz-Date' or a "
        "'Date' header. Authorization=AWS4-HMAC-SHA256 Credential=a");
  answer = with(Service::signed_by_default, "", "/?X-Amz-Algorithm=AWS4-HMAC-SHA256");
  CHECK(answer.type == "InvalidSignatureException");
  answer = with("", "", "/?X-Amz-Algorithm=x&X-Amz-Date=y");
  CHECK(
      answer.message ==
      "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters "
      "must "
      "include 'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. "
      "Re-examine the query-string parameters.");
  CHECK(
      with("", "",
           "/?X-Amz-Algorithm=a&X-Amz-Credential=k%2F20261122%2Fus-east-1%2Fkinesis%2Faws4_request&"
           "X-Amz-Signature=s&X-Amz-SignedHeaders=h&X-Amz-Date=d")
          .status == 200);
}

TEST_CASE("exchange: authentication is checked before types, types before constraints") {
  Service service;
  auto made = request(json_type, "Kinesis_20131202.CreateStream", R"({"StreamName":1})");
  made.authorization = "";
  CHECK(service.send(made).type == "MissingAuthenticationTokenException");
  CHECK(service.call("CreateStream", R"({"StreamName":"","ShardCount":"x"})").type ==
        "SerializationException");
}

TEST_CASE("exchange: a browser's preflight and its requests") {
  Service service;
  protocol::Request preflight;
  preflight.method = "OPTIONS";
  preflight.origin = "http://example.com";
  preflight.cors_request_headers = "x-amz-target";
  preflight.cors_request_method = "POST";
  protocol::Exchange exchange{service.settings, service.engine()};
  exchange.start(preflight);
  CHECK(exchange.reply().status == 200);
  const auto& lines = exchange.reply().headers;
  CHECK(lines.starts_with(
      "Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: x-amz-target\r\n"
      "Access-Control-Allow-Methods: POST\r\nAccess-Control-Max-Age: 172800\r\n"
      "x-amzn-RequestId: "));
  CHECK(lines.find("x-amz-id-2") == std::string::npos);
  auto post = request(json_type, list_streams, "{}");
  post.origin = "http://example.com";
  protocol::Exchange second{service.settings, service.engine()};
  second.start(post);
  CHECK(second.reply().headers.find("Access-Control-Expose-Headers: x-amzn-RequestId") !=
        std::string::npos);
  CHECK(second.reply().headers.find("x-amzn-RequestId: ") != std::string::npos);
  CHECK(second.reply().headers.find("x-amz-id-2: ") != std::string::npos);
}

TEST_CASE("auth: only twelve digits are an account") {
  CHECK(protocol::account_of("123456789012", "d") == "123456789012");
  CHECK(protocol::account_of("12345678901", "d") == "d");
  CHECK(protocol::account_of("AKIA56789012", "d") == "d");
}
