#include "emulator/admin/admin.hpp"

#include <array>

#include "emulator/admin/page.hpp"
#include "emulator/admin/query.hpp"

namespace millrace::admin {
namespace {

using base::Error;
using base::ErrorCode;

constexpr auto pages = std::to_array<Page>({
    {"GET", "clock", Lane::look, &show_clock},
    {"POST", "clock", Lane::change, &move_clock},
    {"GET", "requests", Lane::look, &show_requests},
    {"GET", "streams", Lane::look, &list_streams},
    {"GET", "streams/{name}", Lane::look, &show_stream},
    {"PUT", "streams/{name}/limits", Lane::change, &set_limits},
});

// Whether the path is the page's; takes what stands for {name}. Bad escapes match nothing.
bool matches(std::string_view pattern, std::string_view path, std::string& name) {
  for (;;) {
    const auto pattern_end = pattern.find('/');
    const auto path_end = path.find('/');
    const auto expected = pattern.substr(0, pattern_end);
    const auto part = url_decode(path.substr(0, path_end), false);
    if (!part) return false;
    if (expected == "{name}") {
      if (part->empty()) return false;
      name = *part;
    } else if (*part != expected) {
      return false;
    }
    const bool pattern_over = pattern_end == std::string_view::npos;
    const bool path_over = path_end == std::string_view::npos;
    if (pattern_over || path_over) return pattern_over && path_over;
    pattern.remove_prefix(pattern_end + 1);
    path.remove_prefix(path_end + 1);
  }
}

std::string_view media_type(std::string_view header) {
  auto type = header.substr(0, header.find(';'));
  while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
  return type;
}

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::access_denied:
      return 403;
    case ErrorCode::in_use:
      return 409;
    case ErrorCode::internal:
    case ErrorCode::io:
      return 500;
    default:
      return 400;
  }
}

const wire::Value no_body{};

}  // namespace

base::Error bad_request(std::string message) {
  return {ErrorCode::invalid_argument, std::move(message)};
}

Call::Call(engine::Engine& engine, const Traffic& traffic, Request request)
    : engine_(engine), traffic_(traffic), scope_(std::move(request.scope)) {
  auto ready = prepare(request);
  if (!ready) {
    if (reply_.status == 200) refuse(ready.error());
    return;
  }
  if (page_->lane == Lane::change) {
    done_ = false;
    return;
  }
  const auto lock = engine_.lock();
  run();
}

Call::~Call() = default;

base::Status Call::prepare(Request& request) {
  const auto question = request.target.find('?');
  const auto path = request.target.substr(prefix.size(), question - prefix.size());
  const auto method = request.method == "HEAD" ? "GET" : request.method;
  std::string allowed;
  std::string known;
  for (const auto& page : pages) {
    known += (known.empty() ? "" : ", ") + std::string{page.method} + " " + std::string{page.path};
    if (!matches(page.path, path, name_)) continue;
    allowed += (allowed.empty() ? "" : ", ") + std::string{page.method};
    if (page.method == method) page_ = &page;
  }
  if (page_ == nullptr && allowed.empty()) {
    return Error{ErrorCode::not_found, "there is no page " + std::string{prefix} +
                                           std::string{path} + "; the pages are " + known};
  }
  if (page_ == nullptr) {
    const Error why{ErrorCode::unsupported,
                    std::string{path} + " takes " + allowed + ", not " + std::string{method}};
    refuse(why);
    reply_.status = 405;
    reply_.headers = "Allow: " + allowed + "\r\n";
    return why;
  }
  // A page of another site can make a browser send a request, but not with this content type
  // unless we said so beforehand, which we do not.
  if (method != "GET" && !request.origin.empty() &&
      media_type(request.content_type) != "application/json") {
    return Error{ErrorCode::access_denied,
                 "a change asked for by a web page needs Content-Type: application/json"};
  }
  if (question != std::string_view::npos) {
    const auto query = parse_query(request.target.substr(question + 1));
    if (!query) return bad_request("the query holds a % without two hexadecimal digits");
    for (const auto& [key, value] : *query) {
      if (key != "account" && key != "region") {
        return bad_request("the query holds '" + key + "'; account and region are known");
      }
      (key == "account" ? scope_.account : scope_.region) = value;
      filtered_ = true;
    }
  }
  if (request.body.empty()) return base::success();
  auto parsed = json::parse(std::move(request.body));
  if (!parsed) return bad_request("the body is no JSON: " + parsed.error().message());
  if (parsed.value()->root().kind() != wire::Kind::map) {
    return bad_request("the body is no JSON object");
  }
  body_ = std::move(parsed).value();
  return base::success();
}

void Call::run() {
  done_ = true;
  Context context{engine_, scope_, filtered_, name_, body_ ? body_->root() : no_body, traffic_};
  json::Writer out;
  const auto answered = page_->handler(context, out);
  if (!answered) {
    refuse(answered.error());
    return;
  }
  reply_.body = out.take() + "\n";
}

void Call::refuse(const base::Error& why) {
  reply_.status = status_of(why.code());
  json::Writer out;
  out.begin_map();
  out.key("error");
  out.text(why.message());
  out.end_map();
  reply_.body = out.take() + "\n";
}

}  // namespace millrace::admin
