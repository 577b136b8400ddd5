#include "emulator/transfer/line.hpp"

#include "common/base/base64.hpp"
#include "common/cbor/utf8.hpp"
#include "common/json/json.hpp"

namespace millrace::transfer {
namespace {

base::Error bad(std::string message) {
  return {base::ErrorCode::invalid_argument, std::move(message)};
}

}  // namespace

std::string to_json(const Line& line) {
  json::Writer out{line.data.size() + line.partition_key.size() + 200};
  out.begin_map();
  if (line.time_ms) {
    out.key("time_ms");
    out.integer(*line.time_ms);
  }
  out.key("shard");
  out.text(line.shard);
  out.key("sequence_number");
  out.text(line.sequence_number);
  out.key("partition_key");
  out.text(line.partition_key);
  if (!line.explicit_hash_key.empty()) {
    out.key("explicit_hash_key");
    out.text(line.explicit_hash_key);
  }
  if (cbor::is_utf8(line.data)) {
    out.key("data");
    out.text(line.data);
  } else {
    out.key("data_base64");
    out.text(base::base64_encode(line.data));
  }
  out.end_map();
  return out.take();
}

base::Result<Line> parse_line(std::string text) {
  auto parsed = json::parse(std::move(text));
  if (!parsed) return bad("no JSON: " + parsed.error().message());
  const auto& root = parsed.value()->root();
  if (root.kind() != wire::Kind::map) return bad("no JSON object");
  const auto text_of = [&](const char* name) -> base::Result<std::optional<std::string>> {
    const auto& value = root[name];
    if (value.is_null()) return std::optional<std::string>{};
    if (value.kind() != wire::Kind::text) return bad(std::string{name} + " is no string");
    return std::optional{std::string{value.as_text()}};
  };
  Line line;
  BOOST_OUTCOME_TRY(const auto key, text_of("partition_key"));
  if (!key) return bad("partition_key is missing");
  line.partition_key = *key;
  BOOST_OUTCOME_TRY(const auto hash, text_of("explicit_hash_key"));
  line.explicit_hash_key = hash.value_or("");
  BOOST_OUTCOME_TRY(auto data, text_of("data"));
  BOOST_OUTCOME_TRY(const auto base64, text_of("data_base64"));
  if (data.has_value() == base64.has_value()) {
    return bad("there must be either data or data_base64");
  }
  if (base64) data = base::base64_decode(*base64);
  if (!data) return bad("data_base64 is no base64");
  line.data = std::move(*data);
  if (const auto& time = root["time_ms"]; !time.is_null()) {
    if (time.kind() != wire::Kind::integer) return bad("time_ms is no whole number");
    line.time_ms = time.as_integer();
  }
  return line;
}

}  // namespace millrace::transfer
