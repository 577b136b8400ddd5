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
#include "runtime/connectors/shard_reader.hpp"
#include "runtime/connectors/shard_tracker.hpp"
#include "runtime/connectors/source.hpp"
#include "runtime/formats/format.hpp"

namespace millrace::connectors {

struct KinesisSourceOptions {
  aws::StreamRef stream;
  aws::IteratorStart start;
  ReadPace pace;
  std::chrono::milliseconds discovery_interval{10'000};
  // How long open() waits for an endpoint or a stream that is not up yet.
  std::chrono::milliseconds patience{60'000};
  // Reading pauses while so many bytes wait to be taken.
  std::size_t queue_bytes = std::size_t{64} << 20U;
  std::size_t max_threads = 16;
};

// Threads: up to max_threads that call AWS (a shard is with at most one of them at a time), and the
// pipeline's, which decodes. What they share is behind one mutex.
class KinesisSource final : public Source {
 public:
  // schema: the batches' columns, projected fields then metadata. The client makes one attempt a
  // call. environment outlives the source.
  KinesisSource(KinesisSourceOptions options, std::unique_ptr<aws::KinesisClient> client,
                std::unique_ptr<formats::Decoder> decoder, const data::Schema& schema,
                std::vector<MetadataColumn> metadata, const Environment& environment,
                std::string table_name);
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

  // A shard that is being read, or the search for new ones (no reader).
  struct Task {
    std::unique_ptr<ShardReader> reader;
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
  const std::unique_ptr<formats::Decoder> decoder_;
  const std::vector<MetadataColumn> metadata_;
  const Environment& environment_;
  const std::string table_name_;
  const aws::Random random_ = aws::system_random();

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
