// Region, endpoint, credentials and the rest, found where AWS's own tools look.
//
//   BOOST_OUTCOME_TRY(auto settings, load_settings({.region = flag}, process_environment()));
//
// Order of precedence: AWS SDKs and Tools Reference Guide (checked 2026-11-22). Not served, and
// said so in the error when a profile asks for it: role_arn, SSO, web identity; EC2 instance
// metadata is not asked.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/aws/credentials.hpp"
#include "common/base/result.hpp"
#include "common/net/endpoint.hpp"
#include "common/net/http_client.hpp"

namespace millrace::aws {

// The value of an environment variable; nullopt when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

enum class KeySource {
  automatic,    // environment, then profile, then container endpoint
  given,        // Choices::keys
  environment,  // AWS_ACCESS_KEY_ID and the rest, nothing else
  profile,      // the profile, nothing else
};

// What the caller has decided already; empty text = not decided.
struct Choices {
  std::string region{};
  std::string endpoint{};
  std::string profile{};           // default: AWS_PROFILE, "default"
  std::string credentials_file{};  // default: AWS_SHARED_CREDENTIALS_FILE, ~/.aws/credentials
  KeySource key_source = KeySource::automatic;
  sigv4::Credentials keys{};
  bool trust_all_certificates = false;
};

struct Settings {
  std::string region;
  net::Endpoint endpoint;
  // Whether somebody set the endpoint (an emulator, a proxy), or it is AWS's own.
  bool custom_endpoint = false;
  std::shared_ptr<CredentialsProvider> credentials;
  net::HttpOptions http;
  int max_attempts = 3;  // AWS_MAX_ATTEMPTS, max_attempts
};

// For Kinesis. With an endpoint outside of AWS the region defaults to us-east-1 and missing keys to
// placeholders: a local emulator needs neither. Errors: no region, no keys, a profile that does not
// exist, malformed files and URLs; each says where to set it.
base::Result<Settings> load_settings(const Choices& choices, const Environment& environment);

}  // namespace millrace::aws
