// ListShards: shards in pages, chosen by one of six filters.
#include <algorithm>
#include <charconv>

#include "emulator/kinesis/streams.hpp"
#include "emulator/kinesis/tokens.hpp"

namespace millrace::kinesis::list_shards {
namespace {

constexpr std::int32_t most_shards = 1000;
constexpr std::string_view operation = "ListShards";

struct ShardFilter {
  wire::Text type;
  wire::Text shard_id;
  wire::Time timestamp;
  static void members(auto& visit, auto& self) {
    visit("Type", self.type, Rules{.required = true, .values = shard_filter_types});
    visit("ShardId", self.shard_id, name_rules());
    visit("Timestamp", self.timestamp);
  }
};

// The filter as it is kept in a token: "TYPE shard-number time-ms creation-ms".
struct Selection {
  std::string type = "FROM_TRIM_HORIZON";
  std::int64_t after_shard = -1;
  std::int64_t time_ms = 0;
  std::int64_t created_ms = 0;

  [[nodiscard]] std::string text() const {
    return type + " " + std::to_string(after_shard) + " " + std::to_string(time_ms) + " " +
           std::to_string(created_ms);
  }
  static Selection parse(std::string_view text) {
    Selection found;
    const auto word = [&] {
      const auto size = std::min(text.find(' '), text.size());
      const auto part = text.substr(0, size);
      text.remove_prefix(std::min(size + 1, text.size()));
      return part;
    };
    found.type = word();
    for (auto* number : {&found.after_shard, &found.time_ms, &found.created_ms}) {
      const auto part = word();
      std::from_chars(part.data(), part.data() + part.size(), *number);
    }
    return found;
  }

  [[nodiscard]] bool takes(const engine::Stream& stream, const engine::Shard& shard,
                           std::int64_t now_ms) const {
    if (stream.is_expired(shard, now_ms)) return false;
    const auto opened_ms = stream.opened_ms(shard, now_ms);
    const auto closed_ms = shard.row.closed_ms.value_or(INT64_MAX);
    const auto horizon_ms = std::max(stream.trim_horizon_ms(now_ms), stream.row.created_ms);
    if (type == "AT_LATEST") return !shard.row.closed_ms;
    if (type == "AT_TRIM_HORIZON") return opened_ms <= horizon_ms && closed_ms > horizon_ms;
    if (type == "AT_TIMESTAMP") return opened_ms <= time_ms && closed_ms > time_ms;
    if (type == "FROM_TIMESTAMP") return closed_ms >= time_ms;
    return true;  // AFTER_SHARD_ID sets after_shard; FROM_TRIM_HORIZON is everything listed
  }
};

struct ListShards {
  struct Input {
    StreamRef stream;
    wire::Text next_token;
    wire::Text exclusive_start_shard_id;
    wire::Integer max_results;
    wire::Time stream_creation_timestamp;
    std::optional<ShardFilter> shard_filter;
    static void members(auto& visit, auto& self) {
      StreamRef::members(visit, self.stream);
      visit("NextToken", self.next_token, next_token_rules);
      visit("ExclusiveStartShardId", self.exclusive_start_shard_id, name_rules());
      visit("MaxResults", self.max_results, limit_rules);
      visit("StreamCreationTimestamp", self.stream_creation_timestamp);
      visit("ShardFilter", self.shard_filter);
    }
  };
  struct Output {
    std::vector<ShardShape> shards;
    std::optional<std::string> next_token;
    static void members(auto& visit, auto& self) {
      visit("Shards", self.shards);
      visit("NextToken", self.next_token);
    }
  };

  static base::Result<std::int64_t> shard_number(std::string_view id, const StreamName& stream) {
    const auto number = engine::parse_shard_id(id);
    if (!number) return shard_not_found(id, stream);
    return std::int64_t{*number};
  }

  static base::Result<Selection> selection_of(const Input& input, const StreamName& stream) {
    Selection selection;
    if (input.exclusive_start_shard_id) {
      BOOST_OUTCOME_TRY(selection.after_shard,
                        shard_number(*input.exclusive_start_shard_id, stream));
    }
    if (!input.shard_filter) return selection;
    const auto& filter = *input.shard_filter;
    selection.type = *filter.type;
    const bool by_time = selection.type == "AT_TIMESTAMP" || selection.type == "FROM_TIMESTAMP";
    const bool by_shard = selection.type == "AFTER_SHARD_ID";
    if (by_shard != filter.shard_id.has_value()) {
      return invalid_argument(
          by_shard ? "ShardFilter of type AFTER_SHARD_ID needs a ShardId."
                   : "ShardId can only be given in a ShardFilter of type AFTER_SHARD_ID.");
    }
    if (by_time != filter.timestamp.has_value()) {
      return invalid_argument(
          by_time ? "ShardFilter of type " + selection.type + " needs a Timestamp."
                  : "Timestamp can only be given in a ShardFilter of type AT_TIMESTAMP or "
                    "FROM_TIMESTAMP.");
    }
    if (by_shard) {
      BOOST_OUTCOME_TRY(const auto number, shard_number(*filter.shard_id, stream));
      selection.after_shard = std::max(selection.after_shard, number);
    }
    if (by_time) selection.time_ms = filter.timestamp->ms;
    return selection;
  }

  static base::Status run(Context& context, Input& input, Output& output) {
    const bool named = input.stream.stream_name || input.stream.stream_arn;
    if (!named && !input.next_token) {
      return invalid_argument("Either NextToken or StreamName should be provided.");
    }
    StreamName name;
    Selection selection;
    if (input.next_token) {
      if (named) {
        return invalid_argument("NextToken and StreamName cannot be provided together.");
      }
      if (input.exclusive_start_shard_id || input.stream_creation_timestamp) {
        return invalid_argument(
            "NextToken and ExclusiveStartShardId or StreamCreationTimestamp cannot be provided "
            "together.");
      }
      BOOST_OUTCOME_TRY(const auto token, open_token(context, operation, *input.next_token));
      name = {{token.account, token.region}, token.stream};
      selection = Selection::parse(token.filter);
    } else {
      BOOST_OUTCOME_TRY(name, name_of(context, input.stream));
      BOOST_OUTCOME_TRY(selection, selection_of(input, name));
    }
    BOOST_OUTCOME_TRY(const auto* stream, find_stream(context, name));
    // Tells streams of one name apart. AWS keeps whole seconds.
    const auto created_s = stream->row.created_ms / 1000;
    if (input.stream_creation_timestamp &&
        input.stream_creation_timestamp->ms / 1000 != created_s) {
      return stream_not_found(name);
    }
    if (selection.created_ms != 0 && selection.created_ms != stream->row.created_ms) {
      return stream_not_found(name);
    }
    selection.created_ms = stream->row.created_ms;
    const auto now = context.engine.now_ms();
    if (stream->status(now) == engine::StreamStatus::creating) return base::success();
    const auto limit =
        static_cast<std::size_t>(std::min(input.max_results.value_or(most_shards), most_shards));
    for (const auto& shard : stream->shards) {
      if (shard->row.number <= selection.after_shard) continue;
      if (!selection.takes(*stream, *shard, now)) continue;
      if (output.shards.size() == limit) {
        output.next_token = make_token(context, operation,
                                       {.account = name.scope.account,
                                        .region = name.scope.region,
                                        .stream = name.name,
                                        .filter = selection.text()});
        break;
      }
      output.shards.push_back(shape_of(*shard));
      selection.after_shard = shard->row.number;
    }
    return base::success();
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<ListShards>();
}

}  // namespace millrace::kinesis::list_shards
