// PutResourcePolicy: attaches a policy to a stream, consumer or queue, in place of any other.
#include "emulator/kinesis/policies.hpp"

namespace millrace::kinesis::put_resource_policy {
namespace {

struct PutResourcePolicy {
  struct Input {
    ResourceRef resource;
    wire::Text policy;
    static void members(auto& visit, auto& self) {
      ResourceRef::members(visit, self.resource);
      visit("Policy", self.policy, Rules{.required = true});
    }
  };
  using Output = NoOutput;

  static base::Status run(Context& context, Input& input, Output&) {
    BOOST_OUTCOME_TRY(const auto target, find_policy_target(context, input.resource));
    BOOST_OUTCOME_TRY(expect_alterable(context, target));
    BOOST_OUTCOME_TRY(check_policy(*input.policy));
    return set_policy(context, target, *input.policy);
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<PutResourcePolicy>();
}

}  // namespace millrace::kinesis::put_resource_policy
