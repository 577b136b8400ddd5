// DisableEnhancedMonitoring: takes shard-level metrics away.
#include "emulator/kinesis/monitoring.hpp"

namespace millrace::kinesis::disable_enhanced_monitoring {
namespace {

struct DisableEnhancedMonitoring {
  using Input = MonitoringInput;
  using Output = MonitoringOutput;

  static base::Status run(Context& context, Input& input, Output& output) {
    return change_monitoring(context, input, false, output);
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<DisableEnhancedMonitoring>();
}

}  // namespace millrace::kinesis::disable_enhanced_monitoring
