// Rates as AWS enforces them: token buckets on the engine's time. Pure: whoever asks says what time
// it is. Whether limits are on for a stream is Engine::limits_on()'s business.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <mutex>
#include <string>

namespace millrace::engine {

// Holds up to `burst`, gains `rate` a second; full at first. Time that goes back brings nothing.
// Not thread-safe. Rates and bursts from 1 to 2^40.
class Bucket {
 public:
  // Takes `amount` when it is there.
  bool take(std::int64_t now_ms, std::int64_t amount, std::int64_t rate, std::int64_t burst);
  // Takes it whether it is there or not: what is missing has to come in first.
  void charge(std::int64_t now_ms, std::int64_t amount, std::int64_t rate, std::int64_t burst);
  // Whole units, below 0 when more was charged than there was.
  std::int64_t level(std::int64_t now_ms, std::int64_t rate, std::int64_t burst);

 private:
  static constexpr std::int64_t parts = 1000;  // of a unit: a millisecond brings `rate` parts
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min();
  // From here on it counts from now, also when that is earlier than it was.
  void fill(std::int64_t now_ms, std::int64_t rate, std::int64_t burst);

  std::int64_t parts_ = 0;
  std::int64_t at_ms_ = never;
};

// What is put into a shard: 1000 records and 1 MiB a second, keys included (quotas page;
// PutRecord). Records above 1 MiB are what the burst is for: a tank as large as the stream's
// largest record that refills at 1 MiB a second (developer guide, "Handle large records"). The
// engine's thread only.
class WriteRates {
 public:
  static constexpr std::int64_t records_per_s = 1000;
  static constexpr std::int64_t bytes_per_s = 1'048'576;
  // `bytes`: data and key. `largest`: the largest record that the stream takes, in bytes.
  bool admit(std::int64_t now_ms, std::int64_t bytes, std::int64_t largest);

 private:
  Bucket records_;
  Bucket bytes_;
};

// What is read from a shard by GetRecords, and its iterators. Thread-safe.
class ReadRates {
 public:
  static constexpr std::int64_t calls_per_s = 5;
  static constexpr std::int64_t bytes_per_s = 2 * 1'048'576;
  static constexpr std::int64_t iterators_per_s = 5;

  // Before the read. False: too many calls, or what was read has not been paid for.
  bool admit_call(std::int64_t now_ms);
  // After it. An answer larger than a second's worth is paid for in full: 10 MiB block the shard
  // for the 5 s that the API reference tells.
  void charge(std::int64_t now_ms, std::int64_t bytes);
  bool admit_iterator(std::int64_t now_ms);

 private:
  std::mutex mutex_;  // guards all that follows
  Bucket calls_;
  Bucket bytes_;
  Bucket iterators_;
};

// Calls of the control plane, by whatever names the operation and the account or stream.
// Thread-safe.
class CallRates {
 public:
  bool admit(const std::string& key, std::int64_t now_ms, std::int64_t per_s);
  // How many keys are remembered: those of the last second, and some more.
  [[nodiscard]] std::size_t size() const;

 private:
  struct Entry {
    Bucket calls;
    std::int64_t last_ms = 0;
  };
  void forget_idle(std::int64_t now_ms);

  mutable std::mutex mutex_;  // guards all that follows
  std::map<std::string, Entry, std::less<>> entries_;
  std::size_t forget_at_ = 1024;
};

}  // namespace millrace::engine
