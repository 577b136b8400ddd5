#include "emulator/init_streams.hpp"

#include <charconv>

#include "emulator/kinesis/shapes.hpp"

namespace millrace::emulator {
namespace {

struct Wanted {
  engine::Scope scope;
  engine::NewStream stream;
};

base::Result<Wanted> parse(const std::string& text, const protocol::Settings& settings) {
  const auto bad = [&](const std::string& why) {
    return base::Error{base::ErrorCode::invalid_argument,
                       "--init " + text + ": " + why + " (expected name[:shards][:region])"};
  };
  Wanted wanted{{settings.account, settings.region}, {}};
  const auto colon = text.find(':');
  wanted.stream.name = text.substr(0, colon);
  wanted.stream.shards = 4;
  if (!kinesis::name_pattern.matches(wanted.stream.name) || wanted.stream.name.size() > 128) {
    return bad("'" + wanted.stream.name + "' is no stream name");
  }
  if (colon == std::string::npos) return wanted;
  const auto rest = text.substr(colon + 1);
  const auto second = rest.find(':');
  const auto number = rest.substr(0, second);
  const auto* end = number.data() + number.size();
  const auto parsed = std::from_chars(number.data(), end, wanted.stream.shards);
  if (parsed.ec != std::errc{} || parsed.ptr != end || wanted.stream.shards < 1) {
    return bad("'" + number + "' is no number of shards");
  }
  if (second != std::string::npos) wanted.scope.region = rest.substr(second + 1);
  if (wanted.scope.region.empty()) return bad("the region is empty");
  return wanted;
}

}  // namespace

base::Status init_streams(engine::Engine& engine, const protocol::Settings& settings,
                          const std::vector<std::string>& texts) {
  for (const auto& text : texts) {
    BOOST_OUTCOME_TRY(const auto wanted, parse(text, settings));
    if (engine.find(wanted.scope, wanted.stream.name) != nullptr) continue;
    if (engine.open_shards(wanted.scope) + wanted.stream.shards > engine.options().shard_limit) {
      return base::Error{base::ErrorCode::invalid_argument,
                         "--init " + text + ": more shards than --shard-limit allows"};
    }
    BOOST_OUTCOME_TRY(engine.begin());
    BOOST_OUTCOME_TRY(engine.create_stream(wanted.scope, wanted.stream, 0));
    BOOST_OUTCOME_TRY(engine.commit());
  }
  return base::success();
}

}  // namespace millrace::emulator
