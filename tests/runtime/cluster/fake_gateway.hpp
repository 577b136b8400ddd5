// A SQL Gateway for tests: answers in the shapes that a gateway of Flink 2.2.1 gave, keeps what it
// was asked.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "common/json/json.hpp"
#include "tests/support/scripted_server.hpp"

namespace millrace::test {

class FakeGateway {
 public:
  // What a statement gives: the body of its result's first page, and of those behind it.
  using Answer = std::vector<std::pair<int, std::string>>;
  using Script = std::function<Answer(const std::string& statement)>;

  explicit FakeGateway(Script script) : script_(std::move(script)) {}

  [[nodiscard]] net::Endpoint endpoint() const { return {false, "127.0.0.1", server_.port(), ""}; }
  // "POST statement", "DELETE /v2/sessions/s1" ...
  [[nodiscard]] std::vector<std::string> asked() const {
    const std::lock_guard lock{mutex_};
    return asked_;
  }

  // Pages as Flink writes them.
  static std::string page(const std::string& data, const std::string& rest = "") {
    return R"({"resultType":"PAYLOAD","isQueryResult":false,"resultKind":"SUCCESS","results":)"
           R"({"columns":[],"rowFormat":"PLAIN_TEXT","data":[)" +
           data + "]}" + rest + "}";
  }
  static std::string ok() { return page(R"({"kind":"INSERT","fields":["OK"]})"); }
  static std::string job(const std::string& id) {
    return page(R"({"kind":"INSERT","fields":[")" + id + R"("]})", R"(,"jobID":")" + id + R"(")");
  }

 private:
  static std::string http(int status, const std::string& body) {
    return "HTTP/1.1 " + std::to_string(status) +
           " X\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  ScriptedServer::Reply answer(const std::string& request) {
    const std::string line = request.substr(0, request.find("\r\n"));
    const std::string method = line.substr(0, line.find(' '));
    const std::string target =
        line.substr(line.find(' ') + 1, line.rfind(' ') - line.find(' ') - 1);
    const std::string body = request.substr(request.find("\r\n\r\n") + 4);
    const std::lock_guard lock{mutex_};
    if (target == "/info") {
      return {http(200, R"({"productName":"Apache Flink","version":"2.2.1"})")};
    }
    if (method == "POST" && target == "/v2/sessions") {
      return {http(200, R"({"sessionHandle":"s1"})")};
    }
    if (target.ends_with("/statements")) {
      const auto document = json::parse(body);
      const std::string statement{document.value()->root()["statement"].as_text()};
      asked_.push_back("POST " + statement);
      pages_ = script_(statement);
      return {http(200, R"({"operationHandle":"o1"})")};
    }
    if (const auto at = target.find("/result/"); at != std::string::npos) {
      const auto number = static_cast<std::size_t>(std::stoi(target.substr(at + 8)));
      if (number >= pages_.size()) return {http(404, R"({"errors":["no such page"]})")};
      return {http(pages_[number].first, pages_[number].second)};
    }
    asked_.push_back(method + " " + target);
    return {http(200, "{}")};
  }

  Script script_;
  mutable std::mutex mutex_;  // guards what follows
  std::vector<std::string> asked_;
  Answer pages_;
  ScriptedServer server_{[this](const std::string& request) { return answer(request); }};
};

}  // namespace millrace::test
