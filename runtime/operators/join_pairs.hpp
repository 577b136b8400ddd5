// What all joins share: pairs of kept rows, and the condition on them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/expr/expr.hpp"
#include "runtime/operators/operator.hpp"
#include "runtime/plan/plan.hpp"
#include "runtime/state/row_codec.hpp"

namespace millrace::operators {

// Puts rows of the two inputs side by side. `node` holds `join` and outlives it, as does the
// context.
class JoinPairs {
 public:
  JoinPairs(const plan::Join& join, const plan::Node& node, expr::Context& context);

  // The codec of an input's rows: 0 the left, 1 the right.
  [[nodiscard]] const state::RowCodec& rows(std::size_t input) const {
    return input == 0 ? left_ : right_;
  }
  // A row's key; false when a NULL in it matches nothing.
  bool key(std::size_t input, const data::Batch& batch, std::size_t row, std::string& out) const;

  // For each of `others` (rows of the other input) whether it makes a pair with `row`.
  Result<std::vector<bool>> matches(std::size_t input, const std::string& row,
                                    const std::vector<const std::string*>& others);

  // Appends a pair; a null pointer stands for a row of NULLs.
  void emit(data::BatchBuilder& out, data::RowKind kind, const std::string* left,
            const std::string* right);

 private:
  const plan::Join& plan_;
  expr::Context& context_;
  state::RowCodec left_;
  state::RowCodec right_;
  state::RowCodec left_key_;
  state::RowCodec right_key_;
  data::BatchBuilder pairs_;  // for the condition: all columns of both inputs
};

}  // namespace millrace::operators
