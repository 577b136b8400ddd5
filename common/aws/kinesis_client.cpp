#include "common/aws/kinesis_client.hpp"

#include <algorithm>

#include "common/aws/bodies.hpp"
#include "common/aws/record_page.hpp"
#include "common/base/base64.hpp"

namespace millrace::aws {
namespace {

using base::Error;
using base::ErrorCode;
using wire::Kind;
using wire::Value;

void write_entry(json::Writer& writer, const PutEntry& entry) {
  writer.key("Data");
  writer.bytes(entry.data);
  writer.key("PartitionKey");
  writer.text(entry.partition_key);
  if (entry.explicit_hash_key.empty()) return;
  writer.key("ExplicitHashKey");
  writer.text(entry.explicit_hash_key);
}

PutResult read_put(const Value& value) {
  return {text_of(value["ShardId"]), text_of(value["SequenceNumber"]), text_of(value["ErrorCode"]),
          text_of(value["ErrorMessage"])};
}

}  // namespace

KinesisClient::KinesisClient(ClientParts parts)
    : service_(std::move(parts), "kinesis", "Kinesis_20131202") {}

base::Status KinesisClient::create_stream(const std::string& name, int shard_count) {
  Body body{StreamRef{.name = name}};
  body.integer("ShardCount", shard_count);
  BOOST_OUTCOME_TRY(service_.call("CreateStream", body.finish()));
  return base::success();
}

base::Result<StreamSummary> KinesisClient::describe_stream_summary(const StreamRef& stream) {
  BOOST_OUTCOME_TRY(const auto answer,
                    service_.call("DescribeStreamSummary", Body{stream}.finish()));
  const auto& summary = answer->root()["StreamDescriptionSummary"];
  if (summary.kind() != Kind::map || summary["StreamStatus"].kind() != Kind::text) {
    return malformed("DescribeStreamSummary", "StreamDescriptionSummary");
  }
  return StreamSummary{text_of(summary["StreamName"]), text_of(summary["StreamARN"]),
                       text_of(summary["StreamStatus"]), integer_of(summary["OpenShardCount"])};
}

base::Result<ShardPage> KinesisClient::list_shards(const StreamRef& stream,
                                                   const std::string& next_token,
                                                   const std::string& exclusive_start_shard_id) {
  Body body{next_token.empty() ? stream : StreamRef{}};
  body.text("NextToken", next_token);
  if (next_token.empty()) body.text("ExclusiveStartShardId", exclusive_start_shard_id);
  BOOST_OUTCOME_TRY(const auto answer, service_.call("ListShards", body.finish()));
  const auto& shards = answer->root()["Shards"];
  if (shards.kind() != Kind::list) return malformed("ListShards", "Shards");
  ShardPage out;
  for (const auto& item : shards.as_list()) {
    if (item.kind() != Kind::map || item["ShardId"].kind() != Kind::text) {
      return malformed("ListShards", "ShardId");
    }
    Shard shard{text_of(item["ShardId"]), text_of(item["ParentShardId"]),
                text_of(item["AdjacentParentShardId"])};
    if (const auto& range = item["HashKeyRange"]; range.kind() == Kind::map) {
      shard.starting_hash_key = text_of(range["StartingHashKey"]);
      shard.ending_hash_key = text_of(range["EndingHashKey"]);
    }
    const auto& numbers = item["SequenceNumberRange"];
    shard.closed = numbers.kind() == Kind::map && !numbers["EndingSequenceNumber"].is_null();
    out.shards.push_back(std::move(shard));
  }
  out.next_token = text_of(answer->root()["NextToken"]);
  return out;
}

base::Result<std::vector<Shard>> KinesisClient::list_all_shards(const StreamRef& stream) {
  std::vector<Shard> out;
  std::string token;
  do {
    BOOST_OUTCOME_TRY(auto page, list_shards(stream, token));
    std::move(page.shards.begin(), page.shards.end(), std::back_inserter(out));
    token = std::move(page.next_token);
  } while (!token.empty());
  return out;
}

base::Result<PutResult> KinesisClient::put_record(const StreamRef& stream, const PutEntry& entry) {
  Body body{stream, base::base64_size(entry.data.size()) + entry.partition_key.size() + 256};
  write_entry(body.writer(), entry);
  BOOST_OUTCOME_TRY(const auto answer, service_.call("PutRecord", body.finish()));
  auto result = read_put(answer->root());
  if (result.sequence_number.empty()) return malformed("PutRecord", "SequenceNumber");
  return result;
}

base::Result<PutRecordsResult> KinesisClient::put_records(const StreamRef& stream,
                                                          std::span<const PutEntry> entries) {
  std::size_t expected = 256;
  for (const auto& entry : entries) {
    expected += base::base64_size(entry.data.size()) + entry.partition_key.size() + 40;
  }
  Body body{stream, expected};
  auto& writer = body.writer();
  writer.key("Records");
  writer.begin_list();
  for (const auto& entry : entries) {
    writer.begin_map();
    write_entry(writer, entry);
    writer.end_map();
  }
  writer.end_list();
  BOOST_OUTCOME_TRY(const auto answer, service_.call("PutRecords", body.finish()));
  const auto& records = answer->root()["Records"];
  if (records.kind() != Kind::list || records.as_list().size() != entries.size()) {
    return malformed("PutRecords", "Records");
  }
  PutRecordsResult out;
  for (const auto& item : records.as_list()) {
    if (item.kind() != Kind::map) return malformed("PutRecords", "Records");
    auto result = read_put(item);
    if (!result.error_code.empty()) {
      ++out.failed;
    } else if (result.sequence_number.empty()) {
      return malformed("PutRecords", "SequenceNumber");  // neither stored nor refused
    }
    out.records.push_back(std::move(result));
  }
  return out;
}

base::Result<std::string> KinesisClient::get_shard_iterator(const StreamRef& stream,
                                                            const std::string& shard_id,
                                                            const IteratorStart& start) {
  Body body{stream};
  body.text("ShardId", shard_id);
  body.text("ShardIteratorType", iterator_type_name(start.type));
  if (start.type == IteratorType::at_sequence || start.type == IteratorType::after_sequence) {
    body.text("StartingSequenceNumber", start.sequence_number);
  }
  if (start.type == IteratorType::at_timestamp) {
    body.writer().key("Timestamp");
    body.writer().time(start.timestamp_ms);
  }
  BOOST_OUTCOME_TRY(const auto answer, service_.call("GetShardIterator", body.finish()));
  auto iterator = text_of(answer->root()["ShardIterator"]);
  if (iterator.empty()) return malformed("GetShardIterator", "ShardIterator");
  return iterator;
}

base::Result<RecordPage> KinesisClient::get_records(const StreamRef& stream,
                                                    const std::string& iterator, int limit) {
  Body body{StreamRef{.arn = stream.arn}, 1024};
  body.text("ShardIterator", iterator);
  body.integer("Limit", limit);
  BOOST_OUTCOME_TRY(auto text, service_.call_text("GetRecords", body.finish()));
  RecordPage page;
  page.records.reserve(std::min<std::size_t>(text.size() / 256, 10'000));
  if (read_record_page(text, page)) return page;
  BOOST_OUTCOME_TRY(const auto answer, service_.tree("GetRecords", std::move(text)));
  return read_record_tree(answer->root(), "GetRecords");
}

}  // namespace millrace::aws
