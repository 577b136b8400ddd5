// Power cuts and I/O errors under the real store and engine, on a disk in memory.
//
//   storage_faults power  --cuts 100000 [--seed 1] [--normal] [--lying-disk]
//   storage_faults errors [--seed 1] [--normal]
//
// Exit 0: every promise was kept. --lying-disk is the control: syncs do nothing, and the run must
// find promises broken, or it exits 1.
#include <sqlite3.h>

#include <CLI/CLI.hpp>
#include <array>
#include <chrono>
#include <cstdio>

#include "common/base/log.hpp"
#include "tests/crash/workload.hpp"
#include "tests/support/crash_disk.hpp"
#include "tests/support/temp_dir.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

// The engine goes first.
struct Opened {
  std::unique_ptr<store::Store> store;
  std::unique_ptr<engine::Engine> engine;
  Opened() = default;
  Opened(Opened&&) = default;
  Opened& operator=(Opened&& other) noexcept {
    engine = std::move(other.engine);
    store = std::move(other.store);
    return *this;
  }
  ~Opened() = default;
};

base::Result<Opened> open(const std::string& directory, const base::Clock& clock,
                          store::Durability durability) {
  Opened opened;
  BOOST_OUTCOME_TRY(opened.store, store::Store::open(directory, durability));
  BOOST_OUTCOME_TRY(opened.engine, engine::Engine::open(*opened.store, clock, {}));
  return opened;
}

// The thread that moves the log into the data file, played by whatever the disk is asked to do:
// within an action of the writer's connection, and in the middle of its transaction, the other one
// reads and writes. The log is short, so that it is begun anew often.
class LogMover {
 public:
  LogMover(CrashDisk& disk, std::mt19937_64& random) : disk_(disk), random_(random) {}

  base::Status start(store::Store& store) {
    stop();
    // As Checkpointer does it on a real disk, which it can see the room of.
    disk_.lengthen("millrace.db-wal", (pages + 20) * 4120);
    BOOST_OUTCOME_TRY(
        store.checkpoint_in_background({.long_log = pages, .further = 10, .by_hand = true}));
    checkpointer_ = store.checkpointer();
    return base::success();
  }
  void stop() { checkpointer_ = nullptr; }

  // At an action of the disk.
  void maybe(CrashDisk::Action action) {
    if (checkpointer_ == nullptr || inside_ || random_() % 8 != 0) return;
    // While a file is being made or removed no other connection is in the middle of anything.
    if (action == CrashDisk::Action::open || action == CrashDisk::Action::remove) return;
    inside_ = true;
    const auto before = actions;
    checkpointer_->move_log();
    inside_ = false;
    moved += actions > before ? 1 : 0;
  }

  std::int64_t actions = 0;  // counted by whoever observes the disk
  std::int64_t moved = 0;

 private:
  static constexpr int pages = 24;
  CrashDisk& disk_;
  std::mt19937_64& random_;
  store::Checkpointer* checkpointer_ = nullptr;
  bool inside_ = false;
};

// Opens what a cut or an error left behind and looks for broken promises.
std::string look(const std::string& directory, const base::Clock& clock, const Promises& promises,
                 bool forgetful = false) {
  auto opened = open(directory, clock, store::Durability::off);
  if (!opened) return "the data file does not open: " + opened.error().message();
  return verify(*opened.value().store, *opened.value().engine, promises,
                {.in_use = false, .forgetful = forgetful});
}

struct PowerCuts {
  std::uint64_t seed = 1;
  std::int64_t cuts = 10'000;
  bool lying_disk = false;
  store::Durability durability = store::Durability::full;

  std::int64_t done = 0;
  std::int64_t broken = 0;
  std::int64_t acknowledged = 0;
  std::int64_t transactions = 0;
  std::int64_t moved = 0;
  std::string first;

  void wrong(std::uint64_t life, const std::string& what) {
    if (broken++ == 0) first = "life " + std::to_string(life) + ": " + what;
  }

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
    std::mt19937_64 moments{number + 2};
    LogMover mover{disk, moments};
    disk.observer = [&](CrashDisk::Action action) {
      ++mover.actions;
      mover.maybe(action);
      for (int image = 0; image < 2 && done < cuts; ++image) {
        ++done;
        after.load(disk.image(luck));
        const auto found = look(cut.path(), clock, promises, durability != store::Durability::full);
        if (!found.empty()) wrong(number, found);
      }
    };
    auto opened = open(own.path(), clock, durability);
    if (!opened) {
      return wrong(number, "an undisturbed data file does not open: " + opened.error().message());
    }
    Workload workload{
        *opened.value().store, *opened.value().engine, clock, random, promises, [&](bool on) {
          disk.quiet = on;
        }};
    // The earliest state that --normal may fall back to is the one the life begins with.
    auto status = opened.value().store->writer().run("PRAGMA wal_checkpoint(TRUNCATE)");
    if (status) status = mover.start(*opened.value().store);
    if (status) status = workload.begin();
    for (int step = 0;
         step < 80 && status && done < cuts && (lying_disk ? broken == 0 : broken < 10); ++step) {
      status = workload.step();
      if (status && workload.wrong().empty()) continue;
      wrong(number, "an undisturbed step failed: " +
                        (status ? workload.wrong() : status.error().message()));
    }
    if (!status) wrong(number, status.error().message());
    for (const auto& [shard, records] : promises.records) {
      acknowledged += static_cast<std::int64_t>(records.size());
    }
    transactions += static_cast<std::int64_t>(promises.states.all.size());
    moved += mover.moved;
    mover.stop();
    disk.observer = nullptr;
  }

  int run() {
    const auto from = std::chrono::steady_clock::now();
    std::uint64_t lives = 0;
    while (done < cuts && (lying_disk ? broken == 0 : broken < 10)) life(seed * 1000 + lives++);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - from;
    std::printf(
        "power cuts: %lld in %llu lives of a data file (seed %llu, durability %s), %lld "
        "transactions, %lld times the log moved meanwhile, %lld broken promises, %.1f s\n",
        static_cast<long long>(done), static_cast<unsigned long long>(lives),
        static_cast<unsigned long long>(seed),
        durability == store::Durability::full ? "full" : "normal",
        static_cast<long long>(transactions), static_cast<long long>(moved),
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
  store::Durability durability = store::Durability::full;
  std::int64_t from_action = 1;
  int steps = 40;
  std::int64_t runs = 0;
  std::int64_t kills = 0;
  std::int64_t moved = 0;
  std::array<std::int64_t, 6> hit{};  // by action
  std::int64_t refused = 0;           // steps that were not acknowledged
  std::string wrong;

  // Until it works, as a person would who starts the program again.
  [[nodiscard]] base::Result<Opened> open_at_last(const std::string& directory,
                                                  const base::Clock& clock) const {
    auto opened = open(directory, clock, durability);
    for (int attempt = 0; !opened && attempt < 1000; ++attempt) {
      opened = open(directory, clock, durability);
    }
    return opened;
  }

  // Action number `first` fails, and those after it, `length` of them. False: it was never reached.
  bool run(std::int64_t first, std::int64_t length, bool full) {
    ++runs;
    std::mt19937_64 random{seed};
    std::mt19937_64 luck{seed + static_cast<std::uint64_t>(first)};
    const TempDir own, cut;
    CrashDisk disk{own.path()};
    CrashDisk after{cut.path()};
    // What the kernel forgot before it was ever synced is lost, which only full guards against.
    disk.evicts = luck() % 2 == 0 && durability == store::Durability::full;
    base::ManualClock clock;
    Promises promises;
    std::int64_t actions = 0;
    std::mt19937_64 moments{seed + static_cast<std::uint64_t>(first) + 1};
    LogMover mover{disk, moments};
    const auto fault = [&](CrashDisk::Action action) {
      mover.actions = actions;
      mover.maybe(action);
      const auto number = ++actions;
      if (number < first || number >= first + length) return SQLITE_OK;
      ++hit[static_cast<std::size_t>(action)];
      return code_of(action, full);
    };
    disk.fault = fault;
    auto opened = open_at_last(own.path(), clock);
    if (!opened)
      return fail(first, length,
                  "does not open after the error is over: " + opened.error().message());
    std::unique_ptr<Workload> workload;
    const auto begin = [&]() -> base::Status {
      workload = std::make_unique<Workload>(*opened.value().store, *opened.value().engine, clock,
                                            random, promises, [&](bool on) { disk.quiet = on; });
      workload->by_mover(durability != store::Durability::full);
      BOOST_OUTCOME_TRY(workload->begin());
      disk.quiet = true;  // what opens a second connection is looked at elsewhere
      auto started = mover.start(*opened.value().store);
      disk.quiet = false;
      return started;
    };
    auto status = begin();
    if (!status) return fail(first, length, status.error().message());
    // Half of the runs are killed once, a few steps after the first error, and go on from what the
    // kernel has of the files.
    int steps_to_kill = luck() % 2 == 0 ? static_cast<int>(luck() % 4) : -1;
    int failures_after = 0;
    for (int step = 0; step < steps; ++step) {
      const bool disturbed = actions < first + length;
      status = workload->step();
      if (!workload->wrong().empty()) return fail(first, length, workload->wrong());
      if (status) {
        failures_after = 0;
      } else {
        ++refused;
        if (!disturbed && ++failures_after > 1) {
          return fail(first, length, "does not recover: " + status.error().message());
        }
      }
      if (actions < first || steps_to_kill < 0 || steps_to_kill-- > 0) continue;
      // A kill: the connections go without a last write.
      ++kills;
      disk.dead = true;
      mover.stop();
      workload.reset();
      opened.value() = {};
      disk.dead = false;
      opened = open_at_last(own.path(), clock);
      if (!opened) return fail(first, length, "after a kill: " + opened.error().message());
      status = begin();
      if (!status) return fail(first, length, "after a kill: " + status.error().message());
    }
    disk.fault = nullptr;
    mover.stop();
    moved += mover.moved;
    // What a power cut would leave, what the running engine shows, and what a new one finds.
    after.load(disk.image(luck));
    const auto left = look(cut.path(), clock, promises, durability != store::Durability::full);
    if (!left.empty()) return fail(first, length, "after a power cut: " + left);
    const auto seen =
        verify(*opened.value().store, *opened.value().engine, promises, {.in_use = true});
    if (!seen.empty()) return fail(first, length, "in the running engine: " + seen);
    promises.states.last.clear();  // verify() has put records
    status = begin();
    if (!status) return fail(first, length, status.error().message());
    workload.reset();
    opened.value() = {};
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
        std::int64_t first = from_action;
        while (wrong.empty() && run(first, length, full)) ++first;
        if (!wrong.empty()) break;
      }
      if (!wrong.empty()) break;
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - from;
    std::printf(
        "I/O errors: %lld runs (seed %llu, durability %s), each action of the disk failing %s, "
        "%lld of them "
        "killed "
        "after it, %lld steps refused, %lld times the log moved meanwhile, %.1f s\n"
        "  failed: %lld opens, %lld reads, %lld writes, %lld truncations, %lld syncs, %lld "
        "removals\n",
        static_cast<long long>(runs), static_cast<unsigned long long>(seed),
        durability == store::Durability::full ? "full" : "normal",
        quick ? "once and 25 times on end" : "once, twice and 25 times on end",
        static_cast<long long>(kills), static_cast<long long>(refused),
        static_cast<long long>(moved), took.count(), static_cast<long long>(hit[0]),
        static_cast<long long>(hit[1]), static_cast<long long>(hit[2]),
        static_cast<long long>(hit[3]), static_cast<long long>(hit[4]),
        static_cast<long long>(hit[5]));
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
  bool normal = false;
  power->add_flag("--normal", normal, "durability normal: a whole earlier state is enough");
  power->add_flag("--lying-disk", cuts.lying_disk, "syncs do nothing; must find broken promises");
  Errors errors;
  auto* sweep = app.add_subcommand("errors", "fail every action of the disk in turn");
  sweep->add_option("--seed", errors.seed)->capture_default_str();
  sweep->add_option("--from", errors.from_action, "the action that fails first")
      ->check(CLI::PositiveNumber);
  sweep->add_flag("--quick", errors.quick,
                  "a third of it: errors that come once, a disk full for long");
  sweep->add_flag("--normal", normal, "durability normal, as above");
  CLI11_PARSE(app, argc, argv);
  if (normal) cuts.durability = errors.durability = store::Durability::normal;
  base::set_log_level("off");
  return power->parsed() ? cuts.run() : errors.sweep();
}
