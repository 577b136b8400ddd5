// The admin API, page by page, and what it refuses.
#include "emulator/admin/admin.hpp"

#include <doctest/doctest.h>

#include "tests/support/service.hpp"

using namespace millrace;
using test::Answer;
using test::Service;

namespace {

constexpr std::int64_t start_ms = 1'700'000'000'000;  // where the tests' clock stands

Answer ask(Service& service, std::string_view method, std::string_view target,
           std::string body = "") {
  protocol::Request request;
  request.method = method;
  request.target = target;
  request.body = std::move(body);
  return service.send(std::move(request));
}

std::string error_of(const Answer& answer) {
  return std::string{answer["error"].as_text()};
}

}  // namespace

TEST_CASE("admin: the clock is where it was moved to, from where it stood or from the system's") {
  Service service;
  CHECK(ask(service, "GET", "/_millrace/api/clock").body ==
        "{\"now_ms\":1700000000000,\"offset_ms\":0}\n");
  const auto moved = ask(service, "POST", "/_millrace/api/clock", R"({"advance_ms":86400000})");
  CHECK(moved.status == 200);
  CHECK(moved.body == "{\"now_ms\":1700086400000,\"offset_ms\":86400000}\n");
  CHECK(service.engine().now_ms() == start_ms + 86'400'000);
  CHECK(ask(service, "POST", "/_millrace/api/clock", R"({"advance_ms":-86400001})").body ==
        "{\"now_ms\":1699999999999,\"offset_ms\":-1}\n");
  CHECK(ask(service, "POST", "/_millrace/api/clock", R"({"offset_ms":7})").body ==
        "{\"now_ms\":1700000000007,\"offset_ms\":7}\n");
  CHECK(ask(service, "GET", "/_millrace/api/clock").body ==
        "{\"now_ms\":1700000000007,\"offset_ms\":7}\n");
}

TEST_CASE("admin: what the API tells of time follows the moved clock") {
  Service service;
  service.call("CreateStream", R"({"StreamName":"s","ShardCount":1})");
  const auto status = [&] {
    const auto answer = service.call("DescribeStreamSummary", R"({"StreamName":"s"})");
    return std::string{answer["StreamDescriptionSummary"]["StreamStatus"].as_text()};
  };
  CHECK(status() == "CREATING");
  ask(service, "POST", "/_millrace/api/clock", R"({"advance_ms":500})");
  CHECK(status() == "ACTIVE");
}

TEST_CASE(
    "admin: who watches a stream is called when the clock is moved, and not when it is read") {
  Service service;
  service.create("s");
  int calls = 0;
  const auto* stream = service.engine().find({"000000000000", "us-east-1"}, "s");
  REQUIRE(stream != nullptr);
  const auto watch = service.engine().signals().watch(stream->row.id, [&] { ++calls; });
  ask(service, "GET", "/_millrace/api/clock");
  CHECK(calls == 0);
  CHECK_FALSE(service.engine().take_clock_moved());
  ask(service, "POST", "/_millrace/api/clock", R"({"advance_ms":1})");
  CHECK(calls == 1);
  CHECK(service.engine().take_clock_moved());
  CHECK_FALSE(service.engine().take_clock_moved());
}

TEST_CASE("admin: bodies that tell the clock nothing are refused, and it stays where it is") {
  struct Case {
    const char* body;
    const char* says;  // part of the error
  };
  const Case cases[] = {
      {"", "no body"},
      {"{", "the body is no JSON"},
      {"[]", "the body is no JSON object"},
      {"{}", "the body is empty"},
      {R"({"advance_ms":1.5})", "advance_ms is no whole number"},
      {R"({"advance_ms":"1"})", "advance_ms is no whole number"},
      {R"({"advance_ms":null})", "advance_ms is no whole number"},
      {R"({"advance":1})", "'advance' is one member too many or not known"},
      {R"({"advance_ms":1,"offset_ms":1})", "'offset_ms' is one member too many"},
      {R"({"advance_ms":9223372036854775807})", "from 1970 to 2477"},
      {R"({"advance_ms":-9223372036854775808})", "from 1970 to 2477"},
      {R"({"advance_ms":9223372036854775808})", "advance_ms is no whole number"},
      {R"({"advance_ms":14325175000000})", "from 1970 to 2477"},
      {R"({"offset_ms":-1700000000001})", "from 1970 to 2477"},
  };
  Service service;
  for (const auto& one : cases) {
    CAPTURE(one.body);
    const auto answer = ask(service, "POST", "/_millrace/api/clock", one.body);
    CHECK(answer.status == 400);
    CAPTURE(error_of(answer));
    CHECK(error_of(answer).find(one.says) != std::string::npos);
    CHECK(service.engine().now_ms() == start_ms);
  }
  ask(service, "POST", "/_millrace/api/clock", R"({"offset_ms":5})");
  const auto answer =
      ask(service, "POST", "/_millrace/api/clock", R"({"advance_ms":9223372036854775807})");
  CHECK(answer.status == 400);
  CHECK(error_of(answer) == "advance_ms goes beyond any date");
  // The first and the last millisecond there are.
  CHECK(ask(service, "POST", "/_millrace/api/clock", R"({"offset_ms":-1700000000000})").status ==
        200);
  CHECK(ask(service, "POST", "/_millrace/api/clock", R"({"offset_ms":14325174999999})").status ==
        200);
}

TEST_CASE("admin: paths, methods, queries and pages of other sites that are refused") {
  Service service;
  const auto nowhere = ask(service, "GET", "/_millrace/api/nowhere");
  CHECK(nowhere.status == 404);
  CHECK(error_of(nowhere).find("GET clock") != std::string::npos);
  for (const auto* target : {"/_millrace/api/", "/_millrace/api/clock/", "/_millrace/api/streams/",
                             "/_millrace/api/streams/a/b", "/_millrace/api/streams/%zz"}) {
    CAPTURE(target);
    CHECK(ask(service, "GET", target).status == 404);
  }
  const auto wrong = ask(service, "DELETE", "/_millrace/api/clock");
  CHECK(wrong.status == 405);
  CHECK(error_of(wrong) == "clock takes GET, POST, not DELETE");
  const auto query = ask(service, "GET", "/_millrace/api/streams?acount=1");
  CHECK(query.status == 400);
  CHECK(error_of(query) == "the query holds 'acount'; account and region are known");
  CHECK(ask(service, "GET", "/_millrace/api/streams?account=%").status == 400);

  protocol::Request request;
  request.method = "POST";
  request.target = "/_millrace/api/clock";
  request.origin = "http://elsewhere.example";
  request.content_type = "text/plain";
  request.body = R"({"advance_ms":1})";
  CHECK(service.send(request).status == 403);
  CHECK(service.engine().clock_offset_ms() == 0);
  request.content_type = "application/json; charset=utf-8";
  CHECK(service.send(request).status == 200);
  request.method = "OPTIONS";
  CHECK(service.send(request).status == 405);
}

TEST_CASE("admin: HEAD is GET without a body") {
  Service service;
  const auto answer = ask(service, "HEAD", "/_millrace/api/clock");
  CHECK(answer.status == 200);
  CHECK(answer.body.empty());
}

TEST_CASE("admin: a stream's limits are switched, and back to the server's") {
  for (const bool server : {false, true}) {
    CAPTURE(server);
    Service service{engine::Options{.aws_limits = server}};
    service.create("s");
    const auto put = [&](const char* body) {
      return ask(service, "PUT", "/_millrace/api/streams/s/limits", body);
    };
    const auto now = [&] {
      const auto answer = ask(service, "GET", "/_millrace/api/streams/s");
      return std::string{answer["limits"].as_text()} + " " +
             std::string{answer["limits_now"].as_text()};
    };
    const std::string own = server ? "aws" : "off";
    CHECK(now() == "default " + own);
    CHECK(put(R"({"limits":"aws"})").status == 200);
    CHECK(now() == "aws aws");
    CHECK(put(R"({"limits":"off"})").status == 200);
    CHECK(now() == "off off");
    CHECK(put(R"({"limits":"default"})").status == 200);
    CHECK(now() == "default " + own);
    for (const auto* body : {"", "{}", R"({"limits":"on"})", R"({"limits":1})",
                             R"({"limits":null})", R"({"limits":"aws","x":1})"}) {
      CAPTURE(body);
      CHECK(put(body).status == 400);
      CHECK(now() == "default " + own);
    }
    CHECK(ask(service, "PUT", "/_millrace/api/streams/t/limits", R"({"limits":"aws"})").status ==
          404);
    CHECK(ask(service, "PUT", "/_millrace/api/streams/s/limits?region=eu-west-1",
              R"({"limits":"aws"})")
              .status == 404);
  }
}

TEST_CASE("admin: streams of all accounts and regions, of one, and one stream") {
  Service service;
  service.create("b", 2);
  service.create("a");
  service.call("CreateStream", R"({"StreamName":"c","ShardCount":1})",
               "AWS4-HMAC-SHA256 Credential=123456789012/20261122/eu-west-1/kinesis/aws4_request, "
               "SignedHeaders=host, Signature=0");
  const auto names = [&](const char* query) {
    const auto answer = ask(service, "GET", std::string{"/_millrace/api/streams"} + query);
    std::string found;
    for (const auto& stream : answer["streams"].as_list()) {
      found += std::string{stream["name"].as_text()} + ":" +
               std::to_string(stream["open_shards"].as_integer()) + ":" +
               std::string{stream["status"].as_text()} + " ";
    }
    return found;
  };
  CHECK(names("") == "a:1:ACTIVE b:2:ACTIVE c:1:CREATING ");
  CHECK(names("?region=eu-west-1&account=123456789012") == "c:1:CREATING ");
  CHECK(names("?region=eu-west-1").empty());  // of the default account
  CHECK(ask(service, "GET", "/_millrace/api/streams/a").body ==
        "{\"name\":\"a\",\"account\":\"000000000000\",\"region\":\"us-east-1\",\"arn\":"
        "\"arn:aws:kinesis:us-east-1:000000000000:stream/a\",\"status\":\"ACTIVE\",\"mode\":"
        "\"PROVISIONED\",\"open_shards\":1,\"closed_shards\":0,\"retention_hours\":24,\"limits\":"
        "\"default\",\"limits_now\":\"off\",\"created_ms\":1700000000500}\n");
  const auto none = ask(service, "GET", "/_millrace/api/streams/c");
  CHECK(none.status == 404);
  CHECK(error_of(none) == "there is no stream c in account 000000000000 and region us-east-1");
}

TEST_CASE("admin: calls are counted by encoding, HTTP version and TLS, refused ones too") {
  Service service;
  const auto ask_aws = [&](std::string_view type, std::string body, admin::Via via) {
    protocol::Request request;
    request.method = "POST";
    request.target = "/";
    request.content_type = type;
    request.amz_target = "Kinesis_20131202.ListStreams";
    request.authorization = Service::signed_by_default;
    request.amz_date = "20261122T000000Z";
    request.body = std::move(body);
    request.via = via;
    return service.send(std::move(request)).status;
  };
  CHECK(ask_aws(Service::json_type, "{}", {}) == 200);
  CHECK(ask_aws(Service::json_type, "{}", {false, true}) == 200);
  CHECK(ask_aws(Service::cbor_type, "\xbf\xff", {true, false}) == 200);
  CHECK(ask_aws(Service::cbor_type, "\xbf", {true, false}) == 400);
  CHECK(ask_aws("application/x-amz-json-1.1; charset=utf-8", "{}", {true, true}) == 200);
  CHECK(ask_aws("application/json", "{}", {}) == 404);
  CHECK(ask_aws("text/plain", "{}", {}) == 404);
  CHECK(ask(service, "GET", "/_millrace/api/requests").body ==
        "{\"json/http1.1\":1,\"json/http1.1/tls\":1,\"json/h2\":0,\"json/h2/tls\":1,"
        "\"cbor/http1.1\":0,\"cbor/http1.1/tls\":0,\"cbor/h2\":2,\"cbor/h2/tls\":0}\n");
  CHECK(ask(service, "POST", "/_millrace/api/requests").status == 405);
}
