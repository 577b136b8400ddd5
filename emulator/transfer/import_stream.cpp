#include <algorithm>
#include <istream>

#include "common/aws/retry.hpp"
#include "emulator/transfer/line.hpp"
#include "emulator/transfer/transfer.hpp"

namespace millrace::transfer {
namespace {

using namespace std::chrono_literals;
using base::Error;
using base::ErrorCode;
using SteadyClock = std::chrono::steady_clock;

// PutRecords (API reference, checked 2026-11-22): 500 entries, 10 MiB with their keys; half of that
// keeps an answer quick.
constexpr std::size_t most_entries = 500;
constexpr std::size_t most_bytes = 5 * 1024 * 1024;

std::size_t size_of(const Line& line) {
  return line.data.size() + line.partition_key.size();
}

class Import {
 public:
  Import(aws::KinesisClient& client, const ImportOptions& options, base::Waiter& waiter)
      : client_(client), options_(options), waiter_(waiter) {}

  base::Status add(Line line) {
    if (options_.speed > 0 && line.time_ms) {
      BOOST_OUTCOME_TRY(wait_for(*line.time_ms));
    }
    if (lines_.size() == most_entries || bytes_ + size_of(line) > most_bytes) {
      BOOST_OUTCOME_TRY(flush());
    }
    bytes_ += size_of(line);
    lines_.push_back(std::move(line));
    return base::success();
  }

  base::Status flush() {
    for (auto pause = 50ms; !lines_.empty();
         pause = std::min<std::chrono::milliseconds>(pause * 2, 2s)) {
      std::vector<aws::PutEntry> entries;
      for (const auto& line : lines_) {
        entries.push_back({line.data, line.partition_key, line.explicit_hash_key});
      }
      auto put = client_.put_records({.name = options_.stream}, entries);
      if (!put && !aws::is_throttling(put.error())) return put.error();
      if (put) {
        std::vector<Line> left;
        for (std::size_t i = 0; i < lines_.size(); ++i) {
          if (put.value().records[i].error_code.empty()) continue;
          left.push_back(std::move(lines_[i]));
        }
        done_ += static_cast<std::int64_t>(lines_.size() - left.size());
        lines_ = std::move(left);
        if (lines_.empty()) break;
      }
      if (!waiter_.wait(pause)) return Error{ErrorCode::cancelled, "interrupted"};
    }
    bytes_ = 0;
    return base::success();
  }
  [[nodiscard]] std::int64_t done() const { return done_; }

 private:
  // Until it is the line's turn; what was gathered goes out before a wait.
  base::Status wait_for(std::int64_t time_ms) {
    if (!first_ms_) {
      first_ms_ = time_ms;
      began_ = SteadyClock::now();
    }
    const std::chrono::duration<double, std::milli> after{
        static_cast<double>(time_ms - *first_ms_) / options_.speed};
    const auto due = began_ + std::chrono::duration_cast<SteadyClock::duration>(after);
    if (due <= SteadyClock::now()) return base::success();
    BOOST_OUTCOME_TRY(flush());
    const auto left = due - SteadyClock::now();
    if (left > 0s && !waiter_.wait(std::chrono::ceil<std::chrono::microseconds>(left))) {
      return Error{ErrorCode::cancelled, "interrupted"};
    }
    return base::success();
  }

  aws::KinesisClient& client_;
  const ImportOptions& options_;
  base::Waiter& waiter_;
  std::vector<Line> lines_;
  std::size_t bytes_ = 0;
  std::int64_t done_ = 0;
  std::optional<std::int64_t> first_ms_;
  SteadyClock::time_point began_;
};

}  // namespace

base::Result<std::int64_t> import_stream(aws::KinesisClient& client, const ImportOptions& options,
                                         std::istream& in, base::Waiter& waiter) {
  BOOST_OUTCOME_TRY(client.describe_stream_summary({.name = options.stream}));
  Import import{client, options, waiter};
  std::int64_t number = 0;
  for (std::string text; std::getline(in, text);) {
    ++number;
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    auto line = parse_line(std::move(text));
    if (!line) {
      BOOST_OUTCOME_TRY(import.flush());
      return line.error().in("line " + std::to_string(number));
    }
    auto added = import.add(std::move(line).value());
    if (!added) return added.error().in("before line " + std::to_string(number + 1));
  }
  if (in.bad())
    return Error{ErrorCode::io, "the lines after " + std::to_string(number) + " cannot be read"};
  BOOST_OUTCOME_TRY(import.flush());
  return import.done();
}

}  // namespace millrace::transfer
