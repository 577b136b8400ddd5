#include "runtime/connectors/datagen.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <limits>
#include <mutex>

#include "runtime/connectors/datagen_cells.hpp"
#include "runtime/connectors/unsupported.hpp"

namespace millrace::connectors {
namespace {

using base::Error;
using base::ErrorCode;
using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

constexpr auto options = std::to_array<OptionSpec>({
    {"rows-per-second", false, "10000", "how fast rows are made"},
    {"number-of-rows", false, "", "the input ends after so many; without it, it does not"},
    {"scan.parallelism", false, "", "taken and ignored: one thread makes the rows"},
});
constexpr auto free_prefixes = std::to_array<std::string_view>({"fields."});

constexpr std::uint64_t no_end = std::numeric_limits<std::uint64_t>::max();

class DatagenSource final : public Source {
 public:
  DatagenSource(const SourceRequest& request, std::vector<std::unique_ptr<CellMaker>> makers,
                std::int64_t rows_per_second, std::uint64_t rows)
      : environment_(*request.environment),
        builder_(request.table->schema.select(request.projection)),
        makers_(std::move(makers)),
        rows_per_second_(rows_per_second),
        rows_(rows),
        random_(std::random_device{}()) {}

  base::Status open() override {
    began_ = Steady::now();
    return base::success();
  }

  base::Result<Fetched> next(milliseconds wait) override {
    Fetched out;
    if (!stopped_ && made_ < rows_ && due() <= made_) {
      std::unique_lock lock{mutex_};
      wake_.wait_until(lock, std::min(due_at(made_), Steady::now() + wait),
                       [this] { return stopped_.load(); });
    }
    if (!stopped_) {
      const auto last = std::min<std::uint64_t>({due(), rows_, made_ + environment_.batch_rows});
      const std::int64_t now = base::to_epoch_ms(environment_.clock->now());
      for (; made_ < last; ++made_) {
        for (std::size_t i = 0; i < makers_.size(); ++i) {
          makers_[i]->append(made_, now, random_, builder_.column(i), builder_.arena());
        }
        builder_.finish_row();
      }
      out.batch = builder_.take();
    }
    out.finished = stopped_ || made_ >= rows_;
    return out;
  }

  void stop() override {
    const std::lock_guard guard{mutex_};
    stopped_ = true;
    wake_.notify_all();
  }

  [[nodiscard]] bool bounded() const override { return rows_ != no_end; }

  [[nodiscard]] SourceMetrics metrics() const override {
    SourceMetrics out;
    out.records = made_;
    return out;
  }

 private:
  // Rows that should have been made by now; the first one at once.
  [[nodiscard]] std::uint64_t due() const {
    const std::chrono::duration<double> past = Steady::now() - began_;
    return static_cast<std::uint64_t>(past.count() * static_cast<double>(rows_per_second_)) + 1;
  }
  [[nodiscard]] Steady::time_point due_at(std::uint64_t row) const {
    const std::chrono::duration<double> after{static_cast<double>(row) /
                                              static_cast<double>(rows_per_second_)};
    return began_ + std::chrono::ceil<Steady::duration>(after);
  }

  const Environment& environment_;
  data::BatchBuilder builder_;
  std::vector<std::unique_ptr<CellMaker>> makers_;
  std::int64_t rows_per_second_;
  std::uint64_t rows_;
  DatagenRandom random_;
  Steady::time_point began_;
  std::mutex mutex_;  // guards the change of stopped_, for wake_
  std::condition_variable wake_;
  std::atomic<bool> stopped_{false};
  std::atomic<std::uint64_t> made_{0};
};

base::Result<std::vector<std::unique_ptr<CellMaker>>> makers_of(const Table& table,
                                                                std::set<std::string>& known) {
  std::vector<std::unique_ptr<CellMaker>> makers;
  for (const auto& field : table.schema.fields) {
    BOOST_OUTCOME_TRY(auto maker, make_cells(table, field, known));
    makers.push_back(std::move(maker));
  }
  return makers;
}

base::Status check(const Table& table) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  BOOST_OUTCOME_TRY(int_option(table.options, "rows-per-second", 10'000, 1, most));
  BOOST_OUTCOME_TRY(int_option(table.options, "number-of-rows", 1, 0, most));
  std::set<std::string> known;
  BOOST_OUTCOME_TRY(makers_of(table, known));
  std::set<std::string> unknown;
  for (const auto& [key, value] : table.options) {
    if (key.starts_with("fields.") && !known.contains(key)) unknown.insert(key);
  }
  if (unknown.empty()) return base::success();
  for (const auto& option : options) known.emplace(option.key);
  known.insert("connector");
  return unsupported_options("datagen", unknown, known);
}

base::Result<std::unique_ptr<Source>> make(const SourceRequest& request) {
  const auto& table = *request.table;
  if (!request.metadata.empty()) {
    return Error{ErrorCode::unsupported, "Table '" + table.name + "': the metadata key '" +
                                             request.metadata.front().key +
                                             "' is not served by 'connector' = 'datagen'"};
  }
  std::set<std::string> known;
  BOOST_OUTCOME_TRY(auto makers, makers_of(table, known));
  std::uint64_t rows = no_end;
  if (table.options.contains("number-of-rows")) {
    BOOST_OUTCOME_TRY(const auto asked, int_option(table.options, "number-of-rows", 0, 0,
                                                   std::numeric_limits<std::int64_t>::max()));
    rows = static_cast<std::uint64_t>(asked);
  }
  // The shortest sequence ends the input, wanted or not.
  for (const auto& maker : makers) rows = std::min(rows, maker->rows().value_or(no_end));
  BOOST_OUTCOME_TRY(const auto pace, int_option(table.options, "rows-per-second", 10'000, 1,
                                                std::numeric_limits<std::int64_t>::max()));
  std::vector<std::unique_ptr<CellMaker>> wanted;
  for (const std::size_t index : request.projection) wanted.push_back(std::move(makers[index]));
  return std::make_unique<DatagenSource>(request, std::move(wanted), pace, rows);
}

}  // namespace

Connector datagen_connector() {
  Connector connector;
  connector.name = "datagen";
  connector.options = options;
  connector.free_prefixes = free_prefixes;
  connector.check = &check;
  connector.make_source = &make;
  return connector;
}

}  // namespace millrace::connectors
