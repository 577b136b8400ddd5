#include "common/aws/service_client.hpp"

#include <algorithm>
#include <map>

#include "common/json/json.hpp"
#include "common/sigv4/sign.hpp"

namespace millrace::aws {
namespace {

using base::Error;
using base::ErrorCode;

class HttpTransport final : public Transport {
 public:
  explicit HttpTransport(const Settings& settings) : client_(settings.endpoint, settings.http) {}
  base::Result<net::HttpResponse> send(const net::HttpRequest& request) override {
    return client_.send(request);
  }
  base::Result<net::HttpResponse> receive(
      const net::HttpRequest& request, const net::StreamTimeouts& timeouts,
      const std::function<bool(std::string_view)>& on_data) override {
    return client_.receive(request, timeouts, on_data);
  }
  void cancel() override { client_.cancel(); }

 private:
  net::HttpClient client_;
};

ErrorCode code_of(int status, const std::string& name) {
  static const std::map<std::string, ErrorCode, std::less<>> codes{
      {"ResourceNotFoundException", ErrorCode::not_found},
      {"ResourceInUseException", ErrorCode::in_use},
      {"LimitExceededException", ErrorCode::limit_exceeded},
      {"ProvisionedThroughputExceededException", ErrorCode::throughput_exceeded},
      {"ExpiredIteratorException", ErrorCode::expired_iterator},
      {"ExpiredNextTokenException", ErrorCode::expired_token},
      {"InvalidArgumentException", ErrorCode::invalid_argument},
      {"ValidationException", ErrorCode::validation},
      {"SerializationException", ErrorCode::serialization},
      {"AccessDeniedException", ErrorCode::access_denied},
      {"UnrecognizedClientException", ErrorCode::access_denied},
      {"InvalidSignatureException", ErrorCode::access_denied},
      {"IncompleteSignatureException", ErrorCode::access_denied},
      {"MissingAuthenticationTokenException", ErrorCode::access_denied},
      {"ExpiredTokenException", ErrorCode::access_denied},
      {"UnknownOperationException", ErrorCode::unsupported},
      {"InternalFailure", ErrorCode::internal},
      {"InternalFailureException", ErrorCode::internal},
      {"ServiceUnavailable", ErrorCode::internal},
  };
  if (const auto found = codes.find(name); found != codes.end()) return found->second;
  if (status >= 500) return ErrorCode::internal;
  if (status == 429) return ErrorCode::throughput_exceeded;
  if (status == 401 || status == 403) return ErrorCode::access_denied;
  return ErrorCode::invalid_argument;
}

std::string text_of(const wire::Value& value) {
  return value.kind() == wire::Kind::text ? std::string{value.as_text()} : "";
}

// "com.amazonaws.kinesis#ResourceNotFoundException:http://..." -> "ResourceNotFoundException"
std::string short_name(std::string name) {
  if (const auto hash = name.rfind('#'); hash != std::string::npos) name.erase(0, hash + 1);
  if (const auto colon = name.find(':'); colon != std::string::npos) name.erase(colon);
  return name;
}

Error read_error(const net::HttpResponse& response) {
  std::string name;
  std::string message;
  const auto document = json::parse(response.body);
  if (document && document.value()->root().kind() == wire::Kind::map) {
    const auto& root = document.value()->root();
    name = text_of(root["__type"]);
    if (name.empty()) name = text_of(root["code"]);
    message = text_of(root["message"]);
    if (message.empty()) message = text_of(root["Message"]);
  }
  if (name.empty()) name = response.header("x-amzn-errortype").value_or("");
  name = short_name(name);
  if (message.empty()) {
    message = "HTTP status " + std::to_string(response.status);
    if (name.empty() && !response.body.empty()) {
      std::string start = response.body.substr(0, 200);
      std::replace_if(
          start.begin(), start.end(), [](char c) { return c < ' ' || c > '~'; }, ' ');
      message += ": " + start;
    }
  }
  const auto code = code_of(response.status, name);
  return {code, name, name.empty() ? message : name + ": " + message};
}

}  // namespace

base::Result<net::HttpResponse> Transport::receive(
    const net::HttpRequest& request, const net::StreamTimeouts& timeouts,
    const std::function<bool(std::string_view)>& on_data) {
  (void)timeouts;
  BOOST_OUTCOME_TRY(auto response, send(request));
  if (response.status == 200) {
    on_data(response.body);
    response.body.clear();
  }
  return response;
}

std::unique_ptr<Transport> http_transport(const Settings& settings) {
  return std::make_unique<HttpTransport>(settings);
}

ServiceClient::ServiceClient(ClientParts parts, std::string signing_name, std::string target_prefix)
    : parts_(std::move(parts)),
      signing_name_(std::move(signing_name)),
      target_prefix_(std::move(target_prefix)) {}

base::Result<std::unique_ptr<wire::Document>> ServiceClient::call(const std::string& operation,
                                                                  const std::string& body) {
  BOOST_OUTCOME_TRY(auto answer, call_text(operation, body));
  return tree(operation, std::move(answer));
}

base::Result<std::string> ServiceClient::call_text(const std::string& operation,
                                                   const std::string& body) {
  for (int failed = 1;; ++failed) {
    auto result = attempt(operation, body, failed);
    if (result || failed >= parts_.retry.max_attempts || !is_retryable(result.error())) {
      return result;
    }
    if (!parts_.waiter->wait(backoff(parts_.retry, failed, result.error(), parts_.random))) {
      return Error{ErrorCode::cancelled, operation + ": stopped"};
    }
  }
}

base::Result<std::string> ServiceClient::attempt(const std::string& operation,
                                                 const std::string& body, int number) {
  BOOST_OUTCOME_TRY(const auto request, signed_request(operation, body, number));
  BOOST_OUTCOME_TRY(auto response, parts_.transport->send(request));
  if (response.status != 200) return read_error(response);
  return std::move(response.body);
}

base::Status ServiceClient::call_streamed(const std::string& operation, const std::string& body,
                                          const net::StreamTimeouts& timeouts,
                                          const std::function<bool(std::string_view)>& on_data) {
  BOOST_OUTCOME_TRY(const auto request, signed_request(operation, body, 1));
  BOOST_OUTCOME_TRY(const auto response, parts_.transport->receive(request, timeouts, on_data));
  if (response.status != 200) return read_error(response);
  return base::success();
}

base::Result<net::HttpRequest> ServiceClient::signed_request(const std::string& operation,
                                                             const std::string& body, int number) {
  const auto& settings = parts_.settings;
  const auto now = parts_.clock->now();
  BOOST_OUTCOME_TRY(const auto keys, settings.credentials->get(now));
  const std::string target = settings.endpoint.path + "/";
  const std::vector<sigv4::Header> headers{
      {"Content-Type", "application/x-amz-json-1.1"},
      {"Host", settings.endpoint.authority()},
      {"X-Amz-Target", target_prefix_ + "." + operation},
  };
  const auto signature = sigv4::sign_header({"POST", target, headers}, body, keys,
                                            {settings.region, signing_name_}, now, {});
  net::HttpRequest request;
  for (const auto& header : headers) {
    if (header.name != "Host") request.headers.emplace_back(header.name, header.value);
  }
  for (const auto& header : signature.added)
    request.headers.emplace_back(header.name, header.value);
  request.headers.emplace_back("User-Agent", "millrace/0.1");
  request.headers.emplace_back("amz-sdk-request", "attempt=" + std::to_string(number) + "; max=" +
                                                      std::to_string(parts_.retry.max_attempts));
  request.body = body;
  return request;
}

base::Error ServiceClient::error_of(const std::string& name, const std::string& payload,
                                    std::string_view message) const {
  net::HttpResponse response{.status = 400, .body = payload};
  response.headers.emplace_back("x-amzn-errortype", name);
  const auto read = read_error(response);
  if (message.empty() || !payload.empty()) return read;
  return {read.code(), read.name(), read.name() + ": " + std::string{message}};
}

base::Result<std::unique_ptr<wire::Document>> ServiceClient::tree(const std::string& operation,
                                                                  std::string answer) const {
  auto document = json::parse(answer.empty() ? "{}" : std::move(answer));
  if (!document || document.value()->root().kind() != wire::Kind::map) {
    return Error{ErrorCode::protocol, operation + ": " + parts_.settings.endpoint.url() +
                                          " answered 200 with something that is no JSON object"};
  }
  return document;
}

}  // namespace millrace::aws
