#include "runtime/connectors/kinesis_sink.hpp"

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>
#include <exception>
#include <functional>

#include "common/base/log.hpp"
#include "runtime/data/text.hpp"

namespace millrace::connectors {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t longest_key = 256;
constexpr int failures_until_warning = 3;

}  // namespace

std::string joined_key(const data::Batch& batch, std::size_t row,
                       const std::vector<std::size_t>& columns, const std::string& delimiter) {
  std::string out;
  bool first = true;
  for (const std::size_t index : columns) {
    if (!first) out += delimiter;
    first = false;
    data::append_java_text(out, *batch.columns[index], row);
  }
  std::size_t units = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto byte = static_cast<unsigned char>(out[i]);
    if ((byte & 0xC0U) == 0x80U) continue;  // inside a character
    units += byte >= 0xF0U ? 2 : 1;
    if (units > longest_key) {
      out.resize(i);
      break;
    }
  }
  return out;
}

KinesisSink::KinesisSink(KinesisSinkOptions options, std::unique_ptr<aws::KinesisClient> client,
                         std::unique_ptr<formats::Encoder> encoder, const Environment& environment,
                         std::unique_ptr<base::Waiter> waiter, aws::Random random,
                         std::string table_name)
    : options_(std::move(options)),
      client_(std::move(client)),
      encoder_(std::move(encoder)),
      environment_(environment),
      waiter_(std::move(waiter)),
      random_(std::move(random)),
      table_name_(std::move(table_name)),
      key_engine_((std::uint64_t{std::random_device{}()} << 32U) | std::random_device{}()),
      allowed_(options_.max_inflight),
      patience_(options_.patience) {}

KinesisSink::~KinesisSink() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  client_->cancel();
  waiter_->stop();
  wake_senders_.notify_all();
  for (auto& thread : threads_) thread.join();
}

base::Status KinesisSink::open() {
  const auto give_up = environment_.clock->now() + options_.patience;
  std::string said;
  while (true) {
    const auto summary = client_->describe_stream_summary(options_.stream);
    if (summary && summary.value().status != "CREATING") return base::success();
    const Error why =
        summary ? Error{ErrorCode::in_use, "the stream is being created"} : summary.error();
    // Whoever may only put records finds out with the first of them.
    if (why.name() == "AccessDeniedException") return base::success();
    const bool may_come = why.code() == ErrorCode::in_use || aws::is_retryable(why);
    if (!may_come || environment_.clock->now() >= give_up) {
      return why.in("Table '" + table_name_ + "': looking for stream " + options_.stream.name +
                    options_.stream.arn + " at " + client_->settings().endpoint.url());
    }
    if (why.message() != said) base::log().info("waiting: {}", why.message());
    said = why.message();
    if (!waiter_->wait(std::chrono::milliseconds{200})) {
      return Error{ErrorCode::cancelled, "stopped"};
    }
  }
}

std::string KinesisSink::random_key() {
  // A version 4 UUID, as java.util.UUID.randomUUID() prints it.
  const std::uint64_t high = (key_engine_() & ~std::uint64_t{0xF000}) | 0x4000U;
  const std::uint64_t low =
      (key_engine_() & ~(std::uint64_t{3} << 62U)) | (std::uint64_t{2} << 62U);
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(),
                "%08" PRIx64 "-%04" PRIx64 "-%04" PRIx64 "-%04" PRIx64 "-%012" PRIx64, high >> 32U,
                (high >> 16U) & 0xFFFFU, high & 0xFFFFU, low >> 48U, low & 0xFFFFFFFFFFFFU);
  return text.data();
}

std::string KinesisSink::key_of(const data::Batch& batch, std::size_t row) {
  if (!options_.key_columns.empty()) {
    return joined_key(batch, row, options_.key_columns, options_.delimiter);
  }
  return options_.fixed_key ? std::to_string(environment_.subtask) : random_key();
}

base::Status KinesisSink::write(const data::Batch& batch) {
  encoded_.clear();
  BOOST_OUTCOME_TRY(encoder_->encode(batch, encoded_));
  if (encoded_.size() != batch.rows) {
    return Error{ErrorCode::internal, "Table '" + table_name_ + "': " + std::to_string(batch.rows) +
                                          " rows gave " + std::to_string(encoded_.size()) +
                                          " records"};
  }
  const auto now = environment_.clock->now();
  Lock lock{mutex_};
  for (std::size_t row = 0; row < batch.rows; ++row) {
    Record record{std::string{encoded_.record(row)}, key_of(batch, row)};
    record.key_hash = std::hash<std::string>{}(record.key);
    record.came = now;
    BOOST_OUTCOME_TRY(add(std::move(record), lock));
  }
  lock.unlock();
  return tick();
}

template <class Ready>
void KinesisSink::wait_for_senders(Lock& lock, Ready ready) {
  const auto began = std::chrono::steady_clock::now();
  wake_pipeline_.wait(lock, ready);
  blocked_us_ += static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(
                                                std::chrono::steady_clock::now() - began)
                                                .count());
}

base::Status KinesisSink::add(Record record, Lock& lock) {
  const std::size_t size = record.size();
  const auto is_room = [&] {
    return failure_ || unstored_ == 0 ||
           (unstored_ < options_.max_buffered &&
            unstored_bytes_ + size <= options_.max_buffered_bytes);
  };
  if (!is_room()) {
    // Whatever waits must go, full batch or not: there may never be one.
    forced_ = next_number_ - 1;
    blocked_ = false;
    add_thread();
    wake_senders_.notify_all();
    wait_for_senders(lock, is_room);
  }
  if (failure_) return *failure_;
  record.number = next_number_++;
  ++unstored_;
  unstored_bytes_ += size;
  waiting_bytes_ += size;
  waiting_.push_back(std::move(record));
  // Not for each record: a look goes over all that wait.
  const bool one_more_batch =
      waiting_.size() % options_.batch_records == 0 ||
      waiting_bytes_ / options_.batch_bytes != (waiting_bytes_ - size) / options_.batch_bytes;
  if (one_more_batch) {
    blocked_ = false;
    add_thread();
    wake_senders_.notify_one();
  }
  return base::success();
}

base::Status KinesisSink::flush() {
  return send_all(options_.patience);
}

base::Status KinesisSink::tick() {
  const auto now = environment_.clock->now();
  const std::lock_guard lock{mutex_};
  if (failure_) return *failure_;
  if (waiting_.empty() || now - waiting_.front().came < options_.flush_after) {
    return base::success();
  }
  forced_ = next_number_ - 1;
  blocked_ = false;
  add_thread();
  wake_senders_.notify_all();
  return base::success();
}

base::Status KinesisSink::finish() {
  return send_all(options_.patience_at_end);
}

base::Status KinesisSink::send_all(std::chrono::milliseconds patience) {
  Lock lock{mutex_};
  patience_ = patience;
  if (unstored_ > 0 && !failure_) {
    forced_ = next_number_ - 1;
    blocked_ = false;
    add_thread();
    wake_senders_.notify_all();
    wait_for_senders(lock, [this] { return failure_ || unstored_ == 0; });
  }
  patience_ = options_.patience;
  if (failure_) return *failure_;
  return base::success();
}

void KinesisSink::add_thread() {
  if (stopping_ || idle_threads_ > 0 || threads_.size() >= options_.max_inflight) return;
  threads_.emplace_back([this] { work(); });
}

KinesisSink::Batch KinesisSink::take_batch() {
  Batch out;
  if (blocked_ || waiting_.empty() || under_way_ >= allowed_) return out;
  // Chosen first and then taken: one that is not full may have to wait.
  std::vector<std::size_t> chosen;
  std::unordered_set<std::uint64_t> passed_over;
  std::size_t bytes = 0;
  bool full = false;
  bool forced = false;
  for (std::size_t i = 0; i < waiting_.size() && !full; ++i) {
    const Record& record = waiting_[i];
    if (keys_under_way_.contains(record.key_hash) || passed_over.contains(record.key_hash)) {
      passed_over.insert(record.key_hash);
      continue;
    }
    if (!chosen.empty() && bytes + record.size() > options_.batch_bytes) {
      full = true;
      break;
    }
    forced = forced || record.number <= forced_;
    bytes += record.size();
    chosen.push_back(i);
    full = chosen.size() == options_.batch_records;
  }
  if (!full && !forced) {
    blocked_ = true;
    return out;
  }
  out.reserve(chosen.size());
  for (const std::size_t i : chosen) {
    keys_under_way_.insert(waiting_[i].key_hash);
    out.push_back(std::move(waiting_[i]));
  }
  std::size_t next = 0;
  std::size_t kept = chosen.front();
  for (std::size_t i = kept; i < waiting_.size(); ++i) {
    if (next < chosen.size() && chosen[next] == i) {
      ++next;
    } else {
      if (kept != i) waiting_[kept] = std::move(waiting_[i]);
      ++kept;
    }
  }
  waiting_.resize(kept);
  waiting_bytes_ -= bytes;
  return out;
}

void KinesisSink::work() {
  Lock lock{mutex_};
  while (!stopping_ && !failure_) {
    auto batch = take_batch();
    if (batch.empty()) {
      ++idle_threads_;
      wake_senders_.wait(lock);
      --idle_threads_;
      continue;
    }
    ++under_way_;
    if (!waiting_.empty()) {  // perhaps for another one
      add_thread();
      wake_senders_.notify_one();
    }
    std::vector<std::uint64_t> keys;
    keys.reserve(batch.size());
    for (const auto& record : batch) keys.push_back(record.key_hash);
    try {
      put(batch, lock);
    } catch (const std::exception& thrown) {  // no memory; a thread must not end in it
      if (!lock.owns_lock()) lock.lock();
      fail({ErrorCode::internal, "Table '" + table_name_ + "': " + thrown.what()});
    }
    --under_way_;
    for (const auto key : keys) keys_under_way_.erase(key);
    blocked_ = false;
    wake_senders_.notify_all();
    wake_pipeline_.notify_all();
  }
}

void KinesisSink::put(Batch& batch, Lock& lock) {
  while (!batch.empty() && !stopping_ && !failure_) {
    lock.unlock();
    std::vector<aws::PutEntry> entries;
    entries.reserve(batch.size());
    for (const auto& record : batch) entries.push_back({record.data, record.key});
    const auto answer = client_->put_records(options_.stream, entries);
    lock.lock();
    if (!answer) {
      if (stopping_) return;
      wait_after(answer.error(), lock);
      retries_ += batch.size();
      continue;
    }
    const auto why = keep_refused(batch, answer.value());
    if (!why) {
      allowed_ = std::min(allowed_ + 1, options_.max_inflight);
      continue;
    }
    if (options_.fail_on_error) {
      fail(why->in("Table '" + table_name_ + "': " + std::to_string(batch.size()) +
                   " records were refused and 'sink.fail-on-error' is set"));
      return;
    }
    wait_after(*why, lock);
    retries_ += batch.size();
  }
}

std::optional<Error> KinesisSink::keep_refused(Batch& batch, const aws::PutRecordsResult& answer) {
  std::optional<Error> why;
  Batch refused;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto& one = answer.records[i];
    if (one.error_code.empty()) {
      ++records_;
      bytes_ += batch[i].data.size();
      --unstored_;
      unstored_bytes_ -= batch[i].size();
      continue;
    }
    why.emplace(ErrorCode::throughput_exceeded, one.error_code,
                one.error_code + ": " + one.error_message);
    refused.push_back(std::move(batch[i]));
  }
  if (refused.size() < batch.size()) {
    if (failures_ >= failures_until_warning) base::log().info("records are taken again");
    failures_ = 0;
    wake_pipeline_.notify_all();
  }
  batch = std::move(refused);
  return why;
}

// Until the batch is tried again; sets failure_ when it is not to be.
void KinesisSink::wait_after(const Error& error, Lock& lock) {
  const std::string what =
      "Table '" + table_name_ + "': putting to " + options_.stream.name + options_.stream.arn;
  if (!aws::is_retryable(error)) return fail(error.in(what));
  const auto now = environment_.clock->now();
  if (++failures_ == 1) failing_since_ = now;
  if (failures_ == failures_until_warning) {
    base::log().warn("{}: {}; trying again", what, error.message());
  }
  if (now - failing_since_ > patience_) {
    return fail(
        error.in(what + ": gave up after " + std::to_string(patience_.count() / 1000) + " s"));
  }
  if (aws::is_throttling(error)) allowed_ = std::max<std::size_t>(allowed_ / 2, 1);
  const auto pause = aws::backoff(options_.retry, failures_, error, random_);
  lock.unlock();
  const bool waited = waiter_->wait(pause);
  lock.lock();
  if (!waited) fail({ErrorCode::cancelled, what + ": stopped"});
}

void KinesisSink::fail(Error error) {
  if (!failure_) failure_ = std::move(error);
  wake_pipeline_.notify_all();
  wake_senders_.notify_all();
}

SinkMetrics KinesisSink::metrics() const {
  SinkMetrics out;
  out.records = records_;
  out.bytes = bytes_;
  out.retries = retries_;
  out.blocked_us = blocked_us_;
  return out;
}

}  // namespace millrace::connectors
