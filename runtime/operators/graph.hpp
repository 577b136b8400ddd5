// The operators of one sink, and who feeds whom: a tree with the sink at its root.
#pragma once

#include <memory>
#include <vector>

#include "runtime/operators/operator.hpp"

namespace millrace::operators {

// Rows pushed in at a leaf run through all operators above it at once, on the caller's thread; what
// the root puts out is dropped (it is a sink).
//
//   Graph graph;
//   auto sink = graph.add(std::move(sink_operator), 1, {});
//   auto join = graph.add(std::move(join_operator), 2, {sink, 0});
//   graph.push({join, 1}, chunk);
class Graph {
 public:
  static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

  // One input of an operator.
  struct Place {
    std::size_t node = nowhere;
    std::size_t input = 0;
  };

  Graph() = default;
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  // Its results go to `to`, which was added before. Returns the operator's number.
  std::size_t add(std::unique_ptr<Operator> next, std::size_t inputs, Place to);

  Status push(Place to, Chunk chunk);
  // Those nearest to the input first, so that a later one sees what an earlier one lets go.
  Status on_time(std::int64_t now_ms, bool input_pending);
  // What has been pushed in has gone through when it returns, also where other threads work on it.
  Status settle();
  // This input has ended. An operator all of whose inputs have ended finishes, and so on down to
  // the root.
  Status finish(Place input);

 private:
  struct Node {
    std::unique_ptr<Operator> body;
    std::size_t open_inputs = 0;
    Place to;
  };
  class Next final : public Output {
   public:
    Next(Graph& graph, Place to) : graph_(graph), to_(to) {}
    Status push(Chunk chunk) override { return graph_.push(to_, std::move(chunk)); }

   private:
    Graph& graph_;
    Place to_;
  };

  std::vector<Node> nodes_;
};

}  // namespace millrace::operators
