#include "runtime/cluster/gateway.hpp"

#include <doctest/doctest.h>

#include "tests/runtime/cluster/fake_gateway.hpp"

using namespace millrace;
using test::FakeGateway;

namespace {

// As a gateway of Flink 2.2.1 answers for SELECT nope FROM t.
constexpr const char* refused =
    R"({"errors":["Internal server error.","<Exception on server side:\n)"
    R"(org.apache.flink.table.gateway.api.utils.SqlGatewayException: org.apache.flink.table.gateway.api)"
    R"(.utils.SqlGatewayException: Failed to fetchResults.\n\tat a.b.C(C.java:91)\n)"
    R"(Caused by: org.apache.flink.table.gateway.api.utils.SqlGatewayException: Failed to fetchResults.\n)"
    R"(\tat a.b.C(C.java:85)\n\t... 50 more\n)"
    R"(Caused by: org.apache.flink.table.gateway.service.utils.SqlExecutionException: Failed to execute )"
    R"(the operation 401002e1.\n\tat a.b.D(D.java:1)\n)"
    R"(Caused by: org.apache.flink.table.api.ValidationException: SQL validation failed. From line 1, )"
    R"(column 8 to line 1, column 11: Column 'nope' not found in any table\n\tat a.b.E(E.java:1)\n)"
    R"(Caused by: org.apache.calcite.sql.validate.SqlValidatorException: Column 'nope' not found in any )"
    R"(table\n\tat a.b.F(F.java:1)\n\t... 7 more\n\nEnd of exception on server side>"]})";

}  // namespace

TEST_CASE("Gateway: what Flink says of a fault is left without classes, stacks and wrappings") {
  CHECK(
      cluster::error_text(refused) ==
      "SQL validation failed. From line 1, column 8 to line 1, column 11: Column 'nope' not found "
      "in any table");
  CHECK(cluster::error_text(R"({"errors":["Session 's' does not exist."]})") ==
        "Session 's' does not exist.");
  CHECK(cluster::error_text("<html>no</html>") == "<html>no</html>");
}

TEST_CASE("Gateway: a message of several lines stays whole") {
  CHECK(
      cluster::error_text(
          R"({"errors":["x","Caused by: a.B: Unsupported options found.\n\nSupported options:\n\n)"
          R"(path\n\tat a.b.C(C.java:91)\n"]})") ==
      "Unsupported options found.\n\nSupported options:\n\npath");
}

TEST_CASE(
    "Gateway: a stop ends the wait for a result, cancels the statement and closes the session") {
  FakeGateway fake{[](const std::string&) {
    const std::string more = R"(,"nextResultUri":"/v2/sessions/s1/operations/o1/result/)";
    return FakeGateway::Answer{
        {200,
         R"({"resultType":"NOT_READY","nextResultUri":"/v2/sessions/s1/operations/o1/result/0"})"},
        {200, FakeGateway::page(R"({"kind":"INSERT","fields":["1",null]})", more + "2\"")},
        {200, FakeGateway::page(R"({"kind":"DELETE","fields":["1","x"]})")}};
  }};
  base::RealWaiter waiter;
  {
    cluster::Gateway gateway{fake.endpoint(), waiter};
    CHECK(gateway.product().value() == "Apache Flink 2.2.1");
    REQUIRE(gateway.open());
    // The first page is not ready for ever: only a stop ends that.
    waiter.stop();
    CHECK(gateway.run("SELECT 1").error().code() == base::ErrorCode::cancelled);
  }
  const auto asked = fake.asked();
  CHECK(asked == std::vector<std::string>{"POST SELECT 1",
                                          "POST /v2/sessions/s1/operations/o1/cancel",
                                          "DELETE /v2/sessions/s1"});
}

TEST_CASE("Gateway: pages are followed to the last") {
  FakeGateway fake{[](const std::string&) {
    const std::string more = R"(,"nextResultUri":"/v2/sessions/s1/operations/o1/result/)";
    return FakeGateway::Answer{
        {200, FakeGateway::page(R"({"kind":"INSERT","fields":["1",null]})", more + "1\"")},
        {200, FakeGateway::page("", more + "2\"")},
        {200, FakeGateway::page(R"({"kind":"DELETE","fields":["1","x"]})")}};
  }};
  base::RealWaiter waiter;
  cluster::Gateway gateway{fake.endpoint(), waiter};
  REQUIRE(gateway.open());
  const auto rows = gateway.run("SELECT 1").value().rows;
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].kind == "INSERT");
  CHECK(rows[0].fields == std::vector<std::optional<std::string>>{"1", std::nullopt});
  CHECK(rows[1].kind == "DELETE");
}

TEST_CASE("Gateway: a refused statement is an error in Flink's words") {
  FakeGateway fake{[](const std::string&) { return FakeGateway::Answer{{500, refused}}; }};
  base::RealWaiter waiter;
  cluster::Gateway gateway{fake.endpoint(), waiter};
  REQUIRE(gateway.open());
  const auto done = gateway.run("SELECT nope FROM t");
  REQUIRE_FALSE(done);
  CHECK(done.error().message().find("Column 'nope' not found") != std::string::npos);
}

TEST_CASE("Gateway: another server than a gateway is named as such") {
  test::ScriptedServer server{[](const std::string&) {
    return test::ScriptedServer::Reply{"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"};
  }};
  base::RealWaiter waiter;
  cluster::Gateway gateway{{false, "127.0.0.1", server.port(), ""}, waiter};
  CHECK(gateway.product().error().message().find("does not answer as a Flink SQL Gateway") !=
        std::string::npos);
}
