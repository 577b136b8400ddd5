// The one table from our error codes to AWS's exceptions.
#pragma once

#include <string>
#include <string_view>

#include "common/base/error.hpp"

namespace millrace::protocol {

struct AwsError {
  std::string_view type;  // short name, as in "__type"
  int status;             // HTTP
};

AwsError aws_error(base::ErrorCode code);

// {"__type":"ResourceNotFoundException","message":"..."}; SerializationException spells it
// "Message". An empty message is left out.
std::string error_json(std::string_view type, std::string_view message);
// The same in CBOR.
std::string error_cbor(std::string_view type, std::string_view message);

}  // namespace millrace::protocol
