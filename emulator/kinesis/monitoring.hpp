// Enhanced monitoring: the sets of shard-level metrics that are on.
#pragma once

#include <string>
#include <vector>

#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis {

// In the order of the service model; ALL stands for the seven before it.
inline constexpr std::string_view metric_names[] = {"IncomingBytes",
                                                    "IncomingRecords",
                                                    "OutgoingBytes",
                                                    "OutgoingRecords",
                                                    "WriteProvisionedThroughputExceeded",
                                                    "ReadProvisionedThroughputExceeded",
                                                    "IteratorAgeMilliseconds",
                                                    "ALL"};
inline const Rules metric_rules{.values = metric_names};

struct MonitoringInput {
  StreamRef stream;
  std::optional<std::vector<std::string_view>> shard_level_metrics;
  static void members(auto& visit, auto& self) {
    StreamRef::members(visit, self.stream);
    visit("ShardLevelMetrics", self.shard_level_metrics,
          Rules{.required = true, .min = 1, .max = 7, .elements = &metric_rules});
  }
};

struct MonitoringOutput {
  std::string stream_name;
  std::vector<std::string> current_shard_level_metrics;  // before
  std::vector<std::string> desired_shard_level_metrics;  // after
  std::string stream_arn;
  static void members(auto& visit, auto& self) {
    visit("StreamName", self.stream_name);
    visit("CurrentShardLevelMetrics", self.current_shard_level_metrics);
    visit("DesiredShardLevelMetrics", self.desired_shard_level_metrics);
    visit("StreamARN", self.stream_arn);
  }
};

// The stream is UPDATING for a while. `on`: the metrics asked for are added, else taken away.
base::Status change_monitoring(Context& context, const MonitoringInput& input, bool on,
                               MonitoringOutput& output);

}  // namespace millrace::kinesis
