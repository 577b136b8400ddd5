// The first rows of each partition of a window, when the window closes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "runtime/operators/row_operator.hpp"
#include "runtime/state/keyed.hpp"
#include "runtime/state/row_codec.hpp"

namespace millrace::operators {

// Windows close in the order of their ends, partitions in that of their first row; rows behind the
// last rank are forgotten at once. Late rows are dropped and counted.
class WindowRankOperator final : public RowOperator {
 public:
  // `node` holds `rank` and outlives the operator, as do the counters.
  WindowRankOperator(const plan::WindowRank& rank, const plan::Node& node,
                     const data::TimeZone& zone, Counters& counters);

 protected:
  Status take_row(std::size_t input, const data::Batch& batch, std::size_t row) override;
  Status take_watermark(std::int64_t ms) override;
  Status take_time(std::int64_t now_ms) override;

 private:
  // By sort key and arrival.
  using Best = std::map<std::pair<std::string, std::uint64_t>, std::string>;

  struct Window {
    std::vector<std::string> partitions;  // in the order of their first row
    std::map<std::string, Best> best;
  };

  [[nodiscard]] std::int64_t fires_at(std::int64_t end) const;
  void close_until(std::int64_t ms);
  void close(const Window& window);

  const plan::WindowRank& plan_;
  data::TimeZone zone_;
  Counters& counters_;
  state::RowCodec row_codec_;
  state::RowCodec partition_codec_;
  state::Store store_;
  std::map<std::int64_t, Window>& open_;  // by end
  std::int64_t reached_ms_ = no_watermark;
};

}  // namespace millrace::operators
