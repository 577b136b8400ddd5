// Enhanced fan-out: consumers and subscriptions.
#include "common/aws/bodies.hpp"
#include "common/aws/kinesis_client.hpp"
#include "common/aws/record_page.hpp"
#include "common/eventstream/frame.hpp"

namespace millrace::aws {
namespace {

using base::Error;
using base::ErrorCode;

constexpr const char* subscribe_name = "SubscribeToShard";

base::Result<StreamConsumer> read_consumer(const wire::Value& value, const char* operation,
                                           const char* member) {
  if (value.kind() != wire::Kind::map || value["ConsumerARN"].kind() != wire::Kind::text) {
    return malformed(operation, member);
  }
  return StreamConsumer{text_of(value["ConsumerName"]), text_of(value["ConsumerARN"]),
                        text_of(value["ConsumerStatus"])};
}

// Takes the bytes of an event stream as they come and hands over its events.
class EventReader {
 public:
  EventReader(const ServiceClient& service, const std::function<bool(RecordPage)>& on_event)
      : service_(service), on_event_(on_event) {}

  // False: nothing more is wanted, because of an error or of on_event.
  bool take(std::string_view bytes) {
    buffer_ += bytes;
    std::size_t at = 0;
    bool more = true;
    while (more) {
      auto decoded = eventstream::decode(std::string_view{buffer_}.substr(at));
      if (!decoded) {
        failure_ = decoded.error().in(subscribe_name);
        more = false;
      } else if (!decoded.value()) {
        break;
      } else {
        at += decoded.value()->size;
        more = take(decoded.value()->message);
      }
    }
    buffer_.erase(0, at);
    return more;
  }

  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  bool take(eventstream::Message& message) {
    const auto type = message.text(":message-type");
    if (type == "exception" || type == "error") {
      const std::string name{type == "error" ? message.text(":error-code")
                                             : message.text(":exception-type")};
      failure_ = service_.error_of(name, message.payload, message.text(":error-message"));
      return false;
    }
    if (message.text(":event-type") != "SubscribeToShardEvent") return true;  // initial-response
    RecordPage page;
    if (!read_record_page(message.payload, page)) {
      auto tree = service_.tree(subscribe_name, std::move(message.payload));
      auto read = tree ? read_record_tree(tree.value()->root(), subscribe_name)
                       : base::Result<RecordPage>{std::move(tree).error()};
      if (!read) {
        failure_ = std::move(read).error();
        return false;
      }
      page = std::move(read).value();
    }
    return on_event_(std::move(page));
  }

  const ServiceClient& service_;
  const std::function<bool(RecordPage)>& on_event_;
  std::string buffer_;
  std::optional<Error> failure_;
};

}  // namespace

base::Result<StreamConsumer> KinesisClient::register_stream_consumer(const std::string& stream_arn,
                                                                     const std::string& name) {
  Body body{StreamRef{.arn = stream_arn}};
  body.text("ConsumerName", name);
  BOOST_OUTCOME_TRY(const auto answer, service_.call("RegisterStreamConsumer", body.finish()));
  return read_consumer(answer->root()["Consumer"], "RegisterStreamConsumer", "Consumer");
}

base::Result<StreamConsumer> KinesisClient::describe_stream_consumer(const std::string& stream_arn,
                                                                     const std::string& name) {
  Body body{StreamRef{.arn = stream_arn}};
  body.text("ConsumerName", name);
  BOOST_OUTCOME_TRY(const auto answer, service_.call("DescribeStreamConsumer", body.finish()));
  return read_consumer(answer->root()["ConsumerDescription"], "DescribeStreamConsumer",
                       "ConsumerDescription");
}

base::Status KinesisClient::deregister_stream_consumer(const std::string& consumer_arn) {
  Body body;
  body.text("ConsumerARN", consumer_arn);
  BOOST_OUTCOME_TRY(service_.call("DeregisterStreamConsumer", body.finish()));
  return base::success();
}

base::Status KinesisClient::subscribe_to_shard(const std::string& consumer_arn,
                                               const std::string& shard_id,
                                               const IteratorStart& start,
                                               const net::StreamTimeouts& timeouts,
                                               const std::function<bool(RecordPage)>& on_event) {
  Body body;
  body.text("ConsumerARN", consumer_arn);
  body.text("ShardId", shard_id);
  auto& writer = body.writer();
  writer.key("StartingPosition");
  writer.begin_map();
  body.text("Type", iterator_type_name(start.type));
  if (start.type == IteratorType::at_sequence || start.type == IteratorType::after_sequence) {
    body.text("SequenceNumber", start.sequence_number);
  }
  if (start.type == IteratorType::at_timestamp) {
    writer.key("Timestamp");
    writer.time(start.timestamp_ms);
  }
  writer.end_map();
  EventReader reader{service_, on_event};
  BOOST_OUTCOME_TRY(
      service_.call_streamed(subscribe_name, body.finish(), timeouts,
                             [&reader](std::string_view bytes) { return reader.take(bytes); }));
  if (reader.failure()) return *reader.failure();
  return base::success();
}

}  // namespace millrace::aws
