// The first or the last row of each key by time.
#pragma once

#include <map>
#include <string>

#include "runtime/operators/row_operator.hpp"
#include "runtime/state/keyed.hpp"
#include "runtime/state/row_codec.hpp"

namespace millrace::operators {

// Processing time: the first row passes at once; the last replaces the one before. Event time: the
// first passes when the watermark reaches it (late ones are dropped and counted); the last replaces
// the one before when its time is not less.
class DeduplicateOperator final : public RowOperator {
 public:
  // `node` holds `deduplicate` and outlives the operator, as do the counters. ttl_ms: keys that
  // nobody changed so long are forgotten; 0: never. First rows by event time stay: they may wait.
  DeduplicateOperator(const plan::Deduplicate& deduplicate, const plan::Node& node,
                      Counters& counters, std::int64_t ttl_ms = 0);

 protected:
  Status take_row(std::size_t input, const data::Batch& batch, std::size_t row) override;
  Status take_time(std::int64_t now_ms) override {
    kept_.set_now(now_ms);
    return base::success();
  }
  Status take_watermark(std::int64_t ms) override;

 private:
  struct Kept {
    bool passed = false;  // the first row has gone out
    std::int64_t time_ms = 0;
    std::uint64_t arrival = 0;
    std::string row;
  };

  void keep_last(Kept& kept, bool known, const std::string& row, std::int64_t time_ms);
  void emit(data::RowKind kind, const std::string& row);

  const plan::Deduplicate& plan_;
  Counters& counters_;
  state::RowCodec row_codec_;
  state::RowCodec key_codec_;
  state::Store store_;
  state::Keyed<Kept>& kept_;
  // First rows waiting for the watermark: by time and arrival, their keys.
  std::map<std::pair<std::int64_t, std::uint64_t>, std::string>& waiting_;
  std::string key_;
};

}  // namespace millrace::operators
