#include "runtime/formats/csv.hpp"

#include <array>

#include "runtime/formats/option_values.hpp"

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

namespace {

bool is_simple(const data::LogicalType& type) {
  return !type.is_nested() && !type.is_interval() && !type.is(data::TypeKind::null);
}

base::Status check_csv_type(const data::Field& field) {
  const auto& type = field.type;
  if (is_simple(type)) return base::success();
  if (!type.is(data::TypeKind::array) && !type.is(data::TypeKind::row)) {
    return Error{ErrorCode::unsupported,
                 "Unsupported type '" + type.text() + "' for field '" + field.name + "'."};
  }
  for (const auto& inner : type.fields()) {
    if (is_simple(inner.type)) continue;
    return Error{ErrorCode::unsupported,
                 "Only simple types are supported in the second level nesting of fields '" +
                     field.name + "' but was: " + inner.type.text()};
  }
  return base::success();
}

}  // namespace

base::Status check_csv_types(const data::Schema& schema) {
  for (const auto& field : schema.fields) {
    BOOST_OUTCOME_TRY(check_csv_type(field));
  }
  return base::success();
}

base::Result<CsvOptions> CsvOptions::parse(const Options& from) {
  CsvOptions parsed;
  BOOST_OUTCOME_TRY(parsed.delimiter, character(from, "field-delimiter", ','));
  BOOST_OUTCOME_TRY(const bool no_quote, flag_option(from, "csv.disable-quote-character", false));
  if (no_quote && from.contains("csv.quote-character")) {
    return Error{ErrorCode::invalid_argument,
                 "Format cannot define a quote character and disabled quote character at the same "
                 "time."};
  }
  BOOST_OUTCOME_TRY(parsed.quote, character(from, "quote-character", '"'));
  if (no_quote) parsed.quote = 0;
  BOOST_OUTCOME_TRY(parsed.escape, character(from, "escape-character", 0));
  BOOST_OUTCOME_TRY(parsed.allow_comments, flag_option(from, "csv.allow-comments", false));
  BOOST_OUTCOME_TRY(parsed.ignore_parse_errors,
                    flag_option(from, "csv.ignore-parse-errors", false));
  BOOST_OUTCOME_TRY(parsed.scientific,
                    flag_option(from, "csv.write-bigdecimal-in-scientific-notation", true));
  // Flink's file sink does not pass it on (seen with 2.2.1).
  const auto connector = from.find("connector");
  if (connector != from.end() && connector->second == "filesystem") parsed.scientific = true;
  if (const auto at = from.find("csv.null-literal"); at != from.end()) {
    parsed.null_literal = at->second;
  }
  BOOST_OUTCOME_TRY(parsed.element_delimiter, character(from, "array-element-delimiter", ';'));
  return parsed;
}

Format csv_format() {
  return {.name = "csv",
          .options = options,
          .make_decoder = &make_csv_decoder,
          .make_encoder = &make_csv_encoder};
}

}  // namespace millrace::formats
