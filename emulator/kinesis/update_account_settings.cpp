// UpdateAccountSettings: turns On-demand Advantage on or off.
#include "emulator/kinesis/commitment.hpp"
#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis::update_account_settings {
namespace {

constexpr std::string_view wanted_statuses[] = {"ENABLED", "DISABLED"};

struct Wanted {
  wire::Text status;
  static void members(auto& visit, auto& self) {
    visit("Status", self.status, Rules{.required = true, .values = wanted_statuses});
  }
};

struct UpdateAccountSettings {
  struct Input {
    std::optional<Wanted> minimum_throughput_billing_commitment;
    static void members(auto& visit, auto& self) {
      visit("MinimumThroughputBillingCommitment", self.minimum_throughput_billing_commitment,
            Rules{.required = true});
    }
  };
  struct Output {
    CommitmentShape minimum_throughput_billing_commitment;
    static void members(auto& visit, auto& self) {
      visit("MinimumThroughputBillingCommitment", self.minimum_throughput_billing_commitment);
    }
  };

  // Warm throughput is part of the bargain.
  static base::Status expect_no_warm_streams(const Context& context) {
    for (const auto* stream : context.engine.list(context.scope, "", SIZE_MAX)) {
      if (stream->row.warm_mibps == 0) continue;
      return base::Error{base::ErrorCode::validation,
                         "MinimumThroughputBillingCommitment cannot be disabled while stream " +
                             stream->row.name + " under account " + stream->row.account +
                             " has a warm throughput of " + std::to_string(stream->row.warm_mibps) +
                             " MiB/s. Set it to 0 first."};
    }
    return base::success();
  }

  static base::Status run(Context& context, Input& input, Output& output) {
    const bool enable = *input.minimum_throughput_billing_commitment->status == "ENABLED";
    const auto now = context.engine.now_ms();
    auto commitment = commitment_of(context, context.scope);
    if (enable && !commitment.enabled) {
      commitment = {.enabled = true, .started_ms = now};
    } else if (enable) {
      commitment.ending = false;
    } else if (commitment.enabled) {
      BOOST_OUTCOME_TRY(expect_no_warm_streams(context));
      commitment.ending = now < commitment.earliest_end_ms();
      commitment.enabled = commitment.ending;
      if (!commitment.enabled) commitment.ended_ms = now;
    }
    BOOST_OUTCOME_TRY(set_commitment(context, context.scope, commitment));
    output.minimum_throughput_billing_commitment = shape_of(commitment);
    return base::success();
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<UpdateAccountSettings>();
}

}  // namespace millrace::kinesis::update_account_settings
