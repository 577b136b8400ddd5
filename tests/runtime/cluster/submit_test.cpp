#include "runtime/cluster/submit.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "runtime/sql/parser.hpp"
#include "tests/runtime/cluster/fake_gateway.hpp"

using namespace millrace;
using test::FakeGateway;

namespace {

// A script, read.
class Script {
 public:
  explicit Script(const std::string& script) : text_(sql::fill_properties(script).value()) {
    auto statements = sql::parse_script(text_);
    REQUIRE_MESSAGE(statements, statements.error().message());
    statements_ = std::move(statements).value();
  }
  [[nodiscard]] cluster::Submission with(
      std::vector<std::pair<std::string, std::string>> settings = {}) const {
    return {"job.sql", text_, statements_, std::move(settings), false};
  }

 private:
  sql::Script text_;
  std::vector<sql::Statement> statements_;
};

constexpr const char* script =
    "SET 'a.b' = 'x';\n"
    "CREATE TABLE o (i INT)\n  WITH ('connector' = 'blackhole');\n"
    "  INSERT INTO o VALUES (1);\n";

std::string jobs(const std::string& state) {
  return FakeGateway::page(R"({"kind":"INSERT","fields":["j1","insert",")" + state + R"("]})");
}

}  // namespace

TEST_CASE("Submit: statements are posted in order, at their places, and the job is followed") {
  int looks = 0;
  FakeGateway fake{[&](const std::string& statement) -> FakeGateway::Answer {
    if (statement.find("INSERT") != std::string::npos) return {{200, FakeGateway::job("j1")}};
    if (statement == "SHOW JOBS") return {{200, jobs(++looks < 2 ? "RUNNING" : "FINISHED")}};
    return {{200, FakeGateway::ok()}};
  }};
  const Script one(script);
  base::RealWaiter waiter;
  std::ostringstream out;
  std::ostringstream log;
  {
    cluster::Gateway gateway{fake.endpoint(), waiter};
    REQUIRE(cluster::submit(one.with(), gateway, waiter, out, log));
  }
  CHECK(log.str() == "job.sql:4:3: job j1 submitted\njob j1: RUNNING\njob j1: FINISHED\n");
  CHECK(out.str().empty());
  const auto asked = fake.asked();
  REQUIRE(asked.size() >= 3);
  CHECK(asked[0] == "POST SET 'a.b' = 'x'");
  CHECK(std::count_if(asked.begin(), asked.end(), [](const auto& request) {
          return request == "POST \nCREATE TABLE o (i INT)\n  WITH ('connector' = 'blackhole')";
        }) == 1);
  CHECK(std::count_if(asked.begin(), asked.end(), [](const auto& request) {
          return request == "POST \n\n\n  INSERT INTO o VALUES (1)";
        }) == 1);
}

TEST_CASE("Submit: the command line's settings come first and hold against the script's") {
  FakeGateway fake{[&](const std::string&) -> FakeGateway::Answer {
    return {{200, FakeGateway::ok()}};
  }};
  base::RealWaiter waiter;
  std::ostringstream out;
  std::ostringstream log;
  const Script two("SET 'a.b' = 'x';\nSET 'c' = 'y';\n");
  cluster::Gateway gateway{fake.endpoint(), waiter};
  REQUIRE(cluster::submit(two.with({{"a.b", "it's"}}), gateway, waiter, out, log));
  std::vector<std::string> posted;
  for (const auto& one : fake.asked()) {
    if (one.starts_with("POST SET") || one.starts_with("POST \nSET")) posted.push_back(one);
  }
  CHECK(posted == std::vector<std::string>{"POST SET 'a.b' = 'it''s'", "POST \nSET 'c' = 'y'"});
}

TEST_CASE("Submit: a job that fails is the run's error, with its statement's place") {
  FakeGateway fake{[&](const std::string& statement) -> FakeGateway::Answer {
    if (statement.find("INSERT") != std::string::npos) return {{200, FakeGateway::job("j1")}};
    if (statement == "SHOW JOBS") return {{200, jobs("FAILED")}};
    return {{200, FakeGateway::ok()}};
  }};
  const Script one(script);
  base::RealWaiter waiter;
  std::ostringstream out;
  std::ostringstream log;
  cluster::Gateway gateway{fake.endpoint(), waiter};
  const auto done = cluster::submit(one.with(), gateway, waiter, out, log);
  REQUIRE_FALSE(done);
  CHECK(done.error().message() ==
        "job.sql:4:3: job j1 failed on the cluster; its log and its web page say why");
}

TEST_CASE("Submit: a stop cancels the jobs that run") {
  bool stopped = false;
  base::RealWaiter waiter;
  FakeGateway fake{[&](const std::string& statement) -> FakeGateway::Answer {
    if (statement.find("INSERT") != std::string::npos) return {{200, FakeGateway::job("j1")}};
    if (statement.starts_with("STOP JOB")) stopped = true;
    if (statement == "SHOW JOBS") {
      waiter.stop();
      return {{200, jobs(stopped ? "CANCELED" : "RUNNING")}};
    }
    return {{200, FakeGateway::ok()}};
  }};
  const Script one(script);
  std::ostringstream out;
  std::ostringstream log;
  cluster::Gateway gateway{fake.endpoint(), waiter};
  REQUIRE(cluster::submit(one.with(), gateway, waiter, out, log));
  CHECK(stopped);
  CHECK(log.str().ends_with("cancelling job j1\njob j1: CANCELED\n"));
}

TEST_CASE("Submit: rows are shown as the runtime prints them") {
  CHECK(cluster::row_text({"INSERT", {"1", std::nullopt, "x"}}) == "+I[1, NULL, x]");
  CHECK(cluster::row_text({"UPDATE_BEFORE", {"1"}}) == "-U[1]");
  CHECK(cluster::row_text({"UPDATE_AFTER", {"1"}}) == "+U[1]");
  CHECK(cluster::row_text({"DELETE", {}}) == "-D[]");
}
