#include "runtime/operators/graph.hpp"

namespace millrace::operators {

std::size_t Graph::add(std::unique_ptr<Operator> next, std::size_t inputs, Place to) {
  KS_ASSERT(to.node == nowhere || to.node < nodes_.size());
  nodes_.push_back({std::move(next), inputs, to});
  return nodes_.size() - 1;
}

Status Graph::push(Place to, Chunk chunk) {
  if (to.node == nowhere) return base::success();
  Next next(*this, nodes_[to.node].to);
  return nodes_[to.node].body->process_input(to.input, std::move(chunk), next);
}

Status Graph::on_time(std::int64_t now_ms, bool input_pending) {
  for (std::size_t i = nodes_.size(); i-- > 0;) {
    Next next(*this, nodes_[i].to);
    BOOST_OUTCOME_TRY(nodes_[i].body->on_time(now_ms, input_pending, next));
  }
  return base::success();
}

Status Graph::settle() {
  for (std::size_t i = nodes_.size(); i-- > 0;) {
    Next next(*this, nodes_[i].to);
    BOOST_OUTCOME_TRY(nodes_[i].body->settle(next));
  }
  return base::success();
}

Status Graph::finish(Place input) {
  while (input.node != nowhere) {
    Node& node = nodes_[input.node];
    KS_ASSERT(node.open_inputs > 0);
    if (--node.open_inputs > 0) return base::success();
    Next next(*this, node.to);
    BOOST_OUTCOME_TRY(node.body->finish(next));
    input = node.to;
  }
  return base::success();
}

}  // namespace millrace::operators
