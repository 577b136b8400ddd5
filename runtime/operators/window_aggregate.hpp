// GROUP BY over TUMBLE and HOP windows, in event time and in processing time.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "runtime/aggregates/aggregate.hpp"
#include "runtime/data/key_index.hpp"
#include "runtime/operators/operator.hpp"
#include "runtime/operators/window_slices.hpp"

namespace millrace::operators {

// Fires a window when the watermark reaches its end - 1 ms (processing time: when the clock reaches
// its end), once: one row a group, groups in the order of their first row. A row all of whose
// windows have fired is dropped and counted; one that still has open windows counts in those.
//
// Memory: one state a slice and group; a slice goes when its last window has fired.
class WindowAggregateOperator final : public Operator {
 public:
  // `aggregate` and `counters` outlive the operator. key_types: of aggregate.keys.
  WindowAggregateOperator(const plan::WindowAggregate& aggregate,
                          std::vector<data::LogicalType> key_types, const data::TimeZone& zone,
                          const base::Clock& clock, Counters& counters);

  Status process(Chunk chunk, Output& out) override;
  Status on_time(std::int64_t now_ms, bool input_pending, Output& out) override;

 private:
  struct Slice {
    data::KeyIndex keys;
    std::vector<std::unique_ptr<aggregates::Accumulators>> states;  // one a call
    std::vector<std::uint64_t> first_arrival;                       // by group
  };

  // Rows of the batch at hand that share a slice, waiting to be added together.
  struct Bucket {
    std::int64_t start = 0;
    std::int64_t late_at = 0;  // the watermark from which its rows are late
    bool in_window = false;    // false: between two windows of a HOP with gaps
    std::vector<std::uint32_t> rows;
  };

  Bucket& bucket_at(std::int64_t line_ms);
  void put(std::uint32_t row, std::int64_t line_ms);
  // Adds what waits in the buckets.
  void flush(const data::Batch& batch);
  void add_to_slice(std::int64_t start, const data::Batch& batch,
                    const std::vector<std::uint32_t>& rows);
  Slice& slice_at(std::int64_t start);
  Status advance(std::int64_t watermark_ms, Output& out);
  Status fire(std::int64_t end, Output& out);
  // Of the windows that hold this slice, the first not fired yet.
  [[nodiscard]] std::int64_t first_open_end(std::int64_t slice) const;
  void append_properties(data::Batch& batch, std::int64_t end) const;
  Slice make_slice() const;

  const plan::WindowAggregate& plan_;
  std::vector<data::LogicalType> key_types_;
  WindowSlices slices_;
  const base::Clock& clock_;
  Counters& counters_;

  std::map<std::int64_t, Slice> open_;  // by slice start
  std::int64_t watermark_ms_ = no_watermark;
  std::int64_t forwarded_ms_ = no_watermark;
  // The end of the window that fires next; last_watermark: none is open.
  std::int64_t next_end_ = last_watermark;
  std::uint64_t arrived_ = 0;  // rows so far, of all batches

  // Kept between calls for their memory.
  std::vector<std::uint32_t> groups_;
  std::vector<data::ColumnPtr> key_columns_;
  std::vector<Bucket> buckets_;
  std::size_t used_buckets_ = 0;
  std::size_t bucket_ = 0;  // the one put() used last
};

}  // namespace millrace::operators
