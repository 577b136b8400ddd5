// A script: properties filled in, parsed, bound, planned, explained. An error says where.
#include "runtime/plan/explain.hpp"
#include "runtime/plan/planner.hpp"
#include "runtime/sql/parser.hpp"
#include "tests/fuzz/target.hpp"

using namespace millrace;

FUZZ_TARGET(sql) {
  const sql::PropertyGroups groups = {{"g", {{"k", "v'x"}, {"a.b", ""}}}, {"g.a", {{"b", "1"}}}};
  const auto script = sql::fill_properties(input, groups);
  if (!script) return;
  const auto statements = sql::parse_script(script.value());
  if (!statements) return;
  plan::Planner planner;
  const auto planned = planner.plan(statements.value());
  if (!planned) {
    const auto message = planned.error().message();
    FUZZ_CHECK_SAY(!message.empty() && message[0] >= '0' && message[0] <= '9', message);
    return;
  }
  for (const auto& statement : planned.value().jobs) {
    FUZZ_CHECK(!plan::explain(statement.job).empty());
  }
}
