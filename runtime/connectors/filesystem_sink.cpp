// Rows -> part files of a directory, or of one directory a partition.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>

#include "runtime/connectors/filesystem.hpp"
#include "runtime/connectors/part_writer.hpp"
#include "runtime/connectors/partition_path.hpp"

namespace millrace::connectors {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;

// When a part is finished, and what tells others that a partition is.
struct Policy {
  std::int64_t roll_bytes = 0;
  std::chrono::milliseconds roll_after{};
  std::chrono::milliseconds roll_idle{};
  std::string success_file;  // empty: none is written
  std::chrono::milliseconds commit_delay{};
};

class FilesystemSink final : public Sink {
 public:
  FilesystemSink(const SinkRequest& request, std::unique_ptr<formats::Encoder> encoder,
                 PartitionLayout layout, Policy policy)
      : table_(*request.table),
        root_(path_of(table_)),
        environment_(*request.environment),
        encoder_(std::move(encoder)),
        layout_(std::move(layout)),
        default_name_(partition_default_name(table_)),
        policy_(std::move(policy)),
        names_(PartNames::of_run(environment_.subtask)) {}

  base::Status open() override { return make_directory(root_); }

  base::Status write(const data::Batch& batch) override {
    if (batch.empty()) return base::success();
    if (layout_.keys.empty()) {
      BOOST_OUTCOME_TRY(auto* partition, partition_at(""));
      return write_to(*partition, batch);
    }
    // Rows of a partition stay in their order.
    std::map<std::string, std::vector<std::uint32_t>> rows;
    std::string path;
    for (std::size_t row = 0; row < batch.rows; ++row) {
      path.clear();
      append_partition_path(path, table_, layout_, batch, row, default_name_);
      rows[path].push_back(static_cast<std::uint32_t>(row));
    }
    data::Batch records;
    records.rows = batch.rows;
    records.kinds = batch.kinds;
    for (const auto column : layout_.record) records.columns.push_back(batch.columns[column]);
    for (const auto& [directory, of_it] : rows) {
      BOOST_OUTCOME_TRY(auto* partition, partition_at(directory));
      BOOST_OUTCOME_TRY(write_to(*partition, data::select(records, of_it)));
    }
    return base::success();
  }

  base::Status flush() override {
    for (auto& [directory, partition] : partitions_) {
      BOOST_OUTCOME_TRY(flush(partition.parts));
    }
    return base::success();
  }

  base::Status tick() override {
    const auto now = environment_.clock->now();
    for (auto& [directory, partition] : partitions_) {
      auto& parts = partition.parts;
      if (parts.has_part() && (now - parts.began() >= policy_.roll_after ||
                               now - parts.touched() >= policy_.roll_idle)) {
        BOOST_OUTCOME_TRY(end_part(partition));
      }
      if (!parts.has_part() && now - partition.began >= policy_.commit_delay) {
        BOOST_OUTCOME_TRY(commit(partition));
      }
    }
    return base::success();
  }

  base::Status finish() override {
    for (auto& [directory, partition] : partitions_) {
      BOOST_OUTCOME_TRY(end_part(partition));
    }
    for (auto& [directory, partition] : partitions_) {
      BOOST_OUTCOME_TRY(commit(partition));
    }
    return base::success();
  }

  [[nodiscard]] SinkMetrics metrics() const override {
    SinkMetrics metrics;
    metrics.records = records_;
    metrics.bytes = bytes_;
    return metrics;
  }

 private:
  // Of one directory; of many, less, so that they do not fill the memory.
  static constexpr std::size_t buffer_bytes = 1 << 18;
  static constexpr std::size_t buffer_bytes_of_many = 1 << 14;
  // Far below what a process may open; the files of further ones are closed after each write.
  static constexpr std::size_t most_open = 200;

  struct Partition {
    Partition(std::string directory, PartNames& names) : parts(std::move(directory), names) {}
    PartWriter parts;
    base::Timestamp began{};
    bool committed = false;
  };

  base::Status make_directory(const std::string& directory) const {
    std::error_code failed;
    fs::create_directories(directory, failed);
    if (failed || !fs::is_directory(directory, failed)) {
      return Error{ErrorCode::io, "Table '" + table_.name + "': cannot make the directory " +
                                      directory +
                                      (failed ? ": " + failed.message() : ": it is a file")};
    }
    return base::success();
  }

  base::Result<Partition*> partition_at(const std::string& directory) {
    const auto known = partitions_.find(directory);
    if (known != partitions_.end()) return &known->second;
    const std::string path = directory.empty() ? root_ : root_ + "/" + directory;
    BOOST_OUTCOME_TRY(make_directory(path));
    auto& made = partitions_.try_emplace(directory, path, names_).first->second;
    made.began = environment_.clock->now();
    return &made;
  }

  base::Status write_to(Partition& partition, const data::Batch& batch) {
    auto& parts = partition.parts;
    const auto now = environment_.clock->now();
    partition.committed = false;
    encoded_.clear();
    BOOST_OUTCOME_TRY(encoder_->encode(batch, encoded_));
    const bool was_open = parts.is_open();
    for (std::size_t i = 0; i < encoded_.size(); ++i) {
      BOOST_OUTCOME_TRY(parts.append(encoded_.record(i), now));
    }
    if (!was_open && parts.is_open()) ++open_;
    records_ += encoded_.size();
    if (open_ > most_open ||
        parts.pending() >= (partitions_.size() == 1 ? buffer_bytes : buffer_bytes_of_many)) {
      BOOST_OUTCOME_TRY(flush(parts));
    }
    return parts.size() >= policy_.roll_bytes ? end_part(partition) : base::success();
  }

  base::Status flush(PartWriter& parts) {
    const auto pending = parts.pending();
    const bool was_open = parts.is_open();
    BOOST_OUTCOME_TRY(parts.flush());
    if (!was_open && parts.is_open()) ++open_;
    bytes_ += pending;
    if (open_ <= most_open || !parts.is_open()) return base::success();
    --open_;
    return parts.rest();
  }

  base::Status end_part(Partition& partition) {
    BOOST_OUTCOME_TRY(flush(partition.parts));
    const bool was_open = partition.parts.is_open();
    BOOST_OUTCOME_TRY(partition.parts.end());
    if (was_open) --open_;
    return base::success();
  }

  base::Status commit(Partition& partition) const {
    if (policy_.success_file.empty() || layout_.keys.empty() || partition.committed) {
      return base::success();
    }
    const std::string path = partition.parts.directory() + "/" + policy_.success_file;
    if (!std::ofstream(path, std::ios::trunc)) {
      return Error{ErrorCode::io, "Table '" + table_.name + "': cannot write " + path};
    }
    partition.committed = true;
    return base::success();
  }

  const Table& table_;
  std::string root_;
  const Environment& environment_;
  std::unique_ptr<formats::Encoder> encoder_;
  PartitionLayout layout_;
  std::string default_name_;
  Policy policy_;
  PartNames names_;
  std::map<std::string, Partition> partitions_;  // by directory below the root
  std::size_t open_ = 0;                         // files that are
  formats::EncodedRecords encoded_;
  std::atomic<std::uint64_t> records_{0};
  std::atomic<std::uint64_t> bytes_{0};
};

}  // namespace

base::Result<std::unique_ptr<Sink>> make_filesystem_sink(const SinkRequest& request) {
  const auto& table = *request.table;
  const auto& options = table.options;
  BOOST_OUTCOME_TRY(auto layout, partition_layout(table));
  BOOST_OUTCOME_TRY(auto encoder, formats::make_encoder(options.at("format"), options,
                                                        table.schema.select(layout.record)));
  Policy policy;
  BOOST_OUTCOME_TRY(policy.roll_bytes,
                    size_option(options, "sink.rolling-policy.file-size", 128 << 20));
  BOOST_OUTCOME_TRY(
      policy.roll_after,
      duration_option(options, "sink.rolling-policy.rollover-interval", std::chrono::minutes{30}));
  BOOST_OUTCOME_TRY(policy.roll_idle,
                    duration_option(options, "sink.rolling-policy.inactivity-interval",
                                    std::chrono::minutes{30}));
  BOOST_OUTCOME_TRY(policy.commit_delay, duration_option(options, "sink.partition-commit.delay",
                                                         std::chrono::milliseconds{0}));
  if (options.contains("sink.partition-commit.policy.kind")) {
    policy.success_file =
        string_option(options, "sink.partition-commit.success-file.name", "_SUCCESS");
  }
  return std::make_unique<FilesystemSink>(request, std::move(encoder), std::move(layout),
                                          std::move(policy));
}

}  // namespace millrace::connectors
