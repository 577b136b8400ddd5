#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <limits>
#include <vector>

#include "common/json/json.hpp"

namespace millrace::json {
namespace {

// Collects values on a stack; a finished list or map moves from there into the document's memory.
class TreeBuilder {
 public:
  explicit TreeBuilder(wire::Document& document) : document_(document) {}

  bool Null() { return add(wire::Value{}); }
  bool Bool(bool value) { return add(wire::Value::boolean(value)); }
  bool Int(int value) { return add(wire::Value::integer(value)); }
  bool Uint(unsigned value) { return add(wire::Value::integer(value)); }
  bool Int64(std::int64_t value) { return add(wire::Value::integer(value)); }
  bool Uint64(std::uint64_t value) {
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return add(wire::Value::real(static_cast<double>(value)));
    }
    return add(wire::Value::integer(static_cast<std::int64_t>(value)));
  }
  bool Double(double value) { return add(wire::Value::real(value)); }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return false; }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    return add(wire::Value::text({text, size}));
  }
  bool StartObject() { return ++depth_ <= max_depth; }
  bool StartArray() { return ++depth_ <= max_depth; }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    keys_.emplace_back(text, size);
    return true;
  }
  bool EndObject(rapidjson::SizeType count) {
    --depth_;
    members_.clear();
    const auto first_value = values_.size() - count;
    const auto first_key = keys_.size() - count;
    for (std::size_t i = 0; i < count; ++i) {
      members_.push_back({keys_[first_key + i], values_[first_value + i]});
    }
    values_.resize(first_value);
    keys_.resize(first_key);
    return add(wire::Value::map(document_.keep(std::span<const wire::Member>{members_})));
  }
  bool EndArray(rapidjson::SizeType count) {
    --depth_;
    const std::span<const wire::Value> items{values_.data() + (values_.size() - count), count};
    const auto list = wire::Value::list(document_.keep(items));
    values_.resize(values_.size() - count);
    return add(list);
  }

  [[nodiscard]] wire::Value root() const { return values_.back(); }
  [[nodiscard]] bool too_deep() const { return depth_ > max_depth; }

 private:
  bool add(wire::Value value) {
    values_.push_back(value);
    return true;
  }

  wire::Document& document_;
  std::vector<wire::Value> values_;
  std::vector<std::string_view> keys_;
  std::vector<wire::Member> members_;
  int depth_ = 0;
};

}  // namespace

base::Result<std::unique_ptr<wire::Document>> parse(std::string text) {
  // In-situ parsing stops at the first zero byte; inside a text it would hide what follows.
  const auto zero = text.find('\0');
  if (zero != std::string::npos) {
    return base::Error{base::ErrorCode::serialization,
                       "not JSON: a zero byte at offset " + std::to_string(zero)};
  }
  auto document = std::make_unique<wire::Document>(std::move(text));
  TreeBuilder builder{*document};
  rapidjson::InsituStringStream stream{document->body().data()};
  rapidjson::Reader reader;
  constexpr unsigned flags = rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag |
                             rapidjson::kParseValidateEncodingFlag |
                             rapidjson::kParseFullPrecisionFlag;
  const auto parsed = reader.Parse<flags>(stream, builder);
  if (builder.too_deep()) {
    return base::Error{base::ErrorCode::serialization,
                       "not served: JSON nested deeper than " + std::to_string(max_depth)};
  }
  if (parsed.IsError()) {
    return base::Error{base::ErrorCode::serialization,
                       std::string{"not JSON: "} + rapidjson::GetParseError_En(parsed.Code()) +
                           " At offset " + std::to_string(parsed.Offset()) + "."};
  }
  document->set_root(builder.root());
  return document;
}

}  // namespace millrace::json
