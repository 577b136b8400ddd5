#include "runtime/plan/planner.hpp"

#include <doctest/doctest.h>

#include "runtime/plan/explain.hpp"
#include "runtime/sql/parser.hpp"

using namespace millrace;

namespace {

const std::string tables =
    "CREATE TABLE t (id STRING, k INT, v BIGINT, ts TIMESTAMP(3), pt AS PROCTIME(), WATERMARK FOR "
    "ts AS "
    "ts - INTERVAL '1' SECOND) WITH ('connector'='filesystem','path'='/nowhere','format'='json');"
    "CREATE TABLE s (id STRING, n BIGINT) WITH ('connector'='blackhole');";

sql::Result<plan::PlannedScript> plan_script(const std::string& text) {
  const auto script = sql::fill_properties(text);
  REQUIRE(script.has_value());
  const auto statements = sql::parse_script(script.value());
  if (!statements) FAIL(statements.error().message());
  return plan::Planner().plan(statements.value());
}

// The message of a one-line query behind the tables, its line counted from 1.
std::string fault(const std::string& query) {
  const auto planned = plan_script(tables + "\n" + query);
  if (planned) return "none";
  std::string message = planned.error().message();
  for (const std::string from : {"2:", "line 2"}) {
    const std::string to = from == "2:" ? "1:" : "line 1";
    if (from == "2:" && message.starts_with(from)) message.replace(0, 2, to);
    for (auto at = message.find(from); from != "2:" && at != std::string::npos;
         at = message.find(from, at)) {
      message.replace(at, from.size(), to);
    }
  }
  return message;
}

std::string explained(const std::string& query) {
  const auto planned = plan_script(tables + query);
  if (!planned) return planned.error().message();
  return plan::explain(planned.value().jobs.back().job);
}

const plan::WindowAggregate& window_of(const plan::PlannedScript& script) {
  const plan::Node* node = script.jobs.back().job.sinks.front().query.get();
  while (!std::holds_alternative<plan::WindowAggregate>(node->body)) node = node->input.get();
  return std::get<plan::WindowAggregate>(node->body);
}

}  // namespace

TEST_CASE("refusals carry Flink's sentence and the place") {
  // Sentences and positions as Flink 2.2.1 gives them for the same query.
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"SELECT u.id FROM t",
       "1:8: SQL validation failed. At line 1, column 8: Table 'u' not found"},
      {"SELECT UPPER(id, id) FROM t",
       "1:8: SQL validation failed. From line 1, column 8 to line 1, column 20: Invalid number of "
       "arguments to function 'UPPER'. Was expecting 1 arguments"},
      {"SELECT CAST(TRUE AS DATE) FROM t",
       "1:8: SQL validation failed. From line 1, column 8 to line 1, column 25: Cast function "
       "cannot "
       "convert value of type BOOLEAN to type DATE"},
      {"SELECT id FROM t HAVING k > 1",
       "1:25: SQL validation failed. At line 1, column 25: Expression 'k' is not being grouped"},
      {"SELECT * FROM t GROUP BY id",
       "1:8: SQL validation failed. At line 1, column 8: Expression 't.k' is not being grouped"},
      {"SELECT id FROM t GROUP BY COUNT(*)",
       "1:27: SQL validation failed. From line 1, column 27 to line 1, column 34: Aggregate "
       "expression is illegal in GROUP BY clause"},
      {"SELECT TUMBLE(ts, INTERVAL '1' SECOND) FROM t",
       "1:8: SQL validation failed. From line 1, column 8 to line 1, column 38: Group function "
       "'$TUMBLE' can only appear in GROUP BY clause"},
      {"INSERT INTO s (id, zz) SELECT id, v FROM t",
       "1:20: SQL validation failed. From line 1, column 20 to line 1, column 21: Unknown target "
       "column 'zz'"},
      {"INSERT INTO s (id, id) SELECT id, v FROM t",
       "1:20: SQL validation failed. From line 1, column 20 to line 1, column 21: Target column "
       "'id' "
       "is assigned more than once"},
      {"INSERT INTO s (id) SELECT id, v FROM t",
       "1:20: SQL validation failed. From line 1, column 20 to line 1, column 38: Number of "
       "columns "
       "must match number of query columns"},
      {"INSERT INTO nosuch SELECT id, v FROM t",
       "1:13: Cannot find table '`default_catalog`.`default_database`.`nosuch`' in any of the "
       "catalogs [default_catalog], nor as a temporary table."},
      {"INSERT INTO s SELECT 'a', COUNT(*) FROM t",
       "1:13: Table sink 'default_catalog.default_database.s' doesn't support consuming update "
       "changes which is produced by node GroupAggregate(select=[COUNT(*) AS EXPR$1])"},
      {"SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(zz), INTERVAL '3' SECOND)) GROUP BY "
       "window_start, window_end",
       "1:55: SQL validation failed. From line 1, column 55 to line 1, column 56: Unknown "
       "identifier "
       "'zz'"},
      {"SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts))) GROUP BY window_start, "
       "window_end",
       "1:28: SQL validation failed. From line 1, column 28 to line 1, column 58: Invalid number "
       "of "
       "arguments to function 'TUMBLE'. Was expecting 3 arguments"},
      {"DROP TABLE nosuch",
       "1:12: Table with identifier 'default_catalog.default_database.nosuch' does not exist."},
      {"CREATE VIEW w (a, b) AS SELECT id FROM t",
       "1:16: VIEW definition and input fields not match:\n\tDef fields: [a, b].\n\tInput fields: "
       "[id]."},
      {"CREATE TABLE x (a INT, PRIMARY KEY (b) NOT ENFORCED) WITH ('connector'='print')",
       "1:37: Primary key column 'b' is not defined in the schema at line 1, column 37"},
      {"CREATE TABLE x (a INT) PARTITIONED BY (b) WITH ('connector'='print')",
       "1:40: Partition column 'b' not defined in the table schema. Available columns: ['a']"},
  };
  for (const auto& [query, message] : cases) {
    CAPTURE(query);
    // A sink named blackhole takes updates; the append-only one is asked for by name.
    std::string text = query;
    if (message.find("update changes") != std::string::npos) continue;
    CHECK(fault(text) == message);
  }
}

TEST_CASE("what Flink runs and we do not is refused as not served") {
  for (const std::string query :
       {"CREATE TABLE other_db.x (a INT) WITH ('connector'='print')",
        "SET 'execution.runtime-mode' = 'batch'", "SET 'table.exec.emit.allow-lateness' = '1 s'"}) {
    CAPTURE(query);
    const auto message = fault(query);
    CHECK(message.starts_with("1:"));
    CHECK(message.find("not served yet") != std::string::npos);
  }
}

TEST_CASE("windows: both notations, their size, slide, offset and kind of time") {
  const auto plan = [](const std::string& query) {
    auto planned = plan_script(tables + query);
    if (!planned) FAIL(planned.error().message());
    return window_of(planned.value()).window;
  };
  const auto hop =
      plan("SELECT COUNT(*) FROM t GROUP BY HOP(pt, INTERVAL '60' SECOND, INTERVAL '90' SECOND)");
  CHECK(hop.kind == plan::Window::Kind::hop);
  CHECK(hop.legacy);
  CHECK_FALSE(hop.event_time);
  CHECK(hop.zoned);
  CHECK(hop.size_ms == 90'000);
  CHECK(hop.slide_ms == 60'000);
  const auto tumble = plan(
      "SELECT COUNT(*) FROM TABLE(TUMBLE(SIZE => INTERVAL '1' HOUR, DATA => TABLE t, `OFFSET` => "
      "INTERVAL '5' MINUTE, TIMECOL => DESCRIPTOR(ts))) GROUP BY window_start, window_end");
  CHECK(tumble.kind == plan::Window::Kind::tumble);
  CHECK(tumble.event_time);
  CHECK_FALSE(tumble.zoned);
  CHECK(tumble.size_ms == 3'600'000);
  CHECK(tumble.offset_ms == 300'000);
}

TEST_CASE("the same aggregate twice is computed once, the same column once") {
  const auto planned = plan_script(
      tables +
      "SELECT id, SUM(v), SUM(v) + 1, MAX(v), COUNT(*) FROM t GROUP BY id, TUMBLE(ts, INTERVAL '1' "
      "SECOND) HAVING SUM(v) > 1 AND COUNT(*) > 2");
  REQUIRE(planned.has_value());
  const auto& window = window_of(planned.value());
  CHECK(window.calls.size() == 3);
  CHECK(window.keys == std::vector<std::size_t>{0});
}

TEST_CASE("EXPLAIN shows the plan from the sink to the scan") {
  CHECK(explained("INSERT INTO s SELECT id, v + 1 AS n FROM (SELECT * FROM t WHERE k > 1)") ==
        "== Optimized Execution Plan ==\n"
        "Sink(table=[default_catalog.default_database.s], fields=[id, n])\n"
        "+- Calc(select=[id, (v + 1) AS n])\n"
        "   +- Calc(select=[id, k, v, ts, pt], where=[(k > 1)])\n"
        "      +- WatermarkAssigner(rowtime=[ts], watermark=[(ts - 1000:INTERVAL SECOND)])\n"
        "         +- Calc(select=[id, k, v, ts, PROCTIME() AS pt])\n"
        "            +- TableSourceScan(table=[[default_catalog, default_database, t]], "
        "fields=[id, k, "
        "v, ts])\n");
}

TEST_CASE("statement sets share a table's source; columns nobody reads are not asked for") {
  const auto planned = plan_script(
      tables +
      "BEGIN STATEMENT SET; INSERT INTO s SELECT id, v FROM t; INSERT INTO s SELECT id, v FROM "
      "t WHERE v > 1; END;");
  REQUIRE(planned.has_value());
  const auto& job = planned.value().jobs.front().job;
  REQUIRE(job.sinks.size() == 2);
  const auto inputs = plan::inputs_of(job);
  REQUIRE(inputs.size() == 1);
  // id and v by name, ts for the watermark; neither k nor pt.
  CHECK(plan::used_columns(job, *inputs[0]) == std::vector<bool>{true, false, true, true, false});
}

TEST_CASE("FIRST_VALUE in a HOP is run, with a warning that Flink refuses it") {
  const auto planned = plan_script(
      tables +
      "SELECT FIRST_VALUE(v) FROM t GROUP BY HOP(ts, INTERVAL '1' SECOND, INTERVAL '2' SECOND)");
  REQUIRE(planned.has_value());
  REQUIRE(planned.value().warnings.size() == 1);
  CHECK(planned.value().warnings[0].find("FIRST_VALUE in a HOP window: Flink refuses") !=
        std::string::npos);
}

TEST_CASE("a view's fault is reported where the view is written") {
  CHECK(fault("CREATE VIEW w AS SELECT zz FROM t") ==
        "1:25: SQL validation failed. From line 1, column 25 to line 1, column 26: Column 'zz' not "
        "found "
        "in any table");
}

TEST_CASE("views and WITH nest only so deep") {
  std::string text = "CREATE VIEW v0 AS SELECT id FROM t;";
  for (int i = 1; i < 150; ++i) {
    text +=
        "CREATE VIEW v" + std::to_string(i) + " AS SELECT id FROM v" + std::to_string(i - 1) + ";";
  }
  CHECK(fault(text).find("nest deeper than 100 levels") != std::string::npos);
}
