// DeleteResourcePolicy: takes the policy off a stream, consumer or queue.
#include "emulator/kinesis/policies.hpp"

namespace millrace::kinesis::delete_resource_policy {
namespace {

struct DeleteResourcePolicy {
  using Input = ResourceRef;
  using Output = NoOutput;

  static base::Status run(Context& context, Input& input, Output&) {
    BOOST_OUTCOME_TRY(const auto target, find_policy_target(context, input));
    if (target.policy().empty()) {
      return base::Error{base::ErrorCode::not_found, "No resource policy found for resource ARN " +
                                                         std::string{*input.resource_arn} + "."};
    }
    return set_policy(context, target, "");
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<DeleteResourcePolicy>();
}

}  // namespace millrace::kinesis::delete_resource_policy
