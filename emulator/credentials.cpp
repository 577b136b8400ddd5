#include "emulator/credentials.hpp"

#include <fstream>
#include <sstream>

#include "common/aws/profile.hpp"

namespace millrace::emulator {

using base::Error;
using base::ErrorCode;

base::Result<protocol::Secrets> read_credentials(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return Error{ErrorCode::invalid_argument, "cannot read " + path};
  BOOST_OUTCOME_TRY(const auto sections, aws::parse_ini(text.str(), path));
  protocol::Secrets secrets;
  for (const auto& [name, section] : sections) {
    const auto id = section.find("aws_access_key_id");
    const auto secret = section.find("aws_secret_access_key");
    if (id == section.end() || secret == section.end() || id->second.empty() ||
        secret->second.empty()) {
      return Error{ErrorCode::invalid_argument,
                   path + ": [" + name + "] needs aws_access_key_id and aws_secret_access_key"};
    }
    if (!secrets.emplace(id->second, secret->second).second) {
      return Error{ErrorCode::invalid_argument,
                   path + ": the access key id " + id->second + " is there twice"};
    }
  }
  if (secrets.empty()) return Error{ErrorCode::invalid_argument, path + " holds no credentials"};
  return secrets;
}

}  // namespace millrace::emulator
