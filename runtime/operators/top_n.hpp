// The first rows of each partition in an order: Top-N, ORDER BY with LIMIT, LIMIT.
#pragma once

#include <deque>
#include <map>
#include <string>

#include "runtime/operators/row_operator.hpp"
#include "runtime/state/keyed.hpp"
#include "runtime/state/row_codec.hpp"

namespace millrace::operators {

// Emits exactly the changes that Flink's rank functions do: with a number (or an offset) every row
// behind a new one moves by -U and +U, without one the row that falls out is taken back.
class TopNOperator final : public RowOperator {
 public:
  // `node` holds `rank` and outlives the operator. ttl_ms: partitions that nobody touched so long
  // are forgotten; 0: never.
  TopNOperator(const plan::Rank& rank, const plan::Node& node, std::int64_t ttl_ms = 0);

 protected:
  Status take_row(std::size_t input, const data::Batch& batch, std::size_t row) override;
  Status take_time(std::int64_t now_ms) override {
    partitions_.set_now(now_ms);
    return base::success();
  }

 private:
  using Rows = std::deque<std::string>;  // equal ones in the order of their arrival

  struct Partition {
    std::map<std::string, Rows> sorted;  // by sort key
    std::int64_t rows = 0;
    // Strategy::update: each unique key's row, and where it stands.
    struct Place {
      std::string sort_key;
      std::string row;
    };
    std::map<std::string, Place> by_key;
  };

  void add(Partition& part, const std::string& sort_key, const std::string& row);
  void take_back(Partition& part, const std::string& sort_key, const std::string& row);
  void update(Partition& part, const std::string& sort_key, const std::string& row,
              const std::string& unique_key);
  void replace_best(Partition& part, const std::string& sort_key, const std::string& row);

  // A new row has come in: every row behind it moves down.
  void shift_down(const Partition& part, const std::string& sort_key, const std::string& row);
  [[nodiscard]] bool in_buffer_range(const Partition& part, const std::string& sort_key) const;
  // The row at a rank counted from 1; nullptr when there is none.
  [[nodiscard]] static const std::string* row_at(const Partition& part, std::int64_t rank);
  // The rank of the last row with this sort key.
  [[nodiscard]] static std::int64_t rank_behind(const Partition& part, const std::string& sort_key);
  // The rows as the unique keys in `rows` stand for them.
  [[nodiscard]] const std::string& content(const Partition& part, const std::string& stored) const;

  void emit(data::RowKind kind, const std::string& row, std::int64_t rank);

  const plan::Rank& plan_;
  const bool numbered_;  // each row's rank matters to the result
  state::RowCodec row_codec_;
  state::RowCodec partition_codec_;
  state::RowCodec unique_codec_;
  state::Store store_;
  state::Keyed<Partition>& partitions_;
};

}  // namespace millrace::operators
