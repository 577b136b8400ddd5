// ORDER BY a time attribute: rows in its order, once the watermark has passed them.
#pragma once

#include <map>
#include <string>
#include <tuple>

#include "runtime/operators/row_operator.hpp"
#include "runtime/state/keyed.hpp"
#include "runtime/state/row_codec.hpp"

namespace millrace::operators {

// Late rows are dropped and counted. In processing time rows go as they come: each is a time of its
// own.
class TemporalSortOperator final : public RowOperator {
 public:
  // `node` holds `sort` and outlives the operator, as do the counters.
  TemporalSortOperator(const plan::TemporalSort& sort, const plan::Node& node, Counters& counters);

 protected:
  Status take_row(std::size_t input, const data::Batch& batch, std::size_t row) override;
  Status take_watermark(std::int64_t ms) override;

 private:
  using Place = std::tuple<std::int64_t, std::string, std::uint64_t>;  // time, sort key, arrival

  const plan::TemporalSort& plan_;
  Counters& counters_;
  state::RowCodec codec_;
  state::Store store_;
  std::map<Place, std::string>& waiting_;
};

}  // namespace millrace::operators
