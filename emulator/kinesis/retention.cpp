#include "emulator/kinesis/retention.hpp"

namespace millrace::kinesis {

base::Status change_retention(Context& context, const RetentionInput& input,
                              RetentionChange change) {
  BOOST_OUTCOME_TRY(const auto name, name_of(context, input.stream));
  BOOST_OUTCOME_TRY(const auto* stream, find_stream(context, name));
  const std::int64_t hours = *input.retention_period_hours;
  const auto requested = "Requested retention period (" + std::to_string(hours) + " hours)";
  if (hours < min_retention_hours) {
    return invalid_argument("Minimum allowed retention period is 24 hours. " + requested +
                            " is too short.");
  }
  if (hours > max_retention_hours) {
    return invalid_argument("Maximum allowed retention period is 8760 hours. " + requested +
                            " is too long.");
  }
  BOOST_OUTCOME_TRY(expect_active(context, *stream));
  const auto existing = stream->row.retention_hours;
  const bool increase = change == RetentionChange::increase;
  if (increase ? hours < existing : hours > existing) {
    return invalid_argument(requested + " for stream " + name.name + " can not be " +
                            (increase ? "shorter" : "longer") +
                            " than existing retention period (" + std::to_string(existing) +
                            " hours). Use " + (increase ? "Decrease" : "Increase") +
                            "RetentionPeriod API.");
  }
  return context.engine.alter_stream(
      *stream,
      [&](store::StreamRow& row) {
        // What has expired by now stays gone, however long the new period is.
        row.trim_floor_ms = stream->trim_horizon_ms(context.engine.now_ms());
        row.retention_hours = hours;
      },
      context.engine.options().transition_ms);
}

}  // namespace millrace::kinesis
