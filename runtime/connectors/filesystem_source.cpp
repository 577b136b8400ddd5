#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>

#include "runtime/connectors/filesystem.hpp"
#include "runtime/connectors/partition_path.hpp"
#include "runtime/connectors/piece_reader.hpp"

namespace millrace::connectors {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;

// "[########............] 40%"
std::string progress_text(double done) {
  constexpr int width = 20;
  const int full = static_cast<int>(done * width);
  return "[" + std::string(static_cast<std::size_t>(full), '#') +
         std::string(static_cast<std::size_t>(width - full), '.') + "] " +
         std::to_string(static_cast<int>(done * 100)) + "%";
}

// Which columns are wanted, and where each comes from.
struct Wanted {
  data::Schema schema;                  // of the records
  std::vector<std::size_t> projection;  // into `schema`
  PartitionLayout layout;
  // Column by column of the batches: the record's next column, or that key of the path.
  std::vector<std::optional<std::size_t>> keys;

  static base::Result<Wanted> of(const SourceRequest& request) {
    const Table& table = *request.table;
    Wanted wanted;
    BOOST_OUTCOME_TRY(wanted.layout, partition_layout(table));
    wanted.schema = table.schema.select(wanted.layout.record);
    for (const auto column : request.projection) {
      const auto& keys = wanted.layout.keys;
      const auto& record = wanted.layout.record;
      const auto key = std::find(keys.begin(), keys.end(), column);
      if (key != keys.end()) {
        wanted.keys.emplace_back(static_cast<std::size_t>(key - keys.begin()));
        continue;
      }
      wanted.keys.emplace_back();
      const auto at = std::find(record.begin(), record.end(), column);
      wanted.projection.push_back(static_cast<std::size_t>(at - record.begin()));
    }
    return wanted;
  }
};

class FilesystemSource final : public Source {
 public:
  FilesystemSource(const SourceRequest& request, Wanted wanted,
                   std::unique_ptr<formats::Decoder> decoder,
                   std::optional<std::chrono::milliseconds> monitor, formats::LineRules rules)
      : table_(*request.table),
        environment_(*request.environment),
        wanted_(std::move(wanted)),
        decoding_(
            std::move(decoder), [this] { return decoder_of(table_, wanted_); },
            wanted_.schema.select(wanted_.projection),
            [rules](std::string_view bytes, auto& lines) { split_lines(bytes, rules, lines); },
            environment_.batch_rows, environment_.threads),
        monitor_(monitor),
        reader_(rules) {}

  static base::Result<std::unique_ptr<formats::Decoder>> decoder_of(const Table& table,
                                                                    const Wanted& wanted) {
    return formats::make_decoder(table.options.at("format"), table.options, wanted.schema,
                                 wanted.projection);
  }

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
      if (!piece_.batches.empty()) {
        fetched.batch = std::move(piece_.batches.front());
        piece_.batches.pop_front();
        if (!wanted_.layout.keys.empty()) add_keys(fetched.batch);
        return fetched;
      }
      if (!piece_.status) {
        return piece_.status.error().in("Table '" + table_.name + "', file " + piece_.name);
      }
      BOOST_OUTCOME_TRY(read_ahead());
      if (!decoding_.empty()) {
        piece_ = decoding_.take();
        records_ += piece_.records;
        bytes_ += piece_.bytes;
        dropped_ += piece_.dropped;
        continue;
      }
      if (!monitor_ || environment_.drain) break;
      if (!wait_for_look(wait)) {
        fetched.finished = stopped_;
        return fetched;
      }
      BOOST_OUTCOME_TRY(look_for_files());
      wait = std::chrono::milliseconds{0};
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
    if (!monitor_ && total_bytes_ > 0) {
      // A line feed a record, too.
      const double done =
          static_cast<double>(bytes_ + records_) / static_cast<double>(total_bytes_);
      metrics.note = progress_text(std::min(done, 1.0));
    }
    return metrics;
  }

  void close() override { reader_.close(); }

 private:
  // Hidden files and those being written ('.x', '_x') are left out, as Flink does.
  static bool is_hidden(const fs::path& path) {
    const auto name = path.filename().string();
    return name.starts_with('.') || name.starts_with('_');
  }

  // Puts the columns that the path holds between those of the records.
  void add_keys(data::Batch& batch) {
    const auto& values = partitions_.at(piece_.name);
    std::vector<data::ColumnPtr> columns;
    std::size_t next = 0;
    for (const auto& key : wanted_.keys) {
      if (!key) {
        columns.push_back(std::move(batch.columns[next++]));
        continue;
      }
      const auto& type = table_.schema.fields[wanted_.layout.keys[*key]].type;
      columns.push_back(data::share(data::Column::constant(type, values[*key], batch.rows)));
    }
    batch.columns = std::move(columns);
  }

  base::Status note_partition(const std::string& path) {
    const auto directory = fs::path(path).parent_path().lexically_relative(path_of(table_));
    const auto text = directory == "." ? std::string{} : directory.string();
    auto values = partition_values(table_, wanted_.layout, text, partition_default_name(table_));
    if (!values) return values.error().in("Table '" + table_.name + "', file " + path);
    partitions_[path] = std::move(values).value();
    return base::success();
  }

  // Reads on, file after file, as far as decoders are to be had.
  base::Status read_ahead() {
    while (decoding_.wants_more() && (reader_.is_open() || !files_.empty())) {
      if (!reader_.is_open()) {
        BOOST_OUTCOME_TRY(reader_.open(files_.front()));
        files_.pop_front();
      }
      BOOST_OUTCOME_TRY(auto raw, reader_.next());
      if (raw.size > 0) decoding_.submit(std::move(raw));
    }
    return base::success();
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
      if (!seen_.insert(path).second) continue;
      if (!wanted_.layout.keys.empty()) {
        BOOST_OUTCOME_TRY(note_partition(path));
      }
      const auto size = fs::file_size(path, failed);
      if (!failed) total_bytes_ += size;  // a pipe has none
      files_.push_back(path);
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
  Wanted wanted_;
  OrderedDecode decoding_;
  DecodedPiece piece_;  // the one being given out
  std::optional<std::chrono::milliseconds> monitor_;
  std::deque<std::string> files_;  // still to be read
  std::set<std::string> seen_;
  std::map<std::string, std::vector<data::Value>> partitions_;  // by file: values of the keys
  PieceReader reader_;
  std::chrono::steady_clock::time_point last_look_;
  std::mutex mutex_;  // guards the change of stopped_, for wake_
  std::condition_variable wake_;
  std::atomic<bool> stopped_{false};
  std::atomic<std::uint64_t> records_{0};
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::uint64_t> total_bytes_{0};  // of all files found
};

}  // namespace

base::Result<std::unique_ptr<Source>> make_filesystem_source(const SourceRequest& request) {
  const auto& table = *request.table;
  if (!request.metadata.empty()) {
    return Error{ErrorCode::unsupported, "Table '" + table.name + "': the metadata key '" +
                                             request.metadata.front().key +
                                             "' is not served by 'connector' = 'filesystem'"};
  }
  BOOST_OUTCOME_TRY(auto wanted, Wanted::of(request));
  BOOST_OUTCOME_TRY(auto decoder, FilesystemSource::decoder_of(table, wanted));
  BOOST_OUTCOME_TRY(const auto rules, formats::line_rules(table.options));
  std::optional<std::chrono::milliseconds> monitor;
  if (table.options.contains("source.monitor-interval")) {
    BOOST_OUTCOME_TRY(monitor, duration_option(table.options, "source.monitor-interval",
                                               std::chrono::milliseconds{0}));
  }
  return std::make_unique<FilesystemSource>(request, std::move(wanted), std::move(decoder), monitor,
                                            rules);
}

}  // namespace millrace::connectors
