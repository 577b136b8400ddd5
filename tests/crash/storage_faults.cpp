// Power cuts and I/O errors under the real store and engine, on a disk in memory.
//
//   storage_faults power  --cuts 100000 [--seed 1] [--lying-disk]
//   storage_faults errors [--seed 1]
//
// Exit 0: every promise was kept. --lying-disk is the control: syncs do nothing, and the run must
// find promises broken, or it exits 1.
#include <sqlite3.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>

#include "common/base/log.hpp"
#include "tests/crash/workload.hpp"
#include "tests/support/crash_disk.hpp"
#include "tests/support/temp_dir.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

struct Opened {
  std::unique_ptr<store::Store> store;
  std::unique_ptr<engine::Engine> engine;
};

base::Result<Opened> open(const std::string& directory, const base::Clock& clock,
                          store::Durability durability) {
  Opened opened;
  BOOST_OUTCOME_TRY(opened.store, store::Store::open(directory, durability));
  BOOST_OUTCOME_TRY(opened.engine, engine::Engine::open(*opened.store, clock, {}));
  return opened;
}

// Opens what a cut or an error left behind and looks for broken promises.
std::string look(const std::string& directory, const base::Clock& clock, const Promises& promises) {
  auto opened = open(directory, clock, store::Durability::off);
  if (!opened) return "the data file does not open: " + opened.error().message();
  return verify(*opened.value().store, *opened.value().engine, promises);
}

struct PowerCuts {
  std::uint64_t seed = 1;
  std::int64_t cuts = 10'000;
  bool lying_disk = false;

  std::int64_t done = 0;
  std::int64_t broken = 0;
  std::int64_t acknowledged = 0;
  std::string first;

  // One life of a data file, cut at every action of its disk.
  void life(std::uint64_t number) {
    std::mt19937_64 random{number};
    std::mt19937_64 luck{number + 1};
    const TempDir own, cut;
    CrashDisk disk{own.path()};
    CrashDisk after{cut.path()};
    disk.syncs = !lying_disk;
    base::ManualClock clock;
    Promises promises;
    disk.observer = [&](CrashDisk::Action) {
      for (int image = 0; image < 2 && done < cuts; ++image) {
        ++done;
        after.load(disk.image(luck));
        const auto wrong = look(cut.path(), clock, promises);
        if (wrong.empty()) continue;
        if (broken++ == 0) first = "life " + std::to_string(number) + ": " + wrong;
      }
    };
    auto opened = open(own.path(), clock, store::Durability::full);
    if (!opened) {
      ++broken;
      first = "an undisturbed data file does not open: " + opened.error().message();
      return;
    }
    Workload workload{*opened.value().store, *opened.value().engine, clock, random, promises};
    for (int step = 0; step < 80 && done < cuts && (lying_disk ? broken == 0 : broken < 10);
         ++step) {
      const auto status = workload.step();
      if (status) continue;
      ++broken;
      if (first.empty()) first = "an undisturbed step failed: " + status.error().message();
    }
    for (const auto& [shard, records] : promises.records) {
      acknowledged += static_cast<std::int64_t>(records.size());
    }
    disk.observer = nullptr;
  }

  int run() {
    const auto from = std::chrono::steady_clock::now();
    std::uint64_t lives = 0;
    while (done < cuts && (lying_disk ? broken == 0 : broken < 10)) life(seed * 1000 + lives++);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - from;
    std::printf(
        "power cuts: %lld in %llu lives of a data file (seed %llu), %lld records "
        "acknowledged, %lld broken promises, %.1f s\n",
        static_cast<long long>(done), static_cast<unsigned long long>(lives),
        static_cast<unsigned long long>(seed), static_cast<long long>(acknowledged),
        static_cast<long long>(broken), took.count());
    if (!first.empty()) std::printf("  first: %s\n", first.c_str());
    if (lying_disk) {
      std::printf("  the disk lied about its syncs: broken promises are %s\n",
                  broken > 0 ? "what was to be seen" : "MISSING, this test cannot fail");
      return broken > 0 ? 0 : 1;
    }
    return broken == 0 ? 0 : 1;
  }
};

int code_of(CrashDisk::Action action, bool full) {
  switch (action) {
    case CrashDisk::Action::open:
      return SQLITE_CANTOPEN;
    case CrashDisk::Action::read:
      return SQLITE_IOERR_READ;
    case CrashDisk::Action::write:
      return full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    case CrashDisk::Action::truncate:
      return SQLITE_IOERR_TRUNCATE;
    case CrashDisk::Action::sync:
      return SQLITE_IOERR_FSYNC;
    case CrashDisk::Action::remove:
      return SQLITE_IOERR_DELETE;
  }
  return SQLITE_IOERR;
}

struct Errors {
  std::uint64_t seed = 1;
  bool quick = false;
  std::int64_t runs = 0;
  std::int64_t refused = 0;  // steps that were not acknowledged
  std::string wrong;

  // Action number `first` fails, and those after it, `length` of them. False: it was never reached.
  bool run(std::int64_t first, std::int64_t length, bool full) {
    ++runs;
    std::mt19937_64 random{seed};
    const TempDir own;
    CrashDisk disk{own.path()};
    base::ManualClock clock;
    Promises promises;
    std::int64_t actions = 0;
    disk.fault = [&](CrashDisk::Action action) {
      const auto number = ++actions;
      return number >= first && number < first + length ? code_of(action, full) : SQLITE_OK;
    };
    {
      auto opened = open(own.path(), clock, store::Durability::full);
      for (int attempt = 0; !opened && attempt < 1000; ++attempt) {
        opened = open(own.path(), clock, store::Durability::full);  // as a person would
      }
      if (!opened)
        return fail(first, length,
                    "does not open after the error is over: " + opened.error().message());
      Workload workload{*opened.value().store, *opened.value().engine, clock, random, promises};
      int failures_after = 0;
      for (int step = 0; step < 60; ++step) {
        const bool disturbed = actions < first + length;
        const auto status = workload.step();
        if (status) {
          failures_after = 0;
          continue;
        }
        ++refused;
        if (!disturbed && ++failures_after > 1) {
          return fail(first, length, "does not recover: " + status.error().message());
        }
      }
      disk.fault = nullptr;
      // What the running engine shows, and after that what a new one finds.
      const auto seen = verify(*opened.value().store, *opened.value().engine, promises);
      if (!seen.empty()) return fail(first, length, "in the running engine: " + seen);
      for (auto* stream : opened.value().engine->list({"000000000000", "us-east-1"}, "", 9)) {
        // verify() put one record into each.
        auto& shard = stream->route(0);
        promises.records[{stream->row.id, shard.row.number}][shard.next_index - 1] = {
            stream->row.id, shard.row.number, shard.next_index - 1,
            clock.now().time_since_epoch().count(), "after the cut"};
      }
    }
    const auto found = look(own.path(), clock, promises);
    if (!found.empty()) return fail(first, length, "after a restart: " + found);
    return actions >= first;
  }

  bool fail(std::int64_t first, std::int64_t length, const std::string& what) {
    wrong = "action " + std::to_string(first) + " and " + std::to_string(length - 1) +
            " more failing: " + what;
    return false;
  }

  int sweep() {
    const auto from = std::chrono::steady_clock::now();
    for (const std::int64_t length : {1, 2, 25}) {
      for (const bool full : {false, true}) {
        if (quick && (length == 2 || full != (length == 25))) continue;
        std::int64_t first = 1;
        while (wrong.empty() && run(first, length, full)) ++first;
        if (!wrong.empty()) break;
      }
      if (!wrong.empty()) break;
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - from;
    std::printf(
        "I/O errors: %lld runs (seed %llu), each action of the disk failing %s, %lld steps "
        "refused, %.1f s\n",
        static_cast<long long>(runs), static_cast<unsigned long long>(seed),
        quick ? "once and 25 times on end" : "once, twice and 25 times on end",
        static_cast<long long>(refused), took.count());
    if (!wrong.empty()) std::printf("  BROKEN: %s\n", wrong.c_str());
    return wrong.empty() ? 0 : 1;
  }
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"faults of the disk under the store", "storage_faults"};
  app.require_subcommand(1);
  PowerCuts cuts;
  auto* power = app.add_subcommand("power", "cut the power at every action of the disk");
  power->add_option("--cuts", cuts.cuts, "how many")->capture_default_str();
  power->add_option("--seed", cuts.seed)->capture_default_str();
  power->add_flag("--lying-disk", cuts.lying_disk, "syncs do nothing; must find broken promises");
  Errors errors;
  auto* sweep = app.add_subcommand("errors", "fail every action of the disk in turn");
  sweep->add_option("--seed", errors.seed)->capture_default_str();
  sweep->add_flag("--quick", errors.quick,
                  "a third of it: errors that come once, a disk full for long");
  CLI11_PARSE(app, argc, argv);
  base::set_log_level("off");
  return power->parsed() ? cuts.run() : errors.sweep();
}
