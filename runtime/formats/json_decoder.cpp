// JSON records -> rows: RapidJSON's events, straight into the columns that are wanted.
// long: one handler for the events of one parser
#include <rapidjson/reader.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "runtime/formats/json_cells.hpp"
#include "runtime/formats/json_fast.hpp"
#include "runtime/formats/json_nested.hpp"
#include "runtime/formats/json_text.hpp"

namespace millrace::formats {
namespace {

using base::Error;
using base::ErrorCode;

// Jackson's limit; deeper nesting is an error of the record.
constexpr int max_depth = 1000;

// Receives the events of one record.
class RowHandler {
 public:
  RowHandler(const JsonOptions& options, const std::vector<std::string>& names,
             const data::Schema& wanted)
      : options_(options), names_(names), seen_(names.size()), nested_(names.size()) {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const auto& type = wanted.fields[i].type;
      if (type.is_nested()) nested_[i] = std::make_unique<NestedReader>(type, options);
    }
  }

  void begin(data::BatchBuilder& out) {
    out_ = &out;
    depth_ = 0;
    base_ = 0;
    field_ = skip;
    rows_ = 0;
    capture_.clear();
    why_.clear();
  }

  bool Null() {
    if (capturing()) return capture("null");
    if (in_nested()) return event(JsonEvent::Kind::null);
    if (is_field()) {
      if (take_field()) out_->column(field_index()).append_null();
      return true;
    }
    return depth_ > base_ || element("null");
  }
  bool Bool(bool value) { return scalar(Token::boolean, value ? "true" : "false"); }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
    return scalar(Token::number, {text, size});
  }
  bool Int(int) { return false; }  // numbers come as texts
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    return scalar(Token::text, {text, size});
  }

  bool StartObject() {
    if (++depth_ > max_depth) return fail("it is nested deeper than " + std::to_string(max_depth));
    if (begin_capture("{") || begin_nested(JsonEvent::Kind::object)) return true;
    if (depth_ == base_ + 1) {
      std::fill(seen_.begin(), seen_.end(), std::uint8_t{0});
      expected_ = 0;
    } else if (is_container_field()) {
      return container_into_scalar();
    }
    return true;
  }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    const std::string_view name{text, size};
    if (in_nested()) return event(JsonEvent::Kind::key, Token::text, name);
    if (capturing()) {
      comma();
      append_json_text(capture_, name, Above::kept);
      capture_ += ':';
      after_key_ = true;
      return true;
    }
    if (depth_ == base_ + 1) field_ = find(name);
    return true;
  }
  bool EndObject(rapidjson::SizeType) {
    if (capturing()) return end_capture('}');
    if (in_nested()) return end_nested(JsonEvent::Kind::end_object);
    --depth_;
    return depth_ != base_ || finish_row();
  }
  bool StartArray() {
    if (++depth_ > max_depth) return fail("it is nested deeper than " + std::to_string(max_depth));
    if (begin_capture("[") || begin_nested(JsonEvent::Kind::array)) return true;
    if (depth_ == 1 && base_ == 0) {
      base_ = 1;  // an array at the top: each element is a row
      return true;
    }
    if (depth_ == base_ + 1) return element("an array");
    return !is_container_field() || container_into_scalar();
  }
  bool EndArray(rapidjson::SizeType) {
    if (capturing()) return end_capture(']');
    if (in_nested()) return end_nested(JsonEvent::Kind::end_array);
    --depth_;
    return true;
  }

  [[nodiscard]] std::uint32_t rows() const { return rows_; }
  [[nodiscard]] const std::string& why() const { return why_; }

 private:
  static constexpr int skip = -1;

  [[nodiscard]] bool capturing() const { return capture_depth_ != 0; }
  // The event is the value of a field of the row.
  [[nodiscard]] bool is_field() const { return depth_ == base_ + 1; }
  [[nodiscard]] std::size_t field_index() const { return static_cast<std::size_t>(field_); }
  // A wanted field's value begins with this container (its start was counted already).
  [[nodiscard]] bool is_container_field() const { return depth_ == base_ + 2 && field_ != skip; }

  bool fail(std::string why) {
    if (why_.empty()) why_ = std::move(why);
    return false;
  }

  int find(std::string_view name) {
    // Records of a stream list their fields in one order: the next one is the likeliest.
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const auto index = (expected_ + i) % names_.size();
      if (names_[index] == name) {
        expected_ = index + 1;
        return static_cast<int>(index);
      }
    }
    return skip;
  }

  // Makes room for the cell of the current field; false when nobody wants it.
  bool take_field() {
    if (field_ == skip) return false;
    auto& seen = seen_[field_index()];
    // Of equal names the last counts.
    if (seen != 0) out_->column(field_index()).truncate(out_->rows());
    seen = 1;
    return true;
  }

  bool scalar(Token token, std::string_view text) {
    if (capturing()) {
      if (token != Token::text) return capture(text);
      comma();
      append_json_text(capture_, text, Above::kept);
      return true;
    }
    if (in_nested()) return event(JsonEvent::Kind::scalar, token, text);
    if (!is_field()) return depth_ > base_ || element(text);
    if (!take_field()) return true;
    auto& column = out_->column(field_index());
    // true and false are texts of the program, not of the record.
    if (append_cell(column, token, text, options_.timestamps, out_->arena())) return true;
    return bad_field(text);
  }

  bool bad_field(std::string_view text) {
    if (options_.ignore_parse_errors) {
      out_->column(field_index()).append_null();
      return true;
    }
    return fail("Fail to deserialize at field: " + names_[field_index()] + ". '" +
                std::string{text} + "' is no " +
                out_->column(field_index()).type().with_nullable(true).text());
  }

  // A value where a record is due.
  bool element(std::string_view what) {
    return fail("a JSON object is expected, but there is " + std::string{what});
  }

  // An object or array where the column is no STRING: no BOOLEAN ever fails, it is not "true".
  bool container_into_scalar() {
    if (take_field()) {
      auto& column = out_->column(field_index());
      if (column.type().is(data::TypeKind::boolean)) {
        column.append<std::uint8_t>(0);
      } else if (!bad_field("an object or array"))
        return false;
    }
    field_ = skip;  // what is inside is nobody's
    return true;
  }

  // --- objects and arrays in columns of nested types: their events are kept, then converted ---
  [[nodiscard]] bool in_nested() const { return nested_depth_ != 0; }
  bool event(JsonEvent::Kind kind, Token token = Token::text, std::string_view text = {}) {
    events_.push_back({kind, token, text});
    return true;
  }
  bool begin_nested(JsonEvent::Kind kind) {
    if (!in_nested()) {
      if (!is_container_field() || nested_[field_index()] == nullptr) return false;
      events_.clear();
    }
    ++nested_depth_;
    return event(kind);
  }
  bool end_nested(JsonEvent::Kind kind) {
    event(kind);
    --depth_;
    if (--nested_depth_ != 0 || !take_field()) return true;
    auto& column = out_->column(field_index());
    auto& reader = *nested_[field_index()];
    if (reader.append(events_, column, out_->arena())) return true;
    if (options_.ignore_parse_errors) {
      column.append_null();
      return true;
    }
    return fail("Fail to deserialize at field: " + names_[field_index()] + ". " + reader.why());
  }

  // --- objects and arrays in STRING columns keep their text, without white space ---
  bool begin_capture(const char* bracket) {
    if (!capturing()) {
      if (!is_container_field() || !out_->column(field_index()).type().is_string()) return false;
      capture_.clear();
      after_key_ = true;
    }
    comma();
    capture_ += bracket;
    after_key_ = true;  // nothing to separate from yet
    ++capture_depth_;
    return true;
  }
  bool capture(std::string_view text) {
    comma();
    capture_ += text;
    return true;
  }
  void comma() {
    if (!after_key_) capture_ += ',';
    after_key_ = false;
  }
  bool end_capture(char bracket) {
    capture_ += bracket;
    after_key_ = false;
    --depth_;
    if (--capture_depth_ == 0 && take_field()) {
      out_->column(field_index()).append(out_->arena().copy(capture_));
    }
    return true;
  }

  bool finish_row() {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (seen_[i] != 0) continue;
      if (options_.fail_on_missing_field) {
        return fail("Could not find field with name '" + names_[i] + "'.");
      }
      out_->column(i).append_null();
    }
    out_->finish_row(kind_);
    ++rows_;
    field_ = skip;
    return true;
  }

  const JsonOptions& options_;
  const std::vector<std::string>& names_;
  std::vector<std::uint8_t> seen_;
  std::size_t expected_ = 0;
  data::BatchBuilder* out_ = nullptr;
  int depth_ = 0;
  int base_ = 0;  // depth of the records: 0, or 1 inside an array at the top
  int field_ = skip;
  std::uint32_t rows_ = 0;
  std::string capture_;
  int capture_depth_ = 0;
  bool after_key_ = false;
  std::vector<std::unique_ptr<NestedReader>> nested_;  // of each column; null: not nested
  std::vector<JsonEvent> events_;
  int nested_depth_ = 0;
  std::string why_;
  data::RowKind kind_ = data::RowKind::insert;

 public:
  void reset_capture() {
    capture_depth_ = 0;
    nested_depth_ = 0;
  }
  void set_kind(data::RowKind kind) { kind_ = kind; }
};

class JsonDecoder final : public JsonRows {
 public:
  JsonDecoder(const JsonOptions& options, std::vector<std::string> names,
              const data::Schema& wanted)
      : options_(options), names_(std::move(names)), handler_(options_, names_, wanted) {
    if (names_.size() <= FastJson::most_names) fast_.emplace(options_, names_);
  }
  JsonDecoder(const JsonDecoder&) = delete;
  JsonDecoder& operator=(const JsonDecoder&) = delete;

  base::Status decode(std::span<const std::string_view> messages, data::BatchBuilder& out,
                      std::vector<std::uint32_t>& rows_of) override {
    for (const auto message : messages) {
      if (message.empty()) {  // an empty record gives no row; a blank one is no JSON
        rows_of.push_back(0);
        continue;
      }
      if (fast(message, out)) {
        rows_of.push_back(1);
        continue;
      }
      const auto before = out.rows();
      if (parse(message, out) || retry(message, out, before)) {
        rows_of.push_back(handler_.rows());
        continue;
      }
      out.drop_row();
      if (!options_.ignore_parse_errors) {
        return Error{ErrorCode::serialization,
                     "Failed to deserialize JSON '" + std::string{message} + "'." +
                         (handler_.why().empty() ? "" : " " + handler_.why())};
      }
      // Elements of an array that came before the bad place stay, as rows of this record.
      rows_of.push_back(static_cast<std::uint32_t>(out.rows() - before));
      ++dropped_;
    }
    return base::success();
  }

  [[nodiscard]] std::uint64_t dropped() const override { return dropped_; }

  void set_kind(data::RowKind kind) override {
    kind_ = kind;
    handler_.set_kind(kind);
  }

 private:
  // Most records; where nearly none is of that kind it is tried less often.
  bool fast(std::string_view message, data::BatchBuilder& out) {
    if (!fast_ || (declined_ >= patience && ++declined_ % patience != 0)) return false;
    if (fast_->decode(message, out, kind_)) {
      declined_ = 0;
      return true;
    }
    ++declined_;
    out.drop_row();
    return false;
  }

  bool parse(std::string_view message, data::BatchBuilder& out) {
    // Texts are read in place and stay there: the copy lives as long as the batch.
    // RapidJSON looks for up to three more bytes of a character that the message ends in.
    constexpr std::size_t ending = 4;
    char* place = out.arena().allocate(message.size() + ending);
    std::memcpy(place, message.data(), message.size());
    std::memset(place + message.size(), 0, ending);
    rapidjson::InsituStringStream stream{place};
    constexpr unsigned flags = rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag |
                               rapidjson::kParseIterativeFlag |
                               rapidjson::kParseValidateEncodingFlag |
                               rapidjson::kParseStopWhenDoneFlag;
    handler_.reset_capture();
    handler_.begin(out);
    const auto parsed = reader_.Parse<flags>(stream, handler_);
    error_ = parsed.Code();
    return !parsed.IsError();
  }

  // Once more, for what RapidJSON refuses and Flink's parser takes; an ordinary record never comes
  // here.
  bool retry(std::string_view message, data::BatchBuilder& out, std::size_t before) {
    if (error_ != rapidjson::kParseErrorNumberTooBig &&
        error_ != rapidjson::kParseErrorStringEscapeInvalid &&
        error_ != rapidjson::kParseErrorStringInvalidEncoding) {
      return false;
    }
    out.truncate(before);
    return parse(mended_json(message), out);
  }

  static constexpr std::uint64_t patience = 64;

  JsonOptions options_;
  std::vector<std::string> names_;
  RowHandler handler_;
  std::optional<FastJson> fast_;
  std::uint64_t declined_ = 0;  // records in a row
  data::RowKind kind_ = data::RowKind::insert;
  rapidjson::Reader reader_;
  rapidjson::ParseErrorCode error_ = rapidjson::kParseErrorNone;
  std::uint64_t dropped_ = 0;
};

}  // namespace

base::Result<std::unique_ptr<JsonRows>> make_json_rows(const Options& options,
                                                       const data::Schema& schema,
                                                       const std::vector<std::size_t>& projection) {
  BOOST_OUTCOME_TRY(const auto parsed, JsonOptions::parse(options));
  const auto wanted = schema.select(projection);
  BOOST_OUTCOME_TRY(check_json_types(wanted));
  std::vector<std::string> names;
  for (const auto& field : wanted.fields) names.push_back(field.name);
  return std::make_unique<JsonDecoder>(parsed, std::move(names), wanted);
}

base::Result<std::unique_ptr<Decoder>> make_json_decoder(
    const Options& options, const data::Schema& schema,
    const std::vector<std::size_t>& projection) {
  BOOST_OUTCOME_TRY(auto rows, make_json_rows(options, schema, projection));
  return std::unique_ptr<Decoder>(std::move(rows));
}

}  // namespace millrace::formats
