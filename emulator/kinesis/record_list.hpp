// Records in answers, written straight from the page that was read.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "common/wire/members.hpp"
#include "emulator/engine/engine.hpp"

namespace millrace::kinesis {

struct RecordShape {
  std::string sequence_number;
  wire::EpochMs approximate_arrival_timestamp;
  wire::BlobView data;
  std::optional<std::string> partition_key;
  std::optional<std::string> encryption_type;
  static void members(auto& visit, auto& self) {
    visit("SequenceNumber", self.sequence_number);
    visit("ApproximateArrivalTimestamp", self.approximate_arrival_timestamp);
    visit("Data", self.data);
    visit("PartitionKey", self.partition_key);
    visit("EncryptionType", self.encryption_type);
  }
};

// Without a RecordShape for each in between.
struct RecordList {
  using Described = std::vector<RecordShape>;
  store::RecordBatch batch;
  engine::ReadPlan plan;

  // In JSON.
  [[nodiscard]] std::size_t expected_bytes() const {
    return batch.bytes.size() * 4 / 3 + batch.entries.size() * 180;
  }
  void encode(wire::Encoder& out) const {
    out.begin_list();
    for (const auto& entry : batch.entries) {
      out.begin_map();
      out.key("SequenceNumber");
      out.plain(engine::SequenceText{sequence(entry.index, entry.time_ms)}.view());
      out.key("ApproximateArrivalTimestamp");
      out.time(entry.time_ms);
      out.key("Data");
      out.bytes(batch.data(entry));
      if (entry.has_key) {
        out.key("PartitionKey");
        out.text(batch.key(entry));
      }
      // Recorded from AWS: records that are not encrypted do not say so.
      if (!plan.encrypted.empty() && engine::is_within(plan.encrypted, entry.time_ms)) {
        out.key("EncryptionType");
        out.plain("KMS");
      }
      out.end_map();
    }
    out.end_list();
  }

  // The sequence number of a place in the shard that was read.
  [[nodiscard]] engine::SequenceNumber sequence(std::int64_t index, std::int64_t time_ms) const {
    return {.created_s = plan.created_s,
            .index = static_cast<std::uint64_t>(index),
            .time_s = std::max(time_ms / 1000, plan.created_s),
            .shard = plan.number};
  }
};

}  // namespace millrace::kinesis
