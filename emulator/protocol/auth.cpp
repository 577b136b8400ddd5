#include "emulator/protocol/auth.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "common/sigv4/verify.hpp"

namespace millrace::protocol {
namespace {

using base::Error;
using base::ErrorCode;

using Parameters = std::map<std::string, std::string, std::less<>>;

Error refused(const char* name, std::string message) {
  return {ErrorCode::access_denied, name, std::move(message)};
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 &&
        digit(text[i + 2]) >= 0) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

template <class F>
void for_each_part(std::string_view text, std::string_view separators, F&& take) {
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(separators), text.size());
    if (end > 0) take(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void add_pair(Parameters& to, std::string_view part) {
  const auto equals = std::min(part.find('='), part.size());
  to.emplace(std::string{part.substr(0, equals)},
             percent_decoded(part.substr(std::min(equals + 1, part.size()))));
}

// What an Authorization header says, in the order in which an error names what is missing.
struct HeaderParameters {
  std::string_view credential, signature, signed_headers;
};

HeaderParameters header_parameters(std::string_view header) {
  HeaderParameters found;
  bool first = true;  // the algorithm
  for_each_part(header, ", ", [&](std::string_view part) {
    const auto equals = part.find('=');
    if (!std::exchange(first, false) && equals != std::string_view::npos) {
      const auto name = part.substr(0, equals);
      for (auto [wanted, value] :
           {std::pair{"Credential", &found.credential}, std::pair{"Signature", &found.signature},
            std::pair{"SignedHeaders", &found.signed_headers}}) {
        if (name == wanted && value->empty()) *value = part.substr(equals + 1);
      }
    }
  });
  return found;
}

Parameters query_parameters(std::string_view target) {
  Parameters found;
  const auto question = target.find('?');
  if (question == std::string_view::npos) return found;
  for_each_part(target.substr(question + 1), "&",
                [&](std::string_view part) { add_pair(found, part); });
  return found;
}

bool has(const Parameters& parameters, std::string_view name) {
  const auto at = parameters.find(name);
  return at != parameters.end() && !at->second.empty();
}

// access-key/20261122/us-east-1/kinesis/aws4_request
Caller caller_of(std::string_view credential) {
  Caller caller;
  int part = 0;
  for_each_part(credential, "/", [&](std::string_view text) {
    if (part == 0) caller.access_key = text;
    if (part == 2) caller.region = text;
    ++part;
  });
  if (part < 5) caller.region.clear();  // not a credential scope
  return caller;
}

}  // namespace

base::Result<Caller> parse_credentials(std::string_view authorization, std::string_view target,
                                       bool has_date) {
  const auto query = query_parameters(target);
  const bool presigned = query.contains("X-Amz-Algorithm");
  if (!authorization.empty() && presigned) {
    return refused(
        "InvalidSignatureException",
        "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP "
        "header.");
  }
  std::string missing;
  if (!authorization.empty()) {
    const auto header = header_parameters(authorization);
    for (const auto& [name, value] :
         {std::pair{"Credential", header.credential}, std::pair{"Signature", header.signature},
          std::pair{"SignedHeaders", header.signed_headers}}) {
      if (!value.empty()) continue;
      missing += std::string{"Authorization header requires '"} + name + "' parameter. ";
    }
    if (!has_date) {
      missing +=
          "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
    }
    if (missing.empty()) return caller_of(header.credential);
    return refused("IncompleteSignatureException",
                   missing + "Authorization=" + std::string{authorization});
  }
  if (!presigned) {
    return refused("MissingAuthenticationTokenException", "Missing Authentication Token");
  }
  for (const char* name : {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature",
                           "X-Amz-SignedHeaders", "X-Amz-Date"}) {
    if (has(query, name)) continue;
    missing += std::string{"AWS query-string parameters must include '"} + name + "'. ";
  }
  if (missing.empty()) return caller_of(query.find("X-Amz-Credential")->second);
  return refused("IncompleteSignatureException",
                 missing + "Re-examine the query-string parameters.");
}

base::Status check_signature(const sigv4::Request& request, std::string_view body,
                             const Secrets& secrets, base::Timestamp now) {
  BOOST_OUTCOME_TRY(const auto presented, sigv4::read_signature(request));
  const auto secret = secrets.find(presented.access_key_id);
  if (secret == secrets.end()) return sigv4::unknown_key();
  if (presented.service.name != "kinesis") {
    return refused("InvalidSignatureException",
                   "Credential should be scoped to correct service: 'kinesis'. ");
  }
  return sigv4::verify(request, body, presented, secret->second, now);
}

std::string account_of(std::string_view access_key, const std::string& otherwise) {
  const bool is_account =
      access_key.size() == 12 && std::all_of(access_key.begin(), access_key.end(),
                                             [](char c) { return c >= '0' && c <= '9'; });
  return is_account ? std::string{access_key} : otherwise;
}

}  // namespace millrace::protocol
