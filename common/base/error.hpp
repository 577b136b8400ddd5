// What went wrong: a code that callers branch on, and a sentence for a person.
#pragma once

#include <string>
#include <utility>

namespace millrace::base {

enum class ErrorCode {
  // The request or script is malformed; the message says where.
  serialization,
  // A value breaks a constraint of its type (AWS: ValidationException).
  validation,
  // Values are well-formed one by one but wrong together or for this resource.
  invalid_argument,
  // A stream, shard, file or name does not exist.
  not_found,
  // The resource exists already or is in a state that forbids the call.
  in_use,
  // A quota or a call rate is used up.
  limit_exceeded,
  // A shard's throughput is used up; the same call may succeed later.
  throughput_exceeded,
  // An iterator is older than its life time.
  expired_iterator,
  // A page token is older than its life time.
  expired_token,
  // The caller may not do this, or did not prove who it is.
  access_denied,
  // The SQL or a feature is understood but not served.
  unsupported,
  // A file or socket failed; the message carries the system's text.
  io,
  // A deadline passed.
  timeout,
  // The other side answered with something that cannot be used.
  protocol,
  // Someone asked to stop.
  cancelled,
  // A defect of ours, or a disk that no longer takes writes.
  internal,
};

// Always built by constructor: as an aggregate it would make Result<T> ambiguous.
class Error {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}
  // `name` is the exact exception name where the code alone does not tell it (AWS has several per
  // code).
  Error(ErrorCode code, std::string name, std::string message)
      : code_(code), name_(std::move(name)), message_(std::move(message)) {}

  [[nodiscard]] ErrorCode code() const { return code_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& message() const { return message_; }

  // The same error with words put before it: "reading job.sql: No such file".
  [[nodiscard]] Error in(const std::string& context) const {
    return {code_, name_, context + ": " + message_};
  }

 private:
  ErrorCode code_;
  std::string name_;
  std::string message_;
};

}  // namespace millrace::base
