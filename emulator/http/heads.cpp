#include "emulator/http/heads.hpp"

#include <ctime>

namespace millrace::http {
namespace {

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Payload Too Large";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "Status";
  }
}

}  // namespace

const std::string& date_text() {
  thread_local std::time_t made_at = -1;
  thread_local std::string text;
  const auto now = std::time(nullptr);
  if (now != made_at) {
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    char buffer[64];
    text.assign(buffer, std::strftime(buffer, sizeof buffer, "%a, %d %b %Y %H:%M:%S GMT", &parts));
    made_at = now;
  }
  return text;
}

std::string head_of(const protocol::Reply& reply, unsigned version, bool keep_alive, Body body) {
  std::string head;
  head.reserve(384);
  head += version == 10 ? "HTTP/1.0 " : "HTTP/1.1 ";
  head += std::to_string(reply.status);
  head += ' ';
  head += reason(reply.status);
  head += "\r\n";
  head += reply.headers;
  if (!reply.content_type.empty()) {
    head += "Content-Type: ";
    head += reply.content_type;
    head += "\r\n";
  }
  head += "Date: ";
  head += date_text();
  if (body == Body::sized) {
    head += "\r\nContent-Length: ";
    head += std::to_string(reply.body.size());
  } else if (body == Body::chunked) {
    head += "\r\nTransfer-Encoding: chunked";
  }
  // HTTP/1.1 keeps alive by default, 1.0 only when both sides say so.
  if (!keep_alive) {
    head += "\r\nConnection: close";
  } else if (version == 10) {
    head += "\r\nConnection: keep-alive";
  }
  head += "\r\n\r\n";
  return head;
}

}  // namespace millrace::http
