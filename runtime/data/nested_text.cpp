// ARRAY, MAP, MULTISET and ROW as text.
#include <string>
#include <unordered_map>

#include "runtime/data/nested.hpp"
#include "runtime/data/text.hpp"

namespace millrace::data {

namespace {

// Calls part(cell, column, index) for each cell: a column of one row that holds it.
template <class Part>
void for_each_cell(const LogicalType& type, std::string_view bytes, Part&& part) {
  const NestedView view(bytes);
  const std::span<const NestedField> fields = type.fields();
  for (std::size_t i = 0; i < view.size(); ++i) {
    Column one(fields[i % fields.size()].type);
    append_nested(one, view, i);
    part(one, i);
  }
}

bool is_pairs(const LogicalType& type) {
  return type.is(TypeKind::map) || type.is(TypeKind::multiset);
}

// "[a, b]", "{k=v, l=w}", "(a, b)"; `row` says what stands around a row's fields.
template <class Cell>
void append_parts(std::string& out, const LogicalType& type, std::string_view bytes,
                  std::string_view row, Cell&& cell) {
  const bool pairs = is_pairs(type);
  out += type.is(TypeKind::row) ? row.front() : (pairs ? '{' : '[');
  for_each_cell(type, bytes, [&](const Column& one, std::size_t i) {
    if (pairs && i % 2 == 1) {
      out += '=';
    } else if (i > 0) {
      out += ", ";
    }
    cell(one);
  });
  out += type.is(TypeKind::row) ? row.back() : (pairs ? '}' : ']');
}

}  // namespace

void append_nested_sql_text(std::string& out, const LogicalType& type, std::string_view bytes,
                            const TimeZone& zone) {
  append_parts(out, type, bytes, "()", [&](const Column& one) {
    if (one.is_null(0)) {
      out += "NULL";
    } else {
      append_sql_text(out, one, 0, zone);
    }
  });
}

namespace {

// Object.hashCode of a key whose hash is worth knowing; false: the entries stay in their order.
bool java_hash(const Column& key, std::uint32_t& hash) {
  if (key.is_null(0)) {
    hash = 0;
    return true;
  }
  switch (key.type().kind()) {
    case TypeKind::tinyint:
    case TypeKind::smallint:
    case TypeKind::integer:
      hash = static_cast<std::uint32_t>(key.at<std::int64_t>(0));
      return true;
    case TypeKind::bigint: {
      const auto value = static_cast<std::uint64_t>(key.at<std::int64_t>(0));
      hash = static_cast<std::uint32_t>(value ^ value >> 32U);
      return true;
    }
    case TypeKind::boolean:
      hash = key.at<std::uint8_t>(0) != 0 ? 1231 : 1237;
      return true;
    case TypeKind::character:
    case TypeKind::varchar: {
      hash = 0;
      const std::string_view text = key.at<std::string_view>(0);
      for (std::size_t at = 0; at < text.size();) {
        // UTF-16 units of the text.
        const auto first = static_cast<unsigned char>(text[at]);
        const std::size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        std::uint32_t point = size == 1 ? first : first & (0x7FU >> size);
        for (std::size_t i = 1; i < size && at + i < text.size(); ++i) {
          point = point << 6U | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
        }
        at += size;
        if (point >= 0x10000) {
          hash = 31 * hash + (0xD800U + ((point - 0x10000U) >> 10U));
          point = 0xDC00U + ((point - 0x10000U) & 0x3FFU);
        }
        hash = 31 * hash + point;
      }
      return true;
    }
    default:
      return false;
  }
}

// The entries in the order a java.util.HashMap shows them that got them one by one: by bucket.
std::string in_hash_order(const LogicalType& type, std::string_view bytes) {
  const NestedView view(bytes);
  // Of equal keys the last value is shown.
  std::vector<std::size_t> values;  // where each entry's value is
  std::unordered_map<std::string, std::size_t> known;
  std::vector<std::size_t> keys;
  for (std::size_t i = 0; i + 1 < view.size(); i += 2) {
    const auto [place, is_new] =
        known.emplace((view.is_null(i) ? "n" : "v") + std::string(view.bytes(i)), keys.size());
    if (is_new) {
      keys.push_back(i);
      values.push_back(i + 1);
    } else {
      values[place->second] = i + 1;
    }
  }
  const std::size_t entries = keys.size();
  std::vector<std::uint32_t> hashes(entries);
  for (std::size_t i = 0; i < entries; ++i) {
    Column key(type.fields()[0].type);
    append_nested(key, view, keys[i]);
    if (!java_hash(key, hashes[i])) return std::string(bytes);
  }
  NestedBuilder out;
  for (const std::size_t entry : hash_map_order(hashes)) {
    out.add(view, keys[entry]);
    out.add(view, values[entry]);
  }
  return out.take();
}

}  // namespace

void append_nested_java_text(std::string& out, const LogicalType& type, std::string_view cell) {
  const std::string ordered = is_pairs(type) ? in_hash_order(type, cell) : std::string();
  const std::string_view bytes = is_pairs(type) ? std::string_view(ordered) : cell;
  // A Row's text names its kind, and one inside of a row is always an insert.
  if (type.is(TypeKind::row)) out += "+I";
  append_parts(out, type, bytes, "[]", [&](const Column& one) { append_java_text(out, one, 0); });
}

std::string nested_literal_text(const LogicalType& type, std::string_view bytes) {
  std::string list;
  for_each_cell(type, bytes, [&](const Column& one, std::size_t i) {
    if (i > 0) list += ", ";
    list += literal_text(value_at(one, 0), one.type());
  });
  return type.is(TypeKind::row) ? "ROW(" + list + ")" : type.root_text() + "[" + list + "]";
}

}  // namespace millrace::data
