#include "runtime/cluster/gateway.hpp"

#include <algorithm>
#include <array>

#include "common/json/json.hpp"

namespace millrace::cluster {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr std::chrono::milliseconds first_pause{20};
constexpr std::chrono::milliseconds longest_pause{1'000};
constexpr int http_ok = 200;

Error no_gateway(const net::Endpoint& endpoint, const std::string& what) {
  return {ErrorCode::protocol, endpoint.url() + " does not answer as a Flink SQL Gateway: " + what};
}

// The gateway's own wrappings around what matters.
bool is_wrapping(std::string_view message) {
  constexpr std::array<std::string_view, 3> wrappings{"Failed to fetchResults.",
                                                      "Failed to execute the operation",
                                                      "org.apache.flink.table.gateway"};
  return std::any_of(wrappings.begin(), wrappings.end(),
                     [&](std::string_view start) { return message.starts_with(start); });
}

// Of "Caused by: a.b.SomeException: message" the message; empty: none is there.
std::string_view message_of(std::string_view line) {
  line.remove_prefix(line.find(": ") + 2);
  const auto end = line.find(": ");
  return end == std::string_view::npos ? std::string_view{} : line.substr(end + 2);
}

Row read_row(const wire::Value& item) {
  Row row;
  if (item["kind"].kind() == wire::Kind::text) row.kind = item["kind"].as_text();
  if (item["fields"].kind() != wire::Kind::list) return row;
  for (const wire::Value& field : item["fields"].as_list()) {
    if (field.kind() == wire::Kind::text) {
      row.fields.emplace_back(std::string{field.as_text()});
    } else {
      row.fields.emplace_back(std::nullopt);
    }
  }
  return row;
}

std::string text_of(const wire::Value& value) {
  return value.kind() == wire::Kind::text ? std::string{value.as_text()} : std::string{};
}

}  // namespace

std::string error_text(const std::string& answer) {
  const auto document = json::parse(answer);
  if (!document || document.value()->root().kind() != wire::Kind::map ||
      document.value()->root()["errors"].kind() != wire::Kind::list) {
    return answer.substr(0, 500);
  }
  std::string out;
  std::string first;
  const auto add = [&](std::string_view message) {
    // A cause's message often stands within that of what it caused.
    if (message.empty() || is_wrapping(message) || out.find(message) != std::string::npos) return;
    if (!out.empty()) out += '\n';
    out += message;
  };
  for (const wire::Value& item : document.value()->root()["errors"].as_list()) {
    std::string_view rest = item.kind() == wire::Kind::text ? item.as_text() : std::string_view{};
    if (first.empty()) first = rest.substr(0, rest.find('\n'));
    std::string message;  // of the last cause, while its lines go on
    while (!rest.empty()) {
      const auto end = rest.find('\n');
      const std::string_view line = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      if (line.starts_with("Caused by: ")) {
        add(message);
        message = message_of(line);
      } else if (line.starts_with("\tat ") || line.starts_with("\t... ") ||
                 line.starts_with("End of")) {
        add(message);
        message.clear();
      } else if (!message.empty()) {
        message += '\n';
        message += line;
      }
    }
    add(message);
  }
  return out.empty() ? first : out;
}

Gateway::Gateway(net::Endpoint endpoint, base::Waiter& waiter)
    : http_(std::move(endpoint), {}), waiter_(&waiter) {}

Gateway::~Gateway() {
  int status = 0;
  if (!session_.empty()) static_cast<void>(call("DELETE", session_path(), "", status));
}

Result<std::string> Gateway::call(const std::string& method, const std::string& target,
                                  const std::string& body, int& status) {
  net::HttpRequest request;
  request.method = method;
  request.target = http_.endpoint().path + target;
  request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
  request.body = body;
  BOOST_OUTCOME_TRY(auto answer, http_.send(request));
  status = answer.status;
  return std::move(answer.body);
}

Result<std::string> Gateway::product() {
  int status = 0;
  BOOST_OUTCOME_TRY(auto body, call("GET", "/info", "", status));
  const auto document = json::parse(body);
  if (status != http_ok || !document || document.value()->root().kind() != wire::Kind::map) {
    return no_gateway(http_.endpoint(), "GET /info gives status " + std::to_string(status));
  }
  const auto& root = document.value()->root();
  return text_of(root["productName"]) + " " + text_of(root["version"]);
}

base::Status Gateway::open() {
  int status = 0;
  BOOST_OUTCOME_TRY(auto body, call("POST", "/v2/sessions", R"({"properties":{}})", status));
  if (status != http_ok) {
    return Error{ErrorCode::protocol, "no session is opened: " + error_text(body)};
  }
  const auto document = json::parse(body);
  if (document && document.value()->root().kind() == wire::Kind::map) {
    session_ = text_of(document.value()->root()["sessionHandle"]);
  }
  if (session_.empty()) return no_gateway(http_.endpoint(), "there is no sessionHandle");
  return base::success();
}

Result<Gateway::Page> Gateway::fetch(const std::string& target) {
  int status = 0;
  BOOST_OUTCOME_TRY(auto body, call("GET", target, "", status));
  if (status != http_ok) return Error{ErrorCode::validation, error_text(body)};
  const auto document = json::parse(std::move(body));
  if (!document || document.value()->root().kind() != wire::Kind::map) {
    return no_gateway(http_.endpoint(), "a result is not a JSON object");
  }
  const auto& root = document.value()->root();
  Page page;
  page.ready = text_of(root["resultType"]) != "NOT_READY";
  page.next = text_of(root["nextResultUri"]);
  page.part.job_id = text_of(root["jobID"]);
  page.part.is_query =
      root["isQueryResult"].kind() == wire::Kind::boolean && root["isQueryResult"].as_boolean();
  const auto& results = root["results"];
  if (results.kind() == wire::Kind::map && results["data"].kind() == wire::Kind::list) {
    for (const wire::Value& item : results["data"].as_list()) {
      if (item.kind() == wire::Kind::map) page.part.rows.push_back(read_row(item));
    }
  }
  return page;
}

Result<Outcome> Gateway::run(const std::string& statement,
                             const std::function<void(const std::vector<Row>&)>& on_rows) {
  json::Writer writer;
  writer.begin_map();
  writer.key("statement");
  writer.text(statement);
  writer.end_map();
  int status = 0;
  BOOST_OUTCOME_TRY(auto body, call("POST", session_path() + "/statements", writer.take(), status));
  if (status != http_ok) return Error{ErrorCode::validation, error_text(body)};
  const auto document = json::parse(std::move(body));
  std::string operation;
  if (document && document.value()->root().kind() == wire::Kind::map) {
    operation = text_of(document.value()->root()["operationHandle"]);
  }
  if (operation.empty()) return no_gateway(http_.endpoint(), "there is no operationHandle");

  const std::string operation_path = session_path() + "/operations/" + operation;
  std::string next = operation_path + "/result/0?rowFormat=PLAIN_TEXT";
  Outcome out;
  auto pause = first_pause;
  while (!next.empty()) {
    BOOST_OUTCOME_TRY(auto page, fetch(next));
    if (!page.part.job_id.empty()) out.job_id = page.part.job_id;
    out.is_query = out.is_query || page.part.is_query;
    if (out.is_query && on_rows) {
      if (!page.part.rows.empty()) on_rows(page.part.rows);
    } else {
      std::move(page.part.rows.begin(), page.part.rows.end(), std::back_inserter(out.rows));
    }
    const bool idle = !page.ready || page.part.rows.empty();
    if (page.ready) next = page.next;
    if (!idle) pause = first_pause;
    if (next.empty() || !idle) continue;
    if (!waiter_->wait(pause)) {
      static_cast<void>(call("POST", operation_path + "/cancel", "", status));
      return Error{ErrorCode::cancelled, "stopped"};
    }
    pause = std::min(pause * 2, longest_pause);
  }
  static_cast<void>(call("DELETE", operation_path + "/close", "", status));
  return out;
}

}  // namespace millrace::cluster
