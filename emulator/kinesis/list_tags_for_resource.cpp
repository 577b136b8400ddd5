// ListTagsForResource: all tags of a stream, consumer, channel or queue, by key.
#include "emulator/kinesis/targets.hpp"

namespace millrace::kinesis::list_tags_for_resource {
namespace {

struct ListTagsForResource {
  using Input = ResourceRef;
  struct Output {
    std::vector<TagShape> tags;
    static void members(auto& visit, auto& self) { visit("Tags", self.tags); }
  };

  static base::Status run(Context& context, Input& input, Output& output) {
    BOOST_OUTCOME_TRY(const auto target, find_target(context, input));
    output.tags = shapes_of(target.tags());
    return base::success();
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<ListTagsForResource>();
}

}  // namespace millrace::kinesis::list_tags_for_resource
