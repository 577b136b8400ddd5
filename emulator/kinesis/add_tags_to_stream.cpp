// AddTagsToStream: adds tags, or gives them new values.
#include "emulator/kinesis/streams.hpp"
#include "emulator/kinesis/targets.hpp"

namespace millrace::kinesis::add_tags_to_stream {
namespace {

struct AddTagsToStream {
  struct Input {
    StreamRef stream;
    wire::TextMap tags;
    static void members(auto& visit, auto& self) {
      StreamRef::members(visit, self.stream);
      visit("Tags", self.tags, required_tag_map_rules);
    }
  };
  using Output = NoOutput;

  static base::Status run(Context& context, Input& input, Output&) {
    BOOST_OUTCOME_TRY(const auto* stream, find_stream(context, input.stream));
    const Target target{stream, nullptr};
    BOOST_OUTCOME_TRY(expect_alterable(context, target));
    BOOST_OUTCOME_TRY(auto tags, with_tags(stream->row.tags, *input.tags, target.tagged()));
    return context.engine.set_tags(*stream, std::move(tags));
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<AddTagsToStream>();
}

}  // namespace millrace::kinesis::add_tags_to_stream
