// What IncreaseStreamRetentionPeriod and DecreaseStreamRetentionPeriod share.
#pragma once

#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis {

constexpr std::int64_t min_retention_hours = 24;
constexpr std::int64_t max_retention_hours = 8760;

struct RetentionInput {
  StreamRef stream;
  wire::Integer retention_period_hours;
  static void members(auto& visit, auto& self) {
    StreamRef::members(visit, self.stream);
    visit("RetentionPeriodHours", self.retention_period_hours, Rules{.required = true});
  }
};

enum class RetentionChange { increase, decrease };
base::Status change_retention(Context& context, const RetentionInput& input,
                              RetentionChange change);

}  // namespace millrace::kinesis
