// StartStreamEncryption: records are encrypted from now on, or with another key.
#include "emulator/kinesis/encryption.hpp"

namespace millrace::kinesis::start_stream_encryption {
namespace {

struct StartStreamEncryption {
  using Input = EncryptionInput;
  using Output = NoOutput;

  static base::Status run(Context& context, Input& input, Output&) {
    return change_encryption(context, input, true);
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<StartStreamEncryption>();
}

}  // namespace millrace::kinesis::start_stream_encryption
