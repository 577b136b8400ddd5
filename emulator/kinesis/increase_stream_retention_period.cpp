// IncreaseStreamRetentionPeriod: 24 to 8760 hours; what has expired already stays gone.
#include "emulator/kinesis/retention.hpp"

namespace millrace::kinesis::increase_stream_retention_period {
namespace {

struct IncreaseStreamRetentionPeriod {
  using Input = RetentionInput;
  using Output = NoOutput;

  static base::Status run(Context& context, Input& input, Output&) {
    return change_retention(context, input, RetentionChange::increase);
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<IncreaseStreamRetentionPeriod>();
}

}  // namespace millrace::kinesis::increase_stream_retention_period
