#include "emulator/engine/committer.hpp"

#include <algorithm>
#include <chrono>

#include "common/base/log.hpp"

namespace millrace::engine {
namespace {

using SteadyClock = std::chrono::steady_clock;

// How often housekeeping looks, and how often a disk that failed is tried.
constexpr auto tidy_every = std::chrono::milliseconds(250);
// One transaction of housekeeping takes about this long, so that a put that waits behind it does
// not notice, and erases as many records as that allows, within these bounds.
constexpr auto tidy_time = std::chrono::milliseconds(4);
constexpr std::int64_t tidy_least = 100;
constexpr std::int64_t tidy_most = 20'000;
// Under load it is done as soon as this many records may be erased: a sync for each of them would
// cost the puts too much.
constexpr std::int64_t tidy_worth = 2000;
constexpr auto log_again_after = std::chrono::minutes(1);

}  // namespace

Committer::Committer(Engine& engine) : engine_(engine), thread_([this] { work(); }) {}

Committer::~Committer() {
  {
    const std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Committer::submit(Job& job) {
  bool first = false;
  {
    const std::lock_guard guard{mutex_};
    first = queue_.empty();
    queue_.push_back(&job);
  }
  if (first) wake_.notify_one();
}

void Committer::work() {
  std::vector<Job*> jobs;
  auto next_tidy = SteadyClock::now() + tidy_every;
  for (;;) {
    jobs.clear();
    {
      std::unique_lock lock{mutex_};
      wake_.wait_until(lock, next_tidy, [this] { return !queue_.empty() || stopping_; });
      if (queue_.empty() && stopping_) return;
      jobs.swap(queue_);
    }
    if (!jobs.empty()) run(jobs);
    if (SteadyClock::now() >= next_tidy) {
      if (healthy()) {
        tidy();
      } else {
        probe();
      }
      next_tidy = SteadyClock::now() + tidy_every;
    } else if (behind_ && owed_ >= tidy_worth && healthy()) {
      tidy_once();
    }
  }
}

void Committer::run(const std::vector<Job*>& jobs) {
  base::Status status = base::success();
  if (!healthy() && !engine_.in_memory()) {
    status = base::Error{base::ErrorCode::internal, "changes are refused: " + trouble()};
  } else {
    const auto before = engine_.appended();
    status = engine_.begin();
    if (status) {
      for (auto* job : jobs) {
        if (!engine_.can_go_on()) break;
        job->run(engine_);
      }
      status = engine_.commit();
    }
    note(status);
    owed_ = behind_ ? owed_ + 2 * (engine_.appended() - before) : 0;
    // What became due has begun when the move is answered; to erase a day's records takes longer.
    if (engine_.take_clock_moved()) tidy_once();
  }
  for (auto* job : jobs) job->finish(status);
}

void Committer::note(const base::Status& committed) {
  const bool was_healthy = healthy();
  {
    const std::lock_guard guard{trouble_mutex_};
    trouble_.reset();
    if (!committed) trouble_ = committed.error();
  }
  healthy_ = committed.has_value();
  if (!committed && was_healthy) {
    base::log().error(
        "a commit failed, nothing of it was acknowledged; changes are refused until "
        "the disk takes them again, reads go on: {}",
        committed.error().message());
  } else if (committed && !was_healthy) {
    base::log().info("the disk takes changes again");
  }
}

std::string Committer::trouble() const {
  const std::lock_guard guard{trouble_mutex_};
  return trouble_ ? trouble_->message() : "";
}

// After a failure the next transaction writes something of its own (Engine::begin). That it fits
// says little of the next put: a disk that is full to the last page would go to and fro.
void Committer::probe() {
  auto status = engine_.begin();
  if (status) status = engine_.commit();
  if (status) status = engine_.store().try_room();
  note(status);
}

bool Committer::calls_wait() {
  const std::lock_guard guard{mutex_};
  return !queue_.empty() || stopping_;
}

void Committer::tidy() {
  while (tidy_once() && !calls_wait()) {
  }
  if (behind_) return;
  while (shrink_once() && !calls_wait()) {
  }
}

// One transaction that makes the data file shorter, where much of it is free; true when there is
// more to do.
bool Committer::shrink_once() {
  auto& store = engine_.store();
  const auto wanted = store.has_spare_pages();
  if (!wanted || !wanted.value()) return false;
  const auto began = SteadyClock::now();
  if (!engine_.begin()) return false;  // the next commit will say so
  auto status = store.give_back(pages_);
  if (status) {
    status = engine_.commit();
  } else {
    engine_.give_up(status.error());
    (void)engine_.commit();
  }
  const bool slow = SteadyClock::now() - began > tidy_time;
  pages_ = std::clamp<std::int64_t>(slow ? pages_ / 2 : pages_ + pages_ / 4, 16, 4096);
  return status.has_value();
}

// One transaction of housekeeping; true when there is more to do.
bool Committer::tidy_once() {
  const auto began = SteadyClock::now();
  auto status = engine_.begin();
  if (!status) return behind_ = false;  // the next commit will say so
  auto did = engine_.tidy(share_);
  status = engine_.commit();
  const auto now = SteadyClock::now();
  behind_ = did && status && did.value();
  if (!did || !status) {
    if (now < quiet_until_) return false;
    quiet_until_ = now + log_again_after;
    base::log().warn("housekeeping failed and will be tried again: {}",
                     (did ? status.error() : did.error()).message());
    return false;
  }
  owed_ = std::max<std::int64_t>(0, owed_ - share_);
  if (behind_) share_ = now - began > tidy_time ? share_ / 2 : share_ + share_ / 4;
  share_ = std::clamp(share_, tidy_least, tidy_most);
  return behind_;
}

}  // namespace millrace::engine
