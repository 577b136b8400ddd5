// Rows -> JSON, in Jackson's bytes: no spaces, columns in order, no line feed.
#include <cmath>

#include "common/base/base64.hpp"
#include "runtime/data/decimal.hpp"
#include "runtime/data/nested.hpp"
#include "runtime/data/text.hpp"
#include "runtime/formats/json.hpp"
#include "runtime/formats/json_text.hpp"

namespace millrace::formats {
namespace {

using base::Error;
using base::ErrorCode;
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
      if (null_key_) {
        return Error{ErrorCode::serialization,
                     "JSON format doesn't support to serialize map data with null keys. You can "
                     "drop null key entries or encode null in literals by specifying "
                     "map-null-key.mode option."};
      }
      out.ends.push_back(bytes.size());
    }
    return base::success();
  }

 private:
  void append(std::string& out, const data::Column& column, std::size_t row) {
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
      case TypeKind::array:
      case TypeKind::map:
      case TypeKind::multiset:
      case TypeKind::row:
        append_nested(out, type, data::NestedView(column.at<std::string_view>(row)));
        return;
    }
    out += "null";
  }

  void append_nested(std::string& out, const data::LogicalType& type,
                     const data::NestedView& view) {
    const auto fields = type.fields();
    const bool array = type.is(TypeKind::array);
    const bool row = type.is(TypeKind::row);
    out += array ? '[' : '{';
    bool first = true;
    const auto cell = [&](std::size_t i, const data::LogicalType& of) {
      if (view.is_null(i)) {
        out += "null";
        return;
      }
      data::Column one(of);
      data::append_nested(one, view, i);
      append(out, one, 0);
    };
    const std::size_t step = row ? 1 : fields.size();
    for (std::size_t i = 0; i + step <= view.size(); i += step) {
      if (row && options_.ignore_null_fields && view.is_null(i)) continue;
      const bool no_key = step == 2 && view.is_null(i);
      if (no_key && options_.null_key == JsonOptions::NullKey::drop) continue;
      if (!first) out += ',';
      first = false;
      if (row) {
        append_json_text(out, fields[i].name);
        out += ':';
      } else if (step == 2) {
        null_key_ = null_key_ || (no_key && options_.null_key == JsonOptions::NullKey::fail);
        append_json_text(out, no_key ? std::string_view(options_.map_null_key) : view.bytes(i));
        out += ':';
      }
      cell(i + step - 1, row ? fields[i].type : fields[step - 1].type);
    }
    out += array ? ']' : '}';
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
  bool null_key_ = false;          // a map's key that cannot be written was met
};

}  // namespace

base::Result<std::unique_ptr<Encoder>> make_json_encoder(const Options& options,
                                                         const data::Schema& schema) {
  BOOST_OUTCOME_TRY(const auto parsed, JsonOptions::parse(options));
  BOOST_OUTCOME_TRY(check_json_types(schema));
  return std::make_unique<JsonEncoder>(parsed, schema);
}

}  // namespace millrace::formats
