#include "runtime/connectors/kinesis_source.hpp"

#include <algorithm>

#include "common/base/log.hpp"
#include "runtime/connectors/kpl.hpp"

namespace millrace::connectors {

using base::Error;
using base::ErrorCode;
using std::chrono::milliseconds;

namespace {

constexpr auto poll_until_up = milliseconds{200};
// Each has a thread of its own.
constexpr std::size_t most_subscriptions = 2'000;
// What a record costs in memory beside its bytes.
constexpr std::size_t record_overhead = sizeof(aws::Record) + 64;

}  // namespace

KinesisSource::KinesisSource(KinesisSourceOptions options,
                             std::unique_ptr<aws::KinesisClient> client,
                             std::unique_ptr<formats::Decoder> decoder, const data::Schema& schema,
                             std::vector<MetadataColumn> metadata, const Environment& environment,
                             std::string table_name, std::unique_ptr<aws::KinesisClient> farewell)
    : options_(std::move(options)),
      client_(std::move(client)),
      farewell_(std::move(farewell)),
      decoder_(std::move(decoder)),
      metadata_(std::move(metadata)),
      environment_(environment),
      table_name_(std::move(table_name)),
      builder_(schema),
      first_metadata_column_(schema.size() - metadata_.size()),
      tracker_(environment.subtask, environment.parallelism) {
  // AWS allows so many calls a second; others may allow more, and say so when it is too much.
  options_.pace.eager =
      options_.pace.eager && !client_->settings().endpoint.host.ends_with("amazonaws.com");
  if (options_.fan_out) {
    consumer_.emplace(*options_.fan_out, options_.stream);
    options_.max_threads = most_subscriptions;
  }
}

KinesisSource::~KinesisSource() {
  close();
}

base::Result<std::vector<aws::Shard>> KinesisSource::first_listing() {
  const auto give_up = Steady::now() + options_.patience;
  std::string said;
  std::unique_lock lock{mutex_};
  while (true) {
    lock.unlock();
    auto listing = client_->list_all_shards(options_.stream);
    lock.lock();
    if (listing && !listing.value().empty()) return listing;
    // A stream that is being created has no shards, or is in use.
    const Error why = listing ? Error{ErrorCode::in_use, "the stream has no shards yet"}
                              : std::move(listing).error();
    if (stopping_) return Error{ErrorCode::cancelled, "stopped"};
    const bool may_come = aws::is_retryable(why) || why.code() == ErrorCode::in_use;
    if (!may_come || Steady::now() >= give_up) {
      return why.in("Table '" + table_name_ + "': listing the shards of " + options_.stream.name +
                    options_.stream.arn + " at " + client_->settings().endpoint.url());
    }
    if (why.message() != said) base::log().info("waiting: {}", why.message());
    said = why.message();
    wake_workers_.wait_for(lock, poll_until_up, [this] { return stopping_; });
  }
}

base::Status KinesisSource::open() {
  BOOST_OUTCOME_TRY(const auto listing, first_listing());
  if (consumer_) {
    const auto acquired = consumer_->acquire(*client_, [this](milliseconds time) {
      std::unique_lock lock{mutex_};
      return !wake_workers_.wait_for(lock, time, [this] { return stopping_; });
    });
    if (!acquired) {
      const std::lock_guard lock{mutex_};
      if (stopping_) return base::success();
      return acquired.error().in("Table '" + table_name_ + "'");
    }
  }
  std::unique_lock lock{mutex_};
  const bool latest = options_.start.type == aws::IteratorType::latest;
  start(tracker_.begin(listing, latest));
  if (latest && !consumer_) {
    // Who puts records after open() finds them read, however late the threads come to it.
    for (const auto& task : tasks_) {
      if (stopping_) return base::success();
      lock.unlock();  // nobody else touches tasks_ before there are threads
      const auto prepared = task->reader->prepare(*client_, *environment_.clock);
      lock.lock();
      if (!prepared && !stopping_ && !aws::is_retryable(prepared.error())) {
        return prepared.error().in("Table '" + table_name_ + "'");
      }
    }
  }
  auto search = std::make_unique<Task>();
  search->due = Steady::now() + options_.discovery_interval;
  tasks_.push_back(std::move(search));
  add_threads();
  // The same for subscriptions.
  if (latest && consumer_) return wait_until_subscribed(lock);
  return base::success();
}

void KinesisSource::start(const std::vector<ShardTracker::Ready>& ready) {
  for (const auto& shard : ready) {
    auto task = std::make_unique<Task>();
    const auto from =
        shard.initial ? options_.start : aws::IteratorStart{aws::IteratorType::trim_horizon};
    if (consumer_) {
      task->subscription =
          std::make_unique<ShardSubscription>(options_.stream, shard.shard_id, from);
    } else {
      task->reader = std::make_unique<ShardReader>(options_.stream, shard.shard_id, from);
    }
    task->range = shard.range;
    task->due = Steady::now();
    tasks_.push_back(std::move(task));
  }
}

void KinesisSource::add_threads() {
  const auto wanted = std::min(options_.max_threads, tasks_.size());
  while (!stopping_ && threads_.size() < wanted) threads_.emplace_back([this] { work(); });
}

KinesisSource::Task* KinesisSource::earliest() {
  Task* found = nullptr;
  for (const auto& task : tasks_) {
    if (!task->busy && (found == nullptr || task->due < found->due)) found = task.get();
  }
  return found;
}

void KinesisSource::work() {
  std::unique_lock lock{mutex_};
  while (!stopping_ && !failure_) {
    Task* task = queued_bytes_ < options_.queue_bytes ? earliest() : nullptr;
    if (task == nullptr) {
      wake_workers_.wait(lock);
      continue;
    }
    // A copy: while this thread waits, another may end the task.
    if (const auto due = task->due; due > Steady::now()) {
      wake_workers_.wait_until(lock, due);
      continue;
    }
    task->busy = true;
    if (task->reader) {
      read(*task, lock);
    } else if (task->subscription) {
      subscribe(*task, lock);
    } else {
      discover(*task, lock);
    }
    wake_workers_.notify_all();
    wake_pipeline_.notify_all();
  }
}

KinesisSource::Page KinesisSource::page_of(const std::string& shard_id,
                                           std::vector<aws::Record> records,
                                           const HashRange& range) const {
  Page page{shard_id, std::move(records)};
  if (const auto left_out = deaggregate(page.records, range); left_out > 0) {
    base::log().warn(
        "table '{}': {} aggregated records of {} hold records of another shard and are left out; "
        "their producer puts them again",
        table_name_, left_out, page.shard_id);
  }
  for (const auto& record : page.records) page.bytes += record.data.size() + record_overhead;
  return page;
}

void KinesisSource::enqueue(Page page) {
  if (page.records.empty()) return;
  queued_bytes_ += page.bytes;
  queue_.push_back(std::move(page));
}

void KinesisSource::end_shard(const Task& task, const std::string& shard_id, bool at_its_end) {
  std::erase_if(tasks_, [&](const auto& entry) { return entry.get() == &task; });
  start(tracker_.finish(shard_id));
  if (at_its_end) {
    must_discover_ = true;
    for (const auto& entry : tasks_) {
      if (entry->is_search()) entry->due = Steady::now();
    }
  }
  add_threads();
}

void KinesisSource::read(Task& task, std::unique_lock<std::mutex>& lock) {
  const auto began = Steady::now();
  lock.unlock();
  auto step = task.reader->step(*client_, *environment_.clock, options_.pace, random_);
  auto page = page_of(task.reader->shard_id(), std::move(step.records), task.range);
  lock.lock();
  task.busy = false;
  task.due = began + step.wait;
  task.throttled = step.throttled;
  task.behind = task.reader->millis_behind_latest();
  if (step.failure) {
    if (!stopping_) failure_ = step.failure->in("Table '" + table_name_ + "'");
    return;
  }
  const std::string shard_id = page.shard_id;
  enqueue(std::move(page));
  // A closed shard is read on to its end: its children wait for that.
  const bool drained = environment_.drain && step.caught_up && !tracker_.is_closed(shard_id);
  if (step.ended || drained) end_shard(task, shard_id, step.ended);
}

void KinesisSource::discover(Task& task, std::unique_lock<std::mutex>& lock) {
  const auto began = Steady::now();
  must_discover_ = false;
  lock.unlock();
  const auto listing = client_->list_all_shards(options_.stream);
  lock.lock();
  task.busy = false;
  if (listing) {
    const auto ready = tracker_.update(listing.value());
    for (const auto& shard : ready) base::log().info("reading new shard {}", shard.shard_id);
    start(ready);
    add_threads();
    task.due = began + (must_discover_ ? poll_until_up : options_.discovery_interval);
    return;
  }
  const auto& error = listing.error();
  // An outage is reported by the shards' readers; a stream that is gone, too.
  if (!aws::is_retryable(error) && !stopping_ && error.code() != ErrorCode::in_use) {
    failure_ = error.in("Table '" + table_name_ + "': looking for new shards");
  }
  must_discover_ = true;
  task.due = began + std::min(options_.discovery_interval, milliseconds{1'000});
}

bool KinesisSource::is_drained() const {
  if (!environment_.drain || must_discover_ || !queue_.empty() || tracker_.waiting() > 0) {
    return false;
  }
  // Only the search for shards is left, and it is not searching.
  return tasks_.size() == 1 && !tasks_.front()->busy;
}

bool KinesisSource::take_page() {
  const std::lock_guard lock{mutex_};
  if (queue_.empty()) return false;
  page_ = std::move(queue_.front());
  page_at_ = 0;
  queue_.pop_front();
  queued_bytes_ -= page_->bytes;
  wake_workers_.notify_all();
  return true;
}

base::Result<Source::Fetched> KinesisSource::next(milliseconds wait) {
  Fetched out;
  {
    std::unique_lock lock{mutex_};
    const auto something = [this] {
      return stopping_ || failure_ || page_ || !queue_.empty() || is_drained();
    };
    wake_pipeline_.wait_for(lock, wait, something);
    if (stopping_ || (!page_ && is_drained())) {
      out.finished = true;
      return out;
    }
    if (failure_ && !page_ && queue_.empty()) return *failure_;
  }
  const std::size_t wanted = std::max<std::size_t>(environment_.batch_rows, 1);
  while (builder_.rows() < wanted && (page_ || take_page())) {
    BOOST_OUTCOME_TRY(decode(wanted - builder_.rows()));
  }
  out.batch = builder_.take();
  return out;
}

base::Status KinesisSource::decode(std::size_t limit) {
  const std::size_t first = page_at_;
  const std::size_t count = std::min(limit, page_->records.size() - first);
  messages_.clear();
  std::uint64_t bytes = 0;
  for (std::size_t i = first; i < first + count; ++i) {
    messages_.emplace_back(page_->records[i].data);
    bytes += messages_.back().size();
  }
  rows_of_.clear();
  const auto decoded = decoder_->decode(messages_, builder_, rows_of_);
  dropped_ = decoder_->dropped();
  if (!decoded) {
    return decoded.error().in("Table '" + table_name_ + "', shard " + page_->shard_id);
  }
  append_metadata(*page_, first, count);
  records_ += count;
  bytes_ += bytes;
  page_at_ += count;
  if (page_at_ == page_->records.size()) page_.reset();
  return base::success();
}

void KinesisSource::append_metadata(const Page& page, std::size_t first, std::size_t count) {
  for (std::size_t k = 0; k < metadata_.size(); ++k) {
    auto& column = builder_.column(first_metadata_column_ + k);
    const auto& key = metadata_[k].key;
    for (std::size_t i = 0; i < count; ++i) {
      const auto& record = page.records[first + i];
      const std::uint32_t rows = rows_of_[i];
      if (key == "timestamp") {
        for (std::uint32_t row = 0; row < rows; ++row) {
          column.append(data::TimestampValue{record.arrival_ms, 0});
        }
        continue;
      }
      if (rows == 0) continue;
      const auto text =
          builder_.arena().copy(key == "shard-id" ? page.shard_id : record.sequence_number);
      for (std::uint32_t row = 0; row < rows; ++row) column.append(text);
    }
  }
}

void KinesisSource::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_workers_.notify_all();
  wake_pipeline_.notify_all();
  client_->cancel();
}

void KinesisSource::close() {
  stop();
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock{mutex_};
    threads.swap(threads_);
  }
  for (auto& thread : threads) thread.join();
  if (!consumer_ || !farewell_) return;
  if (const auto released = consumer_->release(*farewell_); !released) {
    base::log().warn("table '{}': {}", table_name_, released.error().message());
  }
}

SourceMetrics KinesisSource::metrics() const {
  SourceMetrics out;
  out.records = records_;
  out.bytes = bytes_;
  out.dropped = dropped_;
  std::size_t shards = 0;
  std::size_t throttled = 0;
  const std::lock_guard lock{mutex_};
  for (const auto& task : tasks_) {
    if (task->is_search()) continue;
    ++shards;
    if (task->throttled) ++throttled;
    out.millis_behind_latest = std::max(out.millis_behind_latest, task->behind);
  }
  out.note = std::to_string(shards) + (shards == 1 ? " shard" : " shards");
  if (throttled > 0) out.note += ", " + std::to_string(throttled) + " throttled";
  return out;
}

}  // namespace millrace::connectors
