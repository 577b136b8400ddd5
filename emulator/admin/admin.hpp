// The admin API: one request to a page under /_millrace/api/ and its reply, without sockets.
//
//   if (admin::is_admin(target)) {
//     admin::Call call{engine, traffic, {...}};
//     if (!call.done()) ... call.run() on the engine's thread, inside its transaction ...
//     use(call.reply());
//   }
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/wire/value.hpp"
#include "emulator/admin/traffic.hpp"
#include "emulator/engine/engine.hpp"

namespace millrace::admin {

constexpr std::string_view prefix = "/_millrace/api/";

// `target`: path and query.
inline bool is_admin(std::string_view target) {
  return target.starts_with(prefix);
}

struct Request {
  std::string_view method;
  std::string_view target;  // path and query
  std::string_view content_type;
  std::string_view origin;  // empty: not from a browser's page
  std::string body;
  engine::Scope scope;  // where ?account= and ?region= are not given
};

struct Reply {
  int status = 200;
  std::string_view content_type = "application/json";
  std::string headers;  // further lines, each ended by CRLF
  std::string body;
};

struct Page;

// Not thread-safe, but may move from thread to thread between its calls.
class Call {
 public:
  // Looks at once (on any thread, under the engine's lock); what changes something waits for run().
  Call(engine::Engine& engine, const Traffic& traffic, Request request);
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // The reply is there; else run() is to be called.
  [[nodiscard]] bool done() const { return done_; }
  // On the engine's thread, inside the transaction.
  void run();
  // The store could not keep what run() did: it counts as not done.
  void fail(const base::Error& why) { refuse(why); }
  Reply& reply() { return reply_; }

 private:
  base::Status prepare(Request& request);
  void refuse(const base::Error& why);

  engine::Engine& engine_;
  const Traffic& traffic_;
  engine::Scope scope_;
  const Page* page_ = nullptr;
  std::string name_;  // in the place of {name} in the page's path
  bool filtered_ = false;
  std::unique_ptr<wire::Document> body_;
  bool done_ = true;
  Reply reply_;
};

}  // namespace millrace::admin
