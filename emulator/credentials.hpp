// The file of --credentials: whose signatures are good.
#pragma once

#include <string>

#include "common/base/result.hpp"
#include "emulator/protocol/auth.hpp"

namespace millrace::emulator {

// The format of ~/.aws/credentials: each section one pair of aws_access_key_id and
// aws_secret_access_key; the sections' names do not matter. Error: io or validation, naming the
// file, and the section that is incomplete.
base::Result<protocol::Secrets> read_credentials(const std::string& path);

}  // namespace millrace::emulator
