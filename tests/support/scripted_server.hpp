// A loopback server for tests: reads one HTTP request at a time and sends back whatever bytes the
// test gives, well-formed or not. Plain sockets and OpenSSL, so that it shares no code with the
// client.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <csignal>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace millrace::test {

class ScriptedServer {
 public:
  // Gets the whole request; returns the bytes to send. `close`: hang up after them.
  struct Reply {
    std::string bytes;
    bool close = false;
  };
  using Handler = std::function<Reply(const std::string& request)>;

  // tls: null for plain text; must outlive the server.
  explicit ScriptedServer(Handler handler, SSL_CTX* tls = nullptr)
      : handler_(std::move(handler)), tls_(tls) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL to a client that has left
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      std::abort();
    }
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread{[this] { accept_all(); }};
  }
  ~ScriptedServer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    ::close(listener_);
    {
      const std::lock_guard lock{mutex_};
      for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    for (auto& thread : sessions_) thread.join();
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] std::string port() const { return std::to_string(port_); }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void accept_all() {
    while (true) {
      const int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0) return;
      ++connections_;
      {
        const std::lock_guard lock{mutex_};
        open_.insert(fd);
      }
      sessions_.emplace_back([this, fd] { serve(fd); });
    }
  }

  void serve(int fd) {
    SSL* ssl = nullptr;
    bool usable = true;
    if (tls_) {
      ssl = SSL_new(tls_);
      SSL_set_fd(ssl, fd);
      usable = SSL_accept(ssl) == 1;
    }
    std::string buffer;
    while (usable) {
      const auto head = buffer.find("\r\n\r\n");
      std::size_t whole = std::string::npos;
      if (head != std::string::npos) whole = head + 4 + length_of(buffer.substr(0, head));
      if (buffer.size() >= whole) {
        const Reply reply = handler_(buffer.substr(0, whole));
        buffer.erase(0, whole);
        const auto size = static_cast<int>(reply.bytes.size());
        if (size > 0) {
          if (ssl) {
            SSL_write(ssl, reply.bytes.data(), size);
          } else {
            std::size_t sent = 0;
            while (sent < reply.bytes.size()) {
              const auto n =
                  ::send(fd, reply.bytes.data() + sent, reply.bytes.size() - sent, MSG_NOSIGNAL);
              if (n <= 0) break;
              sent += static_cast<std::size_t>(n);
            }
          }
        }
        if (reply.close) break;
        continue;
      }
      char bytes[65536];
      const auto got = ssl ? SSL_read(ssl, bytes, sizeof bytes) : ::read(fd, bytes, sizeof bytes);
      if (got <= 0) break;
      buffer.append(bytes, static_cast<std::size_t>(got));
    }
    SSL_free(ssl);
    const std::lock_guard lock{mutex_};
    open_.erase(fd);
    ::close(fd);
  }

  static std::size_t length_of(const std::string& head) {
    const auto at = head.find("Content-Length: ");
    std::size_t length = 0;
    if (at != std::string::npos) {
      std::from_chars(head.data() + at + 16, head.data() + head.size(), length);
    }
    return length;
  }

  Handler handler_;
  SSL_CTX* tls_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  std::thread acceptor_;
  std::vector<std::thread> sessions_;  // only the acceptor adds; joined after it has ended
  std::mutex mutex_;                   // guards open_
  std::set<int> open_;
};

}  // namespace millrace::test
