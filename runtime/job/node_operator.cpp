#include "runtime/job/node_operator.hpp"

#include "runtime/operators/attached_aggregate.hpp"
#include "runtime/operators/calc.hpp"
#include "runtime/operators/deduplicate.hpp"
#include "runtime/operators/expand.hpp"
#include "runtime/operators/group_aggregate.hpp"
#include "runtime/operators/interval_join.hpp"
#include "runtime/operators/join.hpp"
#include "runtime/operators/match.hpp"
#include "runtime/operators/over.hpp"
#include "runtime/operators/over_by_value.hpp"
#include "runtime/operators/session_window.hpp"
#include "runtime/operators/set_all.hpp"
#include "runtime/operators/temporal_join.hpp"
#include "runtime/operators/temporal_sort.hpp"
#include "runtime/operators/top_n.hpp"
#include "runtime/operators/union.hpp"
#include "runtime/operators/unnest.hpp"
#include "runtime/operators/window_aggregate.hpp"
#include "runtime/operators/window_expand.hpp"
#include "runtime/operators/window_join.hpp"
#include "runtime/operators/window_rank.hpp"

namespace millrace::job {

std::unique_ptr<operators::Operator> make_operator(const plan::Node& node,
                                                   const Surroundings& around) {
  const std::int64_t ttl = around.state_ttl_ms;
  if (const auto* calc = std::get_if<plan::Calc>(&node.body)) {
    return std::make_unique<operators::CalcOperator>(*calc, around.context);
  }
  if (const auto* expand = std::get_if<plan::WindowExpand>(&node.body)) {
    if (expand->window.kind == plan::Window::Kind::session) {
      return std::make_unique<operators::SessionWindowOperator>(*expand, node, around.context.zone,
                                                                around.clock, around.counters);
    }
    return std::make_unique<operators::WindowExpandOperator>(*expand, around.context.zone,
                                                             around.clock);
  }
  if (const auto* window = std::get_if<plan::WindowAggregate>(&node.body)) {
    if (window->attached) {
      return std::make_unique<operators::AttachedAggregateOperator>(
          *window, node, around.context.zone, around.counters);
    }
    std::vector<data::LogicalType> types;
    for (const std::size_t key : window->keys) types.push_back(node.input->fields[key].type);
    return std::make_unique<operators::WindowAggregateOperator>(
        *window, std::move(types), around.context.zone, around.clock, around.counters);
  }
  if (const auto* group = std::get_if<plan::GroupAggregate>(&node.body)) {
    return std::make_unique<operators::GroupAggregateOperator>(*group, node, ttl);
  }
  if (const auto* rank = std::get_if<plan::Rank>(&node.body)) {
    return std::make_unique<operators::TopNOperator>(*rank, node, ttl);
  }
  if (const auto* one = std::get_if<plan::Deduplicate>(&node.body)) {
    return std::make_unique<operators::DeduplicateOperator>(*one, node, around.counters, ttl);
  }
  if (const auto* rank = std::get_if<plan::WindowRank>(&node.body)) {
    return std::make_unique<operators::WindowRankOperator>(*rank, node, around.context.zone,
                                                           around.counters);
  }
  if (const auto* over = std::get_if<plan::Over>(&node.body)) {
    if (over->by_value) {
      return std::make_unique<operators::OverByValueOperator>(*over, node, ttl);
    }
    return std::make_unique<operators::OverOperator>(*over, node, around.counters);
  }
  if (const auto* join = std::get_if<plan::Join>(&node.body)) {
    switch (join->form) {
      case plan::Join::Form::interval:
        return std::make_unique<operators::IntervalJoinOperator>(*join, node, around.context);
      case plan::Join::Form::window:
        return std::make_unique<operators::WindowJoinOperator>(*join, node, around.context,
                                                               around.counters);
      case plan::Join::Form::regular:
        return std::make_unique<operators::JoinOperator>(*join, node, around.context, ttl);
      case plan::Join::Form::temporal:
        return std::make_unique<operators::TemporalJoinOperator>(*join, node, around.context);
    }
  }
  if (const auto* all = std::get_if<plan::SetAll>(&node.body)) {
    return std::make_unique<operators::SetAllOperator>(*all, node, ttl);
  }
  if (const auto* expand = std::get_if<plan::Expand>(&node.body)) {
    return std::make_unique<operators::ExpandOperator>(*expand, node);
  }
  if (const auto* sort = std::get_if<plan::TemporalSort>(&node.body)) {
    return std::make_unique<operators::TemporalSortOperator>(*sort, node, around.counters);
  }
  if (const auto* match = std::get_if<plan::Match>(&node.body)) {
    return std::make_unique<operators::MatchOperator>(*match, node, around.context,
                                                      around.counters);
  }
  if (const auto* unnest = std::get_if<plan::Unnest>(&node.body)) {
    return std::make_unique<operators::UnnestOperator>(*unnest, node, around.context);
  }
  KS_ASSERT(std::holds_alternative<plan::Union>(node.body));
  return std::make_unique<operators::UnionOperator>(2);
}

}  // namespace millrace::job
