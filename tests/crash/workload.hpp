// A random but repeatable life of a data file, and what must be true of any file it leaves behind.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "common/base/clock.hpp"
#include "emulator/engine/engine.hpp"

namespace millrace::test {

// Where a record was put, and what it holds.
struct PutRecord {
  std::int64_t stream_id = 0;
  std::uint32_t shard = 0;
  std::int64_t index = 0;
  std::int64_t time_ms = 0;
  std::string data;
};

// Everything the workload was promised, and the one transaction whose outcome it does not know yet.
struct Promises {
  std::map<std::string, std::int64_t> streams;  // name -> id
  std::map<std::pair<std::int64_t, std::uint32_t>, std::map<std::int64_t, PutRecord>> records;
  // Of the transaction under way, or of one that failed: all or nothing may be there.
  std::vector<PutRecord> unknown_records;
  std::optional<std::string> unknown_stream;  // being created or deleted
};

// Puts, makes and deletes streams, trims, checkpoints, splits and merges. Every step is one
// transaction.
class Workload {
 public:
  Workload(store::Store& store, engine::Engine& engine, base::ManualClock& clock,
           std::mt19937_64& random, Promises& promises)
      : store_(store), engine_(engine), clock_(clock), random_(random), promises_(promises) {}

  // Ok: promised. Error: not promised, and the file says it never happened or happened whole.
  base::Status step();

 private:
  base::Status transaction(const std::function<base::Status()>& change);
  base::Status put();
  base::Status create(const std::string& name);
  base::Status remove(const std::string& name);
  base::Status trim();
  base::Status checkpoint();

  store::Store& store_;
  engine::Engine& engine_;
  base::ManualClock& clock_;
  std::mt19937_64& random_;
  Promises& promises_;
};

// What is wrong with the engine's data; empty: nothing. Puts a record into every stream at the end,
// so the file is known to go on working.
std::string verify(store::Store& store, engine::Engine& engine, const Promises& promises);

}  // namespace millrace::test
