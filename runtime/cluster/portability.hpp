// What of a planned script would go wrong on a cluster, though it runs here.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/net/endpoint.hpp"
#include "runtime/plan/planner.hpp"
#include "runtime/sql/tree.hpp"

namespace millrace::cluster {

struct Finding {
  bool certain = false;  // it will fail or read something else there; else worth knowing
  std::string text;
};

// `gateway`: where it is to run; one on this machine is taken to have its cluster here, too.
// `settings`: those of the command line. `environment`: this process's variables.
std::vector<Finding> portability(
    const std::vector<sql::Statement>& statements, const plan::PlannedScript& script,
    const std::vector<std::pair<std::string, std::string>>& settings, const net::Endpoint& gateway,
    const std::function<std::optional<std::string>(const std::string&)>& environment);

// "localhost", an address of 127.0.0.0/8, "::1".
bool is_this_machine(const std::string& host);

}  // namespace millrace::cluster
