#include "emulator/kinesis/monitoring.hpp"

#include <algorithm>
#include <iterator>

namespace millrace::kinesis {

base::Status change_monitoring(Context& context, const MonitoringInput& input, bool on,
                               MonitoringOutput& output) {
  BOOST_OUTCOME_TRY(const auto* stream, find_stream(context, input.stream));
  BOOST_OUTCOME_TRY(expect_active(context, *stream));
  const auto& asked = *input.shard_level_metrics;
  const auto is_in = [](const auto& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  const bool all = is_in(asked, "ALL");
  output.stream_name = stream->row.name;
  output.stream_arn = stream->arn();
  output.current_shard_level_metrics = metrics_of(stream->row);
  std::string kept;
  for (const auto name : metric_names) {
    if (name == "ALL") continue;
    const bool named = all || is_in(asked, name);
    if (!(on ? named || is_in(output.current_shard_level_metrics, name)
             : !named && is_in(output.current_shard_level_metrics, name))) {
      continue;
    }
    output.desired_shard_level_metrics.emplace_back(name);
    kept += (kept.empty() ? "" : ",") + std::string{name};
  }
  return context.engine.alter_stream(
      *stream, [&](store::StreamRow& row) { row.metrics = kept; },
      context.engine.options().transition_ms);
}

}  // namespace millrace::kinesis
