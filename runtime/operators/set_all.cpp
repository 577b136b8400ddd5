#include "runtime/operators/set_all.hpp"

#include <algorithm>

#include "runtime/operators/row_types.hpp"

namespace millrace::operators {

SetAllOperator::SetAllOperator(const plan::SetAll& all, const plan::Node& node, std::int64_t ttl_ms)
    : RowOperator(node.fields, 2),
      plan_(all),
      codec_(types_of(node.fields)),
      counts_(store_.keyed<Counts>("counts")) {
  counts_.expire_after(ttl_ms);
}

Status SetAllOperator::take_time(std::int64_t now_ms) {
  counts_.set_now(now_ms);
  return base::success();
}

Status SetAllOperator::take_row(std::size_t input, const data::Batch& batch, std::size_t row) {
  std::string bytes;
  codec_.append(bytes, batch.columns, row);
  Counts& counts = counts_.get(bytes);
  counts.of[input] += data::adds(batch.kind(row)) ? 1 : -1;
  const std::int64_t wanted = plan_.intersect
                                  ? std::max<std::int64_t>(0, std::min(counts.of[0], counts.of[1]))
                                  : std::max<std::int64_t>(0, counts.of[0] - counts.of[1]);
  while (counts.given != wanted) {
    const bool more = counts.given < wanted;
    codec_.read(bytes, results().columns(), results().arena());
    results().finish_row(more ? data::RowKind::insert : data::RowKind::remove);
    counts.given += more ? 1 : -1;
  }
  if (counts.of[0] == 0 && counts.of[1] == 0) counts_.erase(bytes);
  return base::success();
}

}  // namespace millrace::operators
