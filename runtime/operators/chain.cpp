#include "runtime/operators/chain.hpp"

namespace millrace::operators {

Status Chain::push(std::size_t index, Chunk chunk) {
  if (index >= operators_.size()) return base::success();
  Next next(*this, index + 1);
  return operators_[index]->process(std::move(chunk), next);
}

Status Chain::on_time(std::int64_t now_ms, bool input_pending) {
  for (std::size_t i = 0; i < operators_.size(); ++i) {
    Next next(*this, i + 1);
    BOOST_OUTCOME_TRY(operators_[i]->on_time(now_ms, input_pending, next));
  }
  return base::success();
}

Status Chain::finish() {
  for (std::size_t i = 0; i < operators_.size(); ++i) {
    Next next(*this, i + 1);
    BOOST_OUTCOME_TRY(operators_[i]->finish(next));
  }
  return base::success();
}

}  // namespace millrace::operators
