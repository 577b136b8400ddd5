// The emulator without sockets: requests as text, a clock that stands still, a store in memory.
#pragma once

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include "common/base/clock.hpp"
#include "common/cbor/cbor.hpp"
#include "common/json/json.hpp"
#include "emulator/protocol/exchange.hpp"
#include "tests/support/tree.hpp"

namespace millrace::test {

struct Answer {
  int status = 0;
  std::string type;  // of the exception; empty on success
  std::string message;
  std::string body;
  std::unique_ptr<wire::Document> document;
  std::unique_ptr<protocol::Events> events;  // when the reply is a stream of them
  // A member of the body.
  [[nodiscard]] const wire::Value& operator[](std::string_view name) const {
    return document->root()[name];
  }
};

class Service {
 public:
  // Without a directory all is in memory.
  explicit Service(engine::Options options = {},
                   std::optional<std::string> directory = std::nullopt)
      : options_(options), directory_(std::move(directory)) {
    reopen();
  }

  // Ends and starts anew from what is in the directory.
  void reopen() {
    close_engine();
    store_.reset();
    store_ = store::Store::open(directory_, store::Durability::full).value();
    open_engine();
  }
  // The engine alone, which knows the store anew then.
  void close_engine() {
    reader_.reset();
    engine_.reset();
  }
  void open_engine() {
    engine_ = engine::Engine::open(*store_, clock, options_).value();
    reader_ = engine_->make_reader().value();
  }

  Answer call(std::string_view operation, std::string body,
              std::string_view authorization = signed_by_default) {
    const auto target = "Kinesis_20131202." + std::string{operation};
    protocol::Request request;
    request.method = "POST";
    request.target = "/";
    request.content_type = speaks_cbor() ? cbor_type : json_type;
    request.amz_target = target;
    request.authorization = authorization;
    request.amz_date = "20261122T000000Z";
    request.body = speaks_cbor() ? json_to_cbor(std::move(body)) : std::move(body);
    return send(std::move(request));
  }

  Answer send(protocol::Request request) {
    protocol::Exchange exchange{settings, *engine_};
    exchange.start(std::move(request));
    if (exchange.needs_run()) {
      if (exchange.lane() == kinesis::Lane::change) {
        (void)engine_->begin();  // memory has no way to fail
        exchange.run(nullptr);
        (void)engine_->commit();
      } else {
        exchange.run(reader_.get());
      }
    }
    return answer_of(exchange.reply());
  }

  // A stream that is ACTIVE.
  void create(const std::string& name, int shards = 1) {
    call("CreateStream",
         R"({"StreamName":")" + name + R"(","ShardCount":)" + std::to_string(shards) + "}");
    clock.advance(base::Millis{500});
  }

  void tidy() {
    (void)engine_->begin();
    (void)engine_->tidy(1000);
    (void)engine_->commit();
  }

  static constexpr std::string_view signed_by_default =
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/us-east-1/kinesis/aws4_request, "
      "SignedHeaders=host;x-amz-date, Signature=0";

  static constexpr std::string_view json_type = "application/x-amz-json-1.1";
  static constexpr std::string_view cbor_type = "application/x-amz-cbor-1.1";

  base::ManualClock clock;
  protocol::Settings settings;
  engine::Engine& engine() { return *engine_; }
  store::Reader& reader() { return *reader_; }
  store::Store& store() { return *store_; }

 private:
  // Every operation's tests run twice: as JSON, and with MILLRACE_TEST_ENCODING=cbor as CBOR, where
  // the same bodies are translated on their way in and back on their way out.
  static bool speaks_cbor() {
    static const bool cbor = std::getenv("MILLRACE_TEST_ENCODING") != nullptr;
    return cbor;
  }
  // What is no JSON goes as it is: it is no CBOR either.
  static std::string json_to_cbor(std::string body) {
    const auto parsed = json::parse(body);
    if (!parsed) return body;
    cbor::Writer out;
    write_tree(parsed.value()->root(), out);
    return out.take();
  }
  static std::string cbor_to_json(const std::string& body) {
    if (body.empty()) return body;
    const auto parsed = cbor::parse(body);
    if (!parsed) return parsed.error().message();
    json::Writer out;
    write_tree(parsed.value()->root(), out);
    return out.take();
  }
  static Answer answer_of(protocol::Reply& reply) {
    Answer answer;
    answer.status = reply.status;
    answer.events = std::move(reply.events);
    answer.body = reply.content_type == cbor_type ? cbor_to_json(reply.body) : reply.body;
    auto parsed = json::parse(answer.body.empty() ? "{}" : answer.body);
    if (!parsed) return answer;  // XML
    answer.document = std::move(parsed).value();
    if (reply.status != 200) {
      const auto text = [&](const char* name) {
        const auto& value = answer[name];
        return value.kind() == wire::Kind::text ? std::string{value.as_text()} : std::string{};
      };
      answer.type = text("__type");
      answer.message = text("message") + text("Message");
    }
    return answer;
  }

  engine::Options options_;
  std::optional<std::string> directory_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<store::Reader> reader_;
};

}  // namespace millrace::test
