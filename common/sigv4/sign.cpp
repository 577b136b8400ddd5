#include "common/sigv4/sign.hpp"

#include <cstdio>
#include <ctime>

#include "common/base/digest.hpp"

namespace millrace::sigv4 {
namespace {

std::string_view day_of(std::string_view amz_date) {
  return amz_date.substr(0, 8);
}

void finish(Signature& out, std::string_view date, const Credentials& credentials,
            const Service& service) {
  out.string_to_sign = string_to_sign(date, credential_scope(date, service), out.canonical_request);
  out.signing_key = signing_key(credentials.secret_access_key, day_of(date), service);
  out.signature = signature_of(out.signing_key, out.string_to_sign);
}

}  // namespace

std::string amz_date(base::Timestamp time) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const auto size = std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts);
  return {text.data(), size};
}

std::string sha256_hex(std::string_view bytes) {
  return base::hex(base::as_view(base::sha256(bytes)));
}

std::string credential_scope(std::string_view amz_date, const Service& service) {
  return std::string{day_of(amz_date)} + "/" + service.region + "/" + service.name +
         "/aws4_request";
}

std::string string_to_sign(std::string_view amz_date, std::string_view scope,
                           std::string_view canonical_request) {
  std::string out{algorithm};
  out += '\n';
  out += amz_date;
  out += '\n';
  out += scope;
  out += '\n';
  out += sha256_hex(canonical_request);
  return out;
}

Key signing_key(std::string_view secret_access_key, std::string_view day, const Service& service) {
  using base::as_view;
  using base::hmac_sha256;
  Key key = hmac_sha256("AWS4" + std::string{secret_access_key}, day);
  key = hmac_sha256(as_view(key), service.region);
  key = hmac_sha256(as_view(key), service.name);
  return hmac_sha256(as_view(key), "aws4_request");
}

std::string signature_of(const Key& key, std::string_view string_to_sign) {
  return base::hex(base::as_view(base::hmac_sha256(base::as_view(key), string_to_sign)));
}

Signature sign_header(const Request& request, std::string_view body, const Credentials& credentials,
                      const Service& service, base::Timestamp now, const Options& options) {
  const std::string date = amz_date(now);
  const std::string payload_hash = sha256_hex(body);
  Signature out;
  std::vector<Header> headers{request.headers.begin(), request.headers.end()};
  const auto add = [&](const char* name, const std::string& value, bool is_signed) {
    out.added.push_back({name, value});
    if (is_signed) headers.push_back({name, value});
  };
  add("X-Amz-Date", date, true);
  if (!credentials.session_token.empty()) {
    add("X-Amz-Security-Token", credentials.session_token, options.sign_session_token);
  }
  if (options.content_hash_header) add("x-amz-content-sha256", payload_hash, true);

  const auto names = header_names(headers);
  out.canonical_request = canonical_request({request.method, request.target, headers},
                                            parse_query(query_of(request.target)), names,
                                            payload_hash, options.normalize_path);
  finish(out, date, credentials, service);
  out.added.push_back(
      {"Authorization", std::string{algorithm} + " Credential=" + credentials.access_key_id + "/" +
                            credential_scope(date, service) + ", SignedHeaders=" +
                            signed_headers(names) + ", Signature=" + out.signature});
  return out;
}

Signature sign_query(const Request& request, std::string_view body, const Credentials& credentials,
                     const Service& service, base::Timestamp now, std::int64_t expires_s,
                     const Options& options) {
  const std::string date = amz_date(now);
  const auto names = header_names(request.headers);
  Parameters query = parse_query(query_of(request.target));
  query.emplace_back("X-Amz-Algorithm", algorithm);
  query.emplace_back("X-Amz-Credential",
                     credentials.access_key_id + "/" + credential_scope(date, service));
  query.emplace_back("X-Amz-Date", date);
  query.emplace_back("X-Amz-SignedHeaders", signed_headers(names));
  query.emplace_back("X-Amz-Expires", std::to_string(expires_s));
  const bool has_token = !credentials.session_token.empty();
  if (has_token && options.sign_session_token) {
    query.emplace_back("X-Amz-Security-Token", credentials.session_token);
  }
  Signature out;
  out.canonical_request =
      canonical_request(request, query, names, sha256_hex(body), options.normalize_path);
  finish(out, date, credentials, service);

  if (has_token && !options.sign_session_token) {
    query.emplace_back("X-Amz-Security-Token", credentials.session_token);
  }
  query.emplace_back("X-Amz-Signature", out.signature);
  out.target = path_of(request.target);
  char separator = '?';
  for (const auto& [name, value] : query) {
    out.target += separator;
    out.target += uri_encode(name) + "=" + uri_encode(value);
    separator = '&';
  }
  return out;
}

}  // namespace millrace::sigv4
