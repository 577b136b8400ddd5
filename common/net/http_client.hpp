// HTTP/1.1 client: one call sends a request and waits for its answer.
//
//   HttpClient client{endpoint, {}};
//   BOOST_OUTCOME_TRY(auto response, client.send({.target = "/", .headers = {...}, .body = "{}"}));
//
// Connections are kept alive and used again, as many as calls run at the same time. No retries but
// one: a kept connection that the server had closed in the meantime is replaced once.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.hpp"
#include "common/net/endpoint.hpp"

namespace millrace::net {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "POST";
  std::string target = "/";
  HttpHeaders headers{};  // Host, Content-Length and Connection are the client's own
  std::string body{};
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers{};
  std::string body{};

  // The first header of that name, in any case.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
};

struct HttpOptions {
  std::chrono::milliseconds connect_timeout{5'000};   // name, TCP and TLS
  std::chrono::milliseconds request_timeout{30'000};  // from the first byte sent to the last read
  std::size_t body_limit = std::size_t{64} << 20U;    // bytes of an answer
  std::string ca_file{};                              // PEM; empty: the system's authorities
  bool verify_certificate = true;
};

// How long a streamed answer may keep one waiting.
struct StreamTimeouts {
  std::chrono::milliseconds head{30'000};  // from the first byte sent to the end of the headers
  std::chrono::milliseconds idle{60'000};  // between two pieces of the body
};

// Owned by whoever calls; any number of threads may call send() and receive() at the same time.
class HttpClient {
 public:
  HttpClient(Endpoint endpoint, HttpOptions options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // An answer of any status is a success. Errors: io (cannot connect, connection lost, certificate
  // refused), timeout, protocol (not HTTP, body too large), cancelled; all name the endpoint.
  base::Result<HttpResponse> send(const HttpRequest& request);

  // As send(), but the body of an answer of status 200 goes to `on_data` piece by piece, as it
  // comes, and the response's body stays empty. While on_data runs nothing is read, which slows the
  // server down. When it returns false the connection is closed, and that is a success.
  base::Result<HttpResponse> receive(const HttpRequest& request, const StreamTimeouts& timeouts,
                                     const std::function<bool(std::string_view)>& on_data);

  // Calls under way return soon with `cancelled`, later ones at once. Any thread.
  void cancel();

  [[nodiscard]] const Endpoint& endpoint() const;

 private:
  class Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace millrace::net
