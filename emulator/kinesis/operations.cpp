#include <algorithm>
#include <array>

#include "emulator/kinesis/operation.hpp"

namespace millrace::kinesis {

#define OPERATION(name, file, lane) \
  namespace file {                  \
  std::unique_ptr<Call> make();     \
  }
#include "emulator/kinesis/operations.def"
#undef OPERATION

namespace {

constexpr Rate default_rate{5, Rate::Of::account};

struct RateRow {
  std::string_view operation;
  Rate rate;
};

constexpr auto rates = std::to_array<RateRow>({
#define RATE(operation, per_s, of) {#operation, {per_s, Rate::Of::of}},
#include "emulator/kinesis/rates.def"
#undef RATE
});

// rate_of() halves its way through.
static_assert(std::is_sorted(rates.begin(), rates.end(), [](const auto& left, const auto& right) {
  return left.operation < right.operation;
}));

constexpr Rate rate_of(std::string_view operation) {
  const auto* at = std::lower_bound(
      rates.begin(), rates.end(), operation,
      [](const RateRow& row, std::string_view wanted) { return row.operation < wanted; });
  return at != rates.end() && at->operation == operation ? at->rate : default_rate;
}

constexpr auto table = std::to_array<Operation>({
#define OPERATION(name, file, lane) {#name, Lane::lane, &file::make, rate_of(#name)},
#include "emulator/kinesis/operations.def"
#undef OPERATION
});

// find_operation() halves its way through.
static_assert(std::is_sorted(table.begin(), table.end(), [](const auto& left, const auto& right) {
  return left.name < right.name;
}));

}  // namespace

std::span<const Operation> operations() {
  return table;
}

const Operation* find_operation(std::string_view name) {
  const auto* at = std::lower_bound(
      table.begin(), table.end(), name,
      [](const Operation& operation, std::string_view wanted) { return operation.name < wanted; });
  return at != table.end() && at->name == name ? at : nullptr;
}

}  // namespace millrace::kinesis
