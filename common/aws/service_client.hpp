// One AWS JSON 1.1 service: signs a call, sends it, tries again, and turns the answer into a tree
// or an error.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/aws/retry.hpp"
#include "common/aws/settings.hpp"
#include "common/base/clock.hpp"
#include "common/base/result.hpp"
#include "common/base/waiter.hpp"
#include "common/net/http_client.hpp"
#include "common/wire/value.hpp"

namespace millrace::aws {

// How requests travel; tests give their own. Thread-safe.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual base::Result<net::HttpResponse> send(const net::HttpRequest& request) = 0;
  // As net::HttpClient::receive(); here: the whole body in one piece.
  virtual base::Result<net::HttpResponse> receive(
      const net::HttpRequest& request, const net::StreamTimeouts& timeouts,
      const std::function<bool(std::string_view)>& on_data);
  virtual void cancel() {}
};

std::unique_ptr<Transport> http_transport(const Settings& settings);

struct ClientParts {
  Settings settings;
  std::unique_ptr<Transport> transport;
  RetryPolicy retry;
  Random random;
  // Outlive the client.
  const base::Clock* clock = nullptr;
  base::Waiter* waiter = nullptr;  // may be null when there is one attempt only
};

// Thread-safe.
class ServiceClient {
 public:
  // signing_name: "kinesis"; target_prefix: "Kinesis_20131202".
  ServiceClient(ClientParts parts, std::string signing_name, std::string target_prefix);

  // `body`: a JSON object. The answer's root is a map (empty when the body was). Errors carry AWS's
  // exception in name(); `cancelled` when the waiter was stopped.
  base::Result<std::unique_ptr<wire::Document>> call(const std::string& operation,
                                                     const std::string& body);

  // The same, the answer as it came; it may be no JSON at all.
  base::Result<std::string> call_text(const std::string& operation, const std::string& body);

  // One attempt whose answer of status 200 goes to `on_data` in pieces; see net::HttpClient.
  // Errors as in call().
  base::Status call_streamed(const std::string& operation, const std::string& body,
                             const net::StreamTimeouts& timeouts,
                             const std::function<bool(std::string_view)>& on_data);

  // What call() makes of an answer.
  base::Result<std::unique_ptr<wire::Document>> tree(const std::string& operation,
                                                     std::string answer) const;

  // The error that an event stream carries: its name, a JSON object with a message, or a message.
  [[nodiscard]] base::Error error_of(const std::string& name, const std::string& payload,
                                     std::string_view message) const;

  // Calls under way end soon. Any thread.
  void cancel() { parts_.transport->cancel(); }

  [[nodiscard]] const Settings& settings() const { return parts_.settings; }

 private:
  base::Result<std::string> attempt(const std::string& operation, const std::string& body,
                                    int number);
  base::Result<net::HttpRequest> signed_request(const std::string& operation,
                                                const std::string& body, int number);

  ClientParts parts_;
  const std::string signing_name_;
  const std::string target_prefix_;
};

}  // namespace millrace::aws
