// Rows -> CSV, with the quotes that Jackson sets.
#include <algorithm>

#include "common/base/base64.hpp"
#include "runtime/data/decimal.hpp"
#include "runtime/data/text.hpp"
#include "runtime/formats/csv.hpp"
#include "runtime/formats/json.hpp"

namespace millrace::formats {
namespace {

using data::TypeKind;

// Jackson's CsvEncoder looks into texts up to so many characters; longer ones are quoted unseen.
constexpr std::size_t longest_look = 24;

class CsvEncoder final : public Encoder {
 public:
  explicit CsvEncoder(CsvOptions options)
      : options_(std::move(options)),
        // Anything below the greatest of the special characters asks for quotes.
        safe_from_(std::max({options_.delimiter, options_.quote, '\n'}) + 1) {}

  base::Status encode(const data::Batch& batch, EncodedRecords& out) override {
    for (std::size_t row = 0; row < batch.rows; ++row) {
      for (std::size_t i = 0; i < batch.columns.size(); ++i) {
        if (i > 0) out.bytes += options_.delimiter;
        const data::Column& column = *batch.columns[i];
        if (!column.is_null(row)) {
          append(out.bytes, column, row);
        } else if (options_.null_literal) {
          out.bytes += *options_.null_literal;
        }
      }
      out.ends.push_back(out.bytes.size());
    }
    return base::success();
  }

 private:
  void append_text(std::string& out, std::string_view text) const {
    if (options_.quote == 0 || !needs_quotes(text)) {
      if (options_.escape == 0 || options_.quote != 0) {
        out += text;
      } else {
        for (const char c : text) {
          if (c == options_.delimiter || c == options_.escape) out += options_.escape;
          out += c;
        }
      }
      return;
    }
    out += options_.quote;
    for (const char c : text) {
      // A quote is doubled even where there is an escape character, and that one is, too.
      if (c == options_.quote || (c == options_.escape && options_.escape != 0)) out += c;
      out += c;
    }
    out += options_.quote;
  }

  [[nodiscard]] bool needs_quotes(std::string_view text) const {
    std::size_t characters = 0;  // Java's: two for what lies above U+FFFF
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < safe_from_ && byte < 0x80) return true;
      if (c == '\\' || (options_.escape != 0 && c == options_.escape)) return true;
      if ((byte & 0xC0U) != 0x80U) characters += byte >= 0xF0 ? 2 : 1;
    }
    return characters > longest_look;
  }

  void append(std::string& out, const data::Column& column, std::size_t row) {
    const auto& type = column.type();
    text_.clear();
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
        data::append_java_float(out, static_cast<float>(column.at<double>(row)));
        return;
      case TypeKind::float64:
        data::append_java_double(out, column.at<double>(row));
        return;
      case TypeKind::decimal: {
        if (options_.scientific) {
          data::append_decimal_stripped(out, column.at<base::Int128>(row), type.scale());
        } else {
          data::append_decimal_plain(out, column.at<base::Int128>(row), type.scale());
        }
        return;
      }
      case TypeKind::character:
      case TypeKind::varchar:
        append_text(out, column.at<std::string_view>(row));
        return;
      case TypeKind::binary:
      case TypeKind::varbinary:
        append_text(out, base::base64_encode(column.at<std::string_view>(row)));
        return;
      case TypeKind::date:
        data::append_date(text_, column.at<std::int64_t>(row));
        break;
      case TypeKind::time:
        data::append_time(text_, column.at<std::int64_t>(row));
        break;
      case TypeKind::timestamp:
      case TypeKind::timestamp_ltz:
        data::append_timestamp(text_, column.at<data::TimestampValue>(row), ' ');
        if (type.is(TypeKind::timestamp_ltz)) text_ += 'Z';
        break;
      default:
        return;  // refused when the encoder was made
    }
    append_text(out, text_);
  }

  CsvOptions options_;
  int safe_from_;
  std::string text_;
};

}  // namespace

base::Result<std::unique_ptr<Encoder>> make_csv_encoder(const Options& options,
                                                        const data::Schema& schema) {
  BOOST_OUTCOME_TRY(auto parsed, CsvOptions::parse(options));
  BOOST_OUTCOME_TRY(check_csv_types(schema));
  return std::make_unique<CsvEncoder>(std::move(parsed));
}

}  // namespace millrace::formats
