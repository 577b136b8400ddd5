// One request and its reply, without sockets: headers and body in, status and body out. AWS's API,
// and the admin API beside it.
//
//   Exchange exchange{settings, engine};
//   exchange.start(std::move(request));
//   while (exchange.needs_run()) {
//     ... exchange.run(reader) where exchange.lane() says ...
//     if (exchange.wait() && ... it was waited for ...) exchange.run_again();
//   }
//   Reply& reply = exchange.reply();
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/wire/value.hpp"
#include "emulator/admin/admin.hpp"
#include "emulator/kinesis/operation.hpp"
#include "emulator/protocol/auth.hpp"
#include "emulator/protocol/events.hpp"

namespace millrace::protocol {

// What a request may leave open.
struct Settings {
  std::string account = "000000000000";
  std::string region = "us-east-1";
  // Signatures must be right for these; none: they are not checked. Whoever made them keeps them.
  const Secrets* secrets = nullptr;
  // Counts the calls of all who share it.
  std::shared_ptr<admin::Traffic> traffic = std::make_shared<admin::Traffic>();
};

// The part of a request that matters here; the views must live until the exchange ends.
struct Request {
  std::string_view method;
  std::string_view target;  // path and query
  std::string_view content_type;
  std::string_view amz_target;
  std::string_view authorization;
  std::string_view amz_date;
  std::string_view date;
  std::string_view origin;
  std::string_view cors_request_headers;
  std::string_view cors_request_method;
  std::vector<sigv4::Header> headers;  // all of them; only where signatures are checked
  std::string body;
  admin::Via via;
};

struct Reply {
  int status = 200;
  std::string content_type;
  std::string headers;  // further lines, each ended by CRLF
  std::string body;
  // Instead of the body, when there is one: it goes on until it ends.
  std::unique_ptr<Events> events;
};

// Not thread-safe, but may move from thread to thread between its calls. Must stay where it is once
// started: the call views the document.
class Exchange {
 public:
  Exchange(const Settings& settings, engine::Engine& engine)
      : settings_(settings), engine_(engine) {}
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Everything up to the operation's own logic; runs a call of Lane::look as well.
  void start(Request request);
  [[nodiscard]] bool needs_run() const {
    return admin_ ? !admin_->done() : call_ != nullptr && !outcome_;
  }
  [[nodiscard]] kinesis::Lane lane() const {
    return admin_ ? kinesis::Lane::change : operation_->lane;
  }
  // The call, on the thread of its lane. `reader` for Lane::read.
  void run(store::Reader* reader);
  // The store could not keep what run() did: the call counts as not done.
  void fail(const base::Error& why);
  // Until when the call would rather wait than be answered; nullopt: it is done. Whoever cannot
  // wait answers all the same.
  [[nodiscard]] const std::optional<kinesis::Wait>& wait() const { return wait_; }
  void run_again() { outcome_.reset(); }
  // Encodes the outcome; once.
  Reply& reply();

 private:
  void encode();
  void refuse(const base::Error& error);
  void refuse_as(std::string_view type, std::string_view message);
  void refuse_xml(int status, std::string_view type, std::string_view message);
  bool answer_cors();
  bool check_body();
  base::Status authenticate();
  void check_signature();

  const Settings& settings_;
  engine::Engine& engine_;
  Request request_;
  engine::Scope scope_;
  std::unique_ptr<wire::Document> document_;
  const kinesis::Operation* operation_ = nullptr;
  std::unique_ptr<kinesis::Call> call_;
  std::optional<base::Status> outcome_;
  bool encoded_ = false;
  std::optional<std::int64_t> asked_ms_;
  std::optional<kinesis::Wait> wait_;
  base::Status signature_ = base::success();
  std::unique_ptr<admin::Call> admin_;  // when it is the admin API that is asked
  Reply reply_;
};

// Headers of every reply but a CORS preflight's: x-amzn-RequestId and x-amz-id-2.
std::string request_id_headers();

}  // namespace millrace::protocol
