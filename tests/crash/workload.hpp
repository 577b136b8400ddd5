// A random but repeatable life of a data file, and what must be true of any file it leaves behind.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "common/base/clock.hpp"
#include "emulator/engine/engine.hpp"
#include "tests/crash/states.hpp"

namespace millrace::test {

// Where a record was put, and what it holds.
struct PutRecord {
  std::int64_t stream_id = 0;
  std::uint32_t shard = 0;
  std::int64_t index = 0;
  std::int64_t time_ms = 0;
  std::string data;
};

// Everything the workload was promised. `states` says what the data file may look like; the records
// are kept apart from it, so that it is not only the store that says what it was given.
struct Promises {
  States states;
  std::map<std::pair<std::int64_t, std::uint32_t>, std::map<std::int64_t, PutRecord>> records;
};

// Puts, makes and deletes streams, splits and merges, changes retention, receives from queues,
// moves channels on and the clock back and forth, trims, checkpoints. Every step is one
// transaction.
class Workload {
 public:
  // `quiet` is called with true before the workload looks at the file for its own ends, and with
  // false after it: no observer and no error then.
  Workload(store::Store& store, engine::Engine& engine, base::ManualClock& clock,
           std::mt19937_64& random, Promises& promises, std::function<void(bool)> quiet)
      : store_(store),
        engine_(engine),
        clock_(clock),
        random_(random),
        promises_(promises),
        quiet_(std::move(quiet)) {}
  ~Workload();
  Workload(const Workload&) = delete;
  Workload& operator=(const Workload&) = delete;

  // As with durability normal: all moving of the log is left to the store's Checkpointer, and after
  // a failing disk an earlier state is enough.
  void by_mover(bool only) { by_mover_ = only; }
  // Notes the state of a file that was opened.
  base::Status begin();
  // Ok: promised. Error: not promised, and the file says it never happened or happened whole.
  base::Status step();
  // Not empty: a call that failed left something behind in a transaction that worked.
  [[nodiscard]] const std::string& wrong() const { return wrong_; }

 private:
  base::Status change();
  base::Result<std::string> state();
  void note_commit();
  const engine::Stream* any_stream();
  const engine::Resource* any_resource(engine::ResourceKind kind);
  base::Status put(const engine::Stream& stream);
  base::Status create_stream();
  base::Status reshard(const engine::Stream& stream);
  base::Status change_retention(const engine::Stream& stream);
  base::Status tag(const engine::Stream& stream);
  base::Status create_resource(const engine::Stream& stream);
  base::Status receive(const engine::Resource& queue);
  base::Status deliver(const engine::Resource& channel);
  base::Status set_clock();
  base::Status tidy();
  base::Status checkpoint();

  store::Store& store_;
  engine::Engine& engine_;
  base::ManualClock& clock_;
  std::mt19937_64& random_;
  Promises& promises_;
  std::function<void(bool)> quiet_;
  std::vector<PutRecord> put_;  // by the transaction under way
  std::string next_;            // the state that the last commit leads to
  std::string wrong_;
  bool by_mover_ = false;
};

// What is wrong with a data file that was just opened, or with one in use (then it is the state of
// the last transaction that must be there). Puts a record into every stream at the end, so the file
// is known to go on working. `forgetful`: the last transactions may be missing.
struct Expected {
  bool in_use = false;
  bool forgetful = false;
};
std::string verify(store::Store& store, engine::Engine& engine, const Promises& promises,
                   Expected expected);

}  // namespace millrace::test
