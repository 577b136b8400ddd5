// Feeds a target the files of its corpus, without libFuzzer: what has crashed once stays a test in
// every build.
//
//   fuzz_replay TARGET FILE|DIRECTORY...
//   fuzz_replay --list
#include <algorithm>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <vector>

#include "tests/fuzz/target.hpp"

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_of(const fs::path& place) {
  if (!fs::is_directory(place)) return {place};
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator{place}) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

int replay(int count, char** names) {
  const auto& all = millrace::fuzz::targets();
  if (count == 2 && std::strcmp(names[1], "--list") == 0) {
    for (const auto& [name, run] : all) std::printf("%s\n", name.c_str());
    return 0;
  }
  const auto target = count > 2 ? all.find(names[1]) : all.end();
  if (target == all.end()) {
    std::fprintf(stderr, "usage: fuzz_replay TARGET FILE|DIRECTORY... | --list\n");
    return 2;
  }
  std::size_t fed = 0;
  for (int i = 2; i < count; ++i) {
    for (const auto& file : files_of(names[i])) {
      std::ifstream in{file, std::ios::binary};
      const std::string text{std::istreambuf_iterator<char>{in}, {}};
      if (!in.eof() && in.fail()) {
        std::fprintf(stderr, "%s cannot be read\n", file.c_str());
        return 2;
      }
      // Said before: the last line before a crash names its input.
      std::printf("%s\n", file.filename().c_str());
      std::fflush(stdout);
      // In a block of its own, as libFuzzer does it.
      const auto block = std::make_unique<char[]>(text.size());
      std::copy(text.begin(), text.end(), block.get());
      target->second({block.get(), text.size()});
      ++fed;
    }
  }
  std::printf("%s: %zu inputs\n", names[1], fed);
  return fed > 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** names) {
  try {
    return replay(count, names);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "an exception got away: %s\n", error.what());
    return 1;
  }
}
