#include "common/base/memory_limit.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

namespace millrace::base {
namespace {

namespace fs = std::filesystem;
constexpr auto unlimited = std::numeric_limits<std::uint64_t>::max();

// "max", and what is no number, is no limit.
std::uint64_t number_in(const fs::path& path) {
  std::ifstream file{path};
  std::uint64_t number = 0;
  return file >> number ? number : unlimited;
}

// A group's limit and those of all above it. The group may lie outside of what is mounted (in a
// container): then what is mounted is its own.
std::uint64_t limit_of(const fs::path& mounted, const fs::path& group, const char* name) {
  auto least = number_in(mounted / name);
  for (auto at = group.relative_path(); !at.empty(); at = at.parent_path()) {
    least = std::min(least, number_in(mounted / at / name));
  }
  return least;
}

// Lines as "4:memory:/group" (version 1) and "0::/group" (version 2).
std::uint64_t groups_limit(const fs::path& root) {
  auto least = unlimited;
  const auto mounts = root / "sys/fs/cgroup";
  std::ifstream file{root / "proc/self/cgroup"};
  for (std::string line; std::getline(file, line);) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const auto controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const fs::path group = line.substr(second + 1);
    if (controllers == ",,") {
      least = std::min({least, limit_of(mounts, group, "memory.max"),
                        limit_of(mounts / "unified", group, "memory.max")});
    } else if (controllers.find(",memory,") != std::string::npos) {
      least = std::min(least, limit_of(mounts / "memory", group, "memory.limit_in_bytes"));
    }
  }
  return least;
}

}  // namespace

std::uint64_t memory_limit(const fs::path& root) {
  auto least = groups_limit(root);
  rlimit space{};
  if (::getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY) {
    least = std::min<std::uint64_t>(least, space.rlim_cur);
  }
  const auto pages = ::sysconf(_SC_PHYS_PAGES);
  const auto page = ::sysconf(_SC_PAGESIZE);
  if (pages > 0 && page > 0) {
    least = std::min(least, static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page));
  }
  return least;
}

}  // namespace millrace::base
