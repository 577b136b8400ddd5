#include "runtime/plan/nearest.hpp"

#include <doctest/doctest.h>

using millrace::plan::did_you_mean;

TEST_CASE("the nearest name is proposed when it is near") {
  const std::vector<std::string> names = {"ticker", "price", "amount", "ts", "UPPER"};
  CHECK(did_you_mean("tikcer", names) == "; did you mean 'ticker'?");
  CHECK(did_you_mean("Price", names) == "; did you mean 'price'?");
  CHECK(did_you_mean("uper", names) == "; did you mean 'UPPER'?");
  CHECK(did_you_mean("amuont", names) == "; did you mean 'amount'?");
}

TEST_CASE("nothing is proposed when nothing is near, or for a name that is no typo") {
  const std::vector<std::string> names = {"ticker", "ts", ""};
  CHECK(did_you_mean("volume", names).empty());
  CHECK(did_you_mean("x", names).empty());
  CHECK(did_you_mean("", names).empty());
  CHECK(did_you_mean(std::string(1000, 't'), names).empty());
}

TEST_CASE("an option that a connector does not know is given the nearest one it does") {
  const std::string text =
      "Unsupported options found for 'x'.\n\nUnsupported options:\n\nfromat\nzzz\n\nSupported "
      "options:\n\nconnector\nformat\npath";
  CHECK(millrace::plan::with_near_options(text) ==
        text + "\n\n'fromat' is not known; did you mean 'format'?");
  CHECK(millrace::plan::with_near_options("something else") == "something else");
}
