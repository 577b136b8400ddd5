// TagResource: adds tags to a stream, consumer, channel or queue, or gives them new values.
#include "emulator/kinesis/targets.hpp"

namespace millrace::kinesis::tag_resource {
namespace {

struct TagResource {
  struct Input {
    wire::TextMap tags;
    ResourceRef resource;
    static void members(auto& visit, auto& self) {
      visit("Tags", self.tags, required_tag_map_rules);
      ResourceRef::members(visit, self.resource);
    }
  };
  using Output = NoOutput;

  static base::Status run(Context& context, Input& input, Output&) {
    BOOST_OUTCOME_TRY(const auto target, find_target(context, input.resource));
    BOOST_OUTCOME_TRY(expect_alterable(context, target));
    BOOST_OUTCOME_TRY(auto tags, with_tags(target.tags(), *input.tags, target.tagged()));
    return set_tags(context, target, std::move(tags));
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<TagResource>();
}

}  // namespace millrace::kinesis::tag_resource
