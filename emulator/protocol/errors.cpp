#include "emulator/protocol/errors.hpp"

#include "common/cbor/cbor.hpp"
#include "common/json/json.hpp"

namespace millrace::protocol {

using base::ErrorCode;

AwsError aws_error(ErrorCode code) {
  switch (code) {
    case ErrorCode::serialization:
      return {"SerializationException", 400};
    case ErrorCode::validation:
      return {"ValidationException", 400};
    case ErrorCode::invalid_argument:
      return {"InvalidArgumentException", 400};
    case ErrorCode::not_found:
      return {"ResourceNotFoundException", 400};
    case ErrorCode::in_use:
      return {"ResourceInUseException", 400};
    case ErrorCode::limit_exceeded:
      return {"LimitExceededException", 400};
    case ErrorCode::throughput_exceeded:
      return {"ProvisionedThroughputExceededException", 400};
    case ErrorCode::expired_iterator:
      return {"ExpiredIteratorException", 400};
    case ErrorCode::expired_token:
      return {"ExpiredNextTokenException", 400};
    case ErrorCode::access_denied:
      return {"AccessDeniedException", 400};
    case ErrorCode::unsupported:
    case ErrorCode::io:
    case ErrorCode::timeout:
    case ErrorCode::protocol:
    case ErrorCode::cancelled:
    case ErrorCode::internal:
      break;
  }
  return {"InternalFailure", 500};
}

namespace {

void write_error(wire::Encoder& out, std::string_view type, std::string_view message) {
  out.begin_map();
  out.key("__type");
  out.text(type);
  if (!message.empty()) {
    out.key(type == "SerializationException" ? "Message" : "message");
    out.text(message);
  }
  out.end_map();
}

}  // namespace

std::string error_json(std::string_view type, std::string_view message) {
  json::Writer out;
  write_error(out, type, message);
  return out.take();
}

std::string error_cbor(std::string_view type, std::string_view message) {
  cbor::Writer out;
  write_error(out, type, message);
  return out.take();
}

}  // namespace millrace::protocol
