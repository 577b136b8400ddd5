// long: a reader of JSON, its writer, and a reader of paths
#include "runtime/expr/json_path.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <numeric>

#include "runtime/data/text.hpp"
#include "runtime/expr/strings.hpp"

namespace millrace::expr {

std::string decimal_text(std::string_view number) {
  const std::size_t mark = number.find_first_of("eE");
  const std::string_view mantissa = number.substr(0, mark);
  const bool negative = mantissa.starts_with('-');
  std::string digits;
  long scale = 0;
  bool behind = false;
  for (const char c : mantissa) {
    if (c == '.') behind = true;
    if (c < '0' || c > '9') continue;
    digits += c;
    if (behind) ++scale;
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  if (mark != std::string_view::npos) {
    std::string_view exponent = number.substr(mark + 1);
    if (exponent.starts_with('+')) exponent.remove_prefix(1);
    long power = 0;
    const auto parsed = std::from_chars(exponent.data(), exponent.data() + exponent.size(), power);
    if (parsed.ec != std::errc{} || std::abs(power) > 1'000'000'000) return std::string(number);
    scale -= power;
  }
  const long adjusted = static_cast<long>(digits.size()) - 1 - scale;
  std::string out = negative && digits != "0" ? "-" : "";
  if (scale == 0) return out + digits;
  if (scale > 0 && adjusted >= -6) {
    const long missing = scale + 1 - static_cast<long>(digits.size());
    if (missing > 0) digits.insert(0, static_cast<std::size_t>(missing), '0');
    digits.insert(digits.size() - static_cast<std::size_t>(scale), ".");
    return out + digits;
  }
  out += digits[0];
  if (digits.size() > 1) out += "." + digits.substr(1);
  if (adjusted != 0) out += (adjusted > 0 ? "E+" : "E") + std::to_string(adjusted);
  return out;
}

namespace {

class JsonParser {
 public:
  explicit JsonParser(std::string_view text) : text_(text) {}

  bool document(Json& out) { return value(out, 0); }

 private:
  static constexpr int max_depth = 500;

  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos) ++at_;
  }
  bool take(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  bool value(Json& out, int depth) {
    if (depth > max_depth) return false;
    space();
    switch (peek()) {
      case '{':
        return object(out, depth);
      case '[':
        return array(out, depth);
      case '"':
        out.kind = Json::Kind::text;
        return text(out.text);
      case 't':
      case 'f':
        out.kind = Json::Kind::boolean;
        out.flag = peek() == 't';
        return take(out.flag ? "true" : "false");
      case 'n':
        return take("null");
      default:
        return number(out);
    }
  }

  bool object(Json& out, int depth) {
    out.kind = Json::Kind::object;
    ++at_;
    space();
    if (take("}")) return true;
    do {
      space();
      std::string name;
      if (peek() != '"' || !text(name)) return false;
      space();
      if (!take(":")) return false;
      Json member;
      if (!value(member, depth + 1)) return false;
      const auto same = std::find(out.names.begin(), out.names.end(), name);
      if (same != out.names.end()) {
        out.items[static_cast<std::size_t>(same - out.names.begin())] = std::move(member);
      } else {
        out.names.push_back(std::move(name));
        out.items.push_back(std::move(member));
      }
      space();
    } while (take(","));
    return take("}");
  }

  bool array(Json& out, int depth) {
    out.kind = Json::Kind::array;
    ++at_;
    space();
    if (take("]")) return true;
    do {
      out.items.emplace_back();
      if (!value(out.items.back(), depth + 1)) return false;
      space();
    } while (take(","));
    return take("]");
  }

  bool number(Json& out) {
    const std::size_t begin = at_;
    const auto digits = [this] {
      const std::size_t from = at_;
      while (peek() >= '0' && peek() <= '9') ++at_;
      return at_ - from;
    };
    take("-");
    const bool zero = peek() == '0';
    const std::size_t whole = digits();
    if (whole == 0 || (zero && whole > 1)) return false;
    if (take(".") && digits() == 0) return false;
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      if (digits() == 0) return false;
    }
    out.kind = Json::Kind::number;
    out.text = decimal_text(text_.substr(begin, at_ - begin));
    return true;
  }

  std::optional<std::uint32_t> hex4() {
    std::uint32_t unit = 0;
    if (at_ + 4 > text_.size()) return std::nullopt;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, begin + 4, unit, 16);
    if (end != begin + 4 || error != std::errc{}) return std::nullopt;
    at_ += 4;
    return unit;
  }

  bool text(std::string& out) {
    ++at_;
    for (;;) {
      if (at_ >= text_.size()) return false;
      const char c = text_[at_++];
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c != '\\') {
        out += c;
        continue;
      }
      const char escape = peek();
      ++at_;
      constexpr std::string_view letters = "\"\\/bfnrt";
      constexpr std::string_view values = "\"\\/\b\f\n\r\t";
      if (escape == 'u') {
        auto unit = hex4();
        if (!unit) return false;
        if (*unit >= 0xD800 && *unit <= 0xDBFF && take("\\u")) {
          const auto low = hex4();
          if (!low || *low < 0xDC00 || *low > 0xDFFF) return false;
          unit = 0x10000U + ((*unit - 0xD800U) << 10U) + (*low - 0xDC00U);
        }
        append_utf8(out, *unit >= 0xD800 && *unit <= 0xDFFF ? 0xFFFDU : *unit);
      } else if (const auto place = letters.find(escape);
                 escape != '\0' && place != std::string_view::npos) {
        out += values[place];
      } else {
        return false;
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<Json> parse_json(std::string_view text) {
  Json out;
  if (!JsonParser(text).document(out)) return std::nullopt;
  return out;
}

void append_json_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    constexpr std::string_view special = "\"\\\b\f\n\r\t";
    constexpr std::string_view letters = "\"\\bfnrt";
    if (const auto place = special.find(c); place != std::string_view::npos) {
      out += '\\';
      out += letters[place];
    } else if (byte < 0x20) {
      out += "\\u00";
      out += "0123456789ABCDEF"[byte >> 4U];
      out += "0123456789ABCDEF"[byte & 15U];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_json(std::string& out, const Json& value, Members members) {
  switch (value.kind) {
    case Json::Kind::null:
      out += "null";
      return;
    case Json::Kind::boolean:
      out += value.flag ? "true" : "false";
      return;
    case Json::Kind::number:
      out += value.text;
      return;
    case Json::Kind::text:
      append_json_quoted(out, value.text);
      return;
    case Json::Kind::array:
    case Json::Kind::object:
      break;
  }
  const bool object = value.kind == Json::Kind::object;
  std::vector<std::size_t> order(value.items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (object && members == Members::sorted) {
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return value.names[a] < value.names[b]; });
  }
  out += object ? '{' : '[';
  bool first = true;
  for (const std::size_t i : order) {
    if (!first) out += ',';
    first = false;
    if (object) {
      append_json_quoted(out, value.names[i]);
      out += ':';
    }
    append_json(out, value.items[i], members);
  }
  out += object ? '}' : ']';
}

// --- paths
// ---------------------------------------------------------------------------------------------------

namespace {

void skip_spaces(std::string_view& text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
}

bool take_index(std::string_view& text, long& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

// 'name' or "name" with \ before a quote.
bool take_quoted(std::string_view& text, std::string& name) {
  const char quote = text.front();
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) {
      name += text[++at];
    } else if (text[at] == quote) {
      text.remove_prefix(at + 1);
      return true;
    } else {
      name += text[at];
    }
  }
  return false;
}

}  // namespace

std::optional<JsonPath> JsonPath::compile(std::string_view text, bool& served) {
  served = true;
  JsonPath path;
  skip_spaces(text);
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (text.empty()) return std::nullopt;
  if (text.front() == '$') {
    text.remove_prefix(1);
  } else if (text.front() != '[' && text.front() != '.') {
    // JsonPath puts "$." in front of what has no root.
    const std::string rooted = "$." + std::string(text);
    return compile(rooted, served);
  }
  while (!text.empty()) {
    Step step;
    bool named = false;
    if (text.starts_with("..")) {
      step.deep = true;
      text.remove_prefix(2);
      named = !text.starts_with('[');
    } else if (text.front() == '.') {
      text.remove_prefix(1);
      named = !text.starts_with('[');
    }
    if (named) {
      const std::size_t end = std::min(text.find_first_of(".[("), text.size());
      if (end == 0) return std::nullopt;
      if (end < text.size() && text[end] == '(') {
        served = false;
        return std::nullopt;
      }
      if (text.substr(0, end) == "*") {
        step.all = true;
      } else {
        step.names.emplace_back(text.substr(0, end));
      }
      text.remove_prefix(end);
      path.steps_.push_back(std::move(step));
      continue;
    }
    if (!text.starts_with('[')) return std::nullopt;
    text.remove_prefix(1);
    skip_spaces(text);
    if (text.starts_with('?') || text.starts_with('(')) {
      served = false;
      return std::nullopt;
    }
    if (text.starts_with('*')) {
      step.all = true;
      text.remove_prefix(1);
    } else if (text.starts_with('\'') || text.starts_with('"')) {
      for (;;) {
        std::string name;
        if (text.empty() || (text.front() != '\'' && text.front() != '"') ||
            !take_quoted(text, name)) {
          return std::nullopt;
        }
        step.names.push_back(std::move(name));
        skip_spaces(text);
        if (!text.starts_with(',')) break;
        text.remove_prefix(1);
        skip_spaces(text);
      }
    } else {
      long value = 0;
      const bool first = take_index(text, value);
      skip_spaces(text);
      if (text.starts_with(':')) {
        Range range;
        if (first) range.from = value;
        text.remove_prefix(1);
        skip_spaces(text);
        if (take_index(text, value)) range.to = value;
        step.range = range;
      } else {
        if (!first) return std::nullopt;
        step.indexes.push_back(value);
        for (skip_spaces(text); text.starts_with(','); skip_spaces(text)) {
          text.remove_prefix(1);
          skip_spaces(text);
          if (!take_index(text, value)) return std::nullopt;
          step.indexes.push_back(value);
        }
      }
    }
    skip_spaces(text);
    if (!text.starts_with(']')) return std::nullopt;
    text.remove_prefix(1);
    path.steps_.push_back(std::move(step));
  }
  return path;
}

bool JsonPath::definite() const {
  return std::all_of(steps_.begin(), steps_.end(), is_definite);
}

bool JsonPath::is_definite(const Step& step) {
  return !step.deep && !step.all && !step.range && step.names.size() < 2 && step.indexes.size() < 2;
}

void JsonPath::apply(const Step& step, const Json& node, std::vector<const Json*>& out) {
  const auto size = static_cast<long>(node.items.size());
  if (step.all) {
    for (const Json& item : node.items) out.push_back(&item);
  } else if (node.kind == Json::Kind::object) {
    for (const std::string& name : step.names) {
      const auto found = std::find(node.names.begin(), node.names.end(), name);
      if (found == node.names.end()) continue;
      out.push_back(&node.items[static_cast<std::size_t>(found - node.names.begin())]);
    }
  } else if (node.kind == Json::Kind::array) {
    for (const long index : step.indexes) {
      const long at = index < 0 ? index + size : index;
      if (at >= 0 && at < size) out.push_back(&node.items[static_cast<std::size_t>(at)]);
    }
    if (step.range) {
      long from = step.range->from.value_or(0);
      long to = step.range->to.value_or(size);
      if (from < 0) from += size;
      if (to < 0) to += size;
      for (long at = std::max(0L, from); at < std::min(to, size); ++at) {
        out.push_back(&node.items[static_cast<std::size_t>(at)]);
      }
    }
  }
  if (step.deep) {
    for (const Json& item : node.items) apply(step, item, out);
  }
}

std::vector<const Json*> JsonPath::read(const Json& root, bool& found) const {
  std::vector<const Json*> now = {&root};
  // Nothing where one value is due ends the search; behind a step that may say several, nothing is
  // an answer.
  bool one = true;
  for (const Step& step : steps_) {
    std::vector<const Json*> next;
    for (const Json* node : now) apply(step, *node, next);
    now = std::move(next);
    one = one && is_definite(step);
    if (one && now.empty()) break;
  }
  found = !one || !now.empty();
  return now;
}

}  // namespace millrace::expr
