#include "runtime/formats/csv.hpp"

#include <algorithm>
#include <array>

namespace millrace::formats {
namespace {

using base::Error;
using base::ErrorCode;

constexpr auto options = std::to_array<FormatOption>({
    {"field-delimiter", "between the fields; a comma"},
    {"disable-quote-character", "no character encloses fields"},
    {"quote-character", "encloses fields; a double quote"},
    {"allow-comments", "lines that begin with # are no rows"},
    {"ignore-parse-errors", "what cannot be read gives NULL, or drops the row"},
    {"array-element-delimiter", "between an array's elements; a semicolon"},
    {"escape-character", "takes a character's meaning away; none"},
    {"null-literal", "the text that stands for NULL; none"},
    {"write-bigdecimal-in-scientific-notation", "DECIMAL with an exponent where Java has one"},
});

base::Result<bool> flag(const Options& from, const std::string& key, bool fallback) {
  const auto at = from.find(key);
  if (at == from.end()) return fallback;
  std::string lower = at->second;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower == "true") return true;
  if (lower == "false") return false;
  return Error{ErrorCode::invalid_argument, "Invalid value for option '" + key + "': '" +
                                                at->second + "' is neither true nor false"};
}

// One ASCII character; "\t" is the tabulator, as Flink takes it.
base::Result<char> character(const Options& from, const std::string& name, char fallback) {
  const auto at = from.find("csv." + name);
  if (at == from.end()) return fallback;
  const std::string& text = at->second;
  if (text == "\\t") return '\t';
  if (text.size() != 1 || static_cast<unsigned char>(text.front()) >= 0x80) {
    return Error{
        ErrorCode::invalid_argument,
        "Option 'csv." + name + "' must be a string with single character, but was: " + text};
  }
  return text.front();
}

}  // namespace

base::Status check_csv_types(const data::Schema& schema) {
  for (const auto& field : schema.fields) {
    if (field.type.is_interval() || field.type.is_nested() || field.type.is(data::TypeKind::null)) {
      return Error{
          ErrorCode::unsupported,
          "column '" + field.name + "': the csv format does not carry " + field.type.text()};
    }
  }
  return base::success();
}

base::Result<CsvOptions> CsvOptions::parse(const Options& from) {
  CsvOptions parsed;
  BOOST_OUTCOME_TRY(parsed.delimiter, character(from, "field-delimiter", ','));
  BOOST_OUTCOME_TRY(const bool no_quote, flag(from, "csv.disable-quote-character", false));
  if (no_quote && from.contains("csv.quote-character")) {
    return Error{ErrorCode::invalid_argument,
                 "Format cannot define a quote character and disabled quote character at the same "
                 "time."};
  }
  BOOST_OUTCOME_TRY(parsed.quote, character(from, "quote-character", '"'));
  if (no_quote) parsed.quote = 0;
  BOOST_OUTCOME_TRY(parsed.escape, character(from, "escape-character", 0));
  BOOST_OUTCOME_TRY(parsed.allow_comments, flag(from, "csv.allow-comments", false));
  BOOST_OUTCOME_TRY(parsed.ignore_parse_errors, flag(from, "csv.ignore-parse-errors", false));
  BOOST_OUTCOME_TRY(parsed.scientific,
                    flag(from, "csv.write-bigdecimal-in-scientific-notation", true));
  // Flink's file sink does not pass it on (seen with 2.2.1).
  const auto connector = from.find("connector");
  if (connector != from.end() && connector->second == "filesystem") parsed.scientific = true;
  if (const auto at = from.find("csv.null-literal"); at != from.end()) {
    parsed.null_literal = at->second;
  }
  if (const auto at = from.find("csv.array-element-delimiter"); at != from.end()) {
    parsed.element_delimiter = at->second;
  }
  return parsed;
}

Format csv_format() {
  return {.name = "csv",
          .options = options,
          .make_decoder = &make_csv_decoder,
          .make_encoder = &make_csv_encoder};
}

}  // namespace millrace::formats
