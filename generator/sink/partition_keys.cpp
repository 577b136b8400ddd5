#include "generator/sink/partition_keys.hpp"

#include <array>
#include <cinttypes>
#include <cstdio>

namespace millrace::sink {

std::optional<KeyChoice> parse_key_choice(std::string_view text) {
  if (text == "constant") return KeyChoice::constant;
  if (text == "ticker" || text == "id") return KeyChoice::own;
  if (text == "random") return KeyChoice::random;
  return std::nullopt;
}

std::string PartitionKeys::next(std::string_view own) {
  switch (choice_) {
    case KeyChoice::constant:
      return "partitionkey";
    case KeyChoice::own:
      return std::string{own};
    case KeyChoice::random:
      break;
  }
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016" PRIx64, random_.bits());
  return text.data();
}

}  // namespace millrace::sink
