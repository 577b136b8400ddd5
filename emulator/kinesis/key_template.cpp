#include "emulator/kinesis/key_template.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis {
namespace {

std::string formatted(std::int64_t epoch_ms, const char* format) {
  const std::time_t seconds = epoch_ms / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format, &parts)};
}

std::string time_part(char which, std::int64_t epoch_ms) {
  const char format[] = {'%', which == 'Y' ? 'y' : which == 'y' ? 'Y' : which, '\0'};
  return formatted(epoch_ms, which == 'm' ? "%M" : which == 'M' ? "%m" : format);
}

constexpr std::array times = {
    std::pair{std::string_view{"yyyy"}, 'y'}, std::pair{std::string_view{"yy"}, 'Y'},
    std::pair{std::string_view{"MM"}, 'M'},   std::pair{std::string_view{"dd"}, 'd'},
    std::pair{std::string_view{"HH"}, 'H'},   std::pair{std::string_view{"mm"}, 'm'}};

bool is_literal(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view{"!-_'.*()/="}.find(c) != std::string_view::npos;
}

base::Error wrong(std::string_view text, const std::string& why) {
  return invalid_argument("OutputKeyTemplate '" + std::string{text} + "' is not valid: " + why);
}

constexpr std::string_view literal_extension = "extension:";

bool is_extension(std::string_view variable) {
  return variable == "extension" || variable.starts_with(literal_extension);
}

// "!{extension:.json}": a period, then lower-case letters and periods.
bool is_good_extension(std::string_view literal) {
  return literal.starts_with('.') && std::all_of(literal.begin(), literal.end(), [](char c) {
           return c == '.' || (c >= 'a' && c <= 'z');
         });
}

}  // namespace

std::string_view extension_of(std::string_view compression) {
  if (compression == "GZIP") return ".gz";
  return compression == "ZSTD" ? ".zst" : "";
}

std::string hour_path(std::int64_t epoch_ms) {
  return formatted(epoch_ms, "%Y/%m/%d/%H/");
}

std::string_view wrong_with_key(std::string_view key) {
  if (key.starts_with('/')) return "it must not start with a slash";
  if (key.find("//") != std::string_view::npos) return "it must not contain consecutive slashes";
  if (key.find("..") != std::string_view::npos) return "it must not contain path traversal (..)";
  for (std::size_t at = 0; at < key.size();) {
    const auto end = std::min(key.find('/', at), key.size());
    if (key.substr(at, end - at) == ".") return "it must not contain a path segment of one period";
    at = end + 1;
  }
  return "";
}

base::Result<KeyTemplate> KeyTemplate::parse(std::string_view text, const KeyFacts& facts) {
  KeyTemplate made;
  bool extended = false;
  for (std::size_t at = 0; at < text.size();) {
    if (extended) return wrong(text, "the extension placeholder must be at its end");
    if (!text.substr(at).starts_with("!{")) {
      if (!is_literal(text[at])) {
        return wrong(
            text, "the character '" + std::string{text[at]} + "' may only stand in a placeholder");
      }
      if (made.parts_.empty() || made.parts_.back().time != 0) made.parts_.emplace_back();
      made.parts_.back().text += text[at++];
      continue;
    }
    const auto end = text.find('}', at);
    if (end == std::string_view::npos) {
      return wrong(text, "the placeholder " + std::string{text.substr(at)} + " is not closed");
    }
    const auto variable = text.substr(at + 2, end - at - 2);
    at = end + 1;
    if (is_extension(variable)) {
      extended = true;
      made.extension_ = extension_of(facts.compression);
      if (variable != "extension") {
        made.extension_ = variable.substr(literal_extension.size());
        if (!is_good_extension(made.extension_)) {
          return wrong(text,
                       "a literal extension begins with a period and has lower-case letters "
                       "and periods only");
        }
      }
      continue;
    }
    const auto* time = std::find_if(times.begin(), times.end(),
                                    [&](const auto& one) { return one.first == variable; });
    if (time != times.end()) {
      made.parts_.push_back({"", time->second});
    } else if (variable == "channel-name") {
      made.parts_.push_back({std::string{facts.channel_name}});
    } else if (variable == "channel-id") {
      made.parts_.push_back({std::string{facts.channel_id}});
    } else if (variable == "stream-name") {
      made.parts_.push_back({std::string{facts.stream_name}});
    } else {
      return wrong(text, "!{" + std::string{variable} + "} is not a supported variable");
    }
  }
  if (!extended && facts.compression != "NONE") {
    return wrong(text, "it must end with an extension placeholder when the compression is " +
                           std::string{facts.compression});
  }
  // No time is written longer than another, and none has a slash or a period in it.
  const auto expanded = made.key(0, "");
  if (const auto why = wrong_with_key(expanded); !why.empty()) return wrong(text, std::string{why});
  if (expanded.size() > key_max - key_suffix_max) {
    return wrong(text, "it expands to " + std::to_string(expanded.size()) +
                           " characters, and at most " + std::to_string(key_max - key_suffix_max) +
                           " are allowed");
  }
  return made;
}

std::string KeyTemplate::key(std::int64_t epoch_ms, std::string_view suffix) const {
  std::string key;
  for (const auto& part : parts_) {
    key += part.time != 0 ? time_part(part.time, epoch_ms) : part.text;
  }
  return key.append(suffix).append(extension_);
}

}  // namespace millrace::kinesis
