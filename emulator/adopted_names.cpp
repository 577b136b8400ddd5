#include "emulator/adopted_names.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace millrace::emulator {

using base::Error;
using base::ErrorCode;

namespace {

using Get = std::function<const char*(const char*)>;

// Set and not empty.
std::optional<std::string> value_of(const Get& get, const char* name) {
  const char* value = get(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string{value};
}

std::string lower(std::string text) {
  for (auto& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return text;
}

base::Result<bool> truth(const char* name, const std::string& text) {
  const auto word = lower(text);
  if (word == "1" || word == "true" || word == "yes" || word == "on") return true;
  if (word == "0" || word == "false" || word == "no" || word == "off") return false;
  return Error{ErrorCode::invalid_argument,
               std::string{name} + ": '" + text + "' is neither true nor false"};
}

// The same meaning under another name; of several the last that is set.
constexpr std::pair<const char*, const char*> same[] = {
    {"DEFAULT_REGION", "--region"},
    {"AWS_REGION", "--region"},
    {"FERROKINESIS_REGION", "--region"},
    {"AWS_ACCOUNT_ID", "--account"},
    {"FERROKINESIS_ACCOUNT_ID", "--account"},
    {"SHARD_LIMIT", "--shard-limit"},
    {"KINESIS_SHARD_LIMIT", "--shard-limit"},
    {"FERROKINESIS_SHARD_LIMIT", "--shard-limit"},
    {"ON_DEMAND_STREAM_COUNT_LIMIT", "--on-demand-limit"},
    {"KINESIS_ON_DEMAND_STREAM_COUNT_LIMIT", "--on-demand-limit"},
    {"INITIALIZE_STREAMS", "--init"},
    {"KINESIS_INITIALIZE_STREAMS", "--init"},
    {"PERSIST_PATH", "--data"},
    {"FERROKINESIS_STATE_DIR", "--data"},
    {"FERROKINESIS_TLS_CERT", "--tls-cert"},
    {"FERROKINESIS_TLS_KEY", "--tls-key"},
    {"GATEWAY_LISTEN", "--listen"},
};

// How long states last: one length for all of them here.
constexpr const char* durations[] = {"KINESIS_LATENCY",
                                     "CREATE_STREAM_DURATION",
                                     "DELETE_STREAM_DURATION",
                                     "REGISTER_STREAM_CONSUMER_DURATION",
                                     "DEREGISTER_STREAM_CONSUMER_DURATION",
                                     "START_STREAM_ENCRYPTION_DURATION",
                                     "STOP_STREAM_ENCRYPTION_DURATION",
                                     "MERGE_SHARDS_DURATION",
                                     "SPLIT_SHARD_DURATION",
                                     "UPDATE_SHARD_COUNT_DURATION",
                                     "UPDATE_STREAM_MODE_DURATION",
                                     "FERROKINESIS_CREATE_STREAM_MS",
                                     "FERROKINESIS_DELETE_STREAM_MS",
                                     "FERROKINESIS_UPDATE_STREAM_MS"};

// True: everything is kept in memory unless it is false; false: the other way round.
constexpr const char* keeps_data[] = {"SHOULD_PERSIST_DATA", "KINESIS_PERSISTENCE", "PERSISTENCE"};

constexpr const char* log_levels[] = {"LOG_LEVEL", "KINESIS_MOCK_LOG_LEVEL"};

constexpr const char* enforced[] = {"KINESIS_MOCK_ENFORCE_RATE_LIMITS",
                                    "FERROKINESIS_ENFORCE_LIMITS"};

constexpr const char* further_ports[] = {"KINESIS_MOCK_PLAIN_PORT", "KINESIS_MOCK_TLS_PORT",
                                         "FERROKINESIS_PORT"};

// What has no meaning here, and what there is instead.
constexpr std::pair<const char*, const char*> meaningless[] = {
    {"KINESIS_MOCK_CERT_PATH",
     "TLS has a certificate of its own on every port; --tls-cert and --tls-key replace it"},
    {"KINESIS_MOCK_CERT_PASSWORD", "see --tls-cert and --tls-key"},
    {"KINESIS_MOCK_KEYSTORE_PASSWORD", "there is no Java key store"},
    {"KINESIS_MOCK_KEYMANAGER_PASSWORD", "there is no Java key store"},
    {"KINESIS_MOCK_MAXIMUM_HEAP_SIZE", "there is no Java heap"},
    {"KINESIS_MOCK_INITIAL_HEAP_SIZE", "there is no Java heap"},
    {"KINESIS_MOCK_PROVIDER_ENGINE", "there is one engine"},
    {"KINESIS_MOCK_PERSIST_INTERVAL", "what is acknowledged is on disk already"},
    {"PERSIST_INTERVAL", "what is acknowledged is on disk already"},
    {"PERSIST_FILE_NAME", "the file is called millrace.db"},
    {"ROOT_LOG_LEVEL", "there is one level, LOG_LEVEL"},
    {"KINESIS_ERROR_PROBABILITY", "calls do not fail at random"},
    {"FERROKINESIS_ITERATOR_TTL_SECONDS",
     "iterators last 5 minutes, as AWS's do; the admin API moves the clock"},
    {"FERROKINESIS_MAX_REQUEST_BODY_MB", "a request has at most 16 MiB"},
    {"FERROKINESIS_RETENTION_CHECK_INTERVAL_SECS", "what expires is gone at once"},
    {"FERROKINESIS_SNAPSHOT_INTERVAL_SECS", "what is acknowledged is on disk already"},
    {"FERROKINESIS_MAX_RETAINED_BYTES", "records stay as long as their stream's retention says"},
    {"FERROKINESIS_CAPTURE", "calls are not captured"},
    {"FERROKINESIS_MIRROR_TO", "calls are not mirrored"},
    {"FERROKINESIS_OTLP_ENDPOINT", "there are no traces"},
};

base::Status adopt_durations(const Get& get, Adopted& to) {
  std::int64_t longest = -1;
  std::int64_t shortest = INT64_MAX;
  const char* longest_name = "";
  for (const auto* name : durations) {
    const auto text = value_of(get, name);
    if (!text) continue;
    const auto ms = duration_ms(*text);
    if (ms < 0)
      return Error{ErrorCode::invalid_argument,
                   std::string{name} + ": '" + *text + "' is no duration (500ms)"};
    if (ms > longest) longest_name = name;
    longest = std::max(longest, ms);
    shortest = std::min(shortest, ms);
  }
  if (longest < 0) return base::success();
  to.options["--transition-ms"] = {std::to_string(longest), longest_name};
  if (shortest != longest) {
    to.notes.push_back("durations of states differ in the environment: " + std::to_string(longest) +
                       " ms, the longest, is taken for all (--transition-ms)");
  }
  return base::success();
}

base::Status adopt_switches(const Get& get, Adopted& to) {
  for (const auto* name : keeps_data) {
    const auto text = value_of(get, name);
    if (!text) continue;
    BOOST_OUTCOME_TRY(const bool keeps, truth(name, *text));
    if (!keeps) to.options["--memory"] = {"true", name};
  }
  for (const auto* name : enforced) {
    const auto text = value_of(get, name);
    if (!text) continue;
    BOOST_OUTCOME_TRY(const bool on, truth(name, *text));
    to.options["--limits"] = {on ? "aws" : "off", name};
  }
  if (const auto text = value_of(get, "LOAD_DATA_IF_EXISTS")) {
    BOOST_OUTCOME_TRY(const bool loads, truth("LOAD_DATA_IF_EXISTS", *text));
    if (!loads)
      to.notes.emplace_back(
          "LOAD_DATA_IF_EXISTS=false is not honoured: data that is there is loaded; remove the "
          "directory to start anew");
  }
  if (const auto text = value_of(get, "DEBUG")) {
    const auto on = truth("DEBUG", *text);  // other programs' DEBUG may say anything
    if (on && on.value()) to.options["--log-level"] = {"debug", "DEBUG"};
  }
  for (const auto* name : log_levels) {
    const auto text = value_of(get, name);
    if (!text) continue;
    auto level = lower(*text);
    if (level == "warning") level = "warn";
    constexpr const char* known[] = {"trace", "debug", "info", "warn", "error", "off"};
    if (std::find(std::begin(known), std::end(known), level) == std::end(known)) {
      to.notes.push_back(std::string{name} + "=" + *text +
                         " is no log level here and is passed over");
    } else {
      to.options["--log-level"] = {level, name};
    }
  }
  return base::success();
}

void note_services(const Get& get, Adopted& to) {
  const auto text = value_of(get, "SERVICES");
  if (!text) return;
  std::string others;
  for (std::size_t at = 0; at <= text->size();) {
    const auto end = std::min(text->find(',', at), text->size());
    const auto name = text->substr(at, end - at);
    if (!name.empty() && name != "kinesis") others += (others.empty() ? "" : ", ") + name;
    at = end + 1;
  }
  if (!others.empty())
    to.notes.push_back("SERVICES names " + others + ": only kinesis is served here");
}

}  // namespace

std::int64_t duration_ms(const std::string& text) {
  double number = 0;
  const auto* end = text.data() + text.size();
  auto [at, failed] = std::from_chars(text.data(), end, number);
  if (failed != std::errc{} || !std::isfinite(number) || number < 0) return -1;
  while (at != end && *at == ' ') ++at;
  const auto unit = lower({at, end});
  struct Unit {
    const char* name;
    double ms;
  };
  constexpr Unit units[] = {{"", 1},
                            {"ms", 1},
                            {"milli", 1},
                            {"millis", 1},
                            {"millisecond", 1},
                            {"milliseconds", 1},
                            {"s", 1000},
                            {"sec", 1000},
                            {"second", 1000},
                            {"seconds", 1000},
                            {"m", 60'000},
                            {"min", 60'000},
                            {"minute", 60'000},
                            {"minutes", 60'000}};
  for (const auto& [name, ms] : units) {
    if (unit == name && number * ms <= 3'600'000) return std::llround(number * ms);
  }
  return -1;
}

base::Result<Adopted> adopt_names(const Get& get) {
  Adopted found;
  for (const auto& [name, option] : same) {
    if (auto text = value_of(get, name)) found.options[option] = {std::move(*text), name};
  }
  BOOST_OUTCOME_TRY(adopt_durations(get, found));
  BOOST_OUTCOME_TRY(adopt_switches(get, found));
  for (const auto* name : further_ports) {
    const auto text = value_of(get, name);
    if (!text) continue;
    unsigned port = 0;
    const auto* end = text->data() + text->size();
    const auto [at, failed] = std::from_chars(text->data(), end, port);
    if (failed != std::errc{} || at != end || port == 0 || port > 65535) {
      return Error{ErrorCode::invalid_argument, std::string{name} + ": '" + *text + "' is no port"};
    }
    found.ports.push_back(*text);
  }
  for (const auto& [name, instead] : meaningless) {
    if (value_of(get, name))
      found.notes.push_back(std::string{name} + " is not honoured: " + instead);
  }
  note_services(get, found);
  return found;
}

}  // namespace millrace::emulator
