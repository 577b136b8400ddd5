#include "common/aws/record_page.hpp"

#include <charconv>
#include <cmath>
#include <cstring>

#include "common/aws/bodies.hpp"
#include "common/base/base64.hpp"

namespace millrace::aws {
namespace {

// Walks over JSON; `ok` turns false at the first thing that is not as expected.
class Scan {
 public:
  explicit Scan(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() {
    spaces();
    return at_ == end_;
  }

  bool take(char c) {
    spaces();
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) ok_ = false;
  }

  // A text without escapes. ASCII only: everything a page holds is.
  std::string_view text() {
    expect('"');
    if (!ok_) return {};
    const auto* close =
        static_cast<const char*>(std::memchr(at_, '"', static_cast<std::size_t>(end_ - at_)));
    if (close == nullptr) return fail();
    const std::string_view found{at_, static_cast<std::size_t>(close - at_)};
    at_ = close + 1;
    return found;
  }
  // A text that may hold anything is looked through.
  std::string_view plain_text() {
    const auto found = text();
    for (const char c : found) {
      if (c == '\\' || c < 0x20 || c == 0x7f) return fail();
    }
    return found;
  }

  double number() {
    spaces();
    double value = 0;
    const auto [stopped, failed] = std::from_chars(at_, end_, value);
    if (failed != std::errc{}) {
      ok_ = false;
    } else {
      at_ = stopped;
    }
    return value;
  }

  bool null() {
    spaces();
    if (end_ - at_ < 4 || std::memcmp(at_, "null", 4) != 0) return false;
    at_ += 4;
    return true;
  }

  std::string_view fail() {
    ok_ = false;
    return {};
  }

 private:
  void spaces() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }

  const char* at_;
  const char* end_;
  bool ok_ = true;
};

// Epoch seconds, perhaps with a fraction.
std::int64_t to_ms(double seconds) {
  const double ms = seconds * 1000.0;
  return std::abs(ms) < 9e15 ? std::llround(ms) : 0;
}

// Calls `member(name)` for each; it reads the value.
template <class Member>
bool members(Scan& scan, Member member) {
  scan.expect('{');
  if (!scan.ok() || scan.take('}')) return scan.ok();
  do {
    const auto name = scan.text();
    scan.expect(':');
    if (!scan.ok() || !member(name) || !scan.ok()) return false;
  } while (scan.take(','));
  scan.expect('}');
  return scan.ok();
}

bool read_record(Scan& scan, Record& record) {
  bool has_data = false;
  const bool whole = members(scan, [&](std::string_view name) {
    if (name == "Data") {
      // What is not of base64's alphabet does not decode.
      auto data = base::base64_decode(scan.text());
      if (!data) return false;
      record.data = std::move(*data);
      has_data = true;
    } else if (name == "PartitionKey") {
      record.partition_key = scan.plain_text();
    } else if (name == "SequenceNumber") {
      record.sequence_number = scan.plain_text();
    } else if (name == "ApproximateArrivalTimestamp") {
      record.arrival_ms = to_ms(scan.number());
    } else if (name == "EncryptionType") {
      if (!scan.null()) scan.plain_text();
    } else {
      return false;
    }
    return true;
  });
  return whole && has_data && !record.sequence_number.empty();
}

bool read_records(Scan& scan, std::vector<Record>& records) {
  scan.expect('[');
  if (scan.take(']')) return true;
  do {
    if (!read_record(scan, records.emplace_back())) return false;
  } while (scan.take(','));
  scan.expect(']');
  return scan.ok();
}

}  // namespace

bool read_record_page(std::string_view body, RecordPage& page) {
  Scan scan{body};
  bool has_records = false;
  const bool whole = members(scan, [&](std::string_view name) {
    if (name == "Records" && !has_records) {
      has_records = true;
      return read_records(scan, page.records);
    }
    if (name == "NextShardIterator") {
      if (!scan.null()) page.next_iterator = scan.plain_text();
      return true;
    }
    if (name == "MillisBehindLatest") {
      const double behind = scan.number();
      if (std::abs(behind) > 9e15) return false;
      page.millis_behind_latest = static_cast<std::int64_t>(behind);
      return true;
    }
    if (name == "ContinuationSequenceNumber") {
      if (!scan.null()) page.continuation_sequence = scan.plain_text();
      return true;
    }
    return false;  // ChildShards, at the end of a shard only, and what is unknown
  });
  return whole && has_records && scan.at_end();
}

base::Result<RecordPage> read_record_tree(const wire::Value& root, const char* operation) {
  using wire::Kind;
  if (root.kind() != Kind::map) return malformed(operation, "body");
  const auto& records = root["Records"];
  if (records.kind() != Kind::list) return malformed(operation, "Records");
  RecordPage out;
  out.records.reserve(records.as_list().size());
  for (const auto& item : records.as_list()) {
    if (item.kind() != Kind::map || item["Data"].kind() != Kind::text) {
      return malformed(operation, "Data");
    }
    auto data = base::base64_decode(item["Data"].as_text());
    auto number = text_of(item["SequenceNumber"]);
    if (!data || number.empty()) return malformed(operation, "Records");
    out.records.push_back({std::move(*data), text_of(item["PartitionKey"]), std::move(number),
                           time_of(item["ApproximateArrivalTimestamp"])});
  }
  out.next_iterator = text_of(root["NextShardIterator"]);
  out.continuation_sequence = text_of(root["ContinuationSequenceNumber"]);
  out.millis_behind_latest = integer_of(root["MillisBehindLatest"]);
  if (const auto& children = root["ChildShards"]; children.kind() == Kind::list) {
    for (const auto& child : children.as_list()) {
      if (child.kind() == Kind::map) out.child_shards.push_back(text_of(child["ShardId"]));
    }
  }
  return out;
}

}  // namespace millrace::aws
