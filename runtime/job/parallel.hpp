// Which operators of a plan run as several instances, and their making.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "runtime/job/node_operator.hpp"

namespace millrace::job {

// For each input of the node the columns by which its rows may be divided among instances; empty:
// the operator needs all rows in one place, or keeps nothing and gains nothing.
std::optional<std::vector<std::vector<std::size_t>>> exchange_keys(const plan::Node& node);

// Whether what the node gives depends on how rows of different keys are mixed in its input, beyond
// their order there.
bool minds_order(const plan::Node& node);

// `instances` operators of the node behind an exchange. All arguments but the number outlive it.
std::unique_ptr<operators::Operator> make_parallel_operator(
    const plan::Node& node, const Surroundings& around, std::vector<std::vector<std::size_t>> keys,
    std::size_t instances);

}  // namespace millrace::job
