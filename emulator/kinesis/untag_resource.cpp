// UntagResource: takes tags off a stream, consumer, channel or queue; unknown keys are ignored.
#include "emulator/kinesis/targets.hpp"

namespace millrace::kinesis::untag_resource {
namespace {

struct UntagResource {
  struct Input {
    std::optional<std::vector<std::string_view>> tag_keys;
    ResourceRef resource;
    static void members(auto& visit, auto& self) {
      visit("TagKeys", self.tag_keys, required_tag_keys_rules);
      ResourceRef::members(visit, self.resource);
    }
  };
  using Output = NoOutput;

  static base::Status run(Context& context, Input& input, Output&) {
    BOOST_OUTCOME_TRY(const auto target, find_target(context, input.resource));
    BOOST_OUTCOME_TRY(expect_alterable(context, target));
    BOOST_OUTCOME_TRY(check_tag_keys(*input.tag_keys, target.tagged()));
    return set_tags(context, target, without_tags(target.tags(), *input.tag_keys));
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<UntagResource>();
}

}  // namespace millrace::kinesis::untag_resource
