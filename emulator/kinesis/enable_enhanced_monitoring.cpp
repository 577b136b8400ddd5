// EnableEnhancedMonitoring: adds shard-level metrics.
#include "emulator/kinesis/monitoring.hpp"

namespace millrace::kinesis::enable_enhanced_monitoring {
namespace {

struct EnableEnhancedMonitoring {
  using Input = MonitoringInput;
  using Output = MonitoringOutput;

  static base::Status run(Context& context, Input& input, Output& output) {
    return change_monitoring(context, input, true, output);
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<EnableEnhancedMonitoring>();
}

}  // namespace millrace::kinesis::enable_enhanced_monitoring
