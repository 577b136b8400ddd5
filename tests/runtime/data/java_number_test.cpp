#include <doctest/doctest.h>

#include <bit>
#include <limits>
#include <random>

#include "runtime/data/text.hpp"

using namespace millrace::data;

namespace {

std::string text(double value) {
  std::string out;
  append_java_double(out, value);
  return out;
}

}  // namespace

TEST_CASE("Double.toString: values seen in Flink's output") {
  struct Case {
    double value;
    const char* text;
  };
  const Case cases[] = {
      {2.0, "2.0"},
      {0.1, "0.1"},
      {1e21, "1.0E21"},
      {1e10, "1.0E10"},
      {1e20, "1.0E20"},
      {-0.0, "-0.0"},
      {0.0, "0.0"},
      {97.25, "97.25"},
      {-13.5, "-13.5"},
      {9999999.0, "9999999.0"},
      {1e7, "1.0E7"},
      {12345678.9, "1.23456789E7"},
      {0.001, "0.001"},
      {0.00099, "9.9E-4"},
      {1.0 / 3.0, "0.3333333333333333"},
      {std::numeric_limits<double>::max(), "1.7976931348623157E308"},
      {std::numeric_limits<double>::denorm_min(), "4.9E-324"},
      {std::numeric_limits<double>::infinity(), "Infinity"},
      {-std::numeric_limits<double>::infinity(), "-Infinity"},
      {std::numeric_limits<double>::quiet_NaN(), "NaN"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(text(c.value) == c.text);
  }
}

TEST_CASE("Double.toString: where JDK 17 writes more digits than the shortest text") {
  // From a run of JDK 17; JDK 19
  // writes 1.152921504606847E18, 5.684341886080802E-14, 2.0E23, 5.0E22.
  CHECK(text(0x1p60) == "1.15292150460684698E18");
  CHECK(text(0x1p-44) == "5.6843418860808015E-14");
  CHECK(text(4.9999999999999996E22) == "4.9999999999999996E22");
  CHECK(text(7.1018128234950195E17) == "7.1018128234950195E17");
}

TEST_CASE("Double.toString: the text reads back as the same double") {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20000; ++i) {
    const double value = std::bit_cast<double>(random());
    if (value != value || value > 1.7e308 || value < -1.7e308) continue;
    const std::string out = text(value);
    CAPTURE(out);
    REQUIRE(std::strtod(out.c_str(), nullptr) == value);
  }
}

TEST_CASE("Float.toString: values of JDK 17") {
  struct Case {
    float value;
    const char* text;
  };
  const Case cases[] = {
      {0.1F, "0.1"},         {16777216.0F, "1.6777216E7"},    {3.4028235E38F, "3.4028235E38"},
      {1.4E-45F, "1.4E-45"}, {7.1228306E25F, "7.1228306E25"}, {1.5F, "1.5"}};
  for (const Case& c : cases) {
    std::string out;
    append_java_float(out, c.value);
    CHECK(out == c.text);
  }
}
