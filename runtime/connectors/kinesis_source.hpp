// 'connector' = 'kinesis' as a source: every shard of a stream, read in parallel.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "common/aws/kinesis_client.hpp"
#include "common/base/clock.hpp"
#include "common/base/waiter.hpp"
#include "runtime/connectors/fan_out_consumer.hpp"
#include "runtime/connectors/shard_reader.hpp"
#include "runtime/connectors/shard_subscription.hpp"
#include "runtime/connectors/shard_tracker.hpp"
#include "runtime/connectors/source.hpp"
#include "runtime/formats/format.hpp"

namespace millrace::connectors {

struct KinesisSourceOptions {
  aws::StreamRef stream;
  aws::IteratorStart start;
  ReadPace pace;
  // Set: shards are read by subscriptions, not by polling.
  std::optional<FanOutOptions> fan_out;
  SubscriptionPace subscription;
  std::chrono::milliseconds farewell_timeout{10'000};  // of deregistering the consumer
  std::chrono::milliseconds discovery_interval{10'000};
  // How long open() waits for an endpoint or a stream that is not up yet.
  std::chrono::milliseconds patience{60'000};
  // Reading pauses while so many bytes wait to be taken.
  std::size_t queue_bytes = std::size_t{64} << 20U;
  std::size_t max_threads = 16;
};

// Threads: up to max_threads that call AWS (a shard is with at most one of them at a time), with
// fan-out one for each shard; and the pipeline's, which decodes. What they share is behind one
// mutex.
class KinesisSource final : public Source {
 public:
  // schema: the batches' columns, projected fields then metadata. The client makes one attempt a
  // call. farewell: a second client, for the calls after stop() has cancelled the first one's; null
  // without fan-out. environment outlives the source.
  KinesisSource(KinesisSourceOptions options, std::unique_ptr<aws::KinesisClient> client,
                std::unique_ptr<formats::Decoder> decoder, const data::Schema& schema,
                std::vector<MetadataColumn> metadata, const Environment& environment,
                std::string table_name, std::unique_ptr<aws::KinesisClient> farewell = nullptr);
  ~KinesisSource() override;
  KinesisSource(const KinesisSource&) = delete;
  KinesisSource& operator=(const KinesisSource&) = delete;

  base::Status open() override;
  base::Result<Fetched> next(std::chrono::milliseconds wait) override;
  void stop() override;
  [[nodiscard]] bool bounded() const override { return false; }
  [[nodiscard]] SourceMetrics metrics() const override;
  void close() override;

 private:
  using Steady = std::chrono::steady_clock;

  // A shard that is being read, one way or the other, or the search for new ones (neither).
  struct Task {
    [[nodiscard]] bool is_search() const { return !reader && !subscription; }

    std::unique_ptr<ShardReader> reader;
    std::unique_ptr<ShardSubscription> subscription;
    bool subscribed = false;  // an event came
    HashRange range;
    Steady::time_point due{};
    bool busy = false;
    bool throttled = false;
    std::int64_t behind = -1;
  };
  struct Page {
    std::string shard_id;
    std::vector<aws::Record> records;
    std::size_t bytes = 0;
  };

  base::Result<std::vector<aws::Shard>> first_listing();
  void work();
  void read(Task& task, std::unique_lock<std::mutex>& lock);
  void subscribe(Task& task, std::unique_lock<std::mutex>& lock);
  bool take_event(Task& task, ShardSubscription::Event event);
  base::Status wait_until_subscribed(std::unique_lock<std::mutex>& lock);
  Page page_of(const std::string& shard_id, std::vector<aws::Record> records,
               const HashRange& range) const;
  void enqueue(Page page);
  void end_shard(const Task& task, const std::string& shard_id, bool at_its_end);
  void discover(Task& task, std::unique_lock<std::mutex>& lock);
  void start(const std::vector<ShardTracker::Ready>& ready);
  void add_threads();
  Task* earliest();
  [[nodiscard]] bool is_drained() const;
  bool take_page();
  base::Status decode(std::size_t limit);
  void append_metadata(const Page& page, std::size_t first, std::size_t count);

  KinesisSourceOptions options_;
  const std::unique_ptr<aws::KinesisClient> client_;
  const std::unique_ptr<aws::KinesisClient> farewell_;
  const std::unique_ptr<formats::Decoder> decoder_;
  const std::vector<MetadataColumn> metadata_;
  const Environment& environment_;
  const std::string table_name_;
  const aws::Random random_ = aws::system_random();

  std::optional<FanOutConsumer> consumer_;

  // Of the pipeline's thread.
  data::BatchBuilder builder_;
  std::size_t first_metadata_column_;
  std::optional<Page> page_;
  std::size_t page_at_ = 0;
  std::vector<std::string_view> messages_;
  std::vector<std::uint32_t> rows_of_;

  mutable std::mutex mutex_;  // guards everything down to threads_
  std::condition_variable wake_workers_;
  std::condition_variable wake_pipeline_;
  ShardTracker tracker_;
  std::vector<std::unique_ptr<Task>> tasks_;
  std::deque<Page> queue_;
  std::size_t queued_bytes_ = 0;
  bool must_discover_ = false;  // a shard ended: its children are to be found
  bool stopping_ = false;
  std::optional<base::Error> failure_;
  std::vector<std::thread> threads_;

  std::atomic<std::uint64_t> records_{0};
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace millrace::connectors
