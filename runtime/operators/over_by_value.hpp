// OVER (... ORDER BY value): aggregates over the rows before each row in an order that is not
// time's.
#pragma once

#include <map>
#include <string>

#include "runtime/aggregates/aggregate.hpp"
#include "runtime/operators/row_operator.hpp"
#include "runtime/state/keyed.hpp"
#include "runtime/state/row_codec.hpp"

namespace millrace::operators {

// All rows of a partition are kept. A row that comes or goes changes the results of those behind it
// (-U, +U): they are worked out anew.
class OverByValueOperator final : public RowOperator {
 public:
  // `node` holds `over` and outlives the operator. ttl_ms: partitions that nobody touched so long
  // are forgotten; 0: never.
  OverByValueOperator(const plan::Over& over, const plan::Node& node, std::int64_t ttl_ms);

 protected:
  Status take_row(std::size_t input, const data::Batch& batch, std::size_t row) override;
  Status take_time(std::int64_t now_ms) override;

 private:
  struct Kept {
    std::string row;
    std::string result;
    bool fresh = true;  // nothing was given for it yet
  };
  using Place = std::pair<std::string, std::uint64_t>;  // sort key, arrival
  struct Key {
    std::map<Place, Kept> rows;
  };

  // Gives what has changed in the results of `key`, the fresh row's first.
  void renew(Key& key);
  [[nodiscard]] std::map<Place, std::string> results_of(Key& key) const;
  [[nodiscard]] std::vector<data::ColumnPtr> columns_of(const std::string& row) const;
  void emit(data::RowKind kind, const std::string& row, const std::string& result);

  const plan::Over& plan_;
  state::RowCodec row_codec_;
  state::RowCodec key_codec_;
  state::RowCodec result_codec_;
  state::Store store_;
  state::Keyed<Key>& keys_;
};

}  // namespace millrace::operators
