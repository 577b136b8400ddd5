// DeleteStream: asynchronous, DELETING then gone.
#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis::delete_stream {
namespace {

struct DeleteStream {
  struct Input {
    StreamRef stream;
    wire::Boolean enforce_consumer_deletion;
    static void members(auto& visit, auto& self) {
      StreamRef::members(visit, self.stream);
      visit("EnforceConsumerDeletion", self.enforce_consumer_deletion);
    }
  };
  using Output = NoOutput;

  static base::Status run(Context& context, Input& input, Output&) {
    BOOST_OUTCOME_TRY(const auto name, name_of(context, input.stream));
    BOOST_OUTCOME_TRY(find_stream(context, name));
    return context.engine.delete_stream(name.scope, name.name);
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<DeleteStream>();
}

}  // namespace millrace::kinesis::delete_stream
