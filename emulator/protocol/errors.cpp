#include "emulator/protocol/errors.hpp"

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

std::string error_json(std::string_view type, std::string_view message) {
  json::Writer out;
  out.begin_map();
  out.key("__type");
  out.text(type);
  if (!message.empty()) {
    out.key(type == "SerializationException" ? "Message" : "message");
    out.text(message);
  }
  out.end_map();
  return out.take();
}

std::string error_cbor(std::string_view type) {
  // A map of one pair; texts below 256 bytes have their length in one byte at most.
  const auto text = [](std::string_view value) {
    std::string coded;
    if (value.size() < 24) {
      coded += static_cast<char>(0x60 + value.size());
    } else {
      coded += '\x78';
      coded += static_cast<char>(value.size());
    }
    return coded.append(value);
  };
  return "\xa1" + text("__type") + text(type);
}

}  // namespace millrace::protocol
