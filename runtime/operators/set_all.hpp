// INTERSECT ALL and EXCEPT ALL: how often each row is on either side.
#pragma once

#include <string>

#include "runtime/operators/row_operator.hpp"
#include "runtime/state/keyed.hpp"
#include "runtime/state/row_codec.hpp"

namespace millrace::operators {

class SetAllOperator final : public RowOperator {
 public:
  // `node` holds `all` and outlives the operator. ttl_ms: what nobody touched so long is forgotten;
  // 0: never.
  SetAllOperator(const plan::SetAll& all, const plan::Node& node, std::int64_t ttl_ms);

 protected:
  Status take_row(std::size_t input, const data::Batch& batch, std::size_t row) override;
  Status take_time(std::int64_t now_ms) override;

 private:
  struct Counts {
    std::int64_t of[2] = {0, 0};
    std::int64_t given = 0;
  };

  const plan::SetAll& plan_;
  state::RowCodec codec_;
  state::Store store_;
  state::Keyed<Counts>& counts_;
};

}  // namespace millrace::operators
