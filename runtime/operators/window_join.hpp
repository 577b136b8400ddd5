// Joins of rows that carry equal windows.
#pragma once

#include <map>
#include <string>

#include "runtime/operators/join_pairs.hpp"
#include "runtime/operators/row_operator.hpp"
#include "runtime/state/keyed.hpp"

namespace millrace::operators {

// A window's rows are joined when it closes, keys in the order of their first row. Late rows are
// dropped and counted.
class WindowJoinOperator final : public RowOperator {
 public:
  // `node` holds `join` and outlives the operator, as do the context and the counters.
  WindowJoinOperator(const plan::Join& join, const plan::Node& node, expr::Context& context,
                     Counters& counters);

 protected:
  Status take_row(std::size_t input, const data::Batch& batch, std::size_t row) override;
  Status take_watermark(std::int64_t ms) override;
  Status take_time(std::int64_t now_ms) override;

 private:
  struct Key {
    std::vector<std::string> sides[2];
    bool can_match = true;
  };
  struct Window {
    std::vector<std::string> names;  // in the order of their first row
    std::map<std::string, Key> keys;
  };

  [[nodiscard]] std::int64_t fires_at(std::int64_t end) const;
  Status close_until(std::int64_t ms);
  Status close(const Key& key);

  const plan::Join& plan_;
  JoinPairs pairs_;
  const data::TimeZone zone_;
  Counters& counters_;
  state::Store store_;
  std::map<std::int64_t, Window>& open_;  // by end
  std::int64_t reached_ms_ = no_watermark;
};

}  // namespace millrace::operators
