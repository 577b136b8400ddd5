#include "common/aws/settings.hpp"

#include <charconv>
#include <cstdlib>

#include "common/aws/profile.hpp"

namespace millrace::aws {
namespace {

using base::Error;
using base::ErrorCode;

class Lookup {
 public:
  Lookup(const Choices& choices, const Environment& environment)
      : choices_(choices), environment_(environment) {}

  base::Status load() {
    const std::string home = env("HOME");
    const auto or_else = [&](std::string first, const char* variable, const char* in_home) {
      if (first.empty()) first = env(variable);
      if (first.empty() && !home.empty()) first = home + in_home;
      return first;
    };
    config_path_ = or_else("", "AWS_CONFIG_FILE", "/.aws/config");
    credentials_path_ =
        or_else(choices_.credentials_file, "AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials");
    BOOST_OUTCOME_TRY(auto profiles, load_profiles(config_path_, credentials_path_));
    profile_name_ = choices_.profile.empty() ? env("AWS_PROFILE") : choices_.profile;
    const bool named = !profile_name_.empty();
    if (!named) profile_name_ = "default";
    const auto found = profiles.by_name.find(profile_name_);
    if (found != profiles.by_name.end()) {
      profile_ = std::move(found->second);
    } else if (named) {
      return Error{ErrorCode::validation, "the AWS profile '" + profile_name_ + "' is neither in " +
                                              config_path_ + " nor in " + credentials_path_};
    }
    return base::success();
  }

  [[nodiscard]] std::string env(const char* name) const { return environment_(name).value_or(""); }
  [[nodiscard]] std::string setting(std::string_view key) const {
    const auto found = profile_.settings.find(key);
    return found == profile_.settings.end() ? "" : found->second;
  }

  [[nodiscard]] std::string region() const {
    for (auto value : {choices_.region, env("AWS_REGION"), env("AWS_DEFAULT_REGION")}) {
      if (!value.empty()) return value;
    }
    return setting("region");
  }

  [[nodiscard]] std::string custom_endpoint() const {
    if (!choices_.endpoint.empty()) return choices_.endpoint;
    const std::string ignore = env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    if (ignore == "true" || setting("ignore_configured_endpoint_urls") == "true") return "";
    for (auto value : {env("AWS_ENDPOINT_URL_KINESIS"), env("AWS_ENDPOINT_URL")}) {
      if (!value.empty()) return value;
    }
    const auto service = profile_.services.find("kinesis.endpoint_url");
    if (service != profile_.services.end()) return service->second;
    return setting("endpoint_url");
  }

  base::Result<std::shared_ptr<CredentialsProvider>> credentials() const {
    switch (choices_.key_source) {
      case KeySource::given:
        return fixed_credentials(choices_.keys);
      case KeySource::environment: {
        BOOST_OUTCOME_TRY(auto found, from_environment());
        if (!found) {
          return Error{ErrorCode::access_denied,
                       "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set"};
        }
        return found;
      }
      case KeySource::profile: {
        BOOST_OUTCOME_TRY(auto found, from_profile());
        if (!found) {
          return Error{ErrorCode::access_denied, "the AWS profile '" + profile_name_ +
                                                     "' holds no keys (looked in " + config_path_ +
                                                     " and " + credentials_path_ + ")"};
        }
        return found;
      }
      case KeySource::automatic:
        break;
    }
    // A profile named by the caller counts more than the environment.
    if (choices_.profile.empty()) {
      BOOST_OUTCOME_TRY(auto found, from_environment());
      if (found) return found;
    }
    BOOST_OUTCOME_TRY(auto found, from_profile());
    if (found) return found;
    return from_container();
  }

 private:
  base::Result<std::shared_ptr<CredentialsProvider>> from_environment() const {
    const std::string id = env("AWS_ACCESS_KEY_ID");
    const std::string secret = env("AWS_SECRET_ACCESS_KEY");
    if (id.empty() && secret.empty()) return std::shared_ptr<CredentialsProvider>{};
    if (id.empty() || secret.empty()) {
      return Error{ErrorCode::access_denied,
                   id.empty() ? "AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not"
                              : "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not"};
    }
    return fixed_credentials({id, secret, env("AWS_SESSION_TOKEN")});
  }

  base::Result<std::shared_ptr<CredentialsProvider>> from_profile() const {
    const std::string id = setting("aws_access_key_id");
    const std::string secret = setting("aws_secret_access_key");
    const bool assumes = !setting("role_arn").empty();
    if (!assumes && !id.empty() && !secret.empty()) {
      return fixed_credentials({id, secret, setting("aws_session_token")});
    }
    if (!assumes && (!id.empty() || !secret.empty())) {
      return Error{ErrorCode::access_denied,
                   "the AWS profile '" + profile_name_ +
                       "' has only one of aws_access_key_id and aws_secret_access_key"};
    }
    for (const char* key :
         {"role_arn", "web_identity_token_file", "sso_session", "sso_start_url"}) {
      if (setting(key).empty()) continue;
      return Error{ErrorCode::unsupported,
                   "the AWS profile '" + profile_name_ + "' uses " + key +
                       ", which is not served; use keys, credential_process (for example 'aws "
                       "configure export-credentials') or environment variables"};
    }
    const std::string command = setting("credential_process");
    if (!command.empty()) return process_credentials(command);
    return std::shared_ptr<CredentialsProvider>{};
  }

  [[nodiscard]] std::shared_ptr<CredentialsProvider> from_container() const {
    const std::string token = env("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    if (const auto relative = env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"); !relative.empty()) {
      return container_credentials("http://169.254.170.2" + relative, token);
    }
    if (const auto full = env("AWS_CONTAINER_CREDENTIALS_FULL_URI"); !full.empty()) {
      return container_credentials(full, token);
    }
    return nullptr;
  }

  const Choices& choices_;
  const Environment& environment_;
  std::string config_path_;
  std::string credentials_path_;
  std::string profile_name_;
  Profile profile_;
};

bool is_aws(const net::Endpoint& endpoint) {
  const std::string_view host = endpoint.host;
  return host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn") ||
         host.ends_with(".api.aws");
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value ? std::optional<std::string>{value} : std::nullopt;
  };
}

base::Result<Settings> load_settings(const Choices& choices, const Environment& environment) {
  Lookup lookup{choices, environment};
  BOOST_OUTCOME_TRY(lookup.load());
  Settings out;
  out.region = lookup.region();
  const std::string endpoint = lookup.custom_endpoint();
  if (!endpoint.empty()) {
    BOOST_OUTCOME_TRY(out.endpoint, net::parse_endpoint(endpoint));
    out.custom_endpoint = !is_aws(out.endpoint);
  }
  if (out.region.empty()) {
    if (!out.custom_endpoint) {
      return Error{ErrorCode::validation,
                   "no AWS region: set AWS_REGION, or 'region' in the profile (or an endpoint in "
                   "AWS_ENDPOINT_URL for a local emulator)"};
    }
    out.region = "us-east-1";
  }
  if (endpoint.empty()) {
    const char* domain = out.region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
    BOOST_OUTCOME_TRY(out.endpoint, net::parse_endpoint("https://kinesis." + out.region + domain));
  }
  BOOST_OUTCOME_TRY(out.credentials, lookup.credentials());
  if (!out.credentials) {
    if (!out.custom_endpoint) {
      return Error{
          ErrorCode::access_denied,
          "no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or keys in "
          "~/.aws/credentials (looked at: environment, profile, container endpoint; EC2 "
          "instance metadata, SSO and roles are not served)"};
    }
    out.credentials = fixed_credentials({"local", "local", ""});
  }
  out.http.verify_certificate = !choices.trust_all_certificates;
  out.http.ca_file = lookup.env("AWS_CA_BUNDLE");
  if (out.http.ca_file.empty()) out.http.ca_file = lookup.setting("ca_bundle");
  std::string attempts = lookup.env("AWS_MAX_ATTEMPTS");
  if (attempts.empty()) attempts = lookup.setting("max_attempts");
  if (!attempts.empty()) {
    const char* end = attempts.data() + attempts.size();
    const auto [stop, error] = std::from_chars(attempts.data(), end, out.max_attempts);
    if (error != std::errc{} || stop != end || out.max_attempts < 1) {
      return Error{ErrorCode::validation,
                   "AWS_MAX_ATTEMPTS must be a number from 1 on, not '" + attempts + "'"};
    }
  }
  return out;
}

}  // namespace millrace::aws
