// Where trades go: a Kinesis stream, or standard output.
#pragma once

#include <cstdint>
#include <ostream>
#include <span>
#include <string>

#include "common/base/result.hpp"

namespace millrace::sink {

struct Record {
  std::string data;
  std::string partition_key;
};

struct Totals {
  std::uint64_t records = 0;  // handed over for good
  std::uint64_t bytes = 0;    // of their data
  std::uint64_t retries = 0;  // records sent once more
};

// One thread.
class Sink {
 public:
  virtual ~Sink() = default;
  // All of them, in that order; returns when they are stored. Error: cancelled when stopped before
  // the end (totals() says how far it came), else what cannot be mended by waiting.
  virtual base::Status put(std::span<const Record> records) = 0;
  [[nodiscard]] virtual const Totals& totals() const = 0;
};

// One line a record.
class TextSink final : public Sink {
 public:
  explicit TextSink(std::ostream& out) : out_(out) {}
  base::Status put(std::span<const Record> records) override {
    for (const auto& record : records) {
      out_ << record.data << '\n';
      ++totals_.records;
      totals_.bytes += record.data.size();
    }
    out_.flush();
    if (!out_) return base::Error{base::ErrorCode::io, "standard output cannot be written"};
    return base::success();
  }
  [[nodiscard]] const Totals& totals() const override { return totals_; }

 private:
  std::ostream& out_;
  Totals totals_;
};

}  // namespace millrace::sink
