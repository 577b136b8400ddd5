// AWS Signature Version 4, first step: a request in the one form both sides compute.
//
// Rules: "Create a signed AWS API request" (IAM user guide), checked 2026-11-22 with the public
// test suite (tests/data/sigv4). Pure functions, any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::sigv4 {

struct Header {
  std::string name;  // any case
  std::string value;
};

// What of a request is signed. Views and spans live as long as the caller keeps them.
struct Request {
  std::string_view method;  // "POST"
  std::string_view target;  // as on the request line: "/path?query"
  std::span<const Header> headers;
};

// Name and value, percent-decoded, in order of appearance.
using Parameters = std::vector<std::pair<std::string, std::string>>;

// Everything but A-Z a-z 0-9 - . _ ~ becomes %XX.
std::string uri_encode(std::string_view text);
// %XX becomes a byte; a '%' without two digits after it stays.
std::string uri_decode(std::string_view text);

std::string_view path_of(std::string_view target);   // "" becomes "/"
std::string_view query_of(std::string_view target);  // "" when there is none
Parameters parse_query(std::string_view query);

// normalize: "." and ".." and doubled slashes are resolved first (every service but S3).
std::string canonical_path(std::string_view path, bool normalize);
std::string canonical_query(Parameters parameters);
// "name:value\n" of each name in `names` (lower case, sorted); a name without header gives an empty
// value.
std::string canonical_headers(std::span<const Header> headers, std::span<const std::string> names);
// The names of all headers, lower case, sorted, each once.
std::vector<std::string> header_names(std::span<const Header> headers);
// "host;x-amz-date"
std::string signed_headers(std::span<const std::string> names);

// payload_hash: lower-case hex SHA-256 of the body, or a literal such as UNSIGNED-PAYLOAD.
std::string canonical_request(const Request& request, const Parameters& query,
                              std::span<const std::string> signed_names,
                              std::string_view payload_hash, bool normalize);

// The first header of that name (in any case).
std::optional<std::string_view> find_header(std::span<const Header> headers, std::string_view name);

}  // namespace millrace::sigv4
