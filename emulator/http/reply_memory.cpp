#include "emulator/http/reply_memory.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace millrace::http {

namespace asio = boost::asio;

namespace {
constexpr std::size_t small = 64 * 1024;
constexpr std::chrono::milliseconds until_freed{3'600'000};
}  // namespace

ReplyMemory::Hold::Hold(Hold&& other) noexcept
    : memory_(std::exchange(other.memory_, nullptr)), at_(other.at_) {}

ReplyMemory::Hold& ReplyMemory::Hold::operator=(Hold&& other) noexcept {
  if (this != &other) {
    release();
    memory_ = std::exchange(other.memory_, nullptr);
    at_ = other.at_;
  }
  return *this;
}

void ReplyMemory::Hold::settle(std::size_t bytes, std::function<void()> drop) {
  if (memory_ == nullptr) return;
  if (bytes <= small) {
    release();
    return;
  }
  memory_->held_ += bytes;
  memory_->held_ -= at_->bytes;
  *at_ = {bytes, std::chrono::steady_clock::now(), std::move(drop)};
  memory_->wake_next();
}

void ReplyMemory::Hold::claim(std::function<void()> drop) {
  if (memory_ == nullptr) return;
  at_->since = std::chrono::steady_clock::now();
  at_->drop = std::move(drop);
}

void ReplyMemory::Hold::release() {
  if (memory_ == nullptr) return;
  auto& memory = *std::exchange(memory_, nullptr);
  memory.held_ -= at_->bytes;
  memory.entries_.erase(at_);
  memory.wake_next();
}

void ReplyMemory::wake_next() {
  while (!waiting_.empty() && fits(waiting_.front().bytes)) {
    const auto next = waiting_.front().nap.lock();
    waiting_.pop_front();
    if (next == nullptr) continue;  // it was dropped meanwhile
    next->wake();
    return;  // whoever gets its share wakes the one behind it
  }
}

ReplyMemory::Hold ReplyMemory::take(std::size_t bytes) {
  held_ += bytes;
  entries_.push_back({bytes, std::chrono::steady_clock::now(), {}});
  return {*this, std::prev(entries_.end())};
}

ReplyMemory::Hold ReplyMemory::reserve_now(std::size_t bytes) {
  if (stopping_ || !waiting_.empty() || !fits(bytes)) return {};
  return take(bytes);
}

asio::awaitable<ReplyMemory::Hold> ReplyMemory::reserve(std::size_t bytes) {
  if (stopping_) co_return Hold{};
  const auto nap = std::make_shared<Nap>(loop_, naps_);
  waiting_.push_back({nap, bytes});
  wake_next();
  for (;;) {
    co_await nap->sleep(until_freed);
    if (stopping_) co_return Hold{};
    if (fits(bytes)) break;
    nap->begin();
    waiting_.push_front({nap, bytes});  // somebody was quicker: it keeps its place
  }
  auto hold = take(bytes);
  wake_next();
  co_return std::move(hold);
}

void ReplyMemory::sweep(std::chrono::steady_clock::time_point now) {
  if (waiting_.empty()) return;
  std::vector<std::function<void()>> drops;
  for (const auto& entry : entries_) {
    if (entry.drop && now - entry.since >= options_.patience) drops.push_back(entry.drop);
  }
  // What is dropped lets go of its share later, from its own coroutine.
  for (const auto& drop : drops) drop();
}

}  // namespace millrace::http
