// The table of formats.
#include <algorithm>
#include <array>

#include "runtime/formats/csv.hpp"
#include "runtime/formats/debezium_json.hpp"
#include "runtime/formats/format.hpp"
#include "runtime/formats/json.hpp"
#include "runtime/formats/raw.hpp"
#include "runtime/formats/traits.hpp"

namespace millrace::formats {
namespace {

const std::array<Format, 4>& table() {
  static const std::array<Format, 4> formats = {csv_format(), debezium_json_format(), json_format(),
                                                raw_format()};
  return formats;
}

}  // namespace

std::span<const Format> all_formats() {
  return table();
}

base::Result<const Format*> find_format(std::string_view name) {
  const auto& all = table();
  const auto at = std::find_if(all.begin(), all.end(),
                               [&](const Format& format) { return format.name == name; });
  if (at != all.end()) return &*at;
  std::string message = "Could not find any factory for identifier '" + std::string{name} +
                        "' that implements "
                        "'org.apache.flink.table.factories.DeserializationFormatFactory' in the "
                        "classpath.\n\nAvailable factory identifiers are:\n";
  for (const auto& format : all) message += "\n" + std::string{format.name};
  return base::Error{base::ErrorCode::invalid_argument, std::move(message)};
}

base::Result<LineRules> line_rules(const Options& options) {
  const auto named = options.find("format");
  if (named == options.end() || named->second != "csv") return LineRules{};
  BOOST_OUTCOME_TRY(const auto parsed, CsvOptions::parse(options));
  return LineRules{parsed.delimiter, parsed.quote, parsed.escape};
}

bool is_changelog(const Options& options) {
  const auto named = options.find("format");
  return named != options.end() && named->second == "debezium-json";
}

base::Result<std::unique_ptr<Decoder>> make_decoder(std::string_view format, const Options& options,
                                                    const data::Schema& schema,
                                                    const std::vector<std::size_t>& projection) {
  BOOST_OUTCOME_TRY(const auto* found, find_format(format));
  return found->make_decoder(options, schema, projection);
}

base::Result<std::unique_ptr<Encoder>> make_encoder(std::string_view format, const Options& options,
                                                    const data::Schema& schema) {
  BOOST_OUTCOME_TRY(const auto* found, find_format(format));
  return found->make_encoder(options, schema);
}

}  // namespace millrace::formats
