#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <random>

#include "common/base/digest.hpp"
#include "runtime/connectors/filesystem.hpp"

namespace millrace::connectors {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;

// Eight random bytes in hexadecimal: part files of two runs never have one name.
std::string run_id() {
  std::random_device device;
  std::array<char, 8> bytes{};
  for (auto& byte : bytes) byte = static_cast<char>(device());
  return base::hex({bytes.data(), bytes.size()});
}

// Writes a hidden file and gives it its name when it is finished, so that a reader only ever sees
// whole part files: part-<run>-<subtask>-<number>.
class FilesystemSink final : public Sink {
 public:
  FilesystemSink(const SinkRequest& request, std::unique_ptr<formats::Encoder> encoder,
                 std::int64_t roll_bytes, std::chrono::milliseconds roll_after)
      : directory_(path_of(*request.table)),
        table_(request.table->name),
        environment_(*request.environment),
        encoder_(std::move(encoder)),
        roll_bytes_(roll_bytes),
        roll_after_(roll_after) {}
  FilesystemSink(const FilesystemSink&) = delete;
  FilesystemSink& operator=(const FilesystemSink&) = delete;

  ~FilesystemSink() override {
    if (file_ < 0) return;
    ::close(file_);  // the job failed: nothing unfinished becomes visible
    std::error_code ignored;
    fs::remove(hidden_, ignored);
  }

  base::Status open() override {
    std::error_code failed;
    fs::create_directories(directory_, failed);
    if (failed || !fs::is_directory(directory_, failed)) {
      return Error{ErrorCode::io, "Table '" + table_ + "': cannot make the directory " +
                                      directory_ +
                                      (failed ? ": " + failed.message() : ": it is a file")};
    }
    return base::success();
  }

  base::Status write(const data::Batch& batch) override {
    if (batch.empty()) return base::success();
    if (file_ < 0) {
      BOOST_OUTCOME_TRY(begin_part());
    }
    encoded_.clear();
    BOOST_OUTCOME_TRY(encoder_->encode(batch, encoded_));
    for (std::size_t i = 0; i < encoded_.size(); ++i) {
      pending_ += encoded_.record(i);
      pending_ += '\n';
    }
    records_ += encoded_.size();
    if (pending_.size() >= buffer_bytes) {
      BOOST_OUTCOME_TRY(flush());
    }
    if (part_bytes_ + static_cast<std::int64_t>(pending_.size()) >= roll_bytes_) return end_part();
    return base::success();
  }

  base::Status flush() override {
    std::string_view left = pending_;
    while (!left.empty()) {
      const auto wrote = ::write(file_, left.data(), left.size());
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote < 0) return failure("writing");
      left.remove_prefix(static_cast<std::size_t>(wrote));
    }
    part_bytes_ += static_cast<std::int64_t>(pending_.size());
    bytes_ += pending_.size();
    pending_.clear();
    return base::success();
  }

  base::Status tick() override {
    if (file_ < 0 || environment_.clock->now() - part_began_ < roll_after_) return base::success();
    return end_part();
  }

  base::Status finish() override { return file_ < 0 ? base::success() : end_part(); }

  [[nodiscard]] SinkMetrics metrics() const override {
    SinkMetrics metrics;
    metrics.records = records_;
    metrics.bytes = bytes_;
    return metrics;
  }

 private:
  static constexpr std::size_t buffer_bytes = 1 << 18;

  Error failure(const char* doing) const {
    return {ErrorCode::io, std::string{doing} + " " + hidden_ + ": " + std::strerror(errno)};
  }

  base::Status begin_part() {
    name_ = "part-" + run_ + "-" + std::to_string(environment_.subtask) + "-" +
            std::to_string(parts_++);
    hidden_ = directory_ + "/." + name_ + ".inprogress";
    file_ = ::open(hidden_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (file_ < 0) return failure("making");
    part_bytes_ = 0;
    part_began_ = environment_.clock->now();
    return base::success();
  }

  base::Status end_part() {
    BOOST_OUTCOME_TRY(flush());
    if (::fsync(file_) != 0) return failure("writing");
    const int file = std::exchange(file_, -1);
    if (::close(file) != 0) return failure("closing");
    std::error_code failed;
    fs::rename(hidden_, directory_ + "/" + name_, failed);
    if (failed) {
      return Error{ErrorCode::io, "naming " + directory_ + "/" + name_ + ": " + failed.message()};
    }
    return base::success();
  }

  std::string directory_;
  std::string table_;
  const Environment& environment_;
  std::unique_ptr<formats::Encoder> encoder_;
  std::int64_t roll_bytes_;
  std::chrono::milliseconds roll_after_;
  std::string run_ = run_id();
  std::string name_;
  std::string hidden_;
  int file_ = -1;
  int parts_ = 0;
  std::int64_t part_bytes_ = 0;
  base::Timestamp part_began_{};
  std::string pending_;
  formats::EncodedRecords encoded_;
  std::atomic<std::uint64_t> records_{0};
  std::atomic<std::uint64_t> bytes_{0};
};

}  // namespace

base::Result<std::unique_ptr<Sink>> make_filesystem_sink(const SinkRequest& request) {
  const auto& table = *request.table;
  BOOST_OUTCOME_TRY(auto encoder,
                    formats::make_encoder(table.options.at("format"), table.options, table.schema));
  BOOST_OUTCOME_TRY(const auto size,
                    size_option(table.options, "sink.rolling-policy.file-size", 128 << 20));
  BOOST_OUTCOME_TRY(const auto age,
                    duration_option(table.options, "sink.rolling-policy.rollover-interval",
                                    std::chrono::minutes{30}));
  return std::make_unique<FilesystemSink>(request, std::move(encoder), size, age);
}

}  // namespace millrace::connectors
