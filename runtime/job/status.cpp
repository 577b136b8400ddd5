#include "runtime/job/status.hpp"

namespace millrace::job {

namespace {

std::string count(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, ",");
  return text;
}

std::string lag_text(std::int64_t ms) {
  if (ms < 0) return "";
  if (ms < 10'000) return ", lag " + std::to_string(ms) + " ms";
  return ", lag " + std::to_string(ms / 1000) + " s";
}

std::string rest_text(const Status& status) {
  std::string text;
  if (status.late_rows > 0) text += ", " + count(status.late_rows) + " late rows dropped";
  if (status.dropped > 0) text += ", " + count(status.dropped) + " unreadable records dropped";
  if (status.sink_retries > 0) text += ", " + count(status.sink_retries) + " retries";
  if (!status.note.empty()) text += ", " + status.note;
  return text;
}

}  // namespace

std::string status_text(const Status& now, const Status& before) {
  const std::int64_t elapsed = now.now_ms - before.now_ms;
  const std::uint64_t rate = elapsed > 0 ? (now.records_in - before.records_in) * 1000 /
                                               static_cast<std::uint64_t>(elapsed)
                                         : 0;
  return count(now.records_in) + " records, " + count(rate) + " records/s" + lag_text(now.lag_ms) +
         ", " + count(now.windows_fired) + " windows fired, " + count(now.rows_out) + " rows out" +
         rest_text(now);
}

std::string totals_text(const Status& last) {
  return count(last.records_in) + " records in, " + count(last.rows_out) + " rows out, " +
         count(last.windows_fired) + " windows fired, " + count(last.late_rows) +
         " late rows dropped";
}

}  // namespace millrace::job
