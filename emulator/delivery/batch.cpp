#include "emulator/delivery/batch.hpp"

#include "common/cbor/utf8.hpp"
#include "common/json/json.hpp"

namespace millrace::delivery {

std::string Batch::wrong_with(std::string_view data) const {
  if (facts_.format == "JSON") {
    const auto parsed = json::parse(std::string{data});
    if (!parsed) return "the record is not valid JSON: " + parsed.error().message();
  }
  if (facts_.format == "STRING" && !cbor::is_utf8(data)) return "the record is not valid UTF-8";
  return "";
}

base::Status Batch::add(const DeliveredRecord& record) {
  const auto why = wrong_with(record.data);
  if (why.empty()) {
    ++good_;
    BOOST_OUTCOME_TRY(compressor_->add(record.data, body_));
    if (facts_.format != "BYTE_ARRAY" && !record.data.ends_with('\n')) {
      BOOST_OUTCOME_TRY(compressor_->add("\n", body_));
    }
    return base::success();
  }
  ++bad_;
  json::Writer out;
  const auto member = [&out](const char* name, std::string_view value) {
    out.key(name);
    out.text(value);
  };
  out.begin_map();
  member("errorCode", facts_.format == "JSON" ? "InvalidJson" : "InvalidUtf8");
  member("errorMessage", why);
  member("channelARN", facts_.channel_arn);
  member("streamARN", facts_.stream_arn);
  member("shardId", engine::shard_id(facts_.shard));
  member("sequenceNumber", engine::SequenceText{record.sequence}.view());
  out.key("approximateArrivalTimestamp");
  out.time(record.time_ms);
  if (record.has_key) member("partitionKey", record.partition_key);
  out.key("data");
  out.bytes(record.data);
  out.end_map();
  dead_letters_ += out.str();
  dead_letters_ += '\n';
  return base::success();
}

}  // namespace millrace::delivery
