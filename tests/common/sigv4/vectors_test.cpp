#include "common/sigv4/sign.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "common/base/digest.hpp"
#include "common/json/json.hpp"
#include "common/sigv4/verify.hpp"

using namespace millrace;

namespace {

struct Message {
  std::string method;
  std::string target;
  std::vector<sigv4::Header> headers;
  std::string body;

  [[nodiscard]] sigv4::Request request() const { return {method, target, headers}; }
};

// A request as the suite writes it: targets may hold spaces, a header may run over several lines.
Message parse_message(const std::string& text) {
  Message out;
  std::istringstream in{text};
  std::string line;
  std::getline(in, line);
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  out.method = line.substr(0, first);
  out.target = line.substr(first + 1, last - first - 1);
  while (std::getline(in, line) && !line.empty()) {
    if (line[0] == ' ') {
      out.headers.back().value += "\n" + line;
      continue;
    }
    const auto colon = line.find(':');
    out.headers.push_back({line.substr(0, colon), line.substr(colon + 1)});
  }
  std::getline(in, out.body, '\0');
  return out;
}

std::unique_ptr<wire::Document> load() {
  std::ifstream file{"data/sigv4/vectors.json"};
  std::stringstream text;
  text << file.rdbuf();
  auto document = json::parse(text.str());
  REQUIRE(document);
  return std::move(document).value();
}

std::string text_of(const wire::Value& value) {
  return value.is_null() ? "" : std::string{value.as_text()};
}

// Runs `body` for each case of the suite with what it needs.
template <class Body>
void each_case(Body body) {
  const auto document = load();
  REQUIRE(document->root().as_list().size() >= 30);
  for (const auto& entry : document->root().as_list()) {
    const std::string name{entry["name"].as_text()};
    CAPTURE(name);
    const auto& context = entry["context"];
    const auto& keys = context["credentials"];
    const sigv4::Credentials credentials{
        text_of(keys["access_key_id"]), text_of(keys["secret_access_key"]), text_of(keys["token"])};
    sigv4::Options options;
    options.normalize_path = context["normalize"].as_boolean();
    options.content_hash_header = context["sign_body"].as_boolean();
    const auto& omit = context["omit_session_token"];
    options.sign_session_token = omit.is_null() || !omit.as_boolean();
    REQUIRE(context["timestamp"].as_text() == "2015-08-30T12:36:00Z");
    body(entry, parse_message(std::string{entry["request"].as_text()}), credentials,
         sigv4::Service{text_of(context["region"]), text_of(context["service"])}, options,
         context["expiration_in_seconds"].as_integer());
  }
}

const base::Timestamp vector_time = base::from_epoch_ms(1'440'938'160'000);

}  // namespace

TEST_CASE("SigV4: every step of the public suite's header form comes out the same") {
  each_case([](const wire::Value& entry, const Message& message, const auto& credentials,
               const auto& service, const auto& options, std::int64_t) {
    const auto made = sigv4::sign_header(message.request(), message.body, credentials, service,
                                         vector_time, options);
    const auto& expected = entry["header"];
    CHECK(made.canonical_request == expected["canonical_request"].as_text());
    CHECK(made.string_to_sign == expected["string_to_sign"].as_text());
    CHECK(made.signature == expected["signature"].as_text());
    const auto signed_message = parse_message(std::string{expected["signed_request"].as_text()});
    CHECK(made.added.back().value == sigv4::find_header(signed_message.headers, "authorization"));
  });
}

TEST_CASE("SigV4: every step of the public suite's query form comes out the same") {
  each_case([](const wire::Value& entry, const Message& message, const auto& credentials,
               const auto& service, const auto& options, std::int64_t expires_s) {
    const auto made = sigv4::sign_query(message.request(), message.body, credentials, service,
                                        vector_time, expires_s, options);
    const auto& expected = entry["query"];
    CHECK(made.canonical_request == expected["canonical_request"].as_text());
    CHECK(made.string_to_sign == expected["string_to_sign"].as_text());
    CHECK(made.signature == expected["signature"].as_text());
    CHECK(sigv4::parse_query(sigv4::query_of(made.target)).back().second == made.signature);
  });
}

TEST_CASE("SigV4: the suite's signed requests pass the check in both forms") {
  each_case([](const wire::Value& entry, const Message&, const auto& credentials, const auto&,
               const auto& options, std::int64_t) {
    for (const char* form : {"header", "query"}) {
      CAPTURE(form);
      const auto message = parse_message(std::string{entry[form]["signed_request"].as_text()});
      const auto presented = sigv4::read_signature(message.request());
      REQUIRE(presented);
      CHECK(presented.value().access_key_id == "AKIDEXAMPLE");
      CHECK(presented.value().service.name == "service");
      const auto checked =
          sigv4::verify(message.request(), message.body, presented.value(),
                        credentials.secret_access_key, vector_time, options.normalize_path);
      CHECK_MESSAGE(checked, checked.error().message());
    }
  });
}

TEST_CASE("SigV4: the suite's requests with any one byte of what is signed changed are refused") {
  int changes = 0;
  each_case([&](const wire::Value& entry, const Message&, const auto& credentials, const auto&,
                const auto& options, std::int64_t) {
    for (const char* form : {"header", "query"}) {
      CAPTURE(form);
      auto message = parse_message(std::string{entry[form]["signed_request"].as_text()});
      const auto accepted = [&] {
        const auto presented = sigv4::read_signature(message.request());
        return presented && presented.value().access_key_id == credentials.access_key_id &&
               sigv4::verify(message.request(), message.body, presented.value(),
                             credentials.secret_access_key, vector_time, options.normalize_path)
                   .has_value();
      };
      REQUIRE(accepted());
      // Letters and digits; what else there is may stand for the same (blanks, dots in a path).
      const auto change_each = [&](std::string& text, std::size_t from = 0) {
        for (std::size_t at = from; at < text.size(); ++at) {
          const char before = text[at];
          if (std::isalnum(static_cast<unsigned char>(before)) == 0) continue;
          text[at] = before == '7' ? '8' : '7';
          CAPTURE(text);
          CHECK(!accepted());
          text[at] = before;
          ++changes;
        }
      };
      change_each(message.method);
      // Of a path that goes up again ("/a/..") a part does not count, nor does a session token that
      // was added after signing.
      const bool all_signed =
          message.target.find("..") == std::string::npos &&
          (options.sign_session_token || message.target.find("-Token=") == std::string::npos);
      if (all_signed) change_each(message.target);
      change_each(message.body);
      for (auto& header : message.headers) {
        if (!options.sign_session_token && header.name == "X-Amz-Security-Token") continue;
        const bool credential = header.name == "Authorization";
        // The algorithm and the names before it are tested by themselves.
        change_each(header.value, credential ? header.value.find("Credential=") + 11 : 0);
      }
    }
  });
  CHECK(changes > 10'000);
}

TEST_CASE("SigV4: the signing key of AWS's documented example") {
  // IAM user guide, "Examples of how to derive a signing key" (checked 2026-11-22).
  const auto key = sigv4::signing_key("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830",
                                      {"us-east-1", "iam"});
  CHECK(base::hex(base::as_view(key)) ==
        "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
}

TEST_CASE("SigV4: AWS's documented ListUsers request") {
  const std::vector<sigv4::Header> headers{
      {"Host", "iam.amazonaws.com"},
      {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  const auto made =
      sigv4::sign_header({"GET", "/?Action=ListUsers&Version=2010-05-08", headers}, "",
                         {"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""},
                         {"us-east-1", "iam"}, vector_time, {});
  CHECK(sigv4::sha256_hex(made.canonical_request) ==
        "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59");
  CHECK(made.signature == "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
}
