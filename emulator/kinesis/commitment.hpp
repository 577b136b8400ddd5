// On-demand Advantage: what an account has committed itself to in a region.
#pragma once

#include <optional>
#include <string>

#include "emulator/kinesis/operation.hpp"

namespace millrace::kinesis {

struct Commitment {
  static constexpr std::int64_t minimum_ms = 24 * 3'600'000;

  bool enabled = false;
  bool ending = false;  // enabled, but only until its first day is over
  std::int64_t started_ms = 0;
  std::int64_t ended_ms = 0;  // of one that is over; 0: there was none

  [[nodiscard]] std::int64_t earliest_end_ms() const { return started_ms + minimum_ms; }
};

// Hold the engine's lock.
Commitment commitment_of(const Context& context, const engine::Scope& scope);
base::Status set_commitment(Context& context, const engine::Scope& scope,
                            const Commitment& commitment);

// What DescribeAccountSettings and UpdateAccountSettings answer.
struct CommitmentShape {
  std::string status;
  std::optional<wire::EpochMs> started_at;
  std::optional<wire::EpochMs> ended_at;
  std::optional<wire::EpochMs> earliest_allowed_end_at;
  static void members(auto& visit, auto& self) {
    visit("Status", self.status);
    visit("StartedAt", self.started_at);
    visit("EndedAt", self.ended_at);
    visit("EarliestAllowedEndAt", self.earliest_allowed_end_at);
  }
};
CommitmentShape shape_of(const Commitment& commitment);

}  // namespace millrace::kinesis
