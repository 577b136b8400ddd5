#include "runtime/data/schema.hpp"

namespace millrace::data {

std::optional<std::size_t> Schema::find(std::string_view name) const {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name == name) return i;
  }
  return std::nullopt;
}

Schema Schema::select(const std::vector<std::size_t>& indexes) const {
  Schema chosen;
  chosen.fields.reserve(indexes.size());
  for (const std::size_t index : indexes) chosen.fields.push_back(fields[index]);
  return chosen;
}

std::string Schema::text() const {
  std::string out = "[";
  for (const Field& field : fields) {
    if (out.size() > 1) out += ", ";
    out += field.name + ": " + field.type.text();
  }
  return out + "]";
}

}  // namespace millrace::data
