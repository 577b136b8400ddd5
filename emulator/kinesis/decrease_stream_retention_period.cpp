// DecreaseStreamRetentionPeriod: 24 to 8760 hours; what is older than the new period disappears.
#include "emulator/kinesis/retention.hpp"

namespace millrace::kinesis::decrease_stream_retention_period {
namespace {

struct DecreaseStreamRetentionPeriod {
  using Input = RetentionInput;
  using Output = NoOutput;

  static base::Status run(Context& context, Input& input, Output&) {
    return change_retention(context, input, RetentionChange::decrease);
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<DecreaseStreamRetentionPeriod>();
}

}  // namespace millrace::kinesis::decrease_stream_retention_period
