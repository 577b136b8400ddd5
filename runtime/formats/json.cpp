#include "runtime/formats/json.hpp"

#include <array>

#include "runtime/formats/option_values.hpp"

namespace millrace::formats {
namespace {

using base::Error;
using base::ErrorCode;

constexpr auto options = std::to_array<FormatOption>({
    {"fail-on-missing-field", "an absent field ends the job instead of giving NULL"},
    {"ignore-parse-errors", "what cannot be read gives NULL, or drops the record"},
    {"timestamp-format.standard", "SQL (default) or ISO-8601"},
    {"map-null-key.mode", "FAIL, DROP or LITERAL"},
    {"map-null-key.literal", "the key written for NULL with LITERAL"},
    {"encode.decimal-as-plain-number", "DECIMAL without an exponent"},
    {"encode.ignore-null-fields", "NULL fields are left out"},
    {"decode.json-parser.enabled", "taken and ignored: results are the same"},
});

}  // namespace

base::Result<JsonOptions> JsonOptions::parse(const Options& from) {
  JsonOptions parsed;
  BOOST_OUTCOME_TRY(parsed.fail_on_missing_field,
                    flag_option(from, "json.fail-on-missing-field", false));
  BOOST_OUTCOME_TRY(parsed.ignore_parse_errors,
                    flag_option(from, "json.ignore-parse-errors", false));
  BOOST_OUTCOME_TRY(parsed.decimal_as_plain_number,
                    flag_option(from, "json.encode.decimal-as-plain-number", false));
  BOOST_OUTCOME_TRY(parsed.ignore_null_fields,
                    flag_option(from, "json.encode.ignore-null-fields", false));
  BOOST_OUTCOME_TRY(flag_option(from, "json.decode.json-parser.enabled", true));
  if (parsed.fail_on_missing_field && parsed.ignore_parse_errors) {
    return Error{ErrorCode::invalid_argument,
                 "fail-on-missing-field and ignore-parse-errors shouldn't both be true."};
  }
  const auto standard = from.find("json.timestamp-format.standard");
  if (standard != from.end()) {
    if (standard->second == "ISO-8601") {
      parsed.timestamps = data::TimestampStyle::iso_8601;
    } else if (standard->second != "SQL") {
      return Error{ErrorCode::invalid_argument,
                   "Unsupported value '" + standard->second +
                       "' for timestamp-format.standard. Supported values are [SQL, ISO-8601]."};
    }
  }
  const auto mode = from.find("json.map-null-key.mode");
  if (mode != from.end() && mode->second != "FAIL" && mode->second != "DROP" &&
      mode->second != "LITERAL") {
    return Error{ErrorCode::invalid_argument,
                 "Unsupported value '" + mode->second +
                     "' for option map-null-key.mode. Supported values "
                     "are [LITERAL, FAIL, DROP]."};
  }
  if (mode != from.end() && mode->second == "DROP") parsed.null_key = JsonOptions::NullKey::drop;
  if (mode != from.end() && mode->second == "LITERAL") {
    parsed.null_key = JsonOptions::NullKey::literal;
  }
  if (const auto literal = from.find("json.map-null-key.literal"); literal != from.end()) {
    parsed.map_null_key = literal->second;
  }
  return parsed;
}

namespace {

base::Status check_json_type(const std::string& column, const data::LogicalType& type) {
  if (type.is_interval() || type.is(data::TypeKind::null)) {
    return Error{ErrorCode::unsupported,
                 "column '" + column + "': the json format does not carry " + type.text()};
  }
  const bool keyed = type.is(data::TypeKind::map) || type.is(data::TypeKind::multiset);
  if (keyed && !type.fields()[0].type.is_string()) {
    return Error{ErrorCode::unsupported,
                 "JSON format doesn't support non-string as key type of " +
                     std::string(type.is(data::TypeKind::map) ? "map" : "multiset") +
                     ". The type is: " + type.text()};
  }
  for (const auto& field : type.fields()) {
    BOOST_OUTCOME_TRY(check_json_type(column, field.type));
  }
  return base::success();
}

}  // namespace

base::Status check_json_types(const data::Schema& schema) {
  for (const auto& field : schema.fields) {
    BOOST_OUTCOME_TRY(check_json_type(field.name, field.type));
  }
  return base::success();
}

Format json_format() {
  return {.name = "json",
          .options = options,
          .make_decoder = &make_json_decoder,
          .make_encoder = &make_json_encoder};
}

}  // namespace millrace::formats
