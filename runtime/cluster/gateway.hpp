// Client of a Flink SQL Gateway's REST API, version 2 (Flink 1.17 and later).
//
//   Gateway gateway{endpoint, waiter};
//   BOOST_OUTCOME_TRY(gateway.open({}));
//   BOOST_OUTCOME_TRY(auto rows, gateway.run("SHOW JOBS"));
//
// Source of paths and bodies: Flink's documentation of the SQL Gateway's REST endpoint, and a
// gateway of Flink 2.2.1.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.hpp"
#include "common/base/waiter.hpp"
#include "common/net/http_client.hpp"

namespace millrace::cluster {

struct Row {
  std::string kind;                                // INSERT, UPDATE_BEFORE, UPDATE_AFTER, DELETE
  std::vector<std::optional<std::string>> fields;  // as the SQL client prints them; none: NULL
};

// What a statement gave.
struct Outcome {
  std::vector<Row> rows;
  std::string job_id;     // of the job it started; empty: none
  bool is_query = false;  // its rows come from a job that may go on
};

// One session. One thread; only the waiter is shared.
class Gateway {
 public:
  // `waiter` paces the questions whether a statement is through; it outlives the gateway.
  Gateway(net::Endpoint endpoint, base::Waiter& waiter);
  // Closes the session if it is open; what goes wrong then is not told.
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  // "Apache Flink 2.2.1". Errors: io (cannot be reached), protocol (no gateway answers there).
  base::Result<std::string> product();
  base::Status open();

  // From now on a stopped waiter cuts nothing short: for what is left to do after a stop.
  void ignore_stop() { waiter_ = &patient_; }

  // Runs a statement to its end; of a query `on_rows`, when given, gets the rows as they come, and
  // none are kept. Errors: validation (Flink refuses it or its job fails: Flink's own messages,
  // from the one that says most to its causes), cancelled, io, protocol.
  base::Result<Outcome> run(const std::string& statement,
                            const std::function<void(const std::vector<Row>&)>& on_rows = nullptr);

 private:
  struct Page {
    Outcome part;
    bool ready = true;
    std::string next;  // empty: this was the last
  };
  base::Result<std::string> call(const std::string& method, const std::string& target,
                                 const std::string& body, int& status);
  base::Result<Page> fetch(const std::string& target);
  [[nodiscard]] std::string session_path() const { return "/v2/sessions/" + session_; }

  net::HttpClient http_;
  base::Waiter* waiter_;
  base::RealWaiter patient_;  // never stopped
  std::string session_;
};

// What Flink's answer {"errors": [...]} says for people: the messages of the exceptions that are
// about the statement, without classes and stack, each once.
std::string error_text(const std::string& answer);

}  // namespace millrace::cluster
