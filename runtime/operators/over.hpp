// OVER (PARTITION BY ... ORDER BY time ...): aggregates over the rows before each row.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/aggregates/aggregate.hpp"
#include "runtime/operators/row_operator.hpp"
#include "runtime/state/keyed.hpp"
#include "runtime/state/row_codec.hpp"

namespace millrace::operators {

// Event time: a row waits for the watermark to reach it, then rows go in the order of their time
// and arrival. Late is what the watermark has passed (frames without a beginning) or what is not
// behind its key's newest row that went (others), as in Flink. Processing time: rows go as they
// come.
class OverOperator final : public RowOperator {
 public:
  // `node` holds `over` and outlives the operator, as do the counters.
  OverOperator(const plan::Over& over, const plan::Node& node, Counters& counters);

 protected:
  Status take_row(std::size_t input, const data::Batch& batch, std::size_t row) override;
  Status take_time(std::int64_t now_ms) override {
    now_ms_ = now_ms;
    return base::success();
  }
  Status take_watermark(std::int64_t ms) override;

 private:
  struct Waiting {
    std::string row;
    std::string args;
    std::uint64_t arrival = 0;
  };
  struct Counted {
    std::int64_t time_ms = 0;
    std::string args;
  };
  struct Key {
    std::uint32_t number = 0;      // of its states
    std::int64_t last_ms = 0;      // the time of the newest rows that went
    std::deque<Counted> in_frame;  // only where frames have a beginning
  };

  // Rows of one key and one time.
  void release(const std::string& key, std::int64_t time_ms, const std::vector<Waiting>& rows);
  // Adds a row's arguments to the states, or takes them back.
  void apply(const Key& key, const std::string& args_bytes, std::uint64_t arrival, bool add);
  void count(Key& key, std::int64_t time_ms, const Waiting& row);
  void drop_first(Key& key);
  void emit(const Key& key, const Waiting& row);
  // The calls' argument columns, of one row.
  std::vector<data::ColumnPtr> read_args(const std::string& args);
  Key& key_of(const std::string& key);

  const plan::Over& plan_;
  Counters& counters_;
  state::RowCodec row_codec_;
  state::RowCodec key_codec_;
  std::vector<std::size_t> arg_columns_;  // all calls', each once
  state::RowCodec arg_codec_;
  state::Store store_;
  state::Keyed<Key>& keys_;
  // By time, then keys in the order of their first row at that time.
  struct Moment {
    std::vector<std::string> keys;
    std::map<std::string, std::vector<Waiting>> rows;
  };
  std::map<std::int64_t, Moment>& waiting_;
  std::vector<std::unique_ptr<aggregates::Accumulators>> states_;  // by key number
  std::uint32_t numbers_ = 0;
  std::int64_t now_ms_ = 0;
};

}  // namespace millrace::operators
