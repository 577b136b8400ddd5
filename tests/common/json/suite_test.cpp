// JSONTestSuite's parsing tests (tests/data/json).
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "common/base/base64.hpp"
#include "common/json/json.hpp"

using namespace millrace;

namespace {

std::string decoded(const std::string& text) {
  if (text == "-") return {};
  auto bytes = base::base64_decode(text);
  REQUIRE(bytes.has_value());
  return std::move(bytes).value();
}

}  // namespace

TEST_CASE("json: JSONTestSuite's files are accepted and refused as their names say") {
  std::ifstream file{"data/json/parsing.txt"};
  REQUIRE(file.good());
  int accepted = 0;
  int refused = 0;
  int free_accepted = 0;
  int free_refused = 0;
  for (std::string line; std::getline(file, line);) {
    std::istringstream parts{line};
    std::string name;
    std::size_t times = 0;
    std::string unit;
    std::string rest;
    parts >> name >> times >> unit >> rest;
    CAPTURE(name);
    const auto once = decoded(unit);
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += once;
    text += decoded(rest);
    const bool taken = json::parse(std::move(text)).has_value();
    if (name.starts_with("y_")) {
      CHECK(taken);
      ++accepted;
    } else if (name.starts_with("n_")) {
      CHECK(!taken);
      ++refused;
    } else {
      ++(taken ? free_accepted : free_refused);
    }
  }
  CHECK(accepted == 95);
  CHECK(refused == 188);
  CHECK(free_accepted == 5);  // docs/conformance.md says which
  CHECK(free_refused == 30);
}
