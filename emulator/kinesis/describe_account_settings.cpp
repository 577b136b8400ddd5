// DescribeAccountSettings: what the account has committed itself to.
#include "emulator/kinesis/commitment.hpp"

namespace millrace::kinesis::describe_account_settings {
namespace {

struct DescribeAccountSettings {
  struct Input {
    static void members(auto&, auto&) {}
  };
  struct Output {
    CommitmentShape minimum_throughput_billing_commitment;
    static void members(auto& visit, auto& self) {
      visit("MinimumThroughputBillingCommitment", self.minimum_throughput_billing_commitment);
    }
  };

  static base::Status run(Context& context, Input&, Output& output) {
    output.minimum_throughput_billing_commitment = shape_of(commitment_of(context, context.scope));
    return base::success();
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<DescribeAccountSettings>();
}

}  // namespace millrace::kinesis::describe_account_settings
