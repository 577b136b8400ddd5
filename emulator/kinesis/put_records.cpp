// PutRecords: up to 500 records; results in the order of the request.
#include <algorithm>

#include "emulator/kinesis/put.hpp"

namespace millrace::kinesis::put_records {
namespace {

// 10 MiB with the keys since October 2025; 5 MiB before.
constexpr std::size_t most_bytes = 10'485'760;

struct Entry {
  wire::Blob data;
  wire::Text partition_key;
  wire::Text explicit_hash_key;
  static void members(auto& visit, auto& self) {
    visit("Data", self.data, data_rules);
    visit("ExplicitHashKey", self.explicit_hash_key, hash_key_rules);
    visit("PartitionKey", self.partition_key, partition_key_rules);
  }
};

// Either the first two or the last two.
struct Result {
  std::optional<std::string> sequence_number;
  std::optional<std::string> shard_id;
  std::optional<std::string> error_code;
  std::optional<std::string> error_message;
  static void members(auto& visit, auto& self) {
    visit("SequenceNumber", self.sequence_number);
    visit("ShardId", self.shard_id);
    visit("ErrorCode", self.error_code);
    visit("ErrorMessage", self.error_message);
  }
};

// Written from what the engine gave, without a Result for each record in between.
struct ResultList {
  using Described = std::vector<Result>;
  std::vector<engine::Appended> appended;
  std::string stream, account;  // for the errors
  [[nodiscard]] std::size_t expected_bytes() const { return appended.size() * 120; }
  void encode(wire::Encoder& out) const {
    out.begin_list();
    for (const auto& one : appended) {
      out.begin_map();
      if (one.throttled) {
        out.key("ErrorCode");
        out.plain("ProvisionedThroughputExceededException");
        out.key("ErrorMessage");
        out.text(shard_rate_text(one.sequence.shard, stream, account));
        out.end_map();
        continue;
      }
      out.key("SequenceNumber");
      out.plain(engine::SequenceText{one.sequence}.view());
      out.key("ShardId");
      out.plain(engine::shard_id(one.sequence.shard));
      out.end_map();
    }
    out.end_list();
  }
};

struct PutRecords {
  struct Input {
    StreamRef stream;
    std::optional<std::vector<Entry>> records;
    wire::Boolean dry_run;
    // By prepare().
    std::vector<engine::NewRecord> prepared;
    std::optional<std::size_t> bad_hash;  // index of the first ExplicitHashKey out of range
    static void members(auto& visit, auto& self) {
      StreamRef::members(visit, self.stream);
      visit(
          "Records", self.records,
          Rules{.required = true,
                .min = 1,
                .max = 500,
                .element_text = "com.amazonaws.kinesis.v20131202.PutRecordsRequestEntry@c965e310"});
      visit("DryRun", self.dry_run);
    }
  };
  struct Output {
    std::int64_t failed_record_count = 0;
    ResultList records;
    std::optional<std::string> encryption_type;
    static void members(auto& visit, auto& self) {
      visit("FailedRecordCount", self.failed_record_count);
      visit("Records", self.records);
      visit("EncryptionType", self.encryption_type);
    }
  };

  static void prepare(Input& input) {
    input.prepared.reserve(input.records->size());
    for (const auto& entry : *input.records) {
      const auto hash = hash_of(entry.partition_key, entry.explicit_hash_key);
      if (!hash && !input.bad_hash) input.bad_hash = input.prepared.size();
      input.prepared.push_back({entry.partition_key, entry.data->bytes, hash.value_or(0)});
    }
  }

  static base::Status run(Context& context, Input& input, Output& output) {
    BOOST_OUTCOME_TRY(const auto* stream, find_writable(context, input.stream));
    if (input.bad_hash) {
      return bad_explicit_hash_key(*(*input.records)[*input.bad_hash].explicit_hash_key);
    }
    std::size_t bytes = 0;
    const auto limit = static_cast<std::size_t>(stream->row.max_record_kib * 1024);
    for (std::size_t i = 0; i < input.prepared.size(); ++i) {
      const auto& record = input.prepared[i];
      const auto size = record.data.size() + record.partition_key.value_or("").size();
      bytes += size;
      if (record.partition_key && size <= limit) continue;  // the path below is only for errors
      BOOST_OUTCOME_TRY(check_record(*stream, record.partition_key, record.data,
                                     "records." + std::to_string(i + 1) + ".member."));
    }
    if (bytes > most_bytes) return invalid_argument("Records size exceeds 10 MB limit");
    if (input.dry_run.value_or(false)) return dry_run_succeeded();
    for (auto& record : input.prepared) record.hash = place(*stream, record.hash);
    output.encryption_type = encryption_of(context, *stream);
    auto& results = output.records;
    BOOST_OUTCOME_TRY(context.engine.append(*stream, input.prepared, results.appended));
    output.failed_record_count =
        std::count_if(results.appended.begin(), results.appended.end(),
                      [](const engine::Appended& one) { return one.throttled; });
    if (output.failed_record_count > 0) {
      results.stream = stream->row.name;
      results.account = stream->row.account;
    }
    return base::success();
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<PutRecords>();
}

}  // namespace millrace::kinesis::put_records
