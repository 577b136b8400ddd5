// The records of one delivery from one shard: what becomes of them as bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "emulator/delivery/compressor.hpp"
#include "emulator/engine/catalog.hpp"

namespace millrace::delivery {

// A record as it was read; texts live until add() returns.
struct DeliveredRecord {
  std::string_view data;
  std::string_view partition_key;
  bool has_key = false;
  std::int64_t time_ms = 0;
  engine::SequenceNumber sequence;
};

// Whose records they are, for the lines of the dead-letter object.
struct BatchFacts {
  std::string channel_arn;
  std::string stream_arn;
  std::uint32_t shard = 0;
  std::string format;       // JSON, STRING, BYTE_ARRAY
  std::string compression;  // NONE, GZIP, ZSTD
};

// JSON and STRING: a record a line, as it came; a record that ends with a line feed gets no second
// one. BYTE_ARRAY: the bytes of the records, one after the other. A record that is no JSON (no
// UTF-8) becomes a line of the dead-letter object instead: JSON with what is wrong with it, where
// it came from, and its data.
class Batch {
 public:
  explicit Batch(BatchFacts facts)
      : facts_(std::move(facts)), compressor_(Compressor::make(facts_.compression)) {}
  base::Status add(const DeliveredRecord& record);
  base::Status finish() { return compressor_->finish(body_); }

  [[nodiscard]] std::int64_t good() const { return good_; }
  [[nodiscard]] std::int64_t bad() const { return bad_; }
  // Of the good records; whole after finish().
  [[nodiscard]] std::string& body() { return body_; }
  // Of the bad ones; never compressed.
  [[nodiscard]] std::string& dead_letters() { return dead_letters_; }

 private:
  // Empty: the record is what the format says.
  [[nodiscard]] std::string wrong_with(std::string_view data) const;

  BatchFacts facts_;
  std::unique_ptr<Compressor> compressor_;
  std::int64_t good_ = 0;
  std::int64_t bad_ = 0;
  std::string body_;
  std::string dead_letters_;
};

}  // namespace millrace::delivery
