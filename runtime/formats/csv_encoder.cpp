// Rows -> CSV, with the quotes that Jackson sets.
#include <algorithm>

#include "runtime/data/nested.hpp"
#include "runtime/formats/cell_text.hpp"
#include "runtime/formats/csv.hpp"

namespace millrace::formats {
namespace {

// Jackson's CsvEncoder looks into texts up to so many characters; longer ones are quoted unseen.
constexpr std::size_t longest_look = 24;

class CsvEncoder final : public Encoder {
 public:
  explicit CsvEncoder(CsvOptions options)
      : options_(std::move(options)),
        style_{data::TimestampStyle::sql, !options_.scientific},
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
    if (type.is_string()) {
      append_text(out, column.at<std::string_view>(row));
    } else if (type.is_nested()) {
      text_.clear();
      append_elements(type, data::NestedView(column.at<std::string_view>(row)));
      append_text(out, text_);
    } else if (is_written_as_text(type)) {
      text_.clear();
      append_cell_text(text_, column, row, style_);
      append_text(out, text_);
    } else {
      append_cell_text(out, column, row, style_);
    }
  }

  // An array's elements or a row's fields, to text_; what they hold is not looked at.
  void append_elements(const data::LogicalType& type, const data::NestedView& view) {
    const auto fields = type.fields();
    for (std::size_t i = 0; i < view.size(); ++i) {
      if (i > 0) text_ += options_.element_delimiter;
      const auto& element = fields[i % fields.size()].type;
      if (view.is_null(i)) {
        text_ += options_.null_literal.value_or("");
      } else if (element.is_string()) {
        text_ += view.bytes(i);
      } else {
        data::Column one(element);
        data::append_nested(one, view, i);
        append_cell_text(text_, one, 0, style_);
      }
    }
  }

  CsvOptions options_;
  CellStyle style_;
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
