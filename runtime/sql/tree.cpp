#include "runtime/sql/tree.hpp"

namespace millrace::sql {

std::string QualifiedName::text() const {
  std::string joined;
  for (const auto& part : parts) joined += (joined.empty() ? "" : ".") + part.text;
  return joined;
}

}  // namespace millrace::sql
