#include "runtime/formats/cell_text.hpp"

#include "common/base/base64.hpp"
#include "runtime/data/decimal.hpp"
#include "runtime/data/text.hpp"

namespace millrace::formats {

using data::TypeKind;

bool is_written_as_text(const data::LogicalType& type) {
  switch (type.kind()) {
    case TypeKind::binary:
    case TypeKind::varbinary:
    case TypeKind::date:
    case TypeKind::time:
    case TypeKind::timestamp:
    case TypeKind::timestamp_ltz:
      return true;
    default:
      return false;
  }
}

void append_cell_text(std::string& out, const data::Column& column, std::size_t row,
                      const CellStyle& style) {
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
      data::append_java_float(out, static_cast<float>(column.at<double>(row)));
      return;
    case TypeKind::float64:
      data::append_java_double(out, column.at<double>(row));
      return;
    case TypeKind::decimal:
      if (style.plain_decimal) {
        data::append_decimal_plain(out, column.at<base::Int128>(row), type.scale());
      } else {
        data::append_decimal_stripped(out, column.at<base::Int128>(row), type.scale());
      }
      return;
    case TypeKind::binary:
    case TypeKind::varbinary:
      out += base::base64_encode(column.at<std::string_view>(row));
      return;
    case TypeKind::date:
      data::append_date(out, column.at<std::int64_t>(row));
      return;
    case TypeKind::time:
      data::append_time(out, column.at<std::int64_t>(row));
      return;
    case TypeKind::timestamp:
    case TypeKind::timestamp_ltz:
      data::append_timestamp(out, column.at<data::TimestampValue>(row),
                             style.timestamps == data::TimestampStyle::sql ? ' ' : 'T');
      if (type.is(TypeKind::timestamp_ltz)) out += 'Z';
      return;
    default:
      KS_ASSERT(false);  // refused when the encoder was made
  }
}

}  // namespace millrace::formats
