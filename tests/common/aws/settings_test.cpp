#include "common/aws/settings.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <map>

#include "tests/support/temp_dir.hpp"

using namespace millrace;

namespace {

using Variables = std::map<std::string, std::string>;

// A machine with these variables and files, and nothing else.
struct Machine {
  Variables variables{};
  test::TempDir home{};

  void write(const char* name, const char* text) const {
    std::ofstream{home.path() + "/" + name} << text;
  }
  [[nodiscard]] base::Result<aws::Settings> load(const aws::Choices& choices = {}) const {
    const aws::Environment environment =
        [&](const std::string& name) -> std::optional<std::string> {
      if (name == "AWS_CONFIG_FILE") return home.path() + "/config";
      if (name == "AWS_SHARED_CREDENTIALS_FILE") return home.path() + "/credentials";
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional{found->second};
    };
    return aws::load_settings(choices, environment);
  }
};

std::string key_id(const base::Result<aws::Settings>& settings) {
  REQUIRE_MESSAGE(settings, settings.error().message());
  const auto keys = settings.value().credentials->get(base::from_epoch_ms(0));
  REQUIRE(keys);
  return keys.value().access_key_id;
}

const Variables keys{{"AWS_ACCESS_KEY_ID", "env-id"}, {"AWS_SECRET_ACCESS_KEY", "s"}};

Variables with(Variables base, const Variables& more) {
  base.insert(more.begin(), more.end());
  return base;
}

}  // namespace

TEST_CASE("Settings: AWS itself when only a region and keys are given") {
  Machine machine{with(keys, {{"AWS_REGION", "eu-west-1"}})};
  auto settings = machine.load();
  CHECK(key_id(settings) == "env-id");
  CHECK(settings.value().endpoint.url() == "https://kinesis.eu-west-1.amazonaws.com");
  CHECK_FALSE(settings.value().custom_endpoint);
  machine.variables["AWS_REGION"] = "cn-north-1";
  settings = machine.load();
  REQUIRE(settings);
  CHECK(settings.value().endpoint.url() == "https://kinesis.cn-north-1.amazonaws.com.cn");
}

TEST_CASE("Settings: each place an endpoint can stand, in AWS's order") {
  Machine machine{with(keys, {{"AWS_REGION", "us-east-1"}})};
  machine.write("config",
                "[default]\nendpoint_url = http://profile:1\nservices = s\n"
                "[services s]\nkinesis =\n  endpoint_url = http://service:2\n");
  const auto url = [&](const aws::Choices& choices = {}) {
    const auto settings = machine.load(choices);
    REQUIRE_MESSAGE(settings, settings.error().message());
    return settings.value().endpoint.url();
  };
  CHECK(url() == "http://service:2");
  machine.variables["AWS_ENDPOINT_URL"] = "http://global:3";
  CHECK(url() == "http://global:3");
  machine.variables["AWS_ENDPOINT_URL_KINESIS"] = "http://kinesis:4";
  CHECK(url() == "http://kinesis:4");
  CHECK(url({.endpoint = "http://given:5"}) == "http://given:5");
  machine.variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true";
  CHECK(url() == "https://kinesis.us-east-1.amazonaws.com");
}

TEST_CASE("Settings: each place a region can stand") {
  Machine machine{keys};
  machine.write("config", "[default]\nregion = r-profile\n");
  const auto region = [&](const aws::Choices& choices = {}) {
    const auto settings = machine.load(choices);
    REQUIRE(settings);
    return settings.value().region;
  };
  CHECK(region() == "r-profile");
  machine.variables["AWS_DEFAULT_REGION"] = "r-default";
  CHECK(region() == "r-default");
  machine.variables["AWS_REGION"] = "r-env";
  CHECK(region() == "r-env");
  CHECK(region({.region = "r-given"}) == "r-given");
}

TEST_CASE("Settings: a local endpoint alone is enough") {
  const Machine machine{{{"AWS_ENDPOINT_URL", "http://localhost:4566"}}};
  const auto settings = machine.load();
  CHECK(key_id(settings) == "local");
  CHECK(settings.value().region == "us-east-1");
  CHECK(settings.value().custom_endpoint);
}

TEST_CASE("Settings: without endpoint, region and keys must be given, and the error says where") {
  Machine machine;
  auto settings = machine.load();
  REQUIRE_FALSE(settings);
  CHECK(settings.error().message().starts_with("no AWS region: set AWS_REGION"));
  machine.variables["AWS_REGION"] = "us-east-1";
  settings = machine.load();
  REQUIRE_FALSE(settings);
  CHECK(settings.error().message().starts_with("no AWS credentials: set AWS_ACCESS_KEY_ID"));
  machine.variables["AWS_ENDPOINT_URL"] = "https://kinesis.us-east-1.amazonaws.com";
  CHECK_FALSE(machine.load());
}

TEST_CASE("Settings: the environment's keys count before the profile's, unless one was named") {
  Machine machine{with(keys, {{"AWS_REGION", "us-east-1"}})};
  machine.write("credentials",
                "[default]\naws_access_key_id = default-id\naws_secret_access_key = s\n"
                "[other]\naws_access_key_id = other-id\naws_secret_access_key = s\n"
                "aws_session_token = t\n");
  CHECK(key_id(machine.load()) == "env-id");
  CHECK(key_id(machine.load({.profile = "other"})) == "other-id");
  CHECK(key_id(machine.load({.key_source = aws::KeySource::profile})) == "default-id");
  machine.variables.erase("AWS_ACCESS_KEY_ID");
  machine.variables.erase("AWS_SECRET_ACCESS_KEY");
  CHECK(key_id(machine.load()) == "default-id");
  machine.variables["AWS_PROFILE"] = "other";
  const auto settings = machine.load();
  CHECK(key_id(settings) == "other-id");
  CHECK(settings.value().credentials->get(base::from_epoch_ms(0)).value().session_token == "t");
  machine.variables["AWS_PROFILE"] = "missing";
  const auto missing = machine.load();
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message().starts_with("the AWS profile 'missing' is neither in "));
}

TEST_CASE("Settings: half a key pair and what is not served are told") {
  Machine machine{{{"AWS_REGION", "us-east-1"}, {"AWS_ACCESS_KEY_ID", "x"}}};
  auto settings = machine.load();
  REQUIRE_FALSE(settings);
  CHECK(settings.error().message() == "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not");
  machine.variables.erase("AWS_ACCESS_KEY_ID");
  machine.write("config", "[default]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = y\n");
  settings = machine.load();
  REQUIRE_FALSE(settings);
  CHECK(settings.error().code() == base::ErrorCode::unsupported);
  CHECK(settings.error().message().find("role_arn") != std::string::npos);
}

TEST_CASE("Settings: certificates and attempts") {
  Machine machine{
      with(keys,
           {{"AWS_REGION", "us-east-1"}, {"AWS_CA_BUNDLE", "/ca.pem"}, {"AWS_MAX_ATTEMPTS", "7"}})};
  auto settings = machine.load({.trust_all_certificates = true});
  REQUIRE(settings);
  CHECK(settings.value().http.ca_file == "/ca.pem");
  CHECK_FALSE(settings.value().http.verify_certificate);
  CHECK(settings.value().max_attempts == 7);
  for (const char* bad : {"0", "x", "3x", "-1"}) {
    CAPTURE(bad);
    machine.variables["AWS_MAX_ATTEMPTS"] = bad;
    CHECK_FALSE(machine.load());
  }
}
