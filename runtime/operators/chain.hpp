// Operators one behind the other.
#pragma once

#include <memory>
#include <vector>

#include "runtime/operators/operator.hpp"

namespace millrace::operators {

// Rows pushed in run through all operators at once, on the caller's thread; what the last one puts
// out is dropped (it is a sink).
class Chain {
 public:
  void append(std::unique_ptr<Operator> next) { operators_.push_back(std::move(next)); }

  Status process(Chunk chunk) { return push(0, std::move(chunk)); }
  // First operator first, so that a later one sees what an earlier one lets go.
  Status on_time(std::int64_t now_ms, bool input_pending);
  Status finish();

 private:
  class Next final : public Output {
   public:
    Next(Chain& chain, std::size_t index) : chain_(chain), index_(index) {}
    Status push(Chunk chunk) override { return chain_.push(index_, std::move(chunk)); }

   private:
    Chain& chain_;
    std::size_t index_;
  };

  Status push(std::size_t index, Chunk chunk);

  std::vector<std::unique_ptr<Operator>> operators_;
};

}  // namespace millrace::operators
