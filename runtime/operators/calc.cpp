#include "runtime/operators/calc.hpp"

#include <algorithm>

#include "runtime/expr/function.hpp"

namespace millrace::operators {

bool calls_watermark(const expr::Expr& tree) {
  if (tree.function != nullptr && tree.function->name == "CURRENT_WATERMARK") return true;
  return std::any_of(tree.args.begin(), tree.args.end(),
                     [](const auto& argument) { return calls_watermark(*argument); });
}

CalcOperator::CalcOperator(const plan::Calc& calc, expr::Context& context)
    : calc_(calc), context_(context) {
  for (const auto& projection : calc.projections) {
    reads_watermark_ = reads_watermark_ || calls_watermark(*projection);
    for (const std::size_t column : expr::referenced_columns(*projection)) {
      needed_.push_back(column);
    }
  }
  std::sort(needed_.begin(), needed_.end());
  needed_.erase(std::unique(needed_.begin(), needed_.end()), needed_.end());
  if (calc.condition) reads_watermark_ = reads_watermark_ || calls_watermark(*calc.condition);
}

Result<Chunk> CalcOperator::apply(Chunk chunk) {
  if (calc_.condition && chunk.batch.rows > 0) {
    BOOST_OUTCOME_TRY(auto rows, expr::evaluate_filter(*calc_.condition, chunk.batch, context_));
    if (rows.size() < chunk.batch.rows) {
      for (auto& mark : chunk.marks) {
        mark.rows = static_cast<std::uint32_t>(
            std::lower_bound(rows.begin(), rows.end(), mark.rows) - rows.begin());
      }
      data::Batch kept;
      kept.rows = rows.size();
      kept.columns.resize(chunk.batch.columns.size());
      for (const std::size_t column : needed_) {
        kept.columns[column] = data::gather(chunk.batch.columns[column], rows);
      }
      if (!chunk.batch.kinds.empty()) {
        kept.kinds.reserve(rows.size());
        for (const std::uint32_t row : rows) kept.kinds.push_back(chunk.batch.kinds[row]);
      }
      chunk.batch = std::move(kept);
    }
  }
  Chunk result;
  result.marks = std::move(chunk.marks);
  if (chunk.batch.rows == 0) return result;
  result.batch.rows = chunk.batch.rows;
  result.batch.kinds = chunk.batch.kinds;
  result.batch.columns.reserve(calc_.projections.size());
  for (const auto& projection : calc_.projections) {
    BOOST_OUTCOME_TRY(auto column, expr::evaluate(*projection, chunk.batch, context_));
    result.batch.columns.push_back(std::move(column));
  }
  return result;
}

Status CalcOperator::process(Chunk chunk, Output& out) {
  if (!reads_watermark_) {
    BOOST_OUTCOME_TRY(auto result, apply(std::move(chunk)));
    return out.push(std::move(result));
  }
  // A row sees the watermark of the rows before it, never its own.
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= chunk.marks.size(); ++i) {
    const bool tail = i == chunk.marks.size();
    const std::size_t end = tail ? chunk.batch.rows : chunk.marks[i].rows;
    Chunk part;
    part.batch = data::slice(chunk.batch, begin, end);
    if (!tail) {
      part.marks.push_back({static_cast<std::uint32_t>(end - begin), chunk.marks[i].watermark_ms});
    }
    context_.watermark_ms =
        watermark_ms_ == no_watermark ? std::nullopt : std::optional<std::int64_t>(watermark_ms_);
    if (part.batch.rows > 0 || !part.marks.empty()) {
      BOOST_OUTCOME_TRY(auto result, apply(std::move(part)));
      BOOST_OUTCOME_TRY(out.push(std::move(result)));
    }
    if (!tail) watermark_ms_ = chunk.marks[i].watermark_ms;
    begin = end;
  }
  return base::success();
}

}  // namespace millrace::operators
