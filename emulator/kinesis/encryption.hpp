// What StartStreamEncryption and StopStreamEncryption share.
#pragma once

#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis {

inline constexpr std::string_view encryption_types[] = {"NONE", "KMS"};

struct EncryptionInput {
  StreamRef stream;
  wire::Text encryption_type;
  wire::Text key_id;
  static void members(auto& visit, auto& self) {
    StreamRef::members(visit, self.stream);
    visit("EncryptionType", self.encryption_type,
          Rules{.required = true, .values = encryption_types});
    visit("KeyId", self.key_id, Rules{.required = true, .min = 1, .max = 2048});
  }
};

// Asks nobody for the key and encrypts nothing: what the data file holds is as safe as the disk it
// is on. Records say that they are encrypted from the time the stream is ACTIVE again, as on AWS.
base::Status change_encryption(Context& context, const EncryptionInput& input, bool on);

}  // namespace millrace::kinesis
