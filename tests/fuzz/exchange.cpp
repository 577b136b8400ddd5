// Single requests through protocol, kinesis and engine in memory. No request may be answered with a
// failure of ours.
//
// Input, a request a line: "PutRecord {...}", or "PutRecord+ {...}" for the same in CBOR. Behind
// '=' the line is a whole request instead: method, target, content type, X-Amz-Target,
// Authorization, X-Amz-Date, Date, Origin and the body, with tabs between.
#include "common/base/log.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/world.hpp"

using namespace millrace;

namespace {

void check(const protocol::Reply& reply, std::string_view what) {
  FUZZ_CHECK_SAY(reply.status < 500, std::string{what} + ": " + reply.body);
  // Of one entry among several, in JSON or CBOR. The word alone may be what was asked for.
  for (const auto* failure : {R"("ErrorCode":"InternalFailure")", "ErrorCode\x6fInternalFailure"}) {
    FUZZ_CHECK_SAY(reply.body.find(failure) == std::string::npos, reply.body);
  }
}

void run(test::Service& service, protocol::Request request, std::string_view what) {
  protocol::Exchange exchange{service.settings, service.engine()};
  exchange.start(std::move(request));
  if (exchange.needs_run()) {
    if (exchange.lane() == kinesis::Lane::change) {
      FUZZ_CHECK(service.engine().begin().has_value());
      exchange.run(nullptr);
      FUZZ_CHECK(service.engine().commit().has_value());
    } else {
      exchange.run(&service.reader());
    }
  }
  const auto& reply = exchange.reply();
  check(reply, what);
  if (!reply.events) return;
  for (int i = 0; i < 2; ++i) (void)reply.events->next(service.reader());
}

std::string to_cbor(std::string_view body) {
  const auto parsed = json::parse(std::string{body});
  if (!parsed) return std::string{body};
  cbor::Writer out;
  test::write_tree(parsed.value()->root(), out);
  return out.take();
}

// A stream s with a consumer, a queue and a channel of its own.
void prepare(test::QueueFixture& at) {
  at.create();
  at.service.call("RegisterStreamConsumer",
                  R"({"ConsumerName":"c","StreamARN":")" + test::QueueFixture::stream_arn + "\"}");
  at.service.create("p", 2);
  at.wait_ms(500);
}

protocol::Request raw(std::string_view line) {
  const auto field = [&] {
    const auto end = line.find('\t');
    const auto part = line.substr(0, end);
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    return part;
  };
  protocol::Request request;
  request.method = field();
  request.target = field();
  request.content_type = field();
  request.amz_target = field();
  request.authorization = field();
  request.amz_date = field();
  request.date = field();
  request.origin = field();
  request.body = line;
  return request;
}

}  // namespace

FUZZ_TARGET(exchange) {
  (void)base::set_log_level("off");
  static fuzz::World world{prepare};
  auto& at = world.begin();
  at.put("data");
  fuzz::Input from{input};
  for (int i = 0; i < 16 && !from.empty(); ++i) {
    const auto line = from.line();
    if (line.starts_with('=')) {
      run(at.service, raw(line.substr(1)), line);
      continue;
    }
    const auto space = line.find(' ');
    auto name = line.substr(0, space);
    const bool cbor = name.ends_with('+');
    if (cbor) name.remove_suffix(1);
    const auto body = space == std::string_view::npos ? "" : line.substr(space + 1);
    const auto target = "Kinesis_20131202." + std::string{name};
    protocol::Request request;
    request.method = "POST";
    request.target = "/";
    request.content_type = cbor ? test::Service::cbor_type : test::Service::json_type;
    request.amz_target = target;
    request.authorization = test::Service::signed_by_default;
    request.amz_date = "20261122T000000Z";
    request.body = cbor ? to_cbor(body) : std::string{body};
    run(at.service, std::move(request), line);
    at.wait_ms(250);
  }
  at.service.tidy();
}
