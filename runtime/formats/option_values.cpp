#include "runtime/formats/option_values.hpp"

#include <algorithm>
#include <cctype>

namespace millrace::formats {

base::Result<bool> flag_option(const Options& options, const std::string& key, bool fallback) {
  const auto at = options.find(key);
  if (at == options.end()) return fallback;
  std::string lower = at->second;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower == "true") return true;
  if (lower == "false") return false;
  return base::Error{
      base::ErrorCode::invalid_argument,
      "Invalid value for option '" + key + "': '" + at->second + "' is neither true nor false"};
}

}  // namespace millrace::formats
