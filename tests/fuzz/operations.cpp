// A history of operations that could be a client's, on an engine in memory, beside a small model:
// what was put comes back, in order, from where it was put, until it expires; sequence numbers
// rise whatever the clock does; open shards divide the hash keys among them; nothing ends in a
// failure of ours.
//
// Input: a byte says what is done next, those that follow how.
#include <set>

#include "common/base/log.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/world.hpp"

using namespace millrace;

namespace {

constexpr std::int64_t hour_ms = 3'600'000;
const std::string most_hash = "340282366920938463463374607431768211455";

// Decimal numbers without leading zeros.
struct Lower {
  bool operator()(const std::string& a, const std::string& b) const {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  }
};

struct Put {
  std::string data;
  std::int64_t put_ms = 0;
  bool may_be_gone = false;  // it was past 24 hours once
};

struct Shard {
  std::string low, high;
  bool open = false;
};

std::string text(const wire::Value& value) {
  return value.kind() == wire::Kind::text ? std::string{value.as_text()} : "";
}

class History {
 public:
  // `at` has the streams s and p and the queue.
  History(test::QueueFixture& at, std::string queue, fuzz::Input from)
      : from_(from), at_(at), queue_(std::move(queue)) {}

  void run() {
    for (int i = 0; i < 64 && !from_.empty(); ++i) step();
    read_everything("s");
    read_everything("p");
  }

 private:
  using Records = std::map<std::string, Put, Lower>;  // by sequence number
  struct Stream {
    std::map<std::string, Records> by_shard;
  };

  test::Answer call(std::string_view operation, const std::string& body) {
    auto answer = at_.service.call(operation, body);
    FUZZ_CHECK_SAY(answer.status < 500, std::string{operation} + body + ": " + answer.body);
    return answer;
  }
  std::string stream() { return from_.flag() ? "s" : "p"; }
  static std::string named(const std::string& stream) {
    return R"({"StreamName":")" + stream + "\"";
  }
  static std::string arn(const std::string& stream) {
    return "arn:aws:kinesis:us-east-1:000000000000:stream/" + stream;
  }
  std::string shard_id() { return "shardId-00000000000" + std::to_string(from_.below(10)); }
  std::string hash() {
    static const std::string some[] = {"0",
                                       "1",
                                       "85070591730234615865843651857942052864",
                                       "170141183460469231731687303715884105728",
                                       "170141183460469231731687303715884105727",
                                       most_hash};
    return some[from_.below(std::size(some))];
  }

  void step() {
    switch (from_.below(20)) {
      case 0:
      case 1:
        return put_record();
      case 2:
      case 3:
        return put_records();
      case 4: {
        const auto name = stream();
        const auto shard = shard_id();
        call("SplitShard", named(name) + R"(,"ShardToSplit":")" + shard +
                               R"(","NewStartingHashKey":")" + hash() + "\"}");
        return;
      }
      case 5: {
        const auto name = stream();
        const auto shard = shard_id();
        call("MergeShards", named(name) + R"(,"ShardToMerge":")" + shard +
                                R"(","AdjacentShardToMerge":")" + shard_id() + "\"}");
        return;
      }
      case 6:
        call("UpdateShardCount", named(stream()) +
                                     R"(,"ScalingType":"UNIFORM_SCALING","TargetShardCount":)" +
                                     std::to_string(1 + from_.below(9)) + "}");
        return;
      case 7:
      case 8:
        return pass(static_cast<std::int64_t>(from_.byte()) * 10);
      case 9:
        return pass(static_cast<std::int64_t>(from_.byte()) * hour_ms / 8);
      case 10:
        return move_clock();
      case 11:
        at_.service.tidy();
        return;
      case 12:
        return read_everything(stream());
      case 13:
        return receive();
      case 14:
        return use_handle();
      case 15:
        call(from_.flag() ? "IncreaseStreamRetentionPeriod" : "DecreaseStreamRetentionPeriod",
             named(stream()) + R"(,"RetentionPeriodHours":)" + std::to_string(24 + from_.below(9)) +
                 "}");
        return;
      case 16:
        return subscribe();
      case 17:
        call("UpdateStreamMode", R"({"StreamARN":")" + arn(stream()) +
                                     R"(","StreamModeDetails":{"StreamMode":")" +
                                     (from_.flag() ? "ON_DEMAND" : "PROVISIONED") + "\"}}");
        return;
      case 18:
        return make_anew();
      default: {
        const auto limit = from_.below(5);
        call("UpdateQueue", R"({"QueueARN":")" + queue_ +
                                R"(","QueueAttributes":{"VisibilityTimeoutSeconds":)" +
                                std::to_string(from_.below(40)) +
                                (limit == 0 ? R"(,"DeadLetterConfiguration":{"TargetType":"NONE"})"
                                            : R"(,"DeadLetterConfiguration":{"TargetType":)"
                                              R"("BUILT_IN","MaxReceiveCount":)" +
                                                  std::to_string(limit) + "}") +
                                "}}");
      }
    }
  }

  void note(const std::string& stream, const wire::Value& result, const std::string& data) {
    const auto sequence = text(result["SequenceNumber"]);
    auto& records = streams_[stream].by_shard[text(result["ShardId"])];
    FUZZ_CHECK_SAY(records.empty() || Lower{}(records.rbegin()->first, sequence),
                   records.rbegin()->first + " came before " + sequence);
    records[sequence] = {data, now_ms(), false};
  }
  std::string entry(std::string& data) {
    data = std::to_string(count_++);
    auto made = R"("PartitionKey":"k)" + std::to_string(from_.below(8)) + R"(","Data":")" +
                base::base64_encode(data) + "\"";
    if (from_.flag()) made += R"(,"ExplicitHashKey":")" + hash() + "\"";
    return made;
  }
  void put_record() {
    const auto name = stream();
    std::string data;
    const auto answer = call("PutRecord", named(name) + "," + entry(data) + "}");
    if (answer.status == 200) note(name, answer.document->root(), data);
  }
  void put_records() {
    const auto name = stream();
    std::vector<std::string> data(1 + from_.below(6));
    std::string entries;
    for (auto& one : data) entries += (entries.empty() ? "{" : ",{") + entry(one) + "}";
    const auto answer = call("PutRecords", named(name) + R"(,"Records":[)" + entries + "]}");
    if (answer.status != 200) return;
    const auto results = answer["Records"].as_list();
    FUZZ_CHECK(results.size() == data.size());
    for (std::size_t i = 0; i < data.size(); ++i) note(name, results[i], data[i]);
  }

  [[nodiscard]] std::int64_t now_ms() { return at_.service.engine().now_ms(); }
  void pass(std::int64_t ms) {
    at_.wait_ms(ms);
    notice_time();
  }
  void move_clock() {
    auto& engine = at_.service.engine();
    const auto by = (static_cast<std::int64_t>(from_.byte()) - 128) * hour_ms / 16;
    FUZZ_CHECK(engine.begin().has_value());
    (void)engine.set_clock_offset(engine.clock_offset_ms() + by);
    FUZZ_CHECK(engine.commit().has_value());
    notice_time();
  }
  void notice_time() {
    for (auto& [name, stream] : streams_) {
      for (auto& [shard, records] : stream.by_shard) {
        for (auto& [sequence, put] : records) {
          if (now_ms() - put.put_ms >= 24 * hour_ms) put.may_be_gone = true;
        }
      }
    }
  }

  std::map<std::string, Shard> shards_of(const std::string& name) {
    std::map<std::string, Shard> shards;
    std::string request = named(name) + R"(,"MaxResults":3})";
    for (;;) {
      const auto answer = call("ListShards", request);
      if (answer.status != 200) return {};
      for (const auto& one : answer["Shards"].as_list()) {
        auto& shard = shards[text(one["ShardId"])];
        shard.low = text(one["HashKeyRange"]["StartingHashKey"]);
        shard.high = text(one["HashKeyRange"]["EndingHashKey"]);
        shard.open = one["SequenceNumberRange"]["EndingSequenceNumber"].is_null();
      }
      const auto next = text(answer["NextToken"]);
      if (next.empty()) return shards;
      request = R"({"MaxResults":3,"NextToken":")" + next + "\"}";
    }
  }

  // The open shards' ranges, in order, without gap or overlap.
  static void check_ranges(const std::map<std::string, Shard>& shards) {
    std::map<std::string, std::string, Lower> ranges;
    for (const auto& [id, shard] : shards) {
      if (shard.open) FUZZ_CHECK(ranges.emplace(shard.low, shard.high).second);
    }
    auto next = base::Uint128{0};
    for (const auto& [low, high] : ranges) {
      FUZZ_CHECK_SAY(low == base::to_decimal(next), low);
      next = base::parse_uint128(high).value() + 1;
    }
    FUZZ_CHECK(next == 0 && !ranges.empty());
  }

  void read_everything(const std::string& name) {
    const auto shards = shards_of(name);
    if (shards.empty()) return;  // it is not there now
    check_ranges(shards);
    for (const auto& [id, shard] : shards) read_shard(name, id, shard);
  }

  void read_shard(const std::string& name, const std::string& id, const Shard& shard) {
    auto answer = call("GetShardIterator", named(name) + R"(,"ShardId":")" + id +
                                               R"(","ShardIteratorType":"TRIM_HORIZON"})");
    if (answer.status != 200) return;
    auto iterator = text(answer["ShardIterator"]);
    const auto limit = std::to_string(1 + from_.below(5));
    std::set<std::string, Lower> seen;
    auto& records = streams_[name].by_shard[id];
    for (;;) {
      answer =
          call("GetRecords", R"({"ShardIterator":")" + iterator + R"(","Limit":)" + limit + "}");
      if (answer.status != 200) return;
      const auto got = answer["Records"].as_list();
      for (const auto& one : got) {
        const auto sequence = text(one["SequenceNumber"]);
        const auto put = records.find(sequence);
        FUZZ_CHECK_SAY(put != records.end(), sequence + " was never put");
        FUZZ_CHECK(base::base64_decode(one["Data"].as_text()) == put->second.data);
        FUZZ_CHECK(seen.empty() || Lower{}(*seen.rbegin(), sequence));
        seen.insert(sequence);
      }
      iterator = text(answer["NextShardIterator"]);
      if (iterator.empty()) FUZZ_CHECK(!shard.open);
      if (iterator.empty() || got.empty()) break;
    }
    for (const auto& [sequence, put] : records) {
      FUZZ_CHECK_SAY(put.may_be_gone || seen.contains(sequence), sequence + " is lost");
    }
  }

  void receive() {
    const bool dead = from_.flag();
    const auto got = dead ? at_.receive_dead(queue_) : at_.receive(queue_);
    for (const auto& one : got) handles_.push_back(one.handle);
  }
  void use_handle() {
    static const char* const what[] = {
        "AcknowledgeQueueRecords", "AcknowledgeDeadLetterQueueRecords",
        "UpdateQueueRecordsVisibility", "UpdateDeadLetterQueueRecordsVisibility",
        "RestoreDeadLetterQueueRecords"};
    const auto operation = std::string{what[from_.below(std::size(what))]};
    if (handles_.empty()) return;
    const auto handle = handles_[from_.below(std::min<std::size_t>(handles_.size(), 256))];
    auto more = std::string{};
    if (operation.starts_with("Update")) {
      more = R"(,"VisibilityTimeoutSeconds":)" + std::to_string(from_.below(10));
    }
    const auto said = at_.entry(operation, queue_, handle, more);
    FUZZ_CHECK_SAY(said.find("InternalFailure") == std::string::npos, said);
  }
  void subscribe() {
    const auto name = stream();
    auto answer = call("RegisterStreamConsumer",
                       R"({"StreamARN":")" + arn(name) + R"(","ConsumerName":"c"})");
    if (answer.status == 200) consumers_[name] = text(answer["Consumer"]["ConsumerARN"]);
    const auto shard = shard_id();
    answer =
        call("SubscribeToShard", R"({"ConsumerARN":")" + consumers_[name] + R"(","ShardId":")" +
                                     shard + R"(","StartingPosition":{"Type":")" +
                                     (from_.flag() ? "TRIM_HORIZON" : "LATEST") + "\"}}");
    if (!answer.events) return;
    for (int i = 0; i < 3; ++i) {
      if (answer.events->next(at_.service.reader()).last) break;
    }
  }
  void make_anew() {
    const auto name = stream();
    const auto gone = call("DeleteStream", named(name) + R"(,"EnforceConsumerDeletion":true})");
    if (gone.status == 200) {
      streams_.erase(name);
      consumers_.erase(name);
    }
    pass(1000);
    if (from_.flag()) at_.service.tidy();
    call("CreateStream",
         named(name) + R"(,"ShardCount":)" + std::to_string(1 + from_.below(4)) + "}");
    pass(1000);
  }

  fuzz::Input from_;
  test::QueueFixture& at_;
  std::string queue_;
  std::map<std::string, Stream> streams_;
  std::map<std::string, std::string> consumers_;
  std::vector<std::string> handles_;
  std::size_t count_ = 0;
};

}  // namespace

FUZZ_TARGET(operations) {
  (void)base::set_log_level("off");
  static std::string queue;
  static fuzz::World world{[](test::QueueFixture& at) {
    at.service.create("p", 2);
    queue = at.create();
    FUZZ_CHECK_SAY(queue.starts_with("arn:"), queue);
  }};
  History{world.begin(), queue, fuzz::Input{input}}.run();
}
