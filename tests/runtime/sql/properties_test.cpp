#include "runtime/sql/properties.hpp"

#include <doctest/doctest.h>

#include "runtime/sql/lexer.hpp"

using namespace millrace;

namespace {

const sql::PropertyGroups groups = {
    {"InputStream0", {{"stream.arn", "arn:1"}, {"aws.region", "us-east-1"}, {"empty", ""}}},
    {"app", {{"quote", "it's"}, {"n", "10"}}},
    {"app.b", {{"n", "20"}}}};

std::string fault(const std::string& text) {
  const auto script = sql::fill_properties(text, groups);
  return script ? "none: " + script.value().text : script.error().message();
}

}  // namespace

TEST_CASE("a reference becomes its value; the longest group name wins") {
  const auto script = sql::fill_properties(
      "'${InputStream0.stream.arn}' ${app.n} ${app.b.n} -- ${nothing.here}\n/* ${nor.here} */",
      groups);
  REQUIRE(script.has_value());
  CHECK(script.value().text == "'arn:1' 10 20 -- ${nothing.here}\n/* ${nor.here} */");
}

TEST_CASE("a value cannot end the string it stands in") {
  const auto script = sql::fill_properties("'${app.quote}'", groups);
  REQUIRE(script.has_value());
  CHECK(script.value().text == "'it''s'");
}

TEST_CASE("positions stay those of the file") {
  const auto script =
      sql::fill_properties("${InputStream0.empty}a '${app.quote}' b\n${app.n} c", groups);
  REQUIRE(script.has_value());
  const auto tokens = sql::tokenize(script.value());
  REQUIRE(tokens.has_value());
  const auto& list = tokens.value();
  CHECK(list[0].where == sql::Span{{1, 22}, {1, 22}});
  CHECK(list[1].where == sql::Span{{1, 24}, {1, 37}});
  CHECK(list[1].text == "it's");
  CHECK(list[2].where == sql::Span{{1, 39}, {1, 39}});
  CHECK(list[3].where == sql::Span{{2, 1}, {2, 8}});
  CHECK(list[4].where == sql::Span{{2, 10}, {2, 10}});
}

TEST_CASE("an unknown reference is named, with what there is instead") {
  CHECK(fault("\n  '${app.x}'") == "2:4: unknown property ${app.x}: the group 'app' has n, quote");
  CHECK(fault("${other.x}") ==
        "1:1: unknown property ${other.x}: there is no group 'other'; known groups: InputStream0, "
        "app, app.b");
  CHECK(fault("${x}") ==
        "1:1: unknown property ${x}: a reference is ${group.key}, as in the property groups");
  CHECK(fault("${app.n\n}") == "1:1: a property reference ${ has no closing }");
}
