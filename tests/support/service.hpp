// The emulator without sockets: requests as text, a clock that stands still, a store in memory.
#pragma once

#include <memory>
#include <string>

#include "common/base/clock.hpp"
#include "common/json/json.hpp"
#include "emulator/protocol/exchange.hpp"

namespace millrace::test {

struct Answer {
  int status = 0;
  std::string type;  // of the exception; empty on success
  std::string message;
  std::string body;
  std::unique_ptr<wire::Document> document;
  // A member of the body.
  [[nodiscard]] const wire::Value& operator[](std::string_view name) const {
    return document->root()[name];
  }
};

class Service {
 public:
  explicit Service(engine::Options options = {}) {
    store_ = store::Store::open(std::nullopt, store::Durability::full).value();
    engine_ = engine::Engine::open(*store_, clock, options).value();
    reader_ = engine_->make_reader().value();
  }

  Answer call(std::string_view operation, std::string body,
              std::string_view authorization = signed_by_default) {
    const auto target = "Kinesis_20131202." + std::string{operation};
    protocol::Request request;
    request.method = "POST";
    request.target = "/";
    request.content_type = "application/x-amz-json-1.1";
    request.amz_target = target;
    request.authorization = authorization;
    request.amz_date = "20261122T000000Z";
    request.body = std::move(body);
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

  base::ManualClock clock;
  protocol::Settings settings;
  engine::Engine& engine() { return *engine_; }

 private:
  static Answer answer_of(protocol::Reply& reply) {
    Answer answer;
    answer.status = reply.status;
    answer.body = reply.body;
    auto parsed = json::parse(reply.body.empty() ? "{}" : reply.body);
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

  std::unique_ptr<store::Store> store_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<store::Reader> reader_;
};

}  // namespace millrace::test
