// An emulator that delivers, without sockets: the API as text, a clock that stands still, threads
// that only run while the test waits for them, and a bucket that the test can break.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/base/base64.hpp"
#include "common/json/json.hpp"
#include "emulator/delivery/delivery.hpp"
#include "emulator/protocol/exchange.hpp"

namespace millrace::test {

// Objects by "bucket/key".
class Bucket final : public delivery::Sink {
 public:
  base::Status put(const delivery::Object& object) override {
    ++puts;
    if (!broken.empty()) return base::Error{base::ErrorCode::io, broken};
    order.push_back(object.bucket + "/" + object.key);
    objects[order.back()] = object;
    return base::success();
  }
  std::string broken;  // why nothing can be put now
  int puts = 0;
  std::vector<std::string> order;
  std::map<std::string, delivery::Object> objects;
};

class Pipeline {
 public:
  // directory: nullopt keeps all in memory.
  explicit Pipeline(std::optional<std::string> directory = {}, delivery::Options options = {})
      : directory_(std::move(directory)), options_(options) {
    open();
  }
  ~Pipeline() { close(); }
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // As after a crash of the process: what was not committed is gone.
  void restart() {
    close();
    open();
  }
  // The delivery alone starts anew, with nothing in its memory.
  void restart_delivery() { make_delivery(); }

  std::unique_ptr<wire::Document> call(std::string_view operation, std::string body) {
    const auto target = "Kinesis_20131202." + std::string{operation};
    protocol::Request request;
    request.method = "POST";
    request.target = "/";
    request.content_type = "application/x-amz-json-1.1";
    request.amz_target = target;
    request.authorization =
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/us-east-1/kinesis/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature=0";
    request.amz_date = "20261122T000000Z";
    request.body = std::move(body);
    protocol::Exchange exchange{settings_, *engine_};
    exchange.start(std::move(request));
    if (exchange.needs_run()) {
      const auto ran = delivery::change_and_wait(*committer_, [&](engine::Engine&) {
        exchange.run(reader_.get());
        return base::success();
      });
      REQUIRE(ran.has_value());
    }
    auto& reply = exchange.reply();
    REQUIRE_MESSAGE(reply.status == 200, operation << ": " << reply.body);
    auto parsed = json::parse(reply.body.empty() ? "{}" : reply.body);
    return std::move(parsed).value();
  }

  void advance(std::int64_t ms) { clock.advance(base::Millis{ms}); }

  // An on-demand stream that is ACTIVE: four shards.
  void stream(const std::string& name) {
    call("CreateStream",
         R"({"StreamName":")" + name + R"(","StreamModeDetails":{"StreamMode":"ON_DEMAND"}})");
    advance(500);
  }
  // The channel's ARN; it is still CREATING.
  std::string channel(const std::string& stream, const std::string& format = "JSON",
                      const std::string& compression = "NONE",
                      const std::string& key = "k!{extension}") {
    const auto made =
        call("CreateChannel",
             R"({"ChannelName":"c","ServiceExecutionRoleARN":"arn:aws:iam::000000000000:role/r",)"
             R"("StreamConfigurationList":[{"StreamARN":)"
             R"("arn:aws:kinesis:us-east-1:000000000000:stream/)" +
                 stream + R"(","RecordConfiguration":{"RecordFormatType":")" + format +
                 R"("}}],"S3DestinationConfiguration":{"StorageConfiguration":{)"
                 R"("BucketARN":"arn:aws:s3:::bucket","ExpectedBucketOwner":"111122223333",)"
                 R"("CompressionType":")" +
                 compression + R"(","OutputKeyTemplate":")" + key +
                 R"("},"DeadLetterQueueS3Configuration":{"BucketARN":"arn:aws:s3:::dead",)"
                 R"("ExpectedBucketOwner":"444455556666","ErrorOutputPrefix":"bad/"}}})");
    return std::string{made->root()["ChannelDescription"]["ChannelARN"].as_text()};
  }
  // To a shard of four by its number.
  void put(const std::string& stream, const std::string& data, int shard = 0) {
    static const char* const keys[] = {"0", "100000000000000000000000000000000000000",
                                       "200000000000000000000000000000000000000",
                                       "300000000000000000000000000000000000000"};
    call("PutRecord", R"({"StreamName":")" + stream + R"(","PartitionKey":"p","Data":")" +
                          base::base64_encode(data) + R"(","ExplicitHashKey":")" +
                          keys[static_cast<std::size_t>(shard)] + "\"}");
  }
  void step() { delivery_->step(); }
  // Everything in a bucket, objects in the order of their names.
  std::string text(const std::string& bucket_name = "bucket") const {
    std::string all;
    for (const auto& [name, object] : bucket.objects) {
      if (name.starts_with(bucket_name + "/")) all += object.body;
    }
    return all;
  }
  std::string reason(const std::string& arn) {
    const auto answer = call("DescribeChannel", R"({"ChannelARN":")" + arn + "\"}");
    const auto& reason = answer->root()["ChannelDescription"]["ChannelStatusReason"];
    return reason.is_null() ? "" : std::string{reason.as_text()};
  }
  engine::Engine& engine() { return *engine_; }
  engine::Committer& committer() { return *committer_; }

  base::ManualClock clock;
  Bucket bucket;

 private:
  void open() {
    store_ = store::Store::open(directory_, store::Durability::normal).value();
    engine_ = engine::Engine::open(*store_, clock, {}).value();
    reader_ = engine_->make_reader().value();
    committer_ = std::make_unique<engine::Committer>(*engine_);
    readers_ = engine::ReaderPool::open(*engine_, *committer_, 1).value();
    make_delivery();
  }
  void make_delivery() {
    delivery_ = std::make_unique<delivery::Delivery>(
        delivery::Delivery::Parts{*engine_, *committer_, *readers_, bucket}, options_);
  }
  void close() {
    delivery_.reset();
    readers_.reset();
    committer_.reset();
    reader_.reset();
    engine_.reset();
    store_.reset();
  }

  std::optional<std::string> directory_;
  delivery::Options options_;
  protocol::Settings settings_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<store::Reader> reader_;
  std::unique_ptr<engine::Committer> committer_;
  std::unique_ptr<engine::ReaderPool> readers_;
  std::unique_ptr<delivery::Delivery> delivery_;
};

}  // namespace millrace::test
