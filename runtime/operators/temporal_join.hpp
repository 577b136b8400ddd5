// FOR SYSTEM_TIME AS OF: each left row with the right one's version at its time.
#pragma once

#include <map>
#include <string>

#include "runtime/operators/join_pairs.hpp"
#include "runtime/operators/row_operator.hpp"
#include "runtime/state/keyed.hpp"

namespace millrace::operators {

// Left rows wait for the watermark of both inputs, then go in the order of time. Of a key's
// versions those before the newest that the watermark has passed are forgotten.
class TemporalJoinOperator final : public RowOperator {
 public:
  // `node` holds `join` and outlives the operator, as does the context.
  TemporalJoinOperator(const plan::Join& join, const plan::Node& node, expr::Context& context);

 protected:
  Status take_row(std::size_t input, const data::Batch& batch, std::size_t row) override;
  Status take_watermark(std::int64_t ms) override;

 private:
  struct Version {
    bool removed = false;
    std::string row;
  };
  struct Key {
    std::map<std::int64_t, Version> versions;
  };
  struct Waiting {
    std::string key;
    std::string row;
    bool can_match = false;
    data::RowKind kind = data::RowKind::insert;
  };
  using Place = std::pair<std::int64_t, std::uint64_t>;  // time, arrival

  Status join_row(const Waiting& left, std::int64_t time_ms);

  const plan::Join& plan_;
  JoinPairs pairs_;
  state::Store store_;
  state::Keyed<Key>& keys_;
  std::map<Place, Waiting>& waiting_;
  std::map<Place, std::string>& begun_;  // versions by their time: the keys
};

}  // namespace millrace::operators
