#include "emulator/kinesis/encryption.hpp"

#include <algorithm>

namespace millrace::kinesis {
namespace {

constexpr std::int64_t most_calls_a_day = 25;  // of each kind (API reference)

// A GUID, a multi-region key's id, the ARN of a key or alias, or an alias by its name.
const wire::Pattern key_id{
    "([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|mrk-[0-9a-f]{32}|alias/[a-zA-Z0-9/_-]+|"
    "arn:aws[a-z-]*:kms:[a-z0-9-]+:\\d{12}:(key|alias)/[a-zA-Z0-9/_-]+)"};

// Ends what is going on, then perhaps begins anew; what nobody can read any more is forgotten.
std::string changed(const engine::Stream& stream, bool on, std::int64_t now_ms,
                    std::int64_t when_ms) {
  auto periods = engine::parse_periods(stream.row.encrypted);
  if (!periods.empty() && periods.back().until_ms == INT64_MAX && !on) {
    periods.back().until_ms = when_ms;
  } else if (on && (periods.empty() || periods.back().until_ms != INT64_MAX)) {
    periods.push_back({when_ms, INT64_MAX});
  }
  const auto horizon_ms = stream.trim_horizon_ms(now_ms);
  std::erase_if(periods, [&](const engine::Period& one) { return one.until_ms < horizon_ms; });
  return to_text(periods);
}

}  // namespace

base::Status change_encryption(Context& context, const EncryptionInput& input, bool on) {
  BOOST_OUTCOME_TRY(const auto* stream, find_stream(context, input.stream));
  if (*input.encryption_type != "KMS") {
    return invalid_argument("EncryptionType " + std::string{*input.encryption_type} +
                            " is not valid. The only valid value is KMS.");
  }
  if (!key_id.matches(*input.key_id)) {
    return invalid_argument("KeyId " + std::string{*input.key_id} +
                            " is not valid. It is the id or the ARN of a KMS key, or the name or "
                            "the ARN of an alias.");
  }
  BOOST_OUTCOME_TRY(expect_active(context, *stream));
  const std::string kind = on ? "StartStreamEncryption" : "StopStreamEncryption";
  BOOST_OUTCOME_TRY(const auto calls, context.engine.events_today(*stream, kind));
  if (calls >= most_calls_a_day) {
    return limit_exceeded(kind + " cannot be called more than " + std::to_string(most_calls_a_day) +
                          " times in 24 hours for stream " + stream->row.name + " under account " +
                          stream->row.account + ".");
  }
  BOOST_OUTCOME_TRY(context.engine.add_event(*stream, kind));
  const auto now = context.engine.now_ms();
  const auto updating_ms = context.engine.options().transition_ms;
  return context.engine.alter_stream(
      *stream,
      [&](store::StreamRow& row) {
        row.encryption_key = on ? *input.key_id : std::string_view{};
        row.encrypted = changed(*stream, on, now, now + updating_ms);
      },
      updating_ms);
}

}  // namespace millrace::kinesis
