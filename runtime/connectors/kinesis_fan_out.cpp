// The part of the source that reads by subscriptions.
#include <algorithm>

#include "runtime/connectors/kinesis_source.hpp"

namespace millrace::connectors {

using std::chrono::milliseconds;

base::Status KinesisSource::wait_until_subscribed(std::unique_lock<std::mutex>& lock) {
  const auto ready = [this] {
    return stopping_ || failure_ || std::all_of(tasks_.begin(), tasks_.end(), [](const auto& task) {
             return task->is_search() || task->subscribed;
           });
  };
  wake_pipeline_.wait_for(lock, options_.patience, ready);
  if (failure_) return *failure_;
  return base::success();
}

// On the thread that subscribes. False: the subscription is to end.
bool KinesisSource::take_event(Task& task, ShardSubscription::Event event) {
  const auto& shard_id = task.subscription->shard_id();
  auto page = page_of(shard_id, std::move(event.records), task.range);
  std::unique_lock lock{mutex_};
  // Nothing is read from the socket meanwhile, which holds the service back.
  wake_workers_.wait(
      lock, [this] { return stopping_ || failure_ || queued_bytes_ < options_.queue_bytes; });
  task.subscribed = true;
  task.throttled = false;
  task.behind = event.millis_behind;
  enqueue(std::move(page));
  wake_pipeline_.notify_all();
  const bool drained =
      environment_.drain && event.millis_behind == 0 && !tracker_.is_closed(shard_id);
  return !drained && !stopping_ && !failure_;
}

void KinesisSource::subscribe(Task& task, std::unique_lock<std::mutex>& lock) {
  lock.unlock();
  bool stopped_here = false;
  const std::string arn = consumer_->arn();
  auto step = task.subscription->follow(*client_, arn, *environment_.clock, options_.subscription,
                                        random_, [&](ShardSubscription::Event event) {
                                          const bool more = take_event(task, std::move(event));
                                          stopped_here = !more;
                                          return more;
                                        });
  if (step.consumer_lost) {
    const auto renewed = consumer_->renew(*client_, arn, [this](milliseconds time) {
      std::unique_lock waiting{mutex_};
      return !wake_workers_.wait_for(waiting, time, [this] { return stopping_; });
    });
    if (renewed) {
      step.failure.reset();
    } else {
      step.failure = renewed.error();
    }
  }
  lock.lock();
  task.busy = false;
  task.due = Steady::now() + step.wait;
  task.throttled = step.throttled;
  if (step.failure) {
    if (!stopping_) failure_ = step.failure->in("Table '" + table_name_ + "'");
    return;
  }
  const std::string shard_id = task.subscription->shard_id();
  const bool drained = environment_.drain && stopped_here && !stopping_ && !failure_;
  if (step.ended || drained) end_shard(task, shard_id, step.ended);
}

}  // namespace millrace::connectors
