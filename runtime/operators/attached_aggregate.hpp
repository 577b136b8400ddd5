// GROUP BY window_start, window_end over rows that carry their windows.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/aggregates/aggregate.hpp"
#include "runtime/operators/row_operator.hpp"
#include "runtime/state/keyed.hpp"
#include "runtime/state/row_codec.hpp"

namespace millrace::operators {

// The window closes when the watermark (processing time: the clock) reaches its end: one row a
// group, groups in the order of their first row. Late rows are dropped and counted.
class AttachedAggregateOperator final : public RowOperator {
 public:
  // `node` holds `aggregate` and outlives the operator, as do the counters.
  AttachedAggregateOperator(const plan::WindowAggregate& aggregate, const plan::Node& node,
                            const data::TimeZone& zone, Counters& counters);

 protected:
  Status take_row(std::size_t input, const data::Batch& batch, std::size_t row) override;
  Status take_watermark(std::int64_t ms) override;
  Status take_time(std::int64_t now_ms) override;

 private:
  struct Group {
    std::int64_t start = 0;
    std::string key;
    std::int64_t rows = 0;  // less than one: all were taken back
  };
  struct Window {
    std::map<std::string, std::uint32_t> numbers;  // by start and key
    std::vector<Group> groups;                     // by number
    std::vector<std::unique_ptr<aggregates::Accumulators>> states;
  };

  [[nodiscard]] std::int64_t fires_at(std::int64_t end) const;
  void close_until(std::int64_t ms);
  void close(std::int64_t end, const Window& window);

  const plan::WindowAggregate& plan_;
  data::TimeZone zone_;
  Counters& counters_;
  state::RowCodec key_codec_;
  state::Store store_;
  std::map<std::int64_t, Window>& open_;  // by end
  std::int64_t reached_ms_ = no_watermark;
};

}  // namespace millrace::operators
