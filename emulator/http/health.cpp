#include "emulator/http/health.hpp"

#include "common/json/json.hpp"
#include "emulator/admin/admin.hpp"
#include "emulator/http/tls.hpp"

namespace millrace::http {
namespace {

// 200 while writes are taken, 503 while the disk refuses them. `services` and `edition` are what
// LocalStack's health has and tools written for it look at.
protocol::Reply health(const Parts& parts) {
  const bool healthy = parts.committer.healthy();
  protocol::Reply reply;
  reply.status = healthy ? 200 : 503;
  reply.content_type = "application/json";
  json::Writer out;
  out.begin_map();
  out.key("status");
  out.text(healthy ? "running" : "read-only");
  if (!healthy) {
    out.key("reason");
    out.text(parts.committer.trouble());
  }
  out.key("services");
  out.begin_map();
  out.key("kinesis");
  out.text(healthy ? "running" : "error");
  out.end_map();
  out.key("edition");
  out.text("millrace");
  out.key("version");
  out.text(MILLRACE_VERSION);
  out.end_map();
  reply.body = out.take() + "\n";
  return reply;
}

}  // namespace

std::optional<protocol::Reply> own_page(std::string_view method, std::string_view target,
                                        const Parts& parts) {
  if (method != "GET" && method != "HEAD") return std::nullopt;
  const auto path = target.substr(0, target.find('?'));
  if (path == "/_millrace/health" || path == "/_localstack/health" || path == "/healthcheck") {
    auto reply = health(parts);
    if (method == "HEAD") reply.body.clear();
    return reply;
  }
  if (path == "/_millrace/ca.pem" && parts.tls != nullptr && !parts.tls->authority().empty()) {
    protocol::Reply reply;
    reply.content_type = "application/x-pem-file";
    if (method == "GET") reply.body = parts.tls->authority();
    return reply;
  }
  if (path.starts_with("/_millrace/") && !admin::is_admin(path)) {
    protocol::Reply reply;
    reply.status = 404;
    reply.content_type = "text/plain";
    reply.body = "No such page. /_millrace/health and /_millrace/api/clock are two.\n";
    return reply;
  }
  return std::nullopt;
}

}  // namespace millrace::http
