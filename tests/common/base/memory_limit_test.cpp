#include "common/base/memory_limit.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "tests/support/temp_dir.hpp"

using namespace millrace;
namespace fs = std::filesystem;

namespace {

struct Machine {
  test::TempDir folder;
  void write(const std::string& path, const std::string& text) const {
    const auto at = fs::path{folder.path()} / path;
    fs::create_directories(at.parent_path());
    std::ofstream{at} << text << '\n';
  }
  [[nodiscard]] std::uint64_t limit() const { return base::memory_limit(folder.path()); }
};

}  // namespace

TEST_CASE("memory: without a control group it is what the machine has") {
  const Machine machine;
  const auto all = machine.limit();
  CHECK(all > 100'000'000);
  machine.write("proc/self/cgroup", "0::/\nno line of this file\n5:cpu:/x");
  machine.write("sys/fs/cgroup/memory.max", "max");
  CHECK(machine.limit() == all);
}

TEST_CASE("memory: the least limit of the group and those above it counts") {
  const Machine machine;
  machine.write("proc/self/cgroup", "0::/a/b/c");
  machine.write("sys/fs/cgroup/a/b/c/memory.max", "max");
  machine.write("sys/fs/cgroup/a/b/memory.max", "50000000");
  machine.write("sys/fs/cgroup/a/memory.max", "70000000");
  CHECK(machine.limit() == 50'000'000);
}

TEST_CASE("memory: in a container its own group is what is mounted") {
  const Machine machine;
  machine.write("proc/self/cgroup", "0::/docker/1234");
  machine.write("sys/fs/cgroup/memory.max", "60000000");
  CHECK(machine.limit() == 60'000'000);
}

TEST_CASE("memory: version 1 of control groups") {
  const Machine machine;
  machine.write("proc/self/cgroup", "9:name=systemd:/\n4:cpu,memory:/x/y\n0::/");
  machine.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712");
  machine.write("sys/fs/cgroup/memory/x/y/memory.limit_in_bytes", "40000000");
  CHECK(machine.limit() == 40'000'000);
}
