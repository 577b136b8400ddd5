// GetResourcePolicy: the policy as it was put; "{}" where there is none, as recorded from AWS.
#include "emulator/kinesis/policies.hpp"

namespace millrace::kinesis::get_resource_policy {
namespace {

struct GetResourcePolicy {
  using Input = ResourceRef;
  struct Output {
    std::string policy;
    static void members(auto& visit, auto& self) { visit("Policy", self.policy); }
  };

  static base::Status run(Context& context, Input& input, Output& output) {
    BOOST_OUTCOME_TRY(const auto target, find_policy_target(context, input));
    output.policy = target.policy().empty() ? "{}" : target.policy();
    return base::success();
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<GetResourcePolicy>();
}

}  // namespace millrace::kinesis::get_resource_policy
