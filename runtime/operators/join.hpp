// Joins without a bound in time: inner, outer, semi, anti.
#pragma once

#include <map>
#include <string>

#include "runtime/operators/join_pairs.hpp"
#include "runtime/operators/row_operator.hpp"
#include "runtime/state/keyed.hpp"

namespace millrace::operators {

// Both inputs are kept whole. The changes are those of Flink's StreamingJoinOperator: an outer row
// without a partner stands with NULLs until one comes.
class JoinOperator final : public RowOperator {
 public:
  // `node` holds `join` and outlives the operator, as does the context.
  // ttl_ms: rows that were written so long ago find no partners any more; 0: always.
  JoinOperator(const plan::Join& join, const plan::Node& node, expr::Context& context,
               std::int64_t ttl_ms = 0);

 protected:
  Status take_row(std::size_t input, const data::Batch& batch, std::size_t row) override;
  Status take_time(std::int64_t now_ms) override {
    now_ms_ = now_ms;
    keys_.set_now(now_ms);
    return base::success();
  }

 private:
  struct Record {
    std::string row;
    std::int64_t count = 0;  // equal rows
    std::int64_t written_ms = 0;
    std::int64_t partners = 0;  // where partners are counted: an outer side, semi and anti's left
  };
  // Rows of one side and key, in the order of their arrival.
  struct Side {
    std::map<std::uint64_t, Record> records;
    std::map<std::string, std::uint64_t> places;
  };
  struct Key {
    Side sides[2];
  };

  void add(Side& side, const std::string& row, std::int64_t partners);
  static void take_back(Side& side, const std::string& row);
  void forget_old(Side& side) const;
  void join_row(std::size_t input, Side& own, const std::vector<Record*>& partners,
                const std::string& row, data::RowKind kind);
  void semi_row(std::size_t input, Side& own, const std::vector<Record*>& partners,
                const std::string& row, data::RowKind kind);
  void emit(data::RowKind kind, std::size_t input, const std::string* own,
            const std::string* other);

  const plan::Join& plan_;
  JoinPairs pairs_;
  bool outer_[2];  // by input: its rows stand without a partner, too
  state::Store store_;
  state::Keyed<Key>& keys_;
  std::int64_t ttl_ms_;
  std::int64_t now_ms_ = 0;
};

}  // namespace millrace::operators
