#include <ostream>
#include <queue>

#include "common/aws/retry.hpp"
#include "emulator/transfer/line.hpp"
#include "emulator/transfer/transfer.hpp"

namespace millrace::transfer {
namespace {

using namespace std::chrono_literals;
using base::Error;
using base::ErrorCode;

// One shard from its oldest record to what was its newest.
class Cursor {
 public:
  Cursor(aws::KinesisClient& client, const ExportOptions& options, aws::Shard shard,
         base::Waiter& waiter)
      : client_(client), options_(options), shard_(std::move(shard)), waiter_(waiter) {}

  base::Status start() {
    BOOST_OUTCOME_TRY(next_, client_.get_shard_iterator({.name = options_.stream}, shard_.id,
                                                        {.type = aws::IteratorType::trim_horizon}));
    return load();
  }
  [[nodiscard]] bool done() const { return at_ == page_.size(); }
  [[nodiscard]] std::int64_t time_ms() const { return page_[at_].arrival_ms; }

  base::Result<Line> take() {
    auto& record = page_[at_++];
    Line line{.time_ms = record.arrival_ms,
              .partition_key = std::move(record.partition_key),
              .data = std::move(record.data),
              .explicit_hash_key = options_.by_shard ? shard_.starting_hash_key : std::string{},
              .shard = shard_.id,
              .sequence_number = std::move(record.sequence_number)};
    if (done()) {
      BOOST_OUTCOME_TRY(load());
    }
    return line;
  }

 private:
  // Until there is a record, or the shard is read to its end.
  base::Status load() {
    page_.clear();
    at_ = 0;
    while (page_.empty() && !at_tip_) {
      auto got = client_.get_records({.name = options_.stream}, next_, 10'000);
      if (!got) {
        if (!aws::is_throttling(got.error())) return got.error();
        if (!waiter_.wait(250ms)) return Error{ErrorCode::cancelled, "interrupted"};
        continue;
      }
      page_ = std::move(got.value().records);
      next_ = std::move(got.value().next_iterator);
      // What is put while the export runs may come along, but it is not waited for.
      at_tip_ = next_.empty() || got.value().millis_behind_latest == 0;
    }
    return base::success();
  }

  aws::KinesisClient& client_;
  const ExportOptions& options_;
  aws::Shard shard_;
  base::Waiter& waiter_;
  std::string next_;
  std::vector<aws::Record> page_;
  std::size_t at_ = 0;
  bool at_tip_ = false;
};

}  // namespace

base::Result<std::int64_t> export_stream(aws::KinesisClient& client, const ExportOptions& options,
                                         std::ostream& out, base::Waiter& waiter) {
  BOOST_OUTCOME_TRY(auto shards, client.list_all_shards({.name = options.stream}));
  std::vector<std::unique_ptr<Cursor>> cursors;
  for (auto& shard : shards) {
    cursors.push_back(std::make_unique<Cursor>(client, options, std::move(shard), waiter));
    BOOST_OUTCOME_TRY(cursors.back()->start());
  }
  std::int64_t count = 0;
  for (;;) {
    // Of equal times the lower shard goes first: a parent before its children.
    Cursor* first = nullptr;
    for (const auto& cursor : cursors) {
      if (cursor->done()) continue;
      if (first == nullptr || cursor->time_ms() < first->time_ms()) first = cursor.get();
    }
    if (first == nullptr) break;
    BOOST_OUTCOME_TRY(const auto line, first->take());
    out << to_json(line) << '\n';
    if (!out) return Error{ErrorCode::io, "cannot write line " + std::to_string(count + 1)};
    ++count;
  }
  out.flush();
  if (!out) return Error{ErrorCode::io, "cannot write the last lines"};
  return count;
}

}  // namespace millrace::transfer
