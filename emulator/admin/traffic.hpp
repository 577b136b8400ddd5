// How many calls of the AWS API came in which encoding, over which version of HTTP, with TLS or
// without: what an SDK does by default is seen here, and whether a proxy between changes it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

namespace millrace::admin {

// How a call arrived.
struct Via {
  bool http2 = false;  // else HTTP/1.1, or 1.0
  bool tls = false;
};

// Thread-safe; counting takes no lock.
class Traffic {
 public:
  struct Kind {
    bool cbor = false;  // else JSON
    Via via;
  };
  static constexpr std::size_t kinds = 8;

  // 0 to kinds - 1, in the order they are listed in.
  static constexpr std::size_t index_of(Kind kind) {
    return (kind.cbor ? 4U : 0U) + (kind.via.http2 ? 2U : 0U) + (kind.via.tls ? 1U : 0U);
  }
  static constexpr Kind kind_at(std::size_t index) {
    return {(index & 4U) != 0, {(index & 2U) != 0, (index & 1U) != 0}};
  }
  // "json/http1.1", "cbor/h2", "json/h2/tls"
  static std::string name_of(Kind kind) {
    return std::string{kind.cbor ? "cbor" : "json"} + (kind.via.http2 ? "/h2" : "/http1.1") +
           (kind.via.tls ? "/tls" : "");
  }

  void count(Kind kind) { counts_[index_of(kind)].fetch_add(1, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t of(Kind kind) const {
    return counts_[index_of(kind)].load(std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<std::uint64_t>, kinds> counts_{};
};

}  // namespace millrace::admin
