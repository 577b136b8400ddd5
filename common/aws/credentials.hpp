// Where access keys come from.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/base/clock.hpp"
#include "common/base/result.hpp"
#include "common/sigv4/sign.hpp"

namespace millrace::aws {

// Thread-safe. Keys that expire are fetched anew five minutes before they do.
class CredentialsProvider {
 public:
  virtual ~CredentialsProvider() = default;
  virtual base::Result<sigv4::Credentials> get(base::Timestamp now) = 0;
};

std::shared_ptr<CredentialsProvider> fixed_credentials(sigv4::Credentials keys);

// Runs `command` with /bin/sh and reads the JSON it prints (credential_process of a profile).
std::shared_ptr<CredentialsProvider> process_credentials(std::string command);

// GETs `url` (the container credentials endpoint of ECS and EKS); `authorization` may be empty.
std::shared_ptr<CredentialsProvider> container_credentials(std::string url,
                                                           std::string authorization);

struct ExpiringKeys {
  sigv4::Credentials keys;
  base::Timestamp expires = base::Timestamp::max();
};

// The JSON both of the latter give: AccessKeyId, SecretAccessKey, SessionToken or Token,
// Expiration. `origin` begins the error's message.
base::Result<ExpiringKeys> parse_credentials_json(const std::string& text,
                                                  const std::string& origin);

}  // namespace millrace::aws
