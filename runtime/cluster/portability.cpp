#include "runtime/cluster/portability.hpp"

#include <algorithm>
#include <map>
#include <memory>

namespace millrace::cluster {
namespace {

constexpr const char* checkpoint_interval = "execution.checkpointing.interval";

struct Used {
  std::shared_ptr<const connectors::Table> table;
  bool as_sink = false;
};

// Every table once for each way it is used, by name.
std::vector<Used> tables_of(const plan::PlannedScript& script) {
  std::map<std::pair<std::string, bool>, Used> found;
  for (const auto& statement : script.jobs) {
    if (statement.explain_only) continue;
    for (const auto& input : plan::inputs_of(statement.job)) {
      found.insert({{input->table->name, false}, {input->table, false}});
    }
    for (const auto& sink : statement.job.sinks) {
      found.insert({{sink.table->name, true}, {sink.table, true}});
    }
  }
  std::vector<Used> out;
  out.reserve(found.size());
  for (auto& [name, used] : found) out.push_back(std::move(used));
  return out;
}

std::string option(const connectors::Table& table, const std::string& key) {
  const auto found = table.options.find(key);
  return found == table.options.end() ? "" : found->second;
}

bool sets_checkpoints(const std::vector<sql::Statement>& statements,
                      const std::vector<std::pair<std::string, std::string>>& settings) {
  const auto named = [](const auto& setting) { return setting.first == checkpoint_interval; };
  if (std::any_of(settings.begin(), settings.end(), named)) return true;
  return std::any_of(statements.begin(), statements.end(), [](const sql::Statement& statement) {
    const auto* set = std::get_if<sql::Set>(&statement.body);
    return set != nullptr && set->option && set->option->key == checkpoint_interval;
  });
}

}  // namespace

bool is_this_machine(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::vector<Finding> portability(
    const std::vector<sql::Statement>& statements, const plan::PlannedScript& script,
    const std::vector<std::pair<std::string, std::string>>& settings, const net::Endpoint& gateway,
    const std::function<std::optional<std::string>(const std::string&)>& environment) {
  std::vector<Finding> out;
  for (const auto& warning : script.warnings) out.push_back({false, warning});
  const bool far = !is_this_machine(gateway.host);
  bool kinesis = false;
  bool file_sink = false;
  for (const auto& [table, as_sink] : tables_of(script)) {
    const std::string connector = option(*table, "connector");
    const std::string name = "table '" + table->name + "': ";
    if (connector == "kinesis") {
      kinesis = true;
      const std::string url = option(*table, "aws.endpoint");
      if (url.empty()) {
        for (const char* variable : {"AWS_ENDPOINT_URL_KINESIS", "AWS_ENDPOINT_URL"}) {
          const auto here = environment(variable);
          if (!here || here->empty()) continue;
          out.push_back({true, name + variable + " sends it to " + *here +
                                   " here; Flink's connector does not read that variable and would "
                                   "go to AWS: set 'aws.endpoint'"});
          break;
        }
      } else if (const auto endpoint = net::parse_endpoint(url);
                 far && endpoint && is_this_machine(endpoint.value().host)) {
        out.push_back({true, name + "'aws.endpoint' = '" + url +
                                 "' is this machine; the cluster at " + gateway.host +
                                 " does not find the stream there"});
      }
    } else if (connector == "filesystem") {
      file_sink = file_sink || as_sink;
      const std::string path = option(*table, "path");
      const bool local = path.find("://") == std::string::npos || path.starts_with("file:");
      if (far && local) {
        out.push_back(
            {false, name + "'path' = '" + path + "' is looked for on the cluster's machines"});
      }
    }
  }
  if (kinesis) {
    out.push_back(
        {false,
         "the cluster needs Flink's Kinesis connector (flink-sql-connector-kinesis) on its "
         "class path"});
  }
  if ((kinesis || file_sink) && !sets_checkpoints(statements, settings)) {
    out.push_back(
        {false, std::string{checkpoint_interval} +
                    " is not set: without checkpoints a failed job starts again, and files "
                    "of an endless job are never finished, unless the cluster sets it"});
  }
  return out;
}

}  // namespace millrace::cluster
