#include "emulator/protocol/exchange.hpp"

#include <array>
#include <cstring>
#include <random>
#include <span>

#include "common/base/base64.hpp"
#include "common/cbor/cbor.hpp"
#include "common/json/json.hpp"
#include "emulator/kinesis/rates.hpp"
#include "emulator/protocol/auth.hpp"
#include "emulator/protocol/errors.hpp"

namespace millrace::protocol {
namespace {

constexpr std::string_view json_type = "application/x-amz-json-1.1";
constexpr std::string_view cbor_type = "application/x-amz-cbor-1.1";
constexpr std::string_view plain_json_type = "application/json";
constexpr std::string_view service = "Kinesis_20131202";

// "application/json; charset=utf-8" -> "application/json"
std::string_view media_type(std::string_view header) {
  auto type = header.substr(0, header.find(';'));
  while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
  while (!type.empty() && type.front() == ' ') type.remove_prefix(1);
  return type;
}

struct Target {
  std::string_view service;
  std::string_view operation;
};

Target split_target(std::string_view header) {
  const auto dot = header.find('.');
  if (dot == std::string_view::npos) return {header, {}};
  return {header.substr(0, dot), header.substr(dot + 1)};
}

// Ids identify, they do not protect: a fast generator, seeded once a thread, is enough.
std::mt19937_64& id_source() {
  thread_local std::mt19937_64 source{[] {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
  }()};
  return source;
}

void fill(std::span<char> raw) {
  auto& random = id_source();
  for (std::size_t at = 0; at < raw.size(); at += 8) {
    const auto word = random();
    std::memcpy(raw.data() + at, &word, std::min<std::size_t>(8, raw.size() - at));
  }
}

void append_uuid(std::string& to) {
  std::array<char, 16> raw;
  fill(raw);
  raw[6] = static_cast<char>((raw[6] & 0x0f) | 0x40);  // version 4
  raw[8] = static_cast<char>((raw[8] & 0x3f) | 0x80);
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) to += '-';
    const auto byte = static_cast<unsigned char>(raw[i]);
    to += "0123456789abcdef"[byte >> 4];
    to += "0123456789abcdef"[byte & 15];
  }
}

template <class Writer>
std::string encoded(const kinesis::Call& call) {
  Writer out{call.expected_bytes()};
  call.encode(out);
  return out.take();
}

}  // namespace

std::string request_id_headers() {
  std::array<char, 72> raw;
  fill(raw);
  std::string lines;
  lines.reserve(192);
  lines += "x-amzn-RequestId: ";
  append_uuid(lines);
  lines += "\r\nx-amz-id-2: ";
  const auto at = lines.size();
  lines.resize(at + base::base64_size(raw.size()));
  base::base64_encode_to({raw.data(), raw.size()}, lines.data() + at);
  lines += "\r\n";
  return lines;
}

void Exchange::refuse_as(std::string_view type, std::string_view message) {
  reply_.status = 400;
  reply_.headers += "x-amzn-ErrorType: " + std::string{type} + "\r\n";
  reply_.body =
      reply_.content_type == cbor_type ? error_cbor(type, message) : error_json(type, message);
}

void Exchange::refuse(const base::Error& error) {
  const auto aws = aws_error(error.code());
  refuse_as(error.name().empty() ? aws.type : std::string_view{error.name()}, error.message());
  reply_.status = aws.status;
}

void Exchange::refuse_xml(int status, std::string_view type, std::string_view message) {
  reply_.status = status;
  reply_.content_type.clear();
  const std::string name{type};
  reply_.body = message.empty() ? "<" + name + "/>\n"
                                : "<" + name + ">\n  <Message>" + std::string{message} +
                                      "</Message>\n</" + name + ">\n";
}

// True when the request was a preflight and is answered.
bool Exchange::answer_cors() {
  if (request_.origin.empty()) return false;
  reply_.headers += "Access-Control-Allow-Origin: *\r\n";
  if (request_.method != "OPTIONS") {
    reply_.headers +=
        "Access-Control-Expose-Headers: "
        "x-amzn-RequestId,x-amzn-ErrorType,x-amz-request-id,x-amz-id-2,"
        "x-amzn-ErrorMessage,Date\r\n";
    return false;
  }
  if (!request_.cors_request_headers.empty()) {
    reply_.headers +=
        "Access-Control-Allow-Headers: " + std::string{request_.cors_request_headers} + "\r\n";
  }
  if (!request_.cors_request_method.empty()) {
    reply_.headers +=
        "Access-Control-Allow-Methods: " + std::string{request_.cors_request_method} + "\r\n";
  }
  reply_.headers += "Access-Control-Max-Age: 172800\r\nx-amzn-RequestId: ";
  append_uuid(reply_.headers);
  reply_.headers += "\r\n";
  return true;
}

// The checks before anything is known of the operation, in AWS's order; false when one failed.
bool Exchange::check_body() {
  constexpr std::string_view undetermined =
      "Unable to determine service/operation name to be authorized";
  if (request_.method != "POST") {
    refuse_xml(403, "AccessDeniedException", undetermined);
    return false;
  }
  const auto type = media_type(request_.content_type);
  if (type == json_type || type == cbor_type) {
    settings_.traffic->count({type == cbor_type, request_.via});
  }
  const auto target = split_target(request_.amz_target);
  operation_ = target.service == service ? kinesis::find_operation(target.operation) : nullptr;
  if (request_.body.empty()) {
    reply_.content_type = type == json_type ? json_type : cbor_type;
    refuse_as(operation_ ? "SerializationException" : "UnknownOperationException", "");
    return false;
  }
  if (type != json_type && type != cbor_type && type != plain_json_type) {
    if (target.service.empty() || target.operation.empty()) {
      refuse_xml(403, "AccessDeniedException", undetermined);
    } else {
      refuse_xml(404, "UnknownOperationException", "");
    }
    return false;
  }
  reply_.content_type = type;
  auto parsed = type == cbor_type ? cbor::parse(std::move(request_.body))
                                  : json::parse(std::move(request_.body));
  const bool sound = parsed && parsed.value()->root().kind() == wire::Kind::map;
  if (type == plain_json_type) {
    reply_.status = sound ? 404 : 400;
    reply_.body = std::string{R"({"Output":{"__type":"com.amazon.coral.service#)"} +
                  (sound ? "UnknownOperationException" : "SerializationException") +
                  R"("},"Version":"1.0"})";
    return false;
  }
  if (!sound) {
    refuse_as("SerializationException", "");
    return false;
  }
  document_ = std::move(parsed).value();
  if (operation_ == nullptr) {
    refuse_as("UnknownOperationException", "");
    return false;
  }
  return true;
}

// Before the body becomes a document; told when it is its turn.
void Exchange::check_signature() {
  const auto now = engine_.now_ms() - engine_.clock_offset_ms();  // clients sign in real time
  signature_ =
      protocol::check_signature({request_.method, request_.target, request_.headers}, request_.body,
                                *settings_.secrets, base::from_epoch_ms(now));
}

base::Status Exchange::authenticate() {
  const bool dated = !request_.amz_date.empty() || !request_.date.empty();
  BOOST_OUTCOME_TRY(const auto caller,
                    parse_credentials(request_.authorization, request_.target, dated));
  if (!signature_) return signature_.error();
  scope_.account = account_of(caller.access_key, settings_.account);
  scope_.region = caller.region.empty() ? settings_.region : caller.region;
  return base::success();
}

void Exchange::start(Request request) {
  request_ = std::move(request);
  if (admin::is_admin(request_.target)) {
    admin_ = std::make_unique<admin::Call>(
        engine_, *settings_.traffic,
        admin::Request{.method = request_.method,
                       .target = request_.target,
                       .content_type = request_.content_type,
                       .origin = request_.origin,
                       .body = std::move(request_.body),
                       .scope = {settings_.account, settings_.region}});
    return;
  }
  if (answer_cors()) return;
  reply_.headers += request_id_headers();
  if (settings_.secrets != nullptr) check_signature();
  if (!check_body()) return;
  auto call = operation_->make();
  auto ready = authenticate();
  if (ready) ready = call->decode(document_->root());
  if (ready) ready = kinesis::admit_call(engine_, scope_, *operation_, document_->root());
  if (!ready) {
    refuse(ready.error());
    return;
  }
  call_ = std::move(call);
  if (operation_->lane == kinesis::Lane::look) {
    const auto lock = engine_.lock();
    run(nullptr);
  }
}

void Exchange::run(store::Reader* reader) {
  if (admin_) {
    admin_->run();
    return;
  }
  if (!asked_ms_) asked_ms_ = engine_.now_ms();
  kinesis::Context context{engine_, scope_, reader, *asked_ms_};
  outcome_ = call_->run(context);
  wait_ = *outcome_ ? context.wait : std::nullopt;
  // A page of records is long to write: done here, the I/O thread is free for others.
  if (operation_->lane == kinesis::Lane::read && *outcome_ && !engine_.in_memory()) encode();
}

void Exchange::encode() {
  encoded_ = true;
  if (auto feed = call_->take_feed()) {
    reply_.content_type = event_stream_type;
    reply_.events = std::make_unique<Events>(std::move(feed));
  } else if (call_->has_output()) {
    reply_.body = reply_.content_type == cbor_type ? encoded<cbor::Writer>(*call_)
                                                   : encoded<json::Writer>(*call_);
  }
}

void Exchange::fail(const base::Error& why) {
  if (admin_) {
    admin_->fail(why);
  } else {
    outcome_ = why;
    wait_.reset();
  }
}

Reply& Exchange::reply() {
  if (admin_) {
    auto& made = admin_->reply();
    reply_ = {made.status, std::string{made.content_type}, std::move(made.headers),
              request_.method == "HEAD" ? std::string{} : std::move(made.body)};
    admin_.reset();
    return reply_;
  }
  if (call_ && outcome_) {
    if (!*outcome_) {
      refuse(outcome_->error());
    } else if (!encoded_) {
      encode();
    }
    call_.reset();
  }
  return reply_;
}

}  // namespace millrace::protocol
