#include "runtime/formats/json_fast.hpp"

#include <array>
#include <bit>
#include <cstring>

#include "runtime/data/text.hpp"
#include "runtime/formats/json_cells.hpp"

namespace millrace::formats {
namespace {

using data::TypeKind;

constexpr int deepest = 64;
constexpr std::size_t most_steps = 256;

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

const char* spaces(const char* at, const char* end) {
  while (at != end && is_space(*at)) ++at;
  return at;
}

// The high bit of each byte that ends a plain text: a quote, a backslash, a control character, or
// anything beyond ASCII. Exact for the lowest such byte.
std::uint64_t special_bytes(std::uint64_t word) {
  constexpr std::uint64_t ones = 0x0101010101010101U;
  constexpr std::uint64_t highs = 0x8080808080808080U;
  const std::uint64_t quote = word ^ (ones * '"');
  const std::uint64_t backslash = word ^ (ones * '\\');
  const std::uint64_t below = (word - ones * 0x20U) & ~word;
  return (((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) | below | word) & highs;
}

// A text whose opening quote was read: the place of its closing quote; null when it holds an
// escape, a control character or malformed UTF-8, or does not end.
const char* text_end(const char* at, const char* end) {
  const char* begin = at;
  bool ascii = true;
  for (;;) {
    if constexpr (std::endian::native == std::endian::little) {
      while (end - at >= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, sizeof word);
        const std::uint64_t special = special_bytes(word);
        if (special != 0) {
          at += std::countr_zero(special) / 8;
          break;
        }
        at += 8;
      }
    }
    if (at == end) return nullptr;
    const char c = *at;
    if (c == '"') break;
    if (c == '\\' || static_cast<unsigned char>(c) < 0x20) return nullptr;
    if (static_cast<unsigned char>(c) >= 0x80) ascii = false;
    ++at;
  }
  if (!ascii && !data::is_valid_utf8({begin, static_cast<std::size_t>(at - begin)})) return nullptr;
  return at;
}

struct Number {
  std::uint64_t digits = 0;  // without the point
  int count = 0;             // of all digits
  int scale = 0;             // of those behind the point
  bool negative = false;
};

// A number of at most 18 digits without an exponent: its end, null for any other.
const char* number(const char* at, const char* end, Number& value) {
  if (at != end && *at == '-') {
    value.negative = true;
    ++at;
  }
  const char* begin = at;
  while (at != end && is_digit(*at)) {
    value.digits = value.digits * 10 + static_cast<std::uint64_t>(*at++ - '0');
    if (at - begin > 18) return nullptr;
  }
  value.count = static_cast<int>(at - begin);
  if (value.count == 0 || (value.count > 1 && *begin == '0')) return nullptr;
  if (at != end && *at == '.') {
    const char* fraction = ++at;
    while (at != end && is_digit(*at)) {
      value.digits = value.digits * 10 + static_cast<std::uint64_t>(*at++ - '0');
      if (at - fraction > 18) return nullptr;
    }
    value.scale = static_cast<int>(at - fraction);
    value.count += value.scale;
    if (value.scale == 0 || value.count > 18) return nullptr;
  }
  if (at != end && (*at == 'e' || *at == 'E')) return nullptr;
  return at;
}

const char* word(const char* at, const char* end, std::string_view text) {
  if (static_cast<std::size_t>(end - at) < text.size()) return nullptr;
  return std::memcmp(at, text.data(), text.size()) == 0 ? at + text.size() : nullptr;
}

const char* skip_value(const char* at, const char* end, int depth);

const char* skip_members(const char* at, const char* end, bool object, int depth) {
  const char close = object ? '}' : ']';
  at = spaces(at, end);
  if (at != end && *at == close) return at + 1;
  for (;;) {
    if (object) {
      if (at == end || *at != '"') return nullptr;
      at = text_end(at + 1, end);
      if (at == nullptr) return nullptr;
      at = spaces(at + 1, end);
      if (at == end || *at != ':') return nullptr;
      at = spaces(at + 1, end);
    }
    at = skip_value(at, end, depth);
    if (at == nullptr) return nullptr;
    at = spaces(at, end);
    if (at == end) return nullptr;
    if (*at == close) return at + 1;
    if (*at != ',') return nullptr;
    at = spaces(at + 1, end);
  }
}

// A value nobody wants, checked all the same: its end.
const char* skip_value(const char* at, const char* end, int depth) {
  if (at == end) return nullptr;
  switch (*at) {
    case '"': {
      const char* close = text_end(at + 1, end);
      return close == nullptr ? nullptr : close + 1;
    }
    case '{':
      return depth == 0 ? nullptr : skip_members(at + 1, end, true, depth - 1);
    case '[':
      return depth == 0 ? nullptr : skip_members(at + 1, end, false, depth - 1);
    case 't':
      return word(at, end, "true");
    case 'f':
      return word(at, end, "false");
    case 'n':
      return word(at, end, "null");
    default: {
      Number value;
      return number(at, end, value);
    }
  }
}

constexpr std::array<double, 19> powers_of_ten = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,
                                                  1e7,  1e8,  1e9,  1e10, 1e11, 1e12, 1e13,
                                                  1e14, 1e15, 1e16, 1e17, 1e18};

// The nearest double, when one division gives it: both sides are exact below 2^53.
bool to_double(const Number& from, double& value) {
  if (from.digits > (std::uint64_t{1} << 53U)) return false;
  value = static_cast<double>(from.digits) / powers_of_ten[static_cast<std::size_t>(from.scale)];
  if (from.negative) value = -value;
  return true;
}

}  // namespace

FastJson::FastJson(const JsonOptions& options, std::vector<std::string> names)
    : options_(options), names_(std::move(names)) {
  KS_ASSERT(names_.size() <= most_names);
}

// Reads a field's name and the colon; the place of its value. `index`: which of the record's
// fields.
const char* FastJson::field(const char* at, const char* end, std::size_t index, int& column) {
  if (index < steps_.size()) {
    const Step& step = steps_[index];
    const std::size_t size = step.text.size();
    if (static_cast<std::size_t>(end - at) > size && std::memcmp(at, step.text.data(), size) == 0 &&
        !is_space(at[size])) {
      column = step.column;
      return at + size;
    }
  }
  const char* begin = at;
  at = spaces(at, end);
  if (at == end || *at != '"') return nullptr;
  const char* close = text_end(at + 1, end);
  if (close == nullptr) return nullptr;
  const std::string_view name{at + 1, static_cast<std::size_t>(close - at - 1)};
  at = spaces(close + 1, end);
  if (at == end || *at != ':') return nullptr;
  at = spaces(at + 1, end);
  column = skip;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (names_[i] == name) column = static_cast<int>(i);
  }
  if (index < most_steps) {
    if (index >= steps_.size()) steps_.resize(index + 1);
    steps_[index].text.assign(begin, at);
    steps_[index].column = column;
  }
  return at;
}

bool FastJson::timestamp(std::string_view text, data::Column& column, data::Arena& arena) {
  const bool zulu = column.type().is(TypeKind::timestamp_ltz);
  Minute& minute = minutes_[zulu ? 1 : 0];
  // "2024-01-01T00:00:05.123456", and a Z behind it for an instant.
  if (text.size() >= 19 && std::memcmp(text.data(), minute.text, sizeof minute.text) == 0) {
    const char* at = text.data() + sizeof minute.text;
    const char* end = text.data() + text.size();
    if (zulu && *--end != 'Z') return false;
    if (end - at >= 2 && at[0] >= '0' && at[0] <= '5' && is_digit(at[1])) {
      const std::int64_t seconds = (at[0] - '0') * 10 + (at[1] - '0');
      at += 2;
      std::int32_t nanos = 0;
      bool good = at == end;
      if (!good && *at == '.') {
        int count = 0;
        for (++at; at != end && is_digit(*at) && count < 9; ++at, ++count) {
          nanos = nanos * 10 + (*at - '0');
        }
        good = at == end && count > 0;
        for (; count < 9; ++count) nanos *= 10;
      }
      if (good) {
        column.append(data::TimestampValue{minute.millis + seconds * 1000 + nanos / 1'000'000,
                                           nanos % 1'000'000});
        return true;
      }
    }
  }
  if (!append_cell(column, Token::text, text, options_.timestamps, arena)) return false;
  // 24:00:00 is midnight of the day after, and of no use for 24:00:01.
  if (text.size() >= 19 && text[16] == ':' && text.substr(11, 2) != "24") {
    const auto& value = column.cells<data::TimestampValue>().back();
    std::memcpy(minute.text, text.data(), sizeof minute.text);
    minute.millis = value.millis - data::floor_mod(value.millis, 60'000);
  }
  return true;
}

// Appends the value's cell; its end.
const char* FastJson::wanted(const char* at, const char* end, data::Column& column,
                             data::BatchBuilder& out) {
  const TypeKind kind = column.type().kind();
  if (*at == '"') {
    const char* close = text_end(at + 1, end);
    if (close == nullptr) return nullptr;
    const std::string_view text{at + 1, static_cast<std::size_t>(close - at - 1)};
    switch (kind) {
      case TypeKind::character:
      case TypeKind::varchar:
        column.append(out.arena().copy(text));
        return close + 1;
      case TypeKind::timestamp:
      case TypeKind::timestamp_ltz:
        return timestamp(text, column, out.arena()) ? close + 1 : nullptr;
      default:
        return append_cell(column, Token::text, text, options_.timestamps, out.arena()) ? close + 1
                                                                                        : nullptr;
    }
  }
  if (*at == 'n') {
    at = word(at, end, "null");
    if (at != nullptr) column.append_null();
    return at;
  }
  if (*at == 't' || *at == 'f') {
    // A text of the program: nothing to keep.
    const std::string_view text = *at == 't' ? "true" : "false";
    at = word(at, end, text);
    if (at == nullptr) return nullptr;
    return append_cell(column, Token::boolean, text, options_.timestamps, out.arena()) ? at
                                                                                       : nullptr;
  }
  if (*at != '-' && !is_digit(*at)) return nullptr;
  Number value;
  const char* stop = number(at, end, value);
  if (stop == nullptr) return nullptr;
  if (kind == TypeKind::float64) {
    double real = 0;
    if (to_double(value, real)) {
      column.append(real);
      return stop;
    }
  } else if (value.scale == 0 && value.count <= 18 &&
             (kind == TypeKind::bigint ||
              (kind == TypeKind::integer && value.digits <= 0x7fffffffU))) {
    const auto whole = static_cast<std::int64_t>(value.digits);
    column.append(value.negative ? -whole : whole);
    return stop;
  }
  std::string_view text{at, static_cast<std::size_t>(stop - at)};
  if (column.type().is_string()) text = out.arena().copy(text);
  return append_cell(column, Token::number, text, options_.timestamps, out.arena()) ? stop
                                                                                    : nullptr;
}

bool FastJson::decode(std::string_view record, data::BatchBuilder& out, data::RowKind kind) {
  const char* at = record.data();
  const char* end = at + record.size();
  at = spaces(at, end);
  if (at == end || *at != '{') return false;
  ++at;
  std::uint64_t filled = 0;  // a bit a column
  for (std::size_t index = 0;; ++index) {
    int name = skip;
    at = field(at, end, index, name);
    if (at == nullptr || at == end) return false;
    if (name == skip) {
      at = skip_value(at, end, deepest);
    } else {
      data::Column& column = out.column(static_cast<std::size_t>(name));
      const std::uint64_t bit = std::uint64_t{1} << static_cast<unsigned>(name);
      if ((filled & bit) != 0) return false;  // named twice
      at = wanted(at, end, column, out);
      filled |= bit;
    }
    if (at == nullptr) return false;
    at = spaces(at, end);
    if (at == end) return false;
    if (*at == '}') break;  // what follows the record is nobody's
    if (*at != ',') return false;
    ++at;
  }
  if (static_cast<std::size_t>(std::popcount(filled)) < names_.size()) {
    if (options_.fail_on_missing_field) return false;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if ((filled >> i & 1U) == 0) out.column(i).append_null();
    }
  }
  out.finish_row(kind);
  return true;
}

}  // namespace millrace::formats
