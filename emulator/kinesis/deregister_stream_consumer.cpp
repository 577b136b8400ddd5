// DeregisterStreamConsumer: asynchronous, DELETING then gone.
#include "emulator/kinesis/consumers.hpp"

namespace millrace::kinesis::deregister_stream_consumer {
namespace {

struct DeregisterStreamConsumer {
  using Input = ConsumerRef;
  using Output = NoOutput;

  static base::Status run(Context& context, Input& input, Output&) {
    BOOST_OUTCOME_TRY(const auto* consumer, find_consumer(context, input));
    return context.engine.delete_resource(*consumer);
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<DeregisterStreamConsumer>();
}

}  // namespace millrace::kinesis::deregister_stream_consumer
