// CreateStream: asynchronous, CREATING then ACTIVE.
#include <algorithm>

#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis::create_stream {
namespace {

struct ModeDetails {
  wire::Text stream_mode;
  static void members(auto& visit, auto& self) {
    visit("StreamMode", self.stream_mode, Rules{.required = true, .values = stream_modes});
  }
};

const Rules tag_key_rules{.min = 1, .max = 128};
const Rules tag_value_rules{.min = 0, .max = 256};

// Unicode letters, digits, white space and a few signs. Beyond ASCII everything passes that is no
// control character; AWS publishes no finer table.
bool is_tag_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z') ||
           std::string_view{" \t\n\r_./=+-%@:"}.find(c) != std::string_view::npos;
  });
}

struct CreateStream {
  struct Input {
    wire::Text stream_name;
    wire::Integer shard_count;
    std::optional<ModeDetails> stream_mode_details;
    wire::TextMap tags;
    wire::Integer warm_throughput_mibps;
    wire::Integer max_record_size_in_kib;
    wire::Text record_distribution_strategy;
    static void members(auto& visit, auto& self) {
      visit("StreamName", self.stream_name, name_rules(true));
      visit("ShardCount", self.shard_count, Rules{.min = 1});
      visit("StreamModeDetails", self.stream_mode_details);
      visit("Tags", self.tags,
            Rules{.min = 1, .max = 200, .elements = &tag_value_rules, .keys = &tag_key_rules});
      visit("WarmThroughputMiBps", self.warm_throughput_mibps, Rules{.min = 0});
      visit("MaxRecordSizeInKiB", self.max_record_size_in_kib, Rules{.min = 1024, .max = 10240});
      visit("RecordDistributionStrategy", self.record_distribution_strategy,
            Rules{.values = distribution_strategies});
    }
  };
  using Output = NoOutput;

  static base::Status run(Context& context, Input& input, Output&) {
    engine::NewStream wanted;
    wanted.name = *input.stream_name;
    if (input.stream_mode_details) wanted.mode = *input.stream_mode_details->stream_mode;
    const bool on_demand = wanted.mode == "ON_DEMAND";
    // Neither count nor mode: AWS was seen to open 4 shards (2022). On-demand streams begin with 4.
    wanted.shards = on_demand ? 4 : static_cast<std::uint32_t>(input.shard_count.value_or(4));
    if (!on_demand && input.stream_mode_details && !input.shard_count) {
      return base::Error{base::ErrorCode::validation,
                         "ShardCount is required for a stream in PROVISIONED mode."};
    }
    if (input.record_distribution_strategy) {
      wanted.distribution = *input.record_distribution_strategy;
      if (!on_demand) {
        return invalid_argument(
            "RecordDistributionStrategy can only be set for streams in ON_DEMAND mode.");
      }
    }
    if (input.warm_throughput_mibps) {
      return base::Error{
          base::ErrorCode::validation,
          "WarmThroughputMiBps needs a stream in ON_DEMAND mode and an account with the "
          "minimum throughput billing commitment enabled."};
    }
    wanted.max_record_kib = input.max_record_size_in_kib.value_or(1024);
    if (input.tags) {
      if (input.tags->size() > 50) {
        return invalid_argument(
            "Failed to add tags to stream " + wanted.name + " under account " +
            context.scope.account +
            " because a given stream cannot have more than 50 tags associated with it.");
      }
      for (const auto& [key, value] : *input.tags) {
        if (!is_tag_text(key) || !is_tag_text(value)) {
          return invalid_argument(
              "Some tags contain invalid characters. Valid characters: Unicode letters, digits, "
              "white "
              "space, _ . / = + - % @.");
        }
        wanted.tags.emplace_back(key, value);
      }
    }
    if (context.engine.find(context.scope, wanted.name) != nullptr) {
      return base::Error{base::ErrorCode::in_use, "Stream " + wanted.name + " under account " +
                                                      context.scope.account + " already exists."};
    }
    BOOST_OUTCOME_TRY(check_shard_limit(context, context.scope, wanted.shards));
    const auto limit = context.engine.options().on_demand_limit;
    if (on_demand && context.engine.on_demand_streams(context.scope) >= limit) {
      return limit_exceeded(
          "This request would exceed the on-demand stream limit for the account " +
          context.scope.account + " in " + context.scope.region +
          ". Limit: " + std::to_string(limit) + ".");
    }
    return context.engine.create_stream(context.scope, std::move(wanted));
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<CreateStream>();
}

}  // namespace millrace::kinesis::create_stream
