#include "runtime/sql/error.hpp"

namespace millrace::sql {

namespace {

std::string place(Position at) {
  return std::to_string(at.line) + ":" + std::to_string(at.column) + ": ";
}

std::string words(Position at) {
  return "line " + std::to_string(at.line) + ", column " + std::to_string(at.column);
}

}  // namespace

Error parse_error(Position at, const std::string& what) {
  return {base::ErrorCode::serialization, place(at) + "SQL parse failed. " + what};
}

Error validation_error(Span where, const std::string& what) {
  const std::string range = where.from == where.to
                                ? "At " + words(where.from)
                                : "From " + words(where.from) + " to " + words(where.to);
  return {base::ErrorCode::validation,
          place(where.from) + "SQL validation failed. " + range + ": " + what};
}

Error script_error(Position at, const std::string& what) {
  return {base::ErrorCode::validation, place(at) + "SQL validation failed. " + what};
}

Error plain_error(Position at, const std::string& what) {
  return {base::ErrorCode::validation, place(at) + what};
}

Error not_served(Position at, const std::string& what) {
  return {base::ErrorCode::unsupported, place(at) + what + " is not served yet"};
}

}  // namespace millrace::sql
