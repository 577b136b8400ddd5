#include "runtime/job/status.hpp"

#include <algorithm>

#include "common/json/json.hpp"

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

double backpressure(const Status& now, const Status& before) {
  const auto elapsed_us = static_cast<double>(now.now_ms - before.now_ms) * 1000;
  if (elapsed_us <= 0) return 0;
  return std::clamp(static_cast<double>(now.blocked_us - before.blocked_us) / elapsed_us, 0.0, 1.0);
}

std::string status_json(const Status& now, const Status& before) {
  json::Writer out;
  const auto number = [&out](std::string_view name, std::uint64_t value) {
    out.key(name);
    out.integer(static_cast<std::int64_t>(value));
  };
  const auto time = [&out](std::string_view name, std::int64_t ms, bool known) {
    out.key(name);
    if (known) {
      out.integer(ms);
    } else {
      out.null();
    }
  };
  const std::int64_t elapsed = now.now_ms - before.now_ms;
  out.begin_map();
  time("time_ms", now.now_ms, true);
  number("records_in", now.records_in);
  number("bytes_in", now.bytes_in);
  number("records_per_second", elapsed > 0 ? (now.records_in - before.records_in) * 1000 /
                                                 static_cast<std::uint64_t>(elapsed)
                                           : 0);
  number("unreadable_records_dropped", now.dropped);
  number("rows_out", now.rows_out);
  number("windows_fired", now.windows_fired);
  number("late_rows_dropped", now.late_rows);
  number("sink_retries", now.sink_retries);
  time("millis_behind_latest", now.lag_ms, now.lag_ms >= 0);
  time("idle_ms", now.idle_us / 1000, true);
  time("blocked_ms", now.blocked_us / 1000, true);
  out.key("backpressure");
  out.real(backpressure(now, before));
  out.key("sources");
  out.begin_list();
  for (const auto& one : now.sources) {
    out.begin_map();
    out.key("table");
    out.text(one.table);
    number("records", one.records);
    number("bytes", one.bytes);
    number("unreadable_records_dropped", one.dropped);
    time("millis_behind_latest", one.lag_ms, one.lag_ms >= 0);
    out.end_map();
  }
  out.end_list();
  out.key("operators");
  out.begin_list();
  for (const auto& one : now.operators) {
    out.begin_map();
    out.key("name");
    out.text(one.name);
    number("rows_in", one.rows_in);
    number("rows_out", one.rows_out);
    const bool known = one.watermark_ms != operators::no_watermark &&
                       one.watermark_ms != operators::last_watermark;
    time("watermark_ms", one.watermark_ms, known);
    time("busy_ms", one.busy_us / 1000, true);
    number("instances", one.instances);
    out.end_map();
  }
  out.end_list();
  out.key("note");
  out.text(now.note);
  out.end_map();
  return out.take();
}

std::string totals_text(const Status& last) {
  return count(last.records_in) + " records in, " + count(last.rows_out) + " rows out, " +
         count(last.windows_fired) + " windows fired, " + count(last.late_rows) +
         " late rows dropped";
}

}  // namespace millrace::job
