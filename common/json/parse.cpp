#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "common/json/json.hpp"

namespace millrace::json {
namespace {

// Half of a surrogate pair, encoded as if it were a character. RapidJSON lets the second half pass
// when it comes as \uDC00..\uDFFF alone; as UTF-8 it is nothing, and no client could read it back.
bool has_surrogate(std::string_view text) {
  for (auto at = text.find('\xED'); at != text.npos; at = text.find('\xED', at + 1)) {
    if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xA0) return true;
  }
  return false;
}

// Where a character of UTF-8 begins that the text is too short for; npos: nowhere. RapidJSON would
// look for its other bytes behind the end. No JSON text ends like this.
std::size_t cut_character(std::string_view text) {
  for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    const std::size_t needed = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
    if (needed > back) return text.size() - back;
  }
  return std::string_view::npos;
}

// What parsing needs beside the document; kept from one request to the next.
struct Scratch {
  std::vector<wire::Value> values;
  std::vector<std::string_view> keys;
  std::vector<wire::Member> members;
  rapidjson::Reader reader;

  // Ready for the next text; what an unusually large one has left behind is given back.
  void clear() {
    constexpr std::size_t kept = 16 * 1024;
    if (values.capacity() > kept) values = {};
    if (keys.capacity() > kept) keys = {};
    if (members.capacity() > kept) members = {};
    values.clear();
    keys.clear();
    members.clear();
  }
};

// Collects values on a stack; a finished list or map moves from there into the document's memory.
class TreeBuilder {
 public:
  // with_escapes: there may be characters written as \uXXXX.
  TreeBuilder(wire::Document& document, bool with_escapes, Scratch& scratch)
      : document_(document),
        with_escapes_(with_escapes),
        values_(scratch.values),
        keys_(scratch.keys),
        members_(scratch.members) {}

  bool Null() { return add(wire::Value{}); }
  bool Bool(bool value) { return add(wire::Value::boolean(value)); }
  // Numbers come as they are written: RapidJSON itself takes 0e308 for another number than zero.
  bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
    const std::string_view number{text, size};
    const auto* end = text + size;
    std::int64_t whole = 0;
    if (std::from_chars(text, end, whole) == std::from_chars_result{end, std::errc{}}) {
      return add(wire::Value::integer(whole));
    }
    double real = 0;
    if (std::from_chars(text, end, real).ec != std::errc{}) {
      // Too large, or too small to tell from zero.
      real = std::strtod(std::string{number}.c_str(), nullptr);
      too_big_ = std::isinf(real);
    }
    return !too_big_ && add(wire::Value::real(real));
  }
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    return check({text, size}) && add(wire::Value::text({text, size}));
  }
  bool StartObject() { return ++depth_ <= max_depth; }
  bool StartArray() { return ++depth_ <= max_depth; }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    keys_.emplace_back(text, size);
    return check({text, size});
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
  [[nodiscard]] bool too_big() const { return too_big_; }
  [[nodiscard]] bool lone_surrogate() const { return lone_surrogate_; }

 private:
  bool add(wire::Value value) {
    values_.push_back(value);
    return true;
  }

  bool check(std::string_view text) {
    lone_surrogate_ = with_escapes_ && has_surrogate(text);
    return !lone_surrogate_;
  }

  wire::Document& document_;
  bool with_escapes_;
  bool lone_surrogate_ = false;
  bool too_big_ = false;
  std::vector<wire::Value>& values_;
  std::vector<std::string_view>& keys_;
  std::vector<wire::Member>& members_;
  int depth_ = 0;
};

bool is_ascii(std::string_view text) {
  constexpr std::uint64_t high = 0x8080'8080'8080'8080;
  std::uint64_t seen = 0;
  std::size_t at = 0;
  for (; text.size() - at >= 8; at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    seen |= word;
  }
  for (; at < text.size(); ++at) seen |= static_cast<unsigned char>(text[at]);
  return (seen & high) == 0;
}

}  // namespace

base::Result<std::unique_ptr<wire::Document>> parse(std::string text) {
  // In-situ parsing stops at the first zero byte; inside a text it would hide what follows.
  const auto zero = text.find('\0');
  if (zero != std::string::npos) {
    return base::Error{base::ErrorCode::serialization,
                       "not JSON: a zero byte at offset " + std::to_string(zero)};
  }
  const auto cut = cut_character(text);
  if (cut != std::string::npos) {
    return base::Error{base::ErrorCode::serialization,
                       "not JSON: part of a character at offset " + std::to_string(cut)};
  }
  const bool with_escapes = text.find("\\u") != std::string::npos;
  auto document = std::make_unique<wire::Document>(std::move(text));
  thread_local Scratch scratch;
  scratch.clear();
  TreeBuilder builder{*document, with_escapes, scratch};
  rapidjson::InsituStringStream stream{document->body().data()};
  // Not iterative: the builder ends the text before the stack does. Of plain ASCII, most requests,
  // no character needs to be looked at again.
  constexpr unsigned flags = rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag;
  const auto parsed =
      is_ascii(document->body())
          ? scratch.reader.Parse<flags>(stream, builder)
          : scratch.reader.Parse<flags | rapidjson::kParseValidateEncodingFlag>(stream, builder);
  if (builder.too_deep()) {
    return base::Error{base::ErrorCode::serialization,
                       "not served: JSON nested deeper than " + std::to_string(max_depth)};
  }
  if (builder.lone_surrogate()) {
    return base::Error{base::ErrorCode::serialization,
                       "not JSON: half of a surrogate pair before offset " +
                           std::to_string(parsed.Offset()) + "."};
  }
  if (parsed.IsError()) {
    const auto code = builder.too_big() ? rapidjson::kParseErrorNumberTooBig : parsed.Code();
    return base::Error{base::ErrorCode::serialization,
                       std::string{"not JSON: "} + rapidjson::GetParseError_En(code) +
                           " At offset " + std::to_string(parsed.Offset()) + "."};
  }
  document->set_root(builder.root());
  return document;
}

}  // namespace millrace::json
