#include "emulator/protocol/events.hpp"

#include "common/eventstream/frame.hpp"
#include "common/json/json.hpp"
#include "emulator/protocol/errors.hpp"

namespace millrace::protocol {
namespace {

using eventstream::text_header;

// Payloads are JSON, also for clients that speak CBOR otherwise: the SDKs read nothing else here.
std::string frame(const char* kind, const char* kind_header, std::string_view name,
                  std::string payload) {
  eventstream::Message message;
  message.headers = {text_header(":message-type", kind),
                     text_header(kind_header, std::string{name}),
                     text_header(":content-type", "application/json")};
  message.payload = std::move(payload);
  return eventstream::encode(message);
}

std::string exception_frame(const base::Error& error) {
  const auto known = aws_error(error.code());
  std::string name{error.name().empty() ? known.type : std::string_view{error.name()}};
  if (name == "InternalFailure") name = "InternalFailureException";  // as the model spells it here
  json::Writer out;
  out.begin_map();
  out.key("message");
  out.text(error.message());
  out.end_map();
  return frame("exception", ":exception-type", name, out.take());
}

}  // namespace

const std::string& Events::first() {
  static const std::string made = frame("event", ":event-type", "initial-response", "{}");
  return made;
}

Events::Chunk Events::next(store::Reader& reader) {
  const auto next = feed_->next(reader);
  if (!next) return {std::make_shared<std::string>(exception_frame(next.error())), true};
  if (next.value() == kinesis::Feed::Next::nothing) return {};
  if (next.value() == kinesis::Feed::Next::end) return {nullptr, true};
  if (auto sent = feed_->as_sent()) return {std::move(sent), false};
  json::Writer out{4096};
  feed_->encode(out);
  Frames made =
      std::make_shared<std::string>(frame("event", ":event-type", feed_->event_name(), out.take()));
  feed_->share(made);
  return {std::move(made), next.value() == kinesis::Feed::Next::last_event};
}

}  // namespace millrace::protocol
