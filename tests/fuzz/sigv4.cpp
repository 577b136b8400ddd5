// The signature of a request, in its header or its query.
//
// Input: a line "METHOD target", a line for each header, an empty line, the body.
#include "common/sigv4/verify.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/target.hpp"

using namespace millrace;

FUZZ_TARGET(sigv4) {
  fuzz::Input from{input};
  const auto first = from.line();
  const auto space = first.find(' ');
  sigv4::Request request;
  request.method = first.substr(0, space);
  request.target = space == std::string_view::npos ? "/" : first.substr(space + 1);
  std::vector<sigv4::Header> headers;
  while (!from.empty()) {
    const auto line = from.line();
    if (line.empty()) break;
    const auto colon = line.find(':');
    headers.push_back({std::string{line.substr(0, colon)},
                       std::string{colon == line.npos ? "" : line.substr(colon + 1)}});
  }
  request.headers = headers;
  const auto body = from.rest();

  const auto now = base::from_epoch_ms(1'440'938'160'000);  // 20150830T123600Z, as the vectors
  const std::string secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  const auto presented = sigv4::read_signature(request);
  // Any outcome but a crash.
  if (presented) (void)sigv4::verify(request, body, presented.value(), secret, now).has_value();

  // Whatever the request, as long as it is one of HTTP, with our own signature on it it is right.
  std::erase_if(headers, [](const auto& header) {
    std::string name = header.name;
    for (auto& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
    if (name.empty() || name.find_first_not_of(letters) != std::string::npos) return true;
    return name == "authorization" || name.starts_with("x-amz-") || name == "date";
  });
  request.headers = headers;
  const auto query = sigv4::parse_query(sigv4::query_of(request.target));
  for (const auto& [name, value] : query) {
    if (name.starts_with("X-Amz-") || name.starts_with("x-amz-")) return;
  }
  const auto made = sigv4::sign_header(request, body, {"AKIDEXAMPLE", secret, ""},
                                       {"us-east-1", "kinesis"}, now, {});
  auto all = headers;
  all.insert(all.end(), made.added.begin(), made.added.end());
  request.headers = all;
  const auto own = sigv4::read_signature(request);
  FUZZ_CHECK_SAY(own.has_value(), own ? "" : own.error().message());
  const auto checked = sigv4::verify(request, body, own.value(), secret, now);
  FUZZ_CHECK_SAY(checked.has_value(), checked ? "" : checked.error().message());
}
