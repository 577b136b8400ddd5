#include "emulator/kinesis/commitment.hpp"

#include <charconv>

namespace millrace::kinesis {
namespace {

constexpr std::string_view setting = "MinimumThroughputBillingCommitment";
constexpr std::string_view enabled_word = "ENABLED";
constexpr std::string_view ending_word = "ENABLED_UNTIL_EARLIEST_ALLOWED_END";
constexpr std::string_view disabled_word = "DISABLED";

std::string_view word_of(const Commitment& commitment) {
  if (!commitment.enabled) return disabled_word;
  return commitment.ending ? ending_word : enabled_word;
}

}  // namespace

// Kept as "STATUS started-ms ended-ms".
Commitment commitment_of(const Context& context, const engine::Scope& scope) {
  const auto kept = context.engine.account_setting(scope, setting);
  std::string_view rest = kept;
  const auto word = rest.substr(0, rest.find(' '));
  Commitment commitment;
  for (auto* number : {&commitment.started_ms, &commitment.ended_ms}) {
    rest.remove_prefix(std::min(rest.find(' '), rest.size()));
    if (rest.empty()) break;
    rest.remove_prefix(1);
    std::from_chars(rest.data(), rest.data() + rest.size(), *number);
  }
  commitment.enabled = word.starts_with(enabled_word);
  commitment.ending = word == ending_word;
  if (commitment.ending && context.engine.now_ms() >= commitment.earliest_end_ms()) {
    commitment.enabled = commitment.ending = false;
    commitment.ended_ms = commitment.earliest_end_ms();
  }
  return commitment;
}

base::Status set_commitment(Context& context, const engine::Scope& scope,
                            const Commitment& commitment) {
  return context.engine.set_account(scope, setting,
                                    std::string{word_of(commitment)} + " " +
                                        std::to_string(commitment.started_ms) + " " +
                                        std::to_string(commitment.ended_ms));
}

CommitmentShape shape_of(const Commitment& commitment) {
  CommitmentShape shape;
  shape.status = word_of(commitment);
  if (commitment.started_ms == 0) return shape;
  shape.started_at = wire::EpochMs{commitment.started_ms};
  if (commitment.enabled) {
    shape.earliest_allowed_end_at = wire::EpochMs{commitment.earliest_end_ms()};
  } else {
    shape.ended_at = wire::EpochMs{commitment.ended_ms};
  }
  return shape;
}

}  // namespace millrace::kinesis
