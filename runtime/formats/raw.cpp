#include "runtime/formats/raw.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "runtime/data/text.hpp"

namespace millrace::formats {
namespace {

using base::Error;
using base::ErrorCode;
using data::TypeKind;

constexpr auto options = std::to_array<FormatOption>({
    {"charset", "of STRING; UTF-8"},
    {"endianness", "of numbers: big-endian (default) or little-endian"},
});

struct RawOptions {
  bool little_endian = false;
};

base::Result<RawOptions> parse(const Options& from) {
  RawOptions parsed;
  if (const auto at = from.find("raw.endianness"); at != from.end()) {
    if (at->second != "big-endian" && at->second != "little-endian") {
      return Error{ErrorCode::invalid_argument,
                   "Unsupported endianness name: " + at->second +
                       ". Supported endianness: [big-endian, little-endian]."};
    }
    parsed.little_endian = at->second == "little-endian";
  }
  if (const auto at = from.find("raw.charset"); at != from.end()) {
    std::string upper = at->second;
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (upper != "UTF-8" && upper != "UTF8") {
      return Error{ErrorCode::unsupported,
                   "'raw.charset' = '" + at->second + "' is not served; UTF-8 is"};
    }
  }
  return parsed;
}

// Bytes of a fixed-size type; 0: any number of bytes.
std::size_t width_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::boolean:
    case TypeKind::tinyint:
      return 1;
    case TypeKind::smallint:
      return 2;
    case TypeKind::integer:
    case TypeKind::float32:
      return 4;
    case TypeKind::bigint:
    case TypeKind::float64:
      return 8;
    default:
      return 0;
  }
}

base::Result<data::LogicalType> single_column(const data::Schema& schema) {
  if (schema.size() != 1) {
    std::string names;
    for (const auto& field : schema.fields) names += (names.empty() ? "" : ", ") + field.name;
    return Error{
        ErrorCode::invalid_argument,
        "The 'raw' format only supports single physical column. However the defined schema "
        "contains multiple physical columns: [" +
            names + "]"};
  }
  const auto& type = schema.fields.front().type;
  if (!type.is_string() && !type.is_binary() && width_of(type.kind()) == 0) {
    return Error{ErrorCode::invalid_argument,
                 "The 'raw' format doesn't supports '" + type.text() + "' as column type."};
  }
  return type;
}

class RawDecoder final : public Decoder {
 public:
  RawDecoder(RawOptions raw, const data::LogicalType& type, bool wanted)
      : options_(raw), type_(type), wanted_(wanted) {}

  base::Status decode(std::span<const std::string_view> messages, data::BatchBuilder& out,
                      std::vector<std::uint32_t>& rows_of) override {
    for (const auto message : messages) {
      if (wanted_) {
        BOOST_OUTCOME_TRY(append(message, out));
      }
      out.finish_row();
      rows_of.push_back(1);
    }
    return base::success();
  }

 private:
  base::Status append(std::string_view message, data::BatchBuilder& out) {
    auto& column = out.column(0);
    if (type_.is_string()) {
      column.append(data::is_valid_utf8(message) ? out.arena().copy(message)
                                                 : out.arena().copy(data::sanitize_utf8(message)));
      return base::success();
    }
    if (type_.is_binary()) {
      column.append(out.arena().copy(message));
      return base::success();
    }
    const auto width = width_of(type_.kind());
    if (message.size() != width) {
      return Error{ErrorCode::serialization, "Size of data received for deserializing " +
                                                 type_.root_text() + " type is not " +
                                                 std::to_string(width) + "."};
    }
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < width; ++i) {
      const auto byte =
          static_cast<unsigned char>(message[options_.little_endian ? width - 1 - i : i]);
      bits = bits << 8 | byte;
    }
    append_number(column, bits, width);
    return base::success();
  }

  void append_number(data::Column& column, std::uint64_t bits, std::size_t width) const {
    if (type_.is(TypeKind::boolean)) {
      column.append<std::uint8_t>(bits != 0 ? 1 : 0);
    } else if (type_.is(TypeKind::float32)) {
      const auto low = static_cast<std::uint32_t>(bits);
      float value = 0;
      std::memcpy(&value, &low, sizeof value);
      column.append(static_cast<double>(value));
    } else if (type_.is(TypeKind::float64)) {
      double value = 0;
      std::memcpy(&value, &bits, sizeof value);
      column.append(value);
    } else {
      // The sign is the top bit of the narrow number.
      const auto shift = 64 - 8 * width;
      column.append(static_cast<std::int64_t>(bits << shift) >> shift);
    }
  }

  RawOptions options_;
  data::LogicalType type_;
  bool wanted_;
};

class RawEncoder final : public Encoder {
 public:
  RawEncoder(RawOptions raw, const data::LogicalType& type) : options_(raw), type_(type) {}

  base::Status encode(const data::Batch& batch, EncodedRecords& out) override {
    const auto& column = *batch.columns.at(0);
    for (std::size_t row = 0; row < batch.rows; ++row) {
      // NULL has no bytes.
      if (!column.is_null(row)) append(out.bytes, column, row);
      out.ends.push_back(out.bytes.size());
    }
    return base::success();
  }

 private:
  void append(std::string& out, const data::Column& column, std::size_t row) const {
    if (type_.is_string() || type_.is_binary()) {
      out += column.at<std::string_view>(row);
      return;
    }
    const auto width = width_of(type_.kind());
    std::uint64_t bits = 0;
    if (type_.is(TypeKind::boolean)) {
      bits = column.at<std::uint8_t>(row);
    } else if (type_.is(TypeKind::float32)) {
      const auto value = static_cast<float>(column.at<double>(row));
      std::uint32_t low = 0;
      std::memcpy(&low, &value, sizeof low);
      bits = low;
    } else if (type_.is(TypeKind::float64)) {
      const auto value = column.at<double>(row);
      std::memcpy(&bits, &value, sizeof bits);
    } else {
      bits = static_cast<std::uint64_t>(column.at<std::int64_t>(row));
    }
    for (std::size_t i = 0; i < width; ++i) {
      const auto place = options_.little_endian ? i : width - 1 - i;
      out += static_cast<char>(bits >> (8 * place));
    }
  }

  RawOptions options_;
  data::LogicalType type_;
};

base::Result<std::unique_ptr<Decoder>> make_decoder_of(const Options& from,
                                                       const data::Schema& schema,
                                                       const std::vector<std::size_t>& projection) {
  BOOST_OUTCOME_TRY(const auto parsed, parse(from));
  BOOST_OUTCOME_TRY(const auto type, single_column(schema));
  return std::make_unique<RawDecoder>(parsed, type, !projection.empty());
}

base::Result<std::unique_ptr<Encoder>> make_encoder_of(const Options& from,
                                                       const data::Schema& schema) {
  BOOST_OUTCOME_TRY(const auto parsed, parse(from));
  BOOST_OUTCOME_TRY(const auto type, single_column(schema));
  return std::make_unique<RawEncoder>(parsed, type);
}

}  // namespace

Format raw_format() {
  return {.name = "raw",
          .options = options,
          .make_decoder = &make_decoder_of,
          .make_encoder = &make_encoder_of};
}

}  // namespace millrace::formats
