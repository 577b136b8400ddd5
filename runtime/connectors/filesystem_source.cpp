#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <filesystem>
#include <mutex>
#include <set>

#include "runtime/connectors/filesystem.hpp"

namespace millrace::connectors {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;

constexpr std::size_t chunk_bytes = 1 << 18;
// A longer line is no record but a file of another kind.
constexpr std::size_t longest_line = std::size_t{256} << 20;

// Lines of one file, in chunks; a line is a view into the buffer until the next fill().
class LineReader {
 public:
  LineReader() = default;
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;
  ~LineReader() { close(); }

  base::Status open(const std::string& path) {
    close();
    path_ = path;
    file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file_ < 0) {
      return Error{ErrorCode::io, "cannot read " + path + ": " + std::strerror(errno)};
    }
    buffer_.clear();
    at_ = 0;
    ended_ = false;
    return base::success();
  }

  [[nodiscard]] bool is_open() const { return file_ >= 0; }

  void close() {
    if (file_ >= 0) ::close(file_);
    file_ = -1;
  }

  // Appends up to `limit` lines; fewer only at the end of the file or of what one chunk held. Views
  // live until the next call. Closes itself at the end.
  base::Status lines(std::size_t limit, std::vector<std::string_view>& out) {
    buffer_.erase(0, at_);
    at_ = 0;
    if (buffer_.find('\n') == std::string::npos) {
      BOOST_OUTCOME_TRY(fill());
    }
    while (out.size() < limit) {
      const auto end = buffer_.find('\n', at_);
      if (end == std::string::npos) break;
      out.push_back(without_return(std::string_view{buffer_}.substr(at_, end - at_)));
      at_ = end + 1;
    }
    if (ended_ && out.size() < limit) {
      // The last line may lack its line feed.
      if (at_ < buffer_.size()) {
        out.push_back(without_return(std::string_view{buffer_}.substr(at_)));
        at_ = buffer_.size();
      }
      close();
    }
    return base::success();
  }

 private:
  // Reads until there is a whole line or the file ends.
  base::Status fill() {
    while (!ended_) {
      const auto old = buffer_.size();
      if (old > longest_line) {
        return Error{ErrorCode::io, path_ + ": a line is longer than 256 MiB"};
      }
      buffer_.resize(old + chunk_bytes);
      const auto got = ::read(file_, buffer_.data() + old, chunk_bytes);
      buffer_.resize(old + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        return Error{ErrorCode::io, "reading " + path_ + ": " + std::strerror(errno)};
      }
      if (got == 0) ended_ = true;
      if (buffer_.find('\n', old) != std::string::npos) break;
    }
    return base::success();
  }

  static std::string_view without_return(std::string_view line) {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
  }

  std::string path_;
  int file_ = -1;
  std::string buffer_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

class FilesystemSource final : public Source {
 public:
  FilesystemSource(const SourceRequest& request, std::unique_ptr<formats::Decoder> decoder,
                   std::optional<std::chrono::milliseconds> monitor)
      : table_(*request.table),
        environment_(*request.environment),
        decoder_(std::move(decoder)),
        builder_(table_.schema.select(request.projection)),
        monitor_(monitor) {}

  base::Status open() override {
    const auto path = path_of(table_);
    std::error_code failed;
    if (!fs::exists(path, failed)) {
      return Error{ErrorCode::io,
                   "Table '" + table_.name + "': the path " + path + " does not exist"};
    }
    return look_for_files();
  }

  base::Result<Fetched> next(std::chrono::milliseconds wait) override {
    Fetched fetched;
    while (!stopped_) {
      if (!reader_.is_open()) {
        if (files_.empty()) {
          if (!monitor_ || environment_.drain) {
            fetched.finished = true;
            return fetched;
          }
          if (!wait_for_look(wait)) {
            fetched.finished = stopped_;
            return fetched;
          }
          BOOST_OUTCOME_TRY(look_for_files());
          wait = std::chrono::milliseconds{0};
          continue;
        }
        BOOST_OUTCOME_TRY(reader_.open(files_.front()));
        current_ = files_.front();
        files_.pop_front();
      }
      lines_.clear();
      BOOST_OUTCOME_TRY(reader_.lines(environment_.batch_rows, lines_));
      if (lines_.empty()) continue;
      records_ += lines_.size();
      for (const auto& line : lines_) bytes_ += line.size();
      rows_of_.clear();
      auto decoded = decoder_->decode(lines_, builder_, rows_of_);
      dropped_ = decoder_->dropped();
      if (!decoded) return decoded.error().in("Table '" + table_.name + "', file " + current_);
      if (builder_.rows() == 0) continue;
      fetched.batch = builder_.take();
      return fetched;
    }
    fetched.finished = true;
    return fetched;
  }

  void stop() override {
    const std::lock_guard guard{mutex_};
    stopped_ = true;
    wake_.notify_all();
  }

  [[nodiscard]] bool bounded() const override { return !monitor_; }

  [[nodiscard]] SourceMetrics metrics() const override {
    SourceMetrics metrics;
    metrics.records = records_;
    metrics.bytes = bytes_;
    metrics.dropped = dropped_;
    return metrics;
  }

  void close() override { reader_.close(); }

 private:
  // Hidden files and those being written ('.x', '_x') are left out, as Flink does.
  static bool is_hidden(const fs::path& path) {
    const auto name = path.filename().string();
    return name.starts_with('.') || name.starts_with('_');
  }

  base::Status look_for_files() {
    last_look_ = std::chrono::steady_clock::now();
    const fs::path root = path_of(table_);
    std::error_code failed;
    std::vector<std::string> found;
    if (!fs::is_directory(root, failed)) {
      found.push_back(root.string());
    } else {
      fs::recursive_directory_iterator at{root, failed};
      for (; !failed && at != fs::recursive_directory_iterator{}; at.increment(failed)) {
        if (is_hidden(at->path())) {
          at.disable_recursion_pending();
        } else if (at->is_regular_file(failed)) {
          found.push_back(at->path().string());
        }
      }
      if (failed) {
        return Error{ErrorCode::io, "cannot list " + root.string() + ": " + failed.message()};
      }
    }
    std::sort(found.begin(), found.end());
    for (auto& path : found) {
      if (seen_.insert(path).second) files_.push_back(path);
    }
    return base::success();
  }

  // True when it is time to look for files again.
  bool wait_for_look(std::chrono::milliseconds wait) {
    const auto due = last_look_ + *monitor_;
    const auto until = std::min(due, std::chrono::steady_clock::now() + wait);
    std::unique_lock lock{mutex_};
    wake_.wait_until(lock, until, [this] { return stopped_.load(); });
    return std::chrono::steady_clock::now() >= due;
  }

  const Table& table_;
  const Environment& environment_;
  std::unique_ptr<formats::Decoder> decoder_;
  data::BatchBuilder builder_;
  std::optional<std::chrono::milliseconds> monitor_;
  std::deque<std::string> files_;  // still to be read
  std::set<std::string> seen_;
  std::string current_;
  LineReader reader_;
  std::vector<std::string_view> lines_;
  std::vector<std::uint32_t> rows_of_;
  std::chrono::steady_clock::time_point last_look_;
  std::mutex mutex_;  // guards the change of stopped_, for wake_
  std::condition_variable wake_;
  std::atomic<bool> stopped_{false};
  std::atomic<std::uint64_t> records_{0};
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace

base::Result<std::unique_ptr<Source>> make_filesystem_source(const SourceRequest& request) {
  const auto& table = *request.table;
  if (!request.metadata.empty()) {
    return Error{ErrorCode::unsupported, "Table '" + table.name + "': the metadata key '" +
                                             request.metadata.front().key +
                                             "' is not served by 'connector' = 'filesystem'"};
  }
  BOOST_OUTCOME_TRY(auto decoder, formats::make_decoder(table.options.at("format"), table.options,
                                                        table.schema, request.projection));
  std::optional<std::chrono::milliseconds> monitor;
  if (table.options.contains("source.monitor-interval")) {
    BOOST_OUTCOME_TRY(monitor, duration_option(table.options, "source.monitor-interval",
                                               std::chrono::milliseconds{0}));
  }
  return std::make_unique<FilesystemSource>(request, std::move(decoder), monitor);
}

}  // namespace millrace::connectors
