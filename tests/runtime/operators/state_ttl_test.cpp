// table.exec.state.ttl in the operators that keep something for each key.
#include "runtime/operators/group_aggregate.hpp"
#include "runtime/operators/join.hpp"
#include "runtime/operators/set_all.hpp"
#include "tests/runtime/operators/support.hpp"

using namespace millrace;
using namespace millrace::operators;
using namespace millrace::operators::test;

namespace {

plan::NodePtr input(const std::string& name) {
  auto node = std::make_shared<plan::Node>();
  node->body = plan::ConstantRows{};
  node->fields = {{name, LogicalType::bigint()}};
  return node;
}

Chunk rows(const std::vector<std::optional<std::int64_t>>& values) {
  return chunk({numbers(values)});
}

}  // namespace

TEST_CASE("state ttl: a group that nobody changed for so long begins anew") {
  plan::Node node;
  plan::GroupAggregate group;
  group.keys = {0};
  group.calls.push_back({aggregates::bind_aggregate("COUNT", {}, false).value(), {}, {}, "n"});
  node.input = input("k");
  node.fields = {{"k", LogicalType::bigint()}, {"n", LogicalType::bigint()}};
  node.body = group;
  GroupAggregateOperator op(std::get<plan::GroupAggregate>(node.body), node, /*ttl_ms=*/1000);
  Collected out;
  REQUIRE(op.on_time(0, true, out).has_value());
  REQUIRE(op.process(rows({7, 7}), out).has_value());
  // Written again in time: it lives on from there.
  REQUIRE(op.on_time(900, true, out).has_value());
  REQUIRE(op.process(rows({7}), out).has_value());
  REQUIRE(op.on_time(1899, true, out).has_value());
  REQUIRE(op.process(rows({7}), out).has_value());
  REQUIRE(op.on_time(2899, true, out).has_value());
  REQUIRE(op.process(rows({7}), out).has_value());
  CHECK(out.rows() ==
        std::vector<std::string>{"7, 1", "7, 1", "7, 2", "7, 2", "7, 3", "7, 3", "7, 4", "7, 1"});
}

TEST_CASE("state ttl: a row that was written so long ago finds no partner any more") {
  const base::ManualClock clock;
  expr::Context context(clock);
  plan::Node node;
  plan::Join join;
  join.left_width = 1;
  join.right_width = 1;
  join.left_keys = {0};
  join.right_keys = {0};
  join.null_safe = {false};
  node.input = input("a");
  node.right = input("b");
  node.fields = {{"a", LogicalType::bigint()}, {"b", LogicalType::bigint()}};
  node.body = join;
  JoinOperator op(std::get<plan::Join>(node.body), node, context, /*ttl_ms=*/1000);
  Collected out;
  REQUIRE(op.on_time(0, true, out).has_value());
  REQUIRE(op.process_input(0, rows({7}), out).has_value());
  REQUIRE(op.on_time(999, true, out).has_value());
  REQUIRE(op.process_input(1, rows({7}), out).has_value());
  REQUIRE(op.on_time(1000, true, out).has_value());
  REQUIRE(op.process_input(1, rows({7}), out).has_value());
  CHECK(out.rows() == std::vector<std::string>{"7, 7"});
}

TEST_CASE("state ttl: counts of INTERSECT ALL are forgotten, too") {
  plan::Node node;
  node.input = input("a");
  node.right = input("a");
  node.fields = {{"a", LogicalType::bigint()}};
  node.body = plan::SetAll{/*intersect=*/true};
  SetAllOperator op(std::get<plan::SetAll>(node.body), node, /*ttl_ms=*/1000);
  Collected out;
  REQUIRE(op.on_time(0, true, out).has_value());
  REQUIRE(op.process_input(0, rows({1, 2, 2}), out).has_value());
  REQUIRE(op.process_input(1, rows({2}), out).has_value());
  REQUIRE(op.on_time(1000, true, out).has_value());
  REQUIRE(op.process_input(1, rows({1, 2}), out).has_value());
  CHECK(out.rows() == std::vector<std::string>{"2"});
}
