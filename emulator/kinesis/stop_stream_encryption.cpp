// StopStreamEncryption: records are not encrypted any more.
#include "emulator/kinesis/encryption.hpp"

namespace millrace::kinesis::stop_stream_encryption {
namespace {

struct StopStreamEncryption {
  using Input = EncryptionInput;
  using Output = NoOutput;

  static base::Status run(Context& context, Input& input, Output&) {
    return change_encryption(context, input, false);
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<StopStreamEncryption>();
}

}  // namespace millrace::kinesis::stop_stream_encryption
