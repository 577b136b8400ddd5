// Type checks of request members, with the sentences AWS answers (recorded by kinesalite's tests).
#include <algorithm>
#include <cmath>
#include <limits>

#include "common/base/base64.hpp"
#include "common/wire/members.hpp"

namespace millrace::wire {
namespace {

base::Error refuse(std::string message) {
  return {base::ErrorCode::serialization, std::move(message)};
}

base::Error unexpected_container(const Value& value) {
  return refuse(value.kind() == Kind::list ? "Start of list found where not expected"
                                           : "Start of structure or map found where not expected.");
}

// How AWS names the Java class a scalar was read as.
std::string java_class(const Value& value) {
  switch (value.kind()) {
    case Kind::boolean:
      return "class java.lang.Boolean";
    case Kind::text:
      return "class java.lang.String";
    case Kind::bytes:
      return "class java.nio.HeapByteBuffer";
    case Kind::time:
      return "class java.util.Date";
    default:
      return "class com.amazon.coral.value.json.numbers.TruncatingBigNumber";
  }
}

bool is_container(const Value& value) {
  return value.kind() == Kind::list || value.kind() == Kind::map;
}

// Fractions are cut towards minus infinity; what is out of range is clamped.
std::int64_t to_integer(const Value& value, std::int64_t low, std::int64_t high) {
  if (value.kind() == Kind::integer) return std::clamp(value.as_integer(), low, high);
  const double real = std::floor(value.as_real());
  if (!(real > static_cast<double>(low))) return low;
  if (real >= static_cast<double>(high)) return high;
  return static_cast<std::int64_t>(real);
}

base::Result<std::int64_t> read_integer(const Value& from, const char* type, std::int64_t low,
                                        std::int64_t high) {
  if (is_container(from)) return unexpected_container(from);
  if (!from.is_number()) {
    return refuse(java_class(from) + " can not be converted to an " + type);
  }
  return to_integer(from, low, high);
}

// Decodes over its own text: the result is shorter than the source.
base::Result<std::string_view> decode_in_place(const Value& from) {
  const auto text = from.as_text();
  const auto unfit = [&](const std::string& why) {
    return refuse("'" + std::string{text} + "' can not be converted to a Blob: " + why);
  };
  if (text.size() % 4 != 0) {
    return unfit("Base64 encoded length is expected a multiple of 4 bytes but found: " +
                 std::to_string(text.size()));
  }
  // Not straight over its own text: an error says what the text was.
  thread_local std::string decoded;
  decoded.resize(std::max(decoded.size(), text.size()));
  if (const auto size = base::base64_decode_to(text, decoded.data())) {
    std::copy_n(decoded.data(), *size, from.mutable_text());
    constexpr std::size_t kept = 1U << 20U;
    if (decoded.size() > kept) std::string{}.swap(decoded);
    return std::string_view{from.mutable_text(), *size};
  }
  const auto is_digit = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool padding =
        text[i] == '=' && (i + 1 == text.size() || text[i + 1] == '=') && text.size() - i <= 2;
    if (!is_digit(text[i]) && !padding) {
      return unfit(std::string{"Invalid Base64 character: '"} + text[i] + "'");
    }
  }
  return unfit("Invalid last non-pad Base64 character dectected");
}

}  // namespace

base::Status read_value(const Value& from, std::string_view& to) {
  if (is_container(from)) return unexpected_container(from);
  if (from.kind() != Kind::text) {
    return refuse(java_class(from) + " can not be converted to an String");
  }
  to = from.as_text();
  return base::success();
}

base::Status read_value(const Value& from, bool& to) {
  if (is_container(from)) return unexpected_container(from);
  if (from.kind() == Kind::text) {
    std::string upper{from.as_text()};
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    // AWS takes the words; anything else is refused in capitals.
    if (upper == "TRUE" || upper == "1" || upper == "YES") return to = true, base::success();
    if (upper == "FALSE" || upper == "0" || upper == "NO") return to = false, base::success();
    return refuse("'" + upper + "' can not be converted to an Boolean");
  }
  if (from.kind() != Kind::boolean) {
    return refuse(java_class(from) + " can not be converted to an Boolean");
  }
  to = from.as_boolean();
  return base::success();
}

base::Status read_value(const Value& from, std::int32_t& to) {
  using Limits = std::numeric_limits<std::int32_t>;
  BOOST_OUTCOME_TRY(const auto number, read_integer(from, "Integer", Limits::min(), Limits::max()));
  to = static_cast<std::int32_t>(number);
  return base::success();
}

base::Status read_value(const Value& from, std::int64_t& to) {
  using Limits = std::numeric_limits<std::int64_t>;
  BOOST_OUTCOME_TRY(to, read_integer(from, "Long", Limits::min(), Limits::max()));
  return base::success();
}

base::Status read_value(const Value& from, BlobView& to) {
  if (is_container(from)) return unexpected_container(from);
  if (from.kind() == Kind::bytes) {
    to.bytes = from.as_text();
    return base::success();
  }
  if (from.kind() != Kind::text) {
    return refuse(java_class(from) + " can not be converted to a Blob");
  }
  BOOST_OUTCOME_TRY(to.bytes, decode_in_place(from));
  return base::success();
}

base::Status read_value(const Value& from, EpochMs& to) {
  if (is_container(from)) return unexpected_container(from);
  if (from.kind() == Kind::time) {
    to.ms = from.as_time();
    return base::success();
  }
  if (!from.is_number()) {
    return refuse(java_class(from) + " can not be converted to milliseconds since epoch");
  }
  constexpr double far = 9e15;  // further than any clock goes, well inside 64 bits
  to.ms = std::llround(std::clamp(from.as_real() * 1000.0, -far, far));
  return base::success();
}

base::Status read_value(const Value& from, TextEntries& to) {
  if (from.kind() == Kind::list) return unexpected_container(from);
  if (from.kind() != Kind::map) return refuse("Expected map or null");
  for (const auto& [name, value] : from.as_map()) {
    std::string_view text;
    if (value.is_null()) continue;
    BOOST_OUTCOME_TRY(read_value(value, text));
    to.emplace_back(name, text);
  }
  return base::success();
}

base::Status expect_list(const Value& from) {
  if (from.kind() == Kind::map) return unexpected_container(from);
  if (from.kind() != Kind::list) return refuse("Expected list or null");
  return base::success();
}

base::Status expect_structure(const Value& from) {
  if (from.kind() == Kind::list) return unexpected_container(from);
  if (from.kind() != Kind::map) return refuse("Expected null");
  return base::success();
}

}  // namespace millrace::wire
