// Writing request bodies and reading answers, for the files of this folder only.
#pragma once

#include <cmath>
#include <string>
#include <string_view>

#include "common/aws/kinesis_client.hpp"
#include "common/json/json.hpp"

namespace millrace::aws {

inline base::Error malformed(const char* operation, const char* member) {
  return {base::ErrorCode::protocol,
          std::string{operation} + ": the answer's " + member + " is missing or of a wrong type"};
}

inline std::string text_of(const wire::Value& value) {
  return value.kind() == wire::Kind::text ? std::string{value.as_text()} : "";
}

inline std::int64_t integer_of(const wire::Value& value) {
  return value.kind() == wire::Kind::integer ? value.as_integer() : 0;
}

// Epoch seconds, perhaps with a fraction.
inline std::int64_t time_of(const wire::Value& value) {
  if (!value.is_number()) return 0;
  const double ms = value.as_real() * 1000.0;
  return std::abs(ms) < 9e15 ? std::llround(ms) : 0;
}

// A JSON object, member by member.
class Body {
 public:
  Body() { writer_.begin_map(); }
  explicit Body(std::size_t expected) : writer_(expected) { writer_.begin_map(); }
  explicit Body(const StreamRef& stream, std::size_t expected = 128) : Body(expected) {
    text("StreamName", stream.name);
    text("StreamARN", stream.arn);
  }
  // Left out when empty.
  void text(const char* name, std::string_view value) {
    if (value.empty()) return;
    writer_.key(name);
    writer_.text(value);
  }
  void integer(const char* name, std::int64_t value) {
    writer_.key(name);
    writer_.integer(value);
  }
  json::Writer& writer() { return writer_; }
  std::string finish() {
    writer_.end_map();
    return writer_.take();
  }

 private:
  json::Writer writer_;
};

inline const char* iterator_type_name(IteratorType type) {
  switch (type) {
    case IteratorType::trim_horizon:
      return "TRIM_HORIZON";
    case IteratorType::latest:
      return "LATEST";
    case IteratorType::at_timestamp:
      return "AT_TIMESTAMP";
    case IteratorType::at_sequence:
      return "AT_SEQUENCE_NUMBER";
    case IteratorType::after_sequence:
      return "AFTER_SEQUENCE_NUMBER";
  }
  KS_ASSERT(false);
}

}  // namespace millrace::aws
