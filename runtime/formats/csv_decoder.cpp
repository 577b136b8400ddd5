// CSV lines -> rows, by the rules of Jackson's parser and Flink's CsvToRowDataConverters.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "runtime/data/nested.hpp"
#include "runtime/data/text.hpp"
#include "runtime/formats/csv.hpp"
#include "runtime/formats/json_cells.hpp"

namespace millrace::formats {
namespace {

using base::Error;
using base::ErrorCode;
using data::TypeKind;

class CsvDecoder final : public Decoder {
 public:
  CsvDecoder(CsvOptions options, std::size_t width, const data::Schema& wanted,
             const std::vector<std::size_t>& projection)
      : options_(std::move(options)), fields_(width), columns_(width) {
    for (std::size_t i = 0; i < projection.size(); ++i) {
      const auto& type = wanted.fields[i].type;
      columns_[projection[i]] = i;
      names_.push_back(wanted.fields[i].name);
      auto& parts = parts_.emplace_back();
      for (const auto& field : type.fields()) parts.emplace_back(field.type);
    }
  }

  base::Status decode(std::span<const std::string_view> messages, data::BatchBuilder& out,
                      std::vector<std::uint32_t>& rows_of) override {
    for (const auto message : messages) {
      rows_of.push_back(0);
      std::string_view line = message;
      if (options_.allow_comments) {
        // Looking for the mark Jackson passes over the spaces, and a row has lost them.
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        if (line.starts_with('#')) continue;
      }
      why_.clear();
      if (cut(line, out.arena()) && fill(out)) {
        out.finish_row();
        rows_of.back() = 1;
        continue;
      }
      out.drop_row();
      if (!options_.ignore_parse_errors) {
        return Error{ErrorCode::serialization,
                     "Failed to deserialize CSV row '" + std::string{message} + "'. " + why_};
      }
      ++dropped_;
    }
    return base::success();
  }

  [[nodiscard]] std::uint64_t dropped() const override { return dropped_; }

 private:
  // The fields of a line; those that are not written as they are go to the arena.
  bool cut(std::string_view line, data::Arena& arena) {
    count_ = 0;
    std::size_t at = 0;
    for (;;) {
      std::string_view field;
      if (options_.quote != 0 && at < line.size() && line[at] == options_.quote) {
        if (!quoted(line, at, field, arena)) return false;
      } else {
        plain(line, at, field, arena);
      }
      if (count_ == fields_.size()) {
        why_ = "Too many entries: expected at most " + std::to_string(fields_.size()) + ".";
        return false;
      }
      fields_[count_++] = field;
      if (at == line.size()) return true;
      ++at;  // the delimiter
    }
  }

  void plain(std::string_view line, std::size_t& at, std::string_view& field, data::Arena& arena) {
    const std::size_t begin = at;
    std::size_t end = line.find(options_.delimiter, at);
    if (end == std::string_view::npos) end = line.size();
    if (options_.escape == 0 ||
        line.substr(begin, end - begin).find(options_.escape) == std::string_view::npos) {
      at = end;
      field = kept(line.substr(begin, end - begin), arena);
      return;
    }
    text_.clear();
    for (; at < line.size() && line[at] != options_.delimiter; ++at) {
      if (line[at] == options_.escape && at + 1 < line.size()) {
        text_ += unescaped(line[++at]);
      } else {
        text_ += line[at];
      }
    }
    field = kept(text_, arena);
  }

  bool quoted(std::string_view line, std::size_t& at, std::string_view& field, data::Arena& arena) {
    text_.clear();
    for (++at;; ++at) {
      if (at >= line.size()) {
        why_ = "A quoted field does not end.";
        return false;
      }
      const char c = line[at];
      if (c == options_.escape && options_.escape != 0 && at + 1 < line.size()) {
        text_ += unescaped(line[++at]);
      } else if (c != options_.quote) {
        text_ += c;
      } else if (at + 1 < line.size() && line[at + 1] == options_.quote) {
        text_ += line[++at];
      } else {
        break;
      }
    }
    for (++at; at < line.size() && line[at] != options_.delimiter; ++at) {
      if (line[at] == ' ' || line[at] == '\t') continue;
      why_ = std::string{"Unexpected character ('"} + line[at] +
             "'): Expected column separator character or end-of-line.";
      return false;
    }
    field = kept(text_, arena);
    return true;
  }

  static char unescaped(char c) {
    switch (c) {
      case '0':
        return '\0';
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      default:
        return c;
    }
  }

  static std::string_view kept(std::string_view text, data::Arena& arena) {
    return data::is_valid_utf8(text) ? arena.copy(text) : arena.copy(data::sanitize_utf8(text));
  }

  bool fill(data::BatchBuilder& out) {
    if (count_ < fields_.size() && !options_.ignore_parse_errors) {
      why_ = "Row length mismatch. " + std::to_string(fields_.size()) +
             " fields expected but was " + std::to_string(count_) + ".";
      return false;
    }
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (!columns_[i]) continue;
      data::Column& column = out.column(*columns_[i]);
      // In an array or a row the text stands for NULL within, not for all of it.
      const bool nested = column.type().is_nested();
      if (i >= count_ || (!nested && is_null_text(fields_[i]))) {
        column.append_null();
        continue;
      }
      const bool good = nested ? elements(column, parts_[*columns_[i]], fields_[i], out.arena())
                               : cell(column, fields_[i], out.arena());
      if (good) continue;
      if (!options_.ignore_parse_errors) {
        if (why_.empty()) {
          why_ =
              "'" + std::string{fields_[i]} + "' is no " + column.type().with_nullable(true).text();
        }
        why_ = "Fail to deserialize at field: " + names_[*columns_[i]] + ". " + why_;
        return false;
      }
      column.append_null();
    }
    return true;
  }

  [[nodiscard]] bool is_null_text(std::string_view text) const {
    return options_.null_literal && text == *options_.null_literal;
  }

  // An array's elements, or a row's fields; `parts`: a column to convert each in.
  bool elements(data::Column& column, std::vector<data::Column>& parts, std::string_view text,
                data::Arena& arena) {
    const bool row = column.type().is(TypeKind::row);
    nested_.clear();
    for (bool more = !trimmed(text).empty(); more;) {
      const auto end = text.find(options_.element_delimiter);
      const auto one = text.substr(0, end);
      more = end != std::string_view::npos;
      if (more) text.remove_prefix(end + 1);
      if (row && nested_.size() == parts.size()) {  // counted, and not looked at
        ++beyond_;
        continue;
      }
      data::Column& part = parts[row ? nested_.size() : 0];
      part.truncate(0);
      const bool null = is_null_text(one);
      if (!null && cell(part, one, arena)) {
        nested_.add(part, 0);
      } else if (null || options_.ignore_parse_errors) {
        nested_.add_null();
      } else {
        why_ = "'" + std::string{one} + "' is no " + part.type().with_nullable(true).text();
        return false;
      }
    }
    const std::size_t found = nested_.size() + std::exchange(beyond_, 0);
    if (row && found == 0) {
      column.append_null();
      return true;
    }
    if (row && found != parts.size() && !options_.ignore_parse_errors) {
      why_ = "Row length mismatch. " + std::to_string(parts.size()) + " fields expected but was " +
             std::to_string(found) + ".";
      return false;
    }
    while (row && nested_.size() < parts.size()) nested_.add_null();
    column.append(nested_.take(arena));
    return true;
  }

  static std::string_view trimmed(std::string_view text) {
    while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
    return text;
  }

  // java.sql.Date.valueOf(): yyyy-[m]m-[d]d, and 30 February is the first of March or the second.
  static std::optional<std::int64_t> date(std::string_view text) {
    std::array<int, 3> parts{};
    std::array<std::size_t, 3> digits{};
    std::size_t part = 0;
    for (const char c : text) {
      if (c == '-') {
        if (++part == parts.size()) return std::nullopt;
      } else if (c >= '0' && c <= '9' && digits[part] < 4) {
        parts[part] = parts[part] * 10 + (c - '0');
        ++digits[part];
      } else {
        return std::nullopt;
      }
    }
    const auto [year, month, day] = parts;
    const bool good = digits[0] == 4 && digits[1] >= 1 && digits[1] <= 2 && digits[2] >= 1 &&
                      digits[2] <= 2 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
    if (!good) return std::nullopt;
    return data::days_from_civil({year, month, 1}) + day - 1;
  }

  static bool cell(data::Column& column, std::string_view text, data::Arena& arena) {
    switch (column.type().kind()) {
      case TypeKind::date: {
        const auto days = date(text);
        if (days) column.append(*days);
        return days.has_value();
      }
      case TypeKind::time: {
        const auto millis = data::parse_time_lenient(text);
        if (millis) column.append(*millis / 1000 * 1000);  // TIME has no fraction
        return millis.has_value();
      }
      case TypeKind::timestamp:
      case TypeKind::timestamp_ltz:
        text = trimmed(text);
        break;
      default:
        break;
    }
    return append_cell(column, Token::text, text, data::TimestampStyle::sql, arena);
  }

  CsvOptions options_;
  std::vector<std::string_view> fields_;  // of the line at hand
  std::size_t count_ = 0;
  std::vector<std::optional<std::size_t>> columns_;  // by field: where it goes
  std::vector<std::string> names_;
  std::vector<std::vector<data::Column>> parts_;  // by wanted column: of its elements or fields
  data::NestedBuilder nested_;
  std::size_t beyond_ = 0;
  std::string text_;
  std::string why_;
  std::uint64_t dropped_ = 0;
};

}  // namespace

base::Result<std::unique_ptr<Decoder>> make_csv_decoder(
    const Options& options, const data::Schema& schema,
    const std::vector<std::size_t>& projection) {
  BOOST_OUTCOME_TRY(auto parsed, CsvOptions::parse(options));
  BOOST_OUTCOME_TRY(check_csv_types(schema));
  return std::make_unique<CsvDecoder>(std::move(parsed), schema.size(), schema.select(projection),
                                      projection);
}

}  // namespace millrace::formats
