// {"before": {...} or null, "after": {...} or null, "op": "c", "r", "u" or "d"}
#include "runtime/formats/debezium_json.hpp"

#include <array>

#include "runtime/data/value.hpp"
#include "runtime/formats/json.hpp"
#include "runtime/formats/option_values.hpp"

namespace millrace::formats {
namespace {

using base::Error;
using base::ErrorCode;
using data::RowKind;

constexpr std::string_view prefix = "debezium-json.";

constexpr auto options = std::to_array<FormatOption>({
    {"schema-include", "the message is {\"schema\": ..., \"payload\": ...}"},
    {"ignore-parse-errors", "what cannot be read gives NULL, or drops the record"},
    {"timestamp-format.standard", "SQL (default) or ISO-8601"},
    {"map-null-key.mode", "FAIL, DROP or LITERAL"},
    {"map-null-key.literal", "the key written for NULL with LITERAL"},
    {"encode.decimal-as-plain-number", "DECIMAL without an exponent"},
    {"encode.ignore-null-fields", "NULL fields are left out"},
});

// The options of the rows inside, as the json format reads them.
Options inner_options(const Options& from) {
  Options inner;
  for (const auto& [key, value] : from) {
    if (!key.starts_with(prefix) || key.ends_with("schema-include")) continue;
    inner["json." + key.substr(prefix.size())] = value;
  }
  return inner;
}

base::Result<bool> schema_included(const Options& from) {
  return flag_option(from, std::string{prefix} + "schema-include", false);
}

data::Schema texts(std::initializer_list<const char*> names) {
  data::Schema schema;
  for (const char* name : names) schema.fields.push_back({name, data::LogicalType::string()});
  return schema;
}

class DebeziumDecoder final : public Decoder {
 public:
  // payload: takes the payload out of the message, or null when the message is the payload.
  DebeziumDecoder(std::unique_ptr<Decoder> payload, std::unique_ptr<Decoder> envelope,
                  std::unique_ptr<JsonRows> rows, bool ignore_errors)
      : payload_(std::move(payload)),
        envelope_(std::move(envelope)),
        rows_(std::move(rows)),
        ignore_errors_(ignore_errors) {}

  base::Status decode(std::span<const std::string_view> messages, data::BatchBuilder& out,
                      std::vector<std::uint32_t>& rows_of) override {
    for (const auto message : messages) {
      const std::size_t before = out.rows();
      std::string why;
      // A tombstone has no bytes.
      if (!message.empty() && !change(message, out, why)) {
        out.truncate(before);
        if (!ignore_errors_) {
          return Error{ErrorCode::serialization,
                       "Corrupt Debezium JSON message '" + std::string{message} + "'. " + why};
        }
        ++dropped_;
      }
      rows_of.push_back(static_cast<std::uint32_t>(out.rows() - before));
    }
    return base::success();
  }

  [[nodiscard]] std::uint64_t dropped() const override { return dropped_; }

 private:
  // The message's members as texts; empty for none.
  base::Result<data::Batch> open(Decoder& decoder, data::BatchBuilder& builder,
                                 std::string_view message) {
    std::vector<std::uint32_t> rows_of;
    const std::array<std::string_view, 1> one{message};
    const auto decoded = decoder.decode(one, builder, rows_of);
    auto batch = builder.take();
    if (!decoded) return decoded.error();
    if (batch.rows != 1) return Error{ErrorCode::serialization, "It is no single JSON object."};
    return batch;
  }

  static std::optional<std::string_view> text(const data::Batch& batch, std::size_t column) {
    if (batch.columns[column]->is_null(0)) return std::nullopt;
    return batch.columns[column]->at<std::string_view>(0);
  }

  bool change(std::string_view message, data::BatchBuilder& out, std::string& why) {
    data::Batch payload;  // keeps the text alive
    if (payload_) {
      auto opened = open(*payload_, payload_builder_, message);
      if (!opened) return note(opened.error(), why);
      payload = std::move(opened).value();
      const auto inner = text(payload, 0);
      if (!inner) {
        why = "There is no payload.";
        return false;
      }
      message = *inner;
    }
    const auto opened = open(*envelope_, envelope_builder_, message);
    if (!opened) return note(opened.error(), why);
    const auto before = text(opened.value(), 0);
    const auto after = text(opened.value(), 1);
    const auto op = text(opened.value(), 2).value_or("null");
    if (op == "c" || op == "r") return row(after, "after", RowKind::insert, out, why);
    if (op == "u" || op == "d") {
      if (!before) {
        why = std::string{"The \"before\" field of "} + (op == "u" ? "UPDATE" : "DELETE") +
              " message is null, if you are using Debezium Postgres Connector, please check the "
              "Postgres table has been set REPLICA IDENTITY to FULL level.";
        return false;
      }
      if (op == "d") return row(before, "before", RowKind::remove, out, why);
      return row(before, "before", RowKind::update_before, out, why) &&
             row(after, "after", RowKind::update_after, out, why);
    }
    why = "Unknown \"op\" value \"" + std::string{op} + "\".";
    return false;
  }

  bool row(std::optional<std::string_view> text, const char* name, RowKind kind,
           data::BatchBuilder& out, std::string& why) {
    if (!text) {
      why = std::string{"The \""} + name + "\" field is null.";
      return false;
    }
    const std::size_t rows = out.rows();
    const std::array<std::string_view, 1> one{*text};
    scratch_.clear();
    rows_->set_kind(kind);
    const auto decoded = rows_->decode(one, out, scratch_);
    if (!decoded) return note(decoded.error(), why);
    if (out.rows() != rows + 1) {
      why = std::string{"The \""} + name + "\" field is no row.";
      return false;
    }
    return true;
  }

  static bool note(const Error& error, std::string& why) {
    why = error.message();
    return false;
  }

  std::unique_ptr<Decoder> payload_;
  std::unique_ptr<Decoder> envelope_;
  std::unique_ptr<JsonRows> rows_;
  bool ignore_errors_;
  data::BatchBuilder payload_builder_{texts({"payload"})};
  data::BatchBuilder envelope_builder_{texts({"before", "after", "op"})};
  std::vector<std::uint32_t> scratch_;
  std::uint64_t dropped_ = 0;
};

class DebeziumEncoder final : public Encoder {
 public:
  explicit DebeziumEncoder(std::unique_ptr<Encoder> rows) : rows_(std::move(rows)) {}

  base::Status encode(const data::Batch& batch, EncodedRecords& out) override {
    encoded_.clear();
    BOOST_OUTCOME_TRY(rows_->encode(batch, encoded_));
    for (std::size_t i = 0; i < encoded_.size(); ++i) {
      // An update is a deletion and a creation: rows come one by one, the two are not matched.
      const bool adds = data::adds(batch.kind(i));
      out.bytes += adds ? R"({"before":null,"after":)" : R"({"before":)";
      out.bytes += encoded_.record(i);
      out.bytes += adds ? R"(,"op":"c"})" : R"(,"after":null,"op":"d"})";
      out.ends.push_back(out.bytes.size());
    }
    return base::success();
  }

 private:
  std::unique_ptr<Encoder> rows_;
  EncodedRecords encoded_;
};

base::Result<std::unique_ptr<Decoder>> make_decoder_of(const Options& from,
                                                       const data::Schema& schema,
                                                       const std::vector<std::size_t>& projection) {
  const auto inner = inner_options(from);
  BOOST_OUTCOME_TRY(const auto parsed, JsonOptions::parse(inner));
  BOOST_OUTCOME_TRY(const bool included, schema_included(from));
  std::unique_ptr<Decoder> payload;
  if (included) {
    BOOST_OUTCOME_TRY(payload, make_json_decoder({}, texts({"payload"}), {0}));
  }
  BOOST_OUTCOME_TRY(auto envelope,
                    make_json_decoder({}, texts({"before", "after", "op"}), {0, 1, 2}));
  BOOST_OUTCOME_TRY(auto rows, make_json_rows(inner, schema, projection));
  return std::make_unique<DebeziumDecoder>(std::move(payload), std::move(envelope), std::move(rows),
                                           parsed.ignore_parse_errors);
}

base::Result<std::unique_ptr<Encoder>> make_encoder_of(const Options& from,
                                                       const data::Schema& schema) {
  BOOST_OUTCOME_TRY(const bool included, schema_included(from));
  if (included) {
    return Error{ErrorCode::invalid_argument,
                 "Debezium JSON serialization doesn't support 'debezium-json.schema-include' "
                 "option been set to true."};
  }
  BOOST_OUTCOME_TRY(auto rows, make_json_encoder(inner_options(from), schema));
  return std::make_unique<DebeziumEncoder>(std::move(rows));
}

}  // namespace

Format debezium_json_format() {
  return {.name = "debezium-json",
          .options = options,
          .make_decoder = &make_decoder_of,
          .make_encoder = &make_encoder_of};
}

}  // namespace millrace::formats
