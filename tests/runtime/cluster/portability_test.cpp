#include "runtime/cluster/portability.hpp"

#include <doctest/doctest.h>

#include <map>

#include "runtime/sql/parser.hpp"

using namespace millrace;

namespace {

const net::Endpoint here{false, "127.0.0.1", "8083", ""};
const net::Endpoint far{false, "flink.example.com", "8083", ""};

// "certain: text" or "note: text", of a script that reads `with`.
std::vector<std::string> findings(const std::string& script, const net::Endpoint& gateway,
                                  const std::map<std::string, std::string>& variables = {},
                                  std::vector<std::pair<std::string, std::string>> settings = {}) {
  const auto text = sql::fill_properties(script);
  REQUIRE(text);
  const auto statements = sql::parse_script(text.value());
  REQUIRE(statements);
  plan::Planner planner{settings};
  const auto planned = planner.plan(statements.value());
  REQUIRE_MESSAGE(planned, planned.error().message());
  std::vector<std::string> out;
  for (const auto& finding : cluster::portability(
           statements.value(), planned.value(), settings, gateway,
           [&](const std::string& name) -> std::optional<std::string> {
             const auto found = variables.find(name);
             return found == variables.end() ? std::nullopt : std::optional{found->second};
           })) {
    out.push_back((finding.certain ? "certain: " : "note: ") + finding.text);
  }
  return out;
}

bool any(const std::vector<std::string>& texts, const std::string& start, const std::string& part) {
  for (const auto& text : texts) {
    if (text.starts_with(start) && text.find(part) != std::string::npos) return true;
  }
  return false;
}

std::string job(const std::string& endpoint) {
  return "CREATE TABLE s (a INT) WITH ('connector' = 'kinesis', 'stream.arn' = "
         "'arn:aws:kinesis:us-east-1:000000000000:stream/s', 'aws.region' = 'us-east-1', 'format' "
         "= "
         "'json'" +
         (endpoint.empty() ? "" : ", 'aws.endpoint' = '" + endpoint + "'") +
         ");\nCREATE TABLE b (a INT) WITH ('connector' = 'blackhole');\nINSERT INTO b SELECT a "
         "FROM "
         "s;\n";
}

}  // namespace

TEST_CASE("Portability: a stream on this machine is out of a far cluster's reach") {
  const auto told = findings(job("http://localhost:4566"), far);
  CHECK(any(told, "certain", "'aws.endpoint' = 'http://localhost:4566' is this machine"));
  CHECK_FALSE(any(findings(job("http://localhost:4566"), here), "certain", ""));
  CHECK_FALSE(any(findings(job("http://10.1.2.3:4566"), far), "certain", ""));
}

TEST_CASE("Portability: the endpoint variable is ours, not the connector's") {
  const std::map<std::string, std::string> set{{"AWS_ENDPOINT_URL", "http://127.0.0.1:4566"}};
  CHECK(any(findings(job(""), here, set), "certain", "AWS_ENDPOINT_URL sends it to"));
  CHECK_FALSE(any(findings(job(""), here), "certain", ""));
  CHECK_FALSE(any(findings(job("http://127.0.0.1:4566"), here, set), "certain", ""));
}

TEST_CASE("Portability: the connector's jar, and checkpoints unless they are set") {
  CHECK(any(findings(job(""), here), "note", "flink-sql-connector-kinesis"));
  CHECK(any(findings(job(""), here), "note", "execution.checkpointing.interval is not set"));
  CHECK_FALSE(any(findings("SET 'execution.checkpointing.interval' = '10 s';\n" + job(""), here),
                  "note", "execution.checkpointing.interval is not set"));
  CHECK_FALSE(any(findings(job(""), here, {}, {{"execution.checkpointing.interval", "10 s"}}),
                  "note", "execution.checkpointing.interval is not set"));
}

TEST_CASE("Portability: files are the cluster's machines' own") {
  const std::string script =
      "CREATE TABLE f (a INT) WITH ('connector' = 'filesystem', 'path' = '/data/in', 'format' = "
      "'json');\nCREATE TABLE b (a INT) WITH ('connector' = 'blackhole');\nINSERT INTO b SELECT a "
      "FROM "
      "f;\n";
  CHECK(any(findings(script, far), "note", "'path' = '/data/in'"));
  CHECK(findings(script, here).empty());
}

TEST_CASE("Portability: which hosts are this machine") {
  CHECK(cluster::is_this_machine("localhost"));
  CHECK(cluster::is_this_machine("127.1.2.3"));
  CHECK(cluster::is_this_machine("::1"));
  CHECK_FALSE(cluster::is_this_machine("1.127.0.0"));
}
