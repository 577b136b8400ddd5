// Rows -> JSON, in Jackson's bytes: no spaces, columns in order, no line feed.
#include <cmath>

#include "common/base/base64.hpp"
#include "runtime/data/decimal.hpp"
#include "runtime/data/text.hpp"
#include "runtime/formats/json.hpp"
#include "runtime/formats/json_text.hpp"

namespace millrace::formats {
namespace {

using data::TypeKind;

class JsonEncoder final : public Encoder {
 public:
  JsonEncoder(const JsonOptions& options, const data::Schema& schema) : options_(options) {
    for (const auto& field : schema.fields) {
      std::string key;
      append_json_text(key, field.name);
      keys_.push_back(key + ":");
    }
  }

  base::Status encode(const data::Batch& batch, EncodedRecords& out) override {
    KS_ASSERT(batch.columns.size() == keys_.size());
    auto& bytes = out.bytes;
    for (std::size_t row = 0; row < batch.rows; ++row) {
      bytes += '{';
      bool first = true;
      for (std::size_t i = 0; i < keys_.size(); ++i) {
        const auto& column = *batch.columns[i];
        const bool null = column.is_null(row);
        if (null && options_.ignore_null_fields) continue;
        if (!first) bytes += ',';
        first = false;
        bytes += keys_[i];
        if (null) {
          bytes += "null";
        } else {
          append(bytes, column, row);
        }
      }
      bytes += '}';
      out.ends.push_back(bytes.size());
    }
    return base::success();
  }

 private:
  void append(std::string& out, const data::Column& column, std::size_t row) const {
    const auto& type = column.type();
    switch (type.kind()) {
      case TypeKind::boolean:
        out += column.at<std::uint8_t>(row) != 0 ? "true" : "false";
        return;
      case TypeKind::tinyint:
      case TypeKind::smallint:
      case TypeKind::integer:
      case TypeKind::bigint:
        data::append_int64(out, column.at<std::int64_t>(row));
        return;
      case TypeKind::float32:
      case TypeKind::float64:
        append_real(out, type, column.at<double>(row));
        return;
      case TypeKind::decimal:
        if (options_.decimal_as_plain_number) {
          data::append_decimal_plain(out, column.at<base::Int128>(row), type.scale());
        } else {
          data::append_decimal_stripped(out, column.at<base::Int128>(row), type.scale());
        }
        return;
      case TypeKind::character:
      case TypeKind::varchar:
        append_json_text(out, column.at<std::string_view>(row));
        return;
      case TypeKind::binary:
      case TypeKind::varbinary:
        out += '"';
        out += base::base64_encode(column.at<std::string_view>(row));
        out += '"';
        return;
      case TypeKind::date:
        out += '"';
        data::append_date(out, column.at<std::int64_t>(row));
        out += '"';
        return;
      case TypeKind::time:
        out += '"';
        data::append_time(out, column.at<std::int64_t>(row));
        out += '"';
        return;
      case TypeKind::timestamp:
      case TypeKind::timestamp_ltz:
        out += '"';
        data::append_timestamp(out, column.at<data::TimestampValue>(row),
                               options_.timestamps == data::TimestampStyle::sql ? ' ' : 'T');
        if (type.is(TypeKind::timestamp_ltz)) out += 'Z';
        out += '"';
        return;
      case TypeKind::null:
      case TypeKind::interval_months:
      case TypeKind::interval_millis:
        break;  // refused when the encoder was made
    }
    out += "null";
  }

  static void append_real(std::string& out, const data::LogicalType& type, double value) {
    // Jackson quotes what is no JSON number.
    const bool quoted = !std::isfinite(value);
    if (quoted) out += '"';
    if (type.is(TypeKind::float32)) {
      data::append_java_float(out, static_cast<float>(value));
    } else {
      data::append_java_double(out, value);
    }
    if (quoted) out += '"';
  }

  JsonOptions options_;
  std::vector<std::string> keys_;  // with quotes and colon
};

}  // namespace

base::Result<std::unique_ptr<Encoder>> make_json_encoder(const Options& options,
                                                         const data::Schema& schema) {
  BOOST_OUTCOME_TRY(const auto parsed, JsonOptions::parse(options));
  BOOST_OUTCOME_TRY(check_json_types(schema));
  return std::make_unique<JsonEncoder>(parsed, schema);
}

}  // namespace millrace::formats
