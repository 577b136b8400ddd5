// The few Kinesis Data Streams calls that our programs make.
//
// The structures are this client's own, on purpose not shared with the emulator: the two cannot
// agree on the same mistake. Members: API reference of Kinesis, version 2013-12-02.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/aws/service_client.hpp"

namespace millrace::aws {

// A stream by name, by ARN, or both.
struct StreamRef {
  std::string name{};
  std::string arn{};
};

struct StreamSummary {
  std::string name;
  std::string arn;
  std::string status;  // CREATING, ACTIVE, UPDATING, DELETING
  std::int64_t open_shard_count = 0;
};

struct Shard {
  std::string id;
  std::string parent_id;           // empty when none
  std::string adjacent_parent_id;  // empty unless merged
  std::string starting_hash_key;
  std::string ending_hash_key;
  bool closed = false;
};

struct ShardPage {
  std::vector<Shard> shards;
  std::string next_token;  // empty on the last page
};

// Views: the caller's bytes live until the call returns.
struct PutEntry {
  std::string_view data;
  std::string_view partition_key;
  std::string_view explicit_hash_key{};  // empty: the shard is the partition key's
};

struct PutResult {
  std::string shard_id;
  std::string sequence_number;
  std::string error_code;  // empty: stored
  std::string error_message;
};

struct PutRecordsResult {
  std::vector<PutResult> records;  // in the order of the entries
  std::size_t failed = 0;
};

enum class IteratorType { trim_horizon, latest, at_timestamp, at_sequence, after_sequence };

struct IteratorStart {
  IteratorType type = IteratorType::latest;
  std::string sequence_number{};  // at_sequence, after_sequence
  std::int64_t timestamp_ms = 0;  // at_timestamp
};

struct Record {
  std::string data;
  std::string partition_key;
  std::string sequence_number;
  std::int64_t arrival_ms = 0;
};

struct RecordPage {
  std::vector<Record> records;
  // Of GetRecords and of SubscribeToShard: where to go on; empty at the end of a closed shard.
  std::string next_iterator;
  std::string continuation_sequence;
  std::int64_t millis_behind_latest = 0;
  std::vector<std::string> child_shards;  // ids, at the end of a closed shard
};

// A registered consumer of a stream (enhanced fan-out).
struct StreamConsumer {
  std::string name;
  std::string arn;
  std::string status;  // CREATING, ACTIVE, DELETING
};

// Thread-safe; every call blocks. Errors as in ServiceClient::call, and protocol where an answer
// lacks what it must have.
class KinesisClient {
 public:
  explicit KinesisClient(ClientParts parts);

  base::Status create_stream(const std::string& name, int shard_count);
  base::Result<StreamSummary> describe_stream_summary(const StreamRef& stream);
  // One page. A token of the page before excludes everything else; exclusive_start_shard_id may be
  // empty.
  base::Result<ShardPage> list_shards(const StreamRef& stream, const std::string& next_token,
                                      const std::string& exclusive_start_shard_id = "");
  // All pages.
  base::Result<std::vector<Shard>> list_all_shards(const StreamRef& stream);
  base::Result<PutResult> put_record(const StreamRef& stream, const PutEntry& entry);
  // Entries that failed are the caller's to send again.
  base::Result<PutRecordsResult> put_records(const StreamRef& stream,
                                             std::span<const PutEntry> entries);
  base::Result<std::string> get_shard_iterator(const StreamRef& stream, const std::string& shard_id,
                                               const IteratorStart& start);
  // limit 1..10000; stream only for its ARN, which may be empty.
  base::Result<RecordPage> get_records(const StreamRef& stream, const std::string& iterator,
                                       int limit);

  base::Result<StreamConsumer> register_stream_consumer(const std::string& stream_arn,
                                                        const std::string& name);
  base::Result<StreamConsumer> describe_stream_consumer(const std::string& stream_arn,
                                                        const std::string& name);
  base::Status deregister_stream_consumer(const std::string& consumer_arn);
  // Blocks for as long as the subscription lives, which is five minutes at most; each event goes to
  // `on_event`, which ends the subscription by returning false. Success: it ended by itself or by
  // on_event. Errors: also those that come in the stream.
  base::Status subscribe_to_shard(const std::string& consumer_arn, const std::string& shard_id,
                                  const IteratorStart& start, const net::StreamTimeouts& timeouts,
                                  const std::function<bool(RecordPage)>& on_event);

  void cancel() { service_.cancel(); }
  [[nodiscard]] const Settings& settings() const { return service_.settings(); }

 private:
  ServiceClient service_;
};

}  // namespace millrace::aws
