// GROUP BY without a window, and DISTINCT: a result that changes with every row.
#pragma once

#include <memory>
#include <vector>

#include "runtime/aggregates/aggregate.hpp"
#include "runtime/operators/row_operator.hpp"
#include "runtime/state/keyed.hpp"
#include "runtime/state/row_codec.hpp"

namespace millrace::operators {

// A group's first row gives +I, each later one -U and +U, unless the result stays the same; the row
// that takes back the last one gives -D. A row taken back from a group that is not there is
// dropped.
class GroupAggregateOperator final : public RowOperator {
 public:
  // `node` holds a plan::GroupAggregate and outlives the operator.
  // ttl_ms: groups that nobody changed so long are forgotten; 0: never.
  GroupAggregateOperator(const plan::GroupAggregate& aggregate, const plan::Node& node,
                         std::int64_t ttl_ms = 0);

 protected:
  Status take_row(std::size_t input, const data::Batch& batch, std::size_t row) override;
  Status take_time(std::int64_t now_ms) override;

 private:
  struct Group {
    std::uint32_t number = 0;  // of its states
    std::int64_t rows = 0;     // added less taken back
  };

  void update(Group& group, const data::Batch& batch, std::size_t row, bool add);
  void append_result(const data::Batch& batch, std::size_t row, std::uint32_t group,
                     data::RowKind kind);
  // The newest two results are the same but for their kinds.
  [[nodiscard]] bool same_results();
  std::uint32_t new_number();

  const plan::GroupAggregate& plan_;
  state::RowCodec key_codec_;
  state::Store store_;
  state::Keyed<Group>& groups_;
  // By group number; part of the state as much as groups_ is.
  std::vector<std::unique_ptr<aggregates::Accumulators>> states_;
  std::vector<std::uint32_t> free_numbers_;
  std::uint32_t numbers_ = 0;

  // Kept between rows for their memory.
  std::string key_;
  std::vector<data::ColumnPtr> args_;
};

}  // namespace millrace::operators
