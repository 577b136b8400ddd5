#include "runtime/job/parallel.hpp"

#include <numeric>

#include "runtime/operators/calc.hpp"
#include "runtime/operators/exchange.hpp"

namespace millrace::job {

namespace {

using Keys = std::vector<std::size_t>;
using AllKeys = std::optional<std::vector<Keys>>;

AllKeys one_input(const Keys& keys) {
  if (keys.empty()) return std::nullopt;
  return std::vector<Keys>{keys};
}

bool reads_watermark(const expr::ExprPtr& expression) {
  return expression && operators::calls_watermark(*expression);
}

}  // namespace

AllKeys exchange_keys(const plan::Node& node) {
  const auto& body = node.body;
  if (const auto* window = std::get_if<plan::WindowAggregate>(&body))
    return one_input(window->keys);
  if (const auto* group = std::get_if<plan::GroupAggregate>(&body)) return one_input(group->keys);
  if (const auto* rank = std::get_if<plan::Rank>(&body)) return one_input(rank->partition);
  if (const auto* one = std::get_if<plan::Deduplicate>(&body)) return one_input(one->keys);
  if (const auto* rank = std::get_if<plan::WindowRank>(&body)) return one_input(rank->partition);
  if (const auto* over = std::get_if<plan::Over>(&body)) return one_input(over->partition);
  if (const auto* match = std::get_if<plan::Match>(&body)) return one_input(match->partition);
  if (const auto* expand = std::get_if<plan::WindowExpand>(&body)) {
    const bool session = expand->window.kind == plan::Window::Kind::session;
    return session ? one_input(expand->partition) : std::nullopt;
  }
  if (const auto* join = std::get_if<plan::Join>(&body)) {
    if (join->left_keys.empty()) return std::nullopt;
    return std::vector<Keys>{join->left_keys, join->right_keys};
  }
  if (std::holds_alternative<plan::SetAll>(body)) {
    Keys all(node.fields.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    return std::vector<Keys>{all, all};
  }
  return std::nullopt;
}

bool minds_order(const plan::Node& node) {
  if (const auto* calc = std::get_if<plan::Calc>(&node.body)) {
    bool minds = reads_watermark(calc->condition);
    for (const auto& projection : calc->projections) minds = minds || reads_watermark(projection);
    return minds;
  }
  if (const auto* expand = std::get_if<plan::WindowExpand>(&node.body)) {
    return expand->window.kind == plan::Window::Kind::session || !expand->window.event_time;
  }
  return !std::holds_alternative<plan::Union>(node.body) &&
         !std::holds_alternative<plan::Expand>(node.body);
}

std::unique_ptr<operators::Operator> make_parallel_operator(const plan::Node& node,
                                                            const Surroundings& around,
                                                            std::vector<Keys> keys,
                                                            std::size_t instances) {
  std::vector<operators::Exchange::Instance> made;
  for (std::size_t i = 0; i < instances; ++i) {
    operators::Exchange::Instance one;
    one.context = std::make_unique<expr::Context>(around.clock, around.context.zone);
    one.counters = std::make_unique<operators::Counters>();
    const Surroundings own{*one.context, around.clock, *one.counters, around.state_ttl_ms};
    one.body = make_operator(node, own);
    made.push_back(std::move(one));
  }
  return std::make_unique<operators::Exchange>(std::move(made), std::move(keys), around.counters);
}

}  // namespace millrace::job
