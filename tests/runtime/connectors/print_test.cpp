#include "runtime/connectors/print.hpp"

#include "tests/runtime/connectors/connector_support.hpp"

using namespace millrace::connectors;
using millrace::data::RowKind;

TEST_CASE("print: a row a line, with its kind of change") {
  Bench bench;
  bench.table.options = {{"connector", "print"}};
  const auto sink = bench.sink().value();
  CHECK(sink->accepts_updates());
  REQUIRE(sink->open().has_value());
  auto batch = rows({{"a", 1}, {"a", 1}, {"a", 2}, {"a", 2}});
  batch.kinds = {RowKind::insert, RowKind::update_before, RowKind::update_after, RowKind::remove};
  REQUIRE(sink->write(batch).has_value());
  REQUIRE(sink->finish().has_value());
  CHECK(bench.output.str() == "+I[a, 1]\n-U[a, 1]\n+U[a, 2]\n-D[a, 2]\n");
  CHECK(sink->metrics().records == 4);
}

TEST_CASE("print: identifier, subtask and standard error") {
  struct Case {
    const char* identifier;
    int parallelism;
    const char* text;
  };
  const Case cases[] = {{"", 1, "+I[a, 1]\n"},
                        {"id", 1, "id> +I[a, 1]\n"},
                        {"", 2, "2> +I[a, 1]\n"},
                        {"id", 2, "id:2> +I[a, 1]\n"}};
  for (const Case& c : cases) {
    CAPTURE(c.text);
    Bench bench;
    bench.table.options = {{"connector", "print"}, {"standard-error", "true"}};
    if (c.identifier[0] != '\0') bench.table.options["print-identifier"] = c.identifier;
    bench.environment.parallelism = c.parallelism;
    bench.environment.subtask = c.parallelism - 1;
    const auto sink = bench.sink().value();
    REQUIRE(sink->write(rows({{"a", 1}})).has_value());
    CHECK(bench.error_output.str() == c.text);
    CHECK(bench.output.str().empty());
  }
}

TEST_CASE("print: an output that takes no more is an error") {
  Bench bench;
  bench.table.options = {{"connector", "print"}};
  const auto sink = bench.sink().value();
  bench.output.setstate(std::ios::badbit);
  CHECK_FALSE(sink->write(rows({{"a", 1}})).has_value());
}

TEST_CASE("blackhole: takes everything and keeps nothing") {
  Bench bench;
  bench.table.options = {{"connector", "blackhole"}};
  const auto sink = bench.sink().value();
  REQUIRE(sink->open().has_value());
  REQUIRE(sink->write(rows({{"a", 1}, {"b", 2}})).has_value());
  REQUIRE(sink->finish().has_value());
  CHECK(sink->metrics().records == 2);
  CHECK(sink->accepts_updates());
}
