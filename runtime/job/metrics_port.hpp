// A job's status in Prometheus' text format, over HTTP.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "runtime/job/status.hpp"

namespace millrace::job {

// Serves GET /metrics on a thread of its own, for as long as it lives.
//
//   BOOST_OUTCOME_TRY(auto port, MetricsPort::open("127.0.0.1:9464"));
//   port->show(status);      // now and then; what is asked for is the newest
class MetricsPort {
 public:
  // "ADDRESS:PORT", or "PORT" for 127.0.0.1; port 0: a free one. Error: io, naming the address.
  static base::Result<std::unique_ptr<MetricsPort>> open(const std::string& listen);
  ~MetricsPort();
  MetricsPort(const MetricsPort&) = delete;
  MetricsPort& operator=(const MetricsPort&) = delete;

  // Any thread.
  void show(const Status& status);
  [[nodiscard]] int port() const;

 private:
  struct Parts;
  explicit MetricsPort(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

// The same text, for tests.
std::string metrics_text(const Status& now, const Status& before);

}  // namespace millrace::job
