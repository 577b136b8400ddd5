// UpdateMaxRecordSize: how large a record may be, 1 to 10 MiB.
#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis::update_max_record_size {
namespace {

struct UpdateMaxRecordSize {
  struct Input {
    wire::Text stream_arn;
    wire::Text stream_id;
    wire::Integer max_record_size_in_kib;
    static void members(auto& visit, auto& self) {
      visit("StreamARN", self.stream_arn, stream_arn_rules);
      visit("StreamId", self.stream_id, stream_id_rules);
      visit("MaxRecordSizeInKiB", self.max_record_size_in_kib,
            Rules{.required = true, .min = 1024, .max = 10240});
    }
  };
  using Output = NoOutput;

  static base::Status run(Context& context, Input& input, Output&) {
    // Optional in the model, and yet there is no other way to name the stream.
    if (!input.stream_arn) return invalid_argument("StreamARN should be provided.");
    BOOST_OUTCOME_TRY(const auto name, name_of_arn(*input.stream_arn));
    BOOST_OUTCOME_TRY(const auto* stream, find_stream(context, name));
    BOOST_OUTCOME_TRY(expect_active(context, *stream));
    return context.engine.alter_stream(
        *stream, [&](store::StreamRow& row) { row.max_record_kib = *input.max_record_size_in_kib; },
        context.engine.options().transition_ms);
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<UpdateMaxRecordSize>();
}

}  // namespace millrace::kinesis::update_max_record_size
