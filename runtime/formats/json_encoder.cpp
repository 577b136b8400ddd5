// Rows -> JSON, in Jackson's bytes: no spaces, columns in order, no line feed.
#include <cmath>

#include "runtime/data/nested.hpp"
#include "runtime/formats/cell_text.hpp"
#include "runtime/formats/json.hpp"
#include "runtime/formats/json_text.hpp"

namespace millrace::formats {
namespace {

using base::Error;
using base::ErrorCode;
using data::TypeKind;

class JsonEncoder final : public Encoder {
 public:
  JsonEncoder(const JsonOptions& options, const data::Schema& schema)
      : options_(options), style_{options.timestamps, options.decimal_as_plain_number} {
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
    if (type.is_string()) {
      append_json_text(out, column.at<std::string_view>(row));
    } else if (type.is_nested()) {
      append_nested(out, type, data::NestedView(column.at<std::string_view>(row)));
    } else {
      // Jackson quotes what is no JSON number.
      const bool quoted = is_written_as_text(type) ||
                          (type.is_approximate() && !std::isfinite(column.at<double>(row)));
      if (quoted) out += '"';
      append_cell_text(out, column, row, style_);
      if (quoted) out += '"';
    }
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

  JsonOptions options_;
  CellStyle style_;
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
