// Joins of rows whose times lie near one another.
#pragma once

#include <map>
#include <string>

#include "runtime/operators/join_pairs.hpp"
#include "runtime/operators/row_operator.hpp"
#include "runtime/state/keyed.hpp"

namespace millrace::operators {

// A row is kept until the watermark says that no partner can come; an outer row without one is then
// put out with NULLs. The watermark that goes on is late by the longer of the two waits.
class IntervalJoinOperator final : public RowOperator {
 public:
  // `node` holds `join` and outlives the operator, as does the context.
  IntervalJoinOperator(const plan::Join& join, const plan::Node& node, expr::Context& context);

 protected:
  Status take_row(std::size_t input, const data::Batch& batch, std::size_t row) override;
  Status take_watermark(std::int64_t ms) override;
  [[nodiscard]] std::int64_t outgoing(std::int64_t ms) const override;

 private:
  struct Record {
    std::string row;
    bool joined = false;
  };
  using Place = std::pair<std::int64_t, std::uint64_t>;  // time, arrival
  struct Key {
    std::map<Place, Record> sides[2];
  };

  // How long after its time a row of this input may find a partner.
  [[nodiscard]] std::int64_t wait_of(std::size_t input) const;
  void emit(std::size_t input, const std::string& own, const std::string* other);

  const plan::Join& plan_;
  JoinPairs pairs_;
  bool outer_[2];
  state::Store store_;
  state::Keyed<Key>& keys_;
  struct Expiry {
    std::size_t input = 0;
    std::int64_t time_ms = 0;
    std::string key;
  };
  // By the watermark at which they go, and arrival.
  std::map<Place, Expiry>& expiries_;
};

}  // namespace millrace::operators
