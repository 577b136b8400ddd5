// How much memory this process may use at most.
#pragma once

#include <cstdint>
#include <filesystem>

namespace millrace::base {

// In bytes: the least of what the machine has, what the control groups of this process allow
// (version 1 or 2, its own or one above), and RLIMIT_AS. `root` is "/" but in tests.
//
// Sources: proc(5), cgroups(7); memory.max and memory.limit_in_bytes in the kernel's documentation
// of cgroup-v2 and cgroup-v1/memory.
std::uint64_t memory_limit(const std::filesystem::path& root = "/");

}  // namespace millrace::base
