// Option values, and the check of all options of a table.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>
#include <set>
#include <utility>

#include "runtime/connectors/connector.hpp"
#include "runtime/connectors/unsupported.hpp"
#include "runtime/formats/option_values.hpp"

namespace millrace::connectors {
namespace {

using base::Error;
using base::ErrorCode;

Error bad_value(const std::string& key, const std::string& value, const std::string& why) {
  return {ErrorCode::invalid_argument,
          "Invalid value for option '" + key + "': '" + value + "' " + why};
}

// One option a line, as Flink lists them.
std::string lines_of(const std::set<std::string>& keys) {
  std::string text;
  for (const auto& key : keys) {
    if (!text.empty()) text += "\n";
    text += key;
  }
  return text;
}

bool begins_with_any(const std::string& key, std::span<const std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return key.starts_with(prefix); });
}

// How many letters must be changed, put in or left out to make one text the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

struct Unit {
  std::string_view name;
  double millis;
};

// The spellings of Flink's TimeUtils.
constexpr auto units = std::to_array<Unit>(
    {{"", 1.0},          {"ns", 1e-6},          {"nano", 1e-6},        {"nanosecond", 1e-6},
     {"us", 1e-3},       {"micro", 1e-3},       {"microsecond", 1e-3}, {"ms", 1.0},
     {"milli", 1.0},     {"millisecond", 1.0},  {"s", 1000.0},         {"sec", 1000.0},
     {"second", 1000.0}, {"m", 60'000.0},       {"min", 60'000.0},     {"minute", 60'000.0},
     {"h", 3'600'000.0}, {"hour", 3'600'000.0}, {"d", 86'400'000.0},   {"day", 86'400'000.0}});

}  // namespace

std::string nearest_option(const std::string& key, const std::set<std::string>& keys) {
  std::string best;
  std::size_t least = std::max<std::size_t>(2, key.size() / 4) + 1;
  for (const auto& candidate : keys) {
    const auto apart = distance(key, candidate);
    if (apart < least) {
      least = apart;
      best = candidate;
    }
  }
  return best;
}

std::string string_option(const formats::Options& options, const std::string& key,
                          std::string_view fallback) {
  const auto at = options.find(key);
  return at == options.end() ? std::string{fallback} : at->second;
}

base::Result<bool> bool_option(const formats::Options& options, const std::string& key,
                               bool fallback) {
  return formats::flag_option(options, key, fallback);
}

base::Result<std::int64_t> int_option(const formats::Options& options, const std::string& key,
                                      std::int64_t fallback, std::int64_t min, std::int64_t max) {
  const auto at = options.find(key);
  if (at == options.end()) return fallback;
  std::int64_t value = 0;
  const auto* end = at->second.data() + at->second.size();
  const auto [stopped, failed] = std::from_chars(at->second.data(), end, value);
  if (failed != std::errc{} || stopped != end)
    return bad_value(key, at->second, "is no whole number");
  if (value < min || value > max) {
    return bad_value(key, at->second,
                     "is not between " + std::to_string(min) + " and " + std::to_string(max));
  }
  return value;
}

base::Result<std::chrono::milliseconds> duration_option(const formats::Options& options,
                                                        const std::string& key,
                                                        std::chrono::milliseconds fallback) {
  const auto at = options.find(key);
  if (at == options.end()) return fallback;
  const auto& text = at->second;
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + digits, number);
  std::string name = text.substr(digits);
  name.erase(0, std::min(name.find_first_not_of(' '), name.size()));
  while (!name.empty() && name.back() == ' ') name.pop_back();
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto matches = [&](const Unit& unit) {
    return unit.name == name || (!unit.name.empty() && std::string{unit.name} + "s" == name);
  };
  const auto unit = std::find_if(units.begin(), units.end(), matches);
  if (digits == 0 || parsed.ec != std::errc{} || unit == units.end()) {
    return bad_value(key, text, "is no duration; write '10 s', '250 ms' or '1 min'");
  }
  const double millis = static_cast<double>(number) * unit->millis;
  if (millis > 1e15) return bad_value(key, text, "is too long");
  return std::chrono::milliseconds{std::llround(millis)};
}

base::Error unsupported_options(std::string_view connector, const std::set<std::string>& unknown,
                                const std::set<std::string>& supported) {
  std::string text = "Unsupported options found for '" + std::string{connector} +
                     "'.\n\nUnsupported options:\n\n" + lines_of(unknown) +
                     "\n\nSupported options:\n\n" + lines_of(supported);
  for (const auto& key : unknown) {
    const auto near = nearest_option(key, supported);
    if (!near.empty()) text += "\n\nDid you mean '" + near + "' for '" + key + "'?";
  }
  return {ErrorCode::invalid_argument, std::move(text)};
}

base::Status check_options(const Table& table) {
  BOOST_OUTCOME_TRY(const auto* connector, find_connector(table));
  const auto& options = table.options;
  std::set<std::string> supported{"connector", "property-version"};
  std::set<std::string> missing;
  for (const auto& spec : connector->options) {
    supported.emplace(spec.key);
    if (spec.required && !options.contains(std::string{spec.key})) missing.emplace(spec.key);
  }
  const formats::Format* format = nullptr;
  if (connector->needs_format) {
    supported.insert("format");
    const auto named = options.find("format");
    if (named == options.end()) {
      missing.insert("format");
    } else {
      BOOST_OUTCOME_TRY(format, formats::find_format(named->second));
      for (const auto& option : format->options) {
        supported.insert(std::string{format->name} + "." + std::string{option.key});
      }
    }
  }
  if (!missing.empty()) {
    return Error{ErrorCode::invalid_argument,
                 "One or more required options are missing.\n\nMissing required options are:\n\n" +
                     lines_of(missing)};
  }
  std::set<std::string> unsupported;
  for (const auto& [key, value] : options) {
    if (!supported.contains(key) && !begins_with_any(key, connector->free_prefixes)) {
      unsupported.insert(key);
    }
  }
  if (!unsupported.empty()) {
    return unsupported_options(connector->name, unsupported, supported);
  }
  if (connector->check != nullptr) {
    BOOST_OUTCOME_TRY(connector->check(table));
  }
  if (format == nullptr) return base::success();
  data::Schema schema = table.schema;
  if (connector->record_schema != nullptr) {
    BOOST_OUTCOME_TRY(schema, connector->record_schema(table));
  }
  // Made and thrown away: whether it can be made.
  BOOST_OUTCOME_TRY(format->make_decoder(options, schema, {}));
  return base::success();
}

}  // namespace millrace::connectors
