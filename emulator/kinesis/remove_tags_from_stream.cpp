// RemoveTagsFromStream: takes tags away; unknown keys are ignored.
#include "emulator/kinesis/streams.hpp"
#include "emulator/kinesis/targets.hpp"

namespace millrace::kinesis::remove_tags_from_stream {
namespace {

struct RemoveTagsFromStream {
  struct Input {
    StreamRef stream;
    std::optional<std::vector<std::string_view>> tag_keys;
    static void members(auto& visit, auto& self) {
      StreamRef::members(visit, self.stream);
      visit("TagKeys", self.tag_keys, required_tag_keys_rules);
    }
  };
  using Output = NoOutput;

  static base::Status run(Context& context, Input& input, Output&) {
    BOOST_OUTCOME_TRY(const auto* stream, find_stream(context, input.stream));
    const Target target{stream, nullptr};
    BOOST_OUTCOME_TRY(expect_alterable(context, target));
    BOOST_OUTCOME_TRY(check_tag_keys(*input.tag_keys, target.tagged()));
    return context.engine.set_tags(*stream, without_tags(stream->row.tags, *input.tag_keys));
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<RemoveTagsFromStream>();
}

}  // namespace millrace::kinesis::remove_tags_from_stream
