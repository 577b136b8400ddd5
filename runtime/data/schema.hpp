// Names and types of a row's fields.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/data/type.hpp"

namespace millrace::data {

struct Field {
  std::string name;
  LogicalType type;

  friend bool operator==(const Field&, const Field&) = default;
};

struct Schema {
  std::vector<Field> fields;

  [[nodiscard]] std::size_t size() const { return fields.size(); }
  // Case matters, as in Flink.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;
  // The fields `indexes`, in that order.
  [[nodiscard]] Schema select(const std::vector<std::size_t>& indexes) const;
  // Flink's list: "[k: STRING, n: BIGINT NOT NULL]".
  [[nodiscard]] std::string text() const;

  friend bool operator==(const Schema&, const Schema&) = default;
};

}  // namespace millrace::data
