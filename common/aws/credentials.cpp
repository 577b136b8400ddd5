#include "common/aws/credentials.hpp"

#include <sys/wait.h>

#include <cstdio>
#include <ctime>
#include <functional>
#include <mutex>
#include <optional>

#include "common/json/json.hpp"
#include "common/net/http_client.hpp"

namespace millrace::aws {
namespace {

using base::Error;
using base::ErrorCode;

constexpr auto refresh_ahead = std::chrono::minutes{5};

class Fixed final : public CredentialsProvider {
 public:
  explicit Fixed(sigv4::Credentials keys) : keys_(std::move(keys)) {}
  base::Result<sigv4::Credentials> get(base::Timestamp) override { return keys_; }

 private:
  const sigv4::Credentials keys_;
};

class Fetched final : public CredentialsProvider {
 public:
  explicit Fetched(std::function<base::Result<ExpiringKeys>()> fetch) : fetch_(std::move(fetch)) {}

  base::Result<sigv4::Credentials> get(base::Timestamp now) override {
    const std::lock_guard lock{mutex_};
    if (!keys_ || now > keys_->expires - refresh_ahead) {
      auto fresh = fetch_();
      if (fresh) {
        keys_ = std::move(fresh).value();
      } else if (!keys_ || now >= keys_->expires) {
        return std::move(fresh).error();
      }
    }
    return keys_->keys;
  }

 private:
  const std::function<base::Result<ExpiringKeys>()> fetch_;
  std::mutex mutex_;  // guards keys_
  std::optional<ExpiringKeys> keys_;
};

base::Result<ExpiringKeys> run_process(const std::string& command) {
  const std::string origin = "credential_process '" + command + "'";
  FILE* pipe = ::popen(command.c_str(), "re");
  if (pipe == nullptr) return Error{ErrorCode::io, origin + ": cannot be started"};
  std::string text;
  char bytes[4096];
  while (const auto got = std::fread(bytes, 1, sizeof bytes, pipe)) text.append(bytes, got);
  const int status = ::pclose(pipe);
  if (status != 0) {
    return Error{ErrorCode::io, origin + ": ended with status " +
                                    std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : -1)};
  }
  return parse_credentials_json(text, origin);
}

base::Result<ExpiringKeys> fetch_container(const std::string& url,
                                           const std::string& authorization) {
  BOOST_OUTCOME_TRY(auto endpoint, net::parse_endpoint(url));
  const bool known = endpoint.host == "169.254.170.2" || endpoint.host == "169.254.170.23" ||
                     endpoint.host == "localhost" || endpoint.host == "127.0.0.1" ||
                     endpoint.host == "::1";
  if (!endpoint.tls && !known) {
    return Error{
        ErrorCode::validation,
        "container credentials: plain http is only allowed for a local address, not " + url};
  }
  net::HttpRequest request{.method = "GET", .target = endpoint.path.empty() ? "/" : endpoint.path};
  endpoint.path.clear();
  if (!authorization.empty()) request.headers.emplace_back("Authorization", authorization);
  net::HttpClient client{
      endpoint,
      {.connect_timeout = std::chrono::seconds{2}, .request_timeout = std::chrono::seconds{5}}};
  BOOST_OUTCOME_TRY(const auto response, client.send(request));
  if (response.status != 200) {
    return Error{ErrorCode::io, "container credentials: " + url + " answered with status " +
                                    std::to_string(response.status)};
  }
  return parse_credentials_json(response.body, "container credentials from " + url);
}

std::string text_of(const wire::Value& value) {
  return value.kind() == wire::Kind::text ? std::string{value.as_text()} : "";
}

}  // namespace

base::Result<ExpiringKeys> parse_credentials_json(const std::string& text,
                                                  const std::string& origin) {
  auto document = json::parse(text);
  if (!document || document.value()->root().kind() != wire::Kind::map) {
    return Error{ErrorCode::protocol, origin + ": the answer is not a JSON object"};
  }
  const auto& root = document.value()->root();
  ExpiringKeys out;
  out.keys.access_key_id = text_of(root["AccessKeyId"]);
  out.keys.secret_access_key = text_of(root["SecretAccessKey"]);
  out.keys.session_token = text_of(root["SessionToken"]);
  if (out.keys.session_token.empty()) out.keys.session_token = text_of(root["Token"]);
  if (out.keys.access_key_id.empty() || out.keys.secret_access_key.empty()) {
    return Error{ErrorCode::protocol,
                 origin + ": the answer has no AccessKeyId and SecretAccessKey"};
  }
  if (const auto expiration = text_of(root["Expiration"]); !expiration.empty()) {
    std::tm parts{};
    const char* rest = ::strptime(expiration.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
    if (rest == nullptr) {
      return Error{ErrorCode::protocol, origin + ": Expiration '" + expiration + "' is no time"};
    }
    out.expires = base::from_epoch_ms(static_cast<std::int64_t>(::timegm(&parts)) * 1000);
  }
  return out;
}

std::shared_ptr<CredentialsProvider> fixed_credentials(sigv4::Credentials keys) {
  return std::make_shared<Fixed>(std::move(keys));
}

std::shared_ptr<CredentialsProvider> process_credentials(std::string command) {
  return std::make_shared<Fetched>([command = std::move(command)] { return run_process(command); });
}

std::shared_ptr<CredentialsProvider> container_credentials(std::string url,
                                                           std::string authorization) {
  return std::make_shared<Fetched>(
      [url = std::move(url), authorization = std::move(authorization)] {
        return fetch_container(url, authorization);
      });
}

}  // namespace millrace::aws
