#include "runtime/plan/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <sstream>

namespace millrace::plan {

namespace {

std::string lowered(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return text;
}

// Letters to put in, take out, change or swap with their neighbour.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::vector<std::size_t> next(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    next[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = row[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      next[j] = std::min({row[j] + 1, next[j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        next[j] = std::min(next[j], before[j - 2] + 1);
      }
    }
    before.swap(row);
    row.swap(next);
  }
  return row[b.size()];
}

}  // namespace

std::string did_you_mean(const std::string& name, const std::vector<std::string>& candidates) {
  // Names of any length come from scripts; what is this long is no typo.
  if (name.empty() || name.size() > 64) return "";
  const std::string wanted = lowered(name);
  const std::size_t most = name.size() < 3 ? 1 : name.size() < 7 ? 2 : 3;
  std::size_t best = most + 1;
  const std::string* nearest = nullptr;
  for (const auto& candidate : candidates) {
    if (candidate.empty() || candidate.size() > 64) continue;
    const std::size_t far = distance(wanted, lowered(candidate));
    if (far < best && far < candidate.size()) {
      best = far;
      nearest = &candidate;
    }
  }
  return nearest == nullptr ? "" : "; did you mean '" + *nearest + "'?";
}

std::string with_near_options(const std::string& message) {
  const std::string unknown_head = "Unsupported options:\n\n";
  const std::string known_head = "\n\nSupported options:\n\n";
  const auto unknown_at = message.find(unknown_head);
  const auto known_at = message.find(known_head);
  if (unknown_at == std::string::npos || known_at == std::string::npos || known_at < unknown_at) {
    return message;
  }
  const auto lines = [](const std::string& text) {
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
      if (!line.empty()) out.push_back(line);
    }
    return out;
  };
  const std::size_t begin = unknown_at + unknown_head.size();
  const auto known = lines(message.substr(known_at + known_head.size()));
  std::string out = message;
  for (const auto& name : lines(message.substr(begin, known_at - begin))) {
    const std::string near = did_you_mean(name, known);
    if (!near.empty()) out += "\n\n'" + name + "' is not known" + near;
  }
  return out;
}

}  // namespace millrace::plan
