#include "emulator/delivery/s3_sink.hpp"

#include <algorithm>

#include "common/sigv4/sign.hpp"

namespace millrace::delivery {
namespace {

// The text of an element of S3's error document.
std::string element(std::string_view xml, const std::string& name) {
  const auto begin = xml.find("<" + name + ">");
  if (begin == std::string_view::npos) return "";
  const auto from = begin + name.size() + 2;
  const auto end = xml.find("</" + name + ">", from);
  return end == std::string_view::npos ? "" : std::string{xml.substr(from, end - from)};
}

base::Error refused(const net::HttpResponse& response) {
  constexpr std::size_t shown = 300;
  const auto code = element(response.body, "Code");
  auto why = element(response.body, "Message");
  if (why.empty()) why = response.body;
  why = why.substr(0, shown);
  std::replace_if(
      why.begin(), why.end(), [](char c) { return c < ' ' || c > '~'; }, ' ');
  return {base::ErrorCode::protocol, code,
          "HTTP status " + std::to_string(response.status) + (code.empty() ? "" : " " + code) +
              (why.empty() ? "" : ": " + why)};
}

// Slashes part a key's segments; all else is encoded as the signature wants it.
std::string encoded_path(const std::string& path) {
  std::string encoded;
  for (std::size_t at = 0; at <= path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    if (at != 0) encoded += '/';
    encoded += sigv4::uri_encode(std::string_view{path}.substr(at, end - at));
    at = end + 1;
  }
  return encoded;
}

}  // namespace

base::Status S3Sink::put(const Object& object) {
  const auto now = clock_.now();
  BOOST_OUTCOME_TRY(const auto keys, settings_.credentials->get(now));
  net::HttpRequest request;
  request.method = "PUT";
  request.target = "/" + encoded_path(object.bucket + "/" + object.key);
  std::vector<sigv4::Header> headers{{"Host", settings_.endpoint.authority()},
                                     {"Content-Type", object.content_type}};
  const auto add = [&headers](const char* name, const std::string& value) {
    if (!value.empty()) headers.push_back({name, value});
  };
  add("x-amz-storage-class", object.storage_class);
  add("x-amz-expected-bucket-owner", object.bucket_owner);
  if (!object.kms_key.empty()) {
    add("x-amz-server-side-encryption", "aws:kms");
    add("x-amz-server-side-encryption-aws-kms-key-id", object.kms_key);
  }
  const auto target = settings_.endpoint.path + request.target;
  const auto signature = sigv4::sign_header({request.method, target, headers}, object.body, keys,
                                            {object.region, "s3"}, now,
                                            {.normalize_path = false, .content_hash_header = true});
  for (const auto& header : headers) {
    if (header.name != "Host") request.headers.emplace_back(header.name, header.value);
  }
  for (const auto& header : signature.added) {
    request.headers.emplace_back(header.name, header.value);
  }
  request.headers.emplace_back("User-Agent", "millrace/0.1");
  request.body = object.body;
  BOOST_OUTCOME_TRY(const auto response, transport_->send(request));
  if (response.status != 200) return refused(response);
  return base::success();
}

base::Result<std::unique_ptr<Sink>> open_s3(const std::string& endpoint, const base::Clock& clock) {
  BOOST_OUTCOME_TRY(auto settings,
                    aws::load_settings({.endpoint = endpoint}, aws::process_environment()));
  auto transport = aws::http_transport(settings);
  return std::unique_ptr<Sink>{
      std::make_unique<S3Sink>(std::move(settings), std::move(transport), clock)};
}

}  // namespace millrace::delivery
