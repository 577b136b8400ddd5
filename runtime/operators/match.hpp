// MATCH_RECOGNIZE: rows in the order of time against a pattern.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/expr/expr.hpp"
#include "runtime/operators/row_operator.hpp"
#include "runtime/state/keyed.hpp"
#include "runtime/state/row_codec.hpp"

namespace millrace::operators {

// The rules of Flink's NFA with strict contiguity: every row begins an attempt; a greedy variable
// takes a row that fits and only else lets the next one have it; a match is given as soon as the
// pattern is complete, unless an attempt that began earlier is still open; what comes after a match
// decides which open attempts go. Late rows are dropped and counted.
class MatchOperator final : public RowOperator {
 public:
  // `node` holds `match` and outlives the operator, as do the context and the counters.
  MatchOperator(const plan::Match& match, const plan::Node& node, expr::Context& context,
                Counters& counters);

 protected:
  Status take_row(std::size_t input, const data::Batch& batch, std::size_t row) override;
  Status take_watermark(std::int64_t ms) override;

 private:
  struct Event {
    std::uint64_t number = 0;  // by key, ascending
    std::int64_t time_ms = 0;
    std::string row;
  };
  // An attempt: which events went to which variable of the pattern.
  struct Attempt {
    std::uint64_t start = 0;  // event number
    std::int64_t start_ms = 0;
    std::size_t place = 0;                          // the variable that took the newest event ...
    std::int64_t count = 0;                         // ... and how many it has
    std::vector<std::vector<std::uint64_t>> taken;  // by variable
  };
  struct Key {
    std::map<std::uint64_t, Event> events;  // those that open attempts hold
    std::uint64_t next_event = 0;
    std::vector<Attempt> open;      // by start
    std::vector<Attempt> complete;  // waiting for earlier attempts, by start
  };
  // Rows before their watermark: by time, sort key and arrival.
  struct Place {
    std::int64_t time_ms = 0;
    std::string sort_key;
    std::uint64_t arrival = 0;
    friend auto operator<=>(const Place&, const Place&) = default;
  };
  struct Waiting {
    std::string key;
    std::string row;
  };

  Status take_event(const std::string& name, std::int64_t time_ms, std::string row);
  // The event may go on with `attempt`: what comes of it is added to `open` and key.complete.
  Status step(Key& key, const Attempt& attempt, const Event& event, std::vector<Attempt>& open);
  Status take(Key& key, const Attempt& attempt, std::size_t place, std::int64_t count,
              const Event& event, std::vector<Attempt>& open);
  Result<bool> fits(Key& key, const Attempt& attempt, std::size_t place, const Event& event);
  [[nodiscard]] bool is_complete(const Attempt& attempt) const;
  void time_out(Key& key, std::int64_t time_ms) const;
  Status give_matches(Key& key);
  Status emit(Key& key, const Attempt& match);
  // Attempts that a match takes with it: those that began at `limit` or before (before it alone
  // when `open_end`).
  Status skip_behind(Key& key, const Attempt& match);
  static void forget_events(Key& key);

  // The slots' values for the attempt as it stands, one row each.
  Result<data::Batch> slots(Key& key, const Attempt& attempt);
  Result<data::ColumnPtr> slot(Key& key, const Attempt& attempt, const plan::Match::Slot& slot);
  Result<data::ColumnPtr> total(Key& key, const plan::Match::Slot& slot,
                                const std::vector<std::uint64_t>& rows);
  data::Batch row_of(Key& key, std::uint64_t event);

  const plan::Match& plan_;
  const std::vector<plan::Field>& fields_;
  expr::Context& context_;
  Counters& counters_;
  state::RowCodec row_codec_;
  state::RowCodec key_codec_;
  state::Store store_;
  state::Keyed<Key>& keys_;
  std::map<Place, Waiting>& waiting_;
};

}  // namespace millrace::operators
