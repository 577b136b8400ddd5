#include "common/sigv4/verify.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <map>
#include <optional>

#include "common/base/digest.hpp"

namespace millrace::sigv4 {
namespace {

using base::Error;
using base::ErrorCode;

Error denied(const char* name, std::string message) {
  return {ErrorCode::access_denied, name, std::move(message)};
}
Error incomplete(std::string message) {
  return denied("IncompleteSignatureException", std::move(message));
}
Error invalid(std::string message) {
  return denied("InvalidSignatureException", std::move(message));
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const auto at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// "20150830T123600Z"
std::optional<base::Timestamp> parse_date(const std::string& text) {
  std::tm parts{};
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t size, int& out) {
    const char* end = text.data() + at + size;
    const auto [stop, error] = std::from_chars(text.data() + at, end, out);
    return error == std::errc{} && stop == end;
  };
  if (!number(0, 4, parts.tm_year) || !number(4, 2, parts.tm_mon) || !number(6, 2, parts.tm_mday) ||
      !number(9, 2, parts.tm_hour) || !number(11, 2, parts.tm_min) ||
      !number(13, 2, parts.tm_sec) || parts.tm_year < 1970) {
    return std::nullopt;
  }
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  return base::from_epoch_ms(static_cast<std::int64_t>(::timegm(&parts)) * 1000);
}

base::Status read_credential(std::string_view text, Presented& out) {
  // The access key id may hold slashes in theory; the scope's four parts are counted from the end.
  auto parts = split(text, '/');
  if (parts.size() < 5 || parts.back() != "aws4_request") {
    return incomplete(
        "Credential must have at least 5 slash-delimited elements, e.g. "
        "keyid/date/region/service/term, got '" +
        std::string{text} + "'");
  }
  const std::size_t at = parts.size() - 4;
  out.day = parts[at];
  out.service = {parts[at + 1], parts[at + 2]};
  out.access_key_id = parts[0];
  for (std::size_t i = 1; i < at; ++i) out.access_key_id += "/" + parts[i];
  return base::success();
}

void read_names(std::string_view text, Presented& out) {
  out.signed_names = split(text, ';');
  std::sort(out.signed_names.begin(), out.signed_names.end());
}

base::Result<Presented> read_header(const Request& request, std::string_view authorization) {
  std::map<std::string, std::string, std::less<>> fields;
  std::string_view rest = authorization;
  if (rest.starts_with(algorithm)) rest.remove_prefix(algorithm.size());
  for (const auto& part : split(rest, ',')) {
    const auto field = trim(part);
    const auto at = field.find('=');
    if (at != std::string_view::npos) {
      fields.emplace(field.substr(0, at), field.substr(at + 1));
    }
  }
  std::string missing;
  for (const char* name : {"Credential", "Signature", "SignedHeaders"}) {
    if (fields[name].empty()) {
      missing += "Authorization header requires '" + std::string{name} + "' parameter. ";
    }
  }
  const auto amz_date = find_header(request.headers, "x-amz-date");
  const auto date = amz_date ? amz_date : find_header(request.headers, "date");
  if (!date) {
    missing +=
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' "
        "header. ";
  }
  if (!missing.empty()) {
    return incomplete(missing + "Authorization=" + std::string{authorization});
  }
  Presented out;
  BOOST_OUTCOME_TRY(read_credential(fields["Credential"], out));
  out.date = *date;
  out.signature = fields["Signature"];
  if (const auto token = find_header(request.headers, "x-amz-security-token")) {
    out.session_token = *token;
  }
  read_names(fields["SignedHeaders"], out);
  return out;
}

base::Result<Presented> read_query(const std::map<std::string, std::string>& query) {
  std::string missing;
  for (const char* name : {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature",
                           "X-Amz-SignedHeaders", "X-Amz-Date"}) {
    const auto found = query.find(name);
    if (found == query.end() || found->second.empty()) {
      missing += "AWS query-string parameters must include '" + std::string{name} + "'. ";
    }
  }
  if (!missing.empty()) return incomplete(missing + "Re-examine the query-string parameters.");
  Presented out;
  out.in_query = true;
  BOOST_OUTCOME_TRY(read_credential(query.at("X-Amz-Credential"), out));
  out.date = query.at("X-Amz-Date");
  out.signature = query.at("X-Amz-Signature");
  read_names(query.at("X-Amz-SignedHeaders"), out);
  if (const auto token = query.find("X-Amz-Security-Token"); token != query.end()) {
    out.session_token = token->second;
  }
  const auto expires = query.find("X-Amz-Expires");
  const std::string text = expires == query.end() ? "" : expires->second;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, out.expires_s);
  if (error != std::errc{} || stop != end || out.expires_s < 1 || out.expires_s > 604'800) {
    return incomplete("X-Amz-Expires must be a number of seconds from 1 to 604800, got '" + text +
                      "'");
  }
  return out;
}

base::Status check_time(const Presented& presented, base::Timestamp now) {
  const auto signed_at = parse_date(presented.date);
  if (!signed_at) {
    return incomplete("Date must be in ISO-8601 'basic format'. Got '" + presented.date + "'.");
  }
  if (presented.date.substr(0, 8) != presented.day) {
    return invalid(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
        "from HTTP: '" +
        presented.day + "' != '" + presented.date.substr(0, 8) + "', from '" + presented.date +
        "'.");
  }
  if (*signed_at - max_clock_skew > now) {
    return invalid("Signature not yet current: " + presented.date + " is still later than " +
                   amz_date(now + max_clock_skew) + " (" + amz_date(now) + " + 15 min.)");
  }
  const auto lifetime = presented.in_query ? std::chrono::seconds{presented.expires_s}
                                           : std::chrono::seconds{max_clock_skew};
  if (*signed_at + lifetime < now) {
    return invalid("Signature expired: " + presented.date + " is now earlier than " +
                   amz_date(now - lifetime) + " (" + amz_date(now) + " - " +
                   (presented.in_query ? std::to_string(lifetime.count()) + " s.)" : "15 min.)"));
  }
  return base::success();
}

bool same_text(std::string_view a, std::string_view b) {
  // How long the comparison takes must not tell how much of a guess was right.
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

base::Error unknown_key() {
  return denied("UnrecognizedClientException",
                "The security token included in the request is invalid.");
}

base::Result<Presented> read_signature(const Request& request) {
  std::map<std::string, std::string> query;
  for (auto& [name, value] : parse_query(query_of(request.target))) query.emplace(name, value);
  const auto authorization = find_header(request.headers, "authorization");
  const bool in_query = query.contains("X-Amz-Algorithm");
  if (authorization && in_query) {
    return invalid(
        "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP "
        "header.");
  }
  if (authorization) return read_header(request, *authorization);
  if (in_query || query.contains("X-Amz-Credential") || query.contains("X-Amz-Signature")) {
    return read_query(query);
  }
  return denied("MissingAuthenticationTokenException", "Missing Authentication Token");
}

base::Status verify(const Request& request, std::string_view body, const Presented& presented,
                    std::string_view secret_access_key, base::Timestamp now, bool normalize_path) {
  BOOST_OUTCOME_TRY(check_time(presented, now));
  Parameters query = parse_query(query_of(request.target));
  const auto& names = presented.signed_names;
  const auto matches = [&](const Parameters& parameters) {
    const auto canonical =
        canonical_request(request, parameters, names, sha256_hex(body), normalize_path);
    const std::string scope = presented.day + "/" + presented.service.region + "/" +
                              presented.service.name + "/aws4_request";
    const auto key = signing_key(secret_access_key, presented.day, presented.service);
    return same_text(signature_of(key, string_to_sign(presented.date, scope, canonical)),
                     presented.signature);
  };
  if (presented.in_query) {
    std::erase_if(query, [](const auto& entry) { return entry.first == "X-Amz-Signature"; });
  }
  bool same = matches(query);
  if (!same && presented.in_query && !presented.session_token.empty()) {
    // Some signers leave the token out of what they sign.
    std::erase_if(query, [](const auto& entry) { return entry.first == "X-Amz-Security-Token"; });
    same = matches(query);
  }
  if (!same) {
    return invalid(
        "The request signature we calculated does not match the signature you provided. "
        "Check your AWS Secret Access Key and signing method. Consult the service "
        "documentation for details.");
  }
  return base::success();
}

}  // namespace millrace::sigv4
