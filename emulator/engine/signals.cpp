#include "emulator/engine/signals.hpp"

#include <algorithm>

namespace millrace::engine {

Signals::Subscription Signals::watch(std::int64_t stream_id, Callback callback) {
  const std::lock_guard guard{mutex_};
  const Key key{stream_id, next_id_++};
  entries_.emplace(key, std::make_shared<Callback>(std::move(callback)));
  return {*this, key};
}

void Signals::drop(Key key) {
  // Waits for callbacks that run on another thread; a callback that drops passes through.
  const std::lock_guard calling{calling_};
  const std::lock_guard guard{mutex_};
  entries_.erase(key);
}

void Signals::call(const std::vector<Entries::value_type>& due) {
  for (const auto& [key, callback] : due) {
    {
      const std::lock_guard guard{mutex_};
      if (!entries_.contains(key)) continue;  // another callback dropped it
    }
    (*callback)();
  }
}

void Signals::fire() {
  if (noted_.empty()) return;
  std::sort(noted_.begin(), noted_.end());
  noted_.erase(std::unique(noted_.begin(), noted_.end()), noted_.end());
  const std::lock_guard calling{calling_};
  std::vector<Entries::value_type> due;
  for (const auto stream_id : noted_) collect(stream_id, due);
  noted_.clear();
  call(due);
}

void Signals::collect(std::int64_t stream_id, std::vector<Entries::value_type>& due) {
  const std::lock_guard guard{mutex_};
  for (auto at = entries_.lower_bound({stream_id, 0});
       at != entries_.end() && at->first.first == stream_id; ++at) {
    due.push_back(*at);
  }
}

void Signals::fire(std::int64_t stream_id) {
  const std::lock_guard calling{calling_};
  std::vector<Entries::value_type> due;
  collect(stream_id, due);
  call(due);
}

void Signals::fire_all() {
  const std::lock_guard calling{calling_};
  std::vector<Entries::value_type> due;
  {
    const std::lock_guard guard{mutex_};
    due = std::vector<Entries::value_type>(entries_.begin(), entries_.end());
  }
  call(due);
}

}  // namespace millrace::engine
