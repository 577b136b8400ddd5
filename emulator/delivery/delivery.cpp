#include "emulator/delivery/delivery.hpp"

#include <algorithm>
#include <cstdio>

#include "common/base/digest.hpp"
#include "common/base/log.hpp"
#include "emulator/delivery/batch.hpp"

namespace millrace::delivery {
namespace {

using base::Error;
using base::ErrorCode;

constexpr auto look_every = std::chrono::milliseconds(250);
constexpr std::int64_t page_records = 1000;
constexpr std::size_t problem_max = 1500;  // a ChannelStatusReason has at most 2048 characters

// "arn:aws:s3:::bucket" -> "bucket"; the pattern was checked before.
std::string bucket_of(std::string_view arn) {
  return std::string{arn.substr(arn.rfind(':') + 1)};
}

// Makes a key unique: shard, first record, channel; at most 38 characters, alike for the same
// record of the same channel.
std::string suffix_of(std::uint32_t shard, std::int64_t index, const std::string& channel_id) {
  char text[64];
  const auto hash = base::hex(base::as_view(base::sha256(channel_id)).substr(0, 4));
  const int size = std::snprintf(text, sizeof text, "-%06u-%010lld-%s", shard,
                                 static_cast<long long>(index), hash.c_str());
  return {text, static_cast<std::size_t>(size)};
}

const char* content_type(std::string_view compression, std::string_view format) {
  if (compression == "GZIP") return "application/gzip";
  if (compression == "ZSTD") return "application/zstd";
  if (format == "JSON") return "application/x-ndjson";
  return format == "STRING" ? "text/plain; charset=utf-8" : "application/octet-stream";
}

}  // namespace

Delivery::~Delivery() {
  {
    const std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  wake_.notify_one();
  if (!thread_.joinable()) return;
  parts_.sink.cancel();
  thread_.join();
}

void Delivery::start() {
  thread_ = std::thread{[this] { work(); }};
}

void Delivery::work() {
  for (;;) {
    {
      std::unique_lock lock{mutex_};
      if (wake_.wait_for(lock, look_every, [this] { return stopping_; })) return;
    }
    step();
  }
}

bool Delivery::stopping() {
  const std::lock_guard guard{mutex_};
  return stopping_;
}

void Delivery::step() {
  const auto views = take_snapshot(parts_.engine);
  std::erase_if(channels_, [&](const auto& entry) {
    return std::none_of(views.begin(), views.end(),
                        [&](const ChannelView& view) { return view.id == entry.first; });
  });
  for (const auto& view : views) {
    if (stopping()) return;
    auto& state = channels_[view.id];
    if (parts_.engine.now_ms() < state.retry_at_ms) continue;
    const auto looked = look(view, state);
    if (!looked) note_failure(view, state, looked.error());
  }
}

base::Status Delivery::look(const ChannelView& view, ChannelState& state) {
  BOOST_OUTCOME_TRY(take_settings(view, state));
  BOOST_OUTCOME_TRY(find_positions(view, state));
  for (const auto& shard : view.shards) {
    const bool blocked =
        std::any_of(shard.parents.begin(), shard.parents.end(), [&](store::ShardKey parent) {
          const auto at =
              std::find_if(view.shards.begin(), view.shards.end(),
                           [&](const ShardView& other) { return other.plan.shard == parent; });
          return at != view.shards.end() && state.shards[parent.value].position < at->next;
        });
    if (blocked) continue;
    BOOST_OUTCOME_TRY(deliver_shard(view, state, shard));
  }
  return base::success();
}

base::Status Delivery::take_settings(const ChannelView& view, ChannelState& state) {
  if (state.keys && state.settings_text == view.settings) return base::success();
  BOOST_OUTCOME_TRY(state.settings, kinesis::from_stored<kinesis::ChannelSettings>(view.settings));
  const auto& settings = state.settings.value();
  const bool whole = settings.channel_name && settings.record && settings.s3 &&
                     settings.s3->storage && settings.s3->dead_letter &&
                     settings.s3->storage->output_key_template;
  if (!whole) return Error{ErrorCode::io, "the data file is damaged: settings of a channel"};
  BOOST_OUTCOME_TRY(state.keys, kinesis::KeyTemplate::parse(
                                    *settings.s3->storage->output_key_template,
                                    {*settings.channel_name, view.channel_id, view.stream_name,
                                     settings.s3->storage->compression_type.value_or("NONE")}));
  state.settings_text = view.settings;
  return base::success();
}

// Of shards that were not known: from the data file, or, when the channel begins, where its records
// begin. Shards that came later begin at their first record.
base::Status Delivery::find_positions(const ChannelView& view, ChannelState& state) {
  if (!state.started) {
    BOOST_OUTCOME_TRY(const auto kept,
                      change_and_wait(parts_.committer, [&](engine::Engine& engine) {
                        return engine.store().load_channel_positions(view.id);
                      }));
    std::vector<store::ChannelPosition> begun;
    for (const auto& position : kept) state.shards[position.shard.value] = {position.next, {}};
    if (kept.empty()) {
      for (const auto& shard : view.shards) {
        BOOST_OUTCOME_TRY(const auto start, find_start(shard, state));
        state.shards[shard.plan.shard.value] = {start, {}};
        begun.push_back({shard.plan.shard, start});
      }
      const auto write = [&](engine::Engine& engine) -> base::Status {
        for (const auto& position : begun) {
          BOOST_OUTCOME_TRY(engine.store().set_channel_position(view.id, position));
        }
        return base::success();
      };
      BOOST_OUTCOME_TRY(change_and_wait(parts_.committer, [&](engine::Engine& engine) {
        return engine.atomically([&] { return write(engine); });
      }));
      base::log().info("channel {} delivers from now on", name_of(view, state));
    }
    state.started = true;
  }
  for (const auto& shard : view.shards) state.shards.try_emplace(shard.plan.shard.value);
  return base::success();
}

base::Result<std::int64_t> Delivery::find_start(const ShardView& shard, const ChannelState& state) {
  // The clock may have been moved back since.
  const auto from_ms =
      std::min(state.settings.value().active_from_ms.value_or(0), parts_.engine.now_ms());
  BOOST_OUTCOME_TRY(const auto first, read_and_wait(parts_.readers, [&](store::Reader& reader) {
                      return reader.first_at(shard.plan.shard, from_ms);
                    }));
  return first.value_or(shard.next);
}

base::Status Delivery::deliver_shard(const ChannelView& view, ChannelState& state,
                                     const ShardView& shard) {
  auto& at = state.shards[shard.plan.shard.value];
  for (;;) {
    BOOST_OUTCOME_TRY(const bool due, is_due(view, state, shard, at));
    if (!due || stopping() || !delivers(parts_.engine, view.id)) return base::success();
    BOOST_OUTCOME_TRY(deliver_object(view, state, shard, at));
    note_success(view, state);
  }
}

base::Result<bool> Delivery::is_due(const ChannelView& view, const ChannelState& state,
                                    const ShardView& shard, ShardState& at) {
  if (at.position >= shard.next) return false;
  if (shard.next - at.position >= options_.most_records) return true;
  if (!at.oldest_ms) {
    BOOST_OUTCOME_TRY(const auto found, read(shard, at.position, 1, 0));
    if (found.records.entries.empty()) {
      report_loss(view, state, shard, at.position, shard.next);  // they are all gone
      at.position = shard.next;
      return false;
    }
    at.oldest_ms = found.records.entries.front().time_ms;
  }
  const auto own_ms =
      state.settings.value().s3->data_freshness_in_seconds.value_or(kinesis::least_freshness_s) *
      std::int64_t{1000};
  return parts_.engine.now_ms() - *at.oldest_ms >= options_.freshness_ms.value_or(own_ms);
}

base::Result<engine::ReadResult> Delivery::read(const ShardView& shard, std::int64_t from,
                                                std::int64_t limit, std::size_t bytes) {
  auto plan = shard.plan;
  plan.from_index = from;
  const auto wanted = static_cast<std::size_t>(std::min(limit, shard.next - from));
  return read_and_wait(parts_.readers, [&](store::Reader& reader) {
    return parts_.engine.read(reader, plan, wanted, bytes);
  });
}

// For the log.
std::string_view Delivery::name_of(const ChannelView& view, const ChannelState& state) {
  return state.settings.value().channel_name.value_or(view.channel_id);
}

void Delivery::report_loss(const ChannelView& view, const ChannelState& state,
                           const ShardView& shard, std::int64_t from, std::int64_t to) {
  if (to <= from) return;
  base::log().warn(
      "channel {}: {} records of shard {} of stream {} expired before they could be delivered",
      name_of(view, state), to - from, engine::shard_id(shard.plan.number), view.stream_name);
}

base::Status Delivery::deliver_object(const ChannelView& view, ChannelState& state,
                                      const ShardView& shard, ShardState& at) {
  const auto& settings = state.settings.value();
  Batch batch{
      {.channel_arn = view.arn,
       .stream_arn = view.stream_arn,
       .shard = shard.plan.number,
       .format = std::string{settings.record->record_format_type.value_or("BYTE_ARRAY")},
       .compression = std::string{settings.s3->storage->compression_type.value_or("NONE")}}};
  Reading reading;
  reading.next = at.position;
  const auto full = [&] {
    return reading.next >= shard.next || reading.records >= options_.most_records ||
           reading.bytes >= options_.most_bytes;
  };
  while (!full()) {
    if (stopping()) return Error{ErrorCode::cancelled, "stopped"};
    BOOST_OUTCOME_TRY(const auto page,
                      read(shard, reading.next, page_records, options_.page_bytes));
    const auto& entries = page.records.entries;
    report_loss(view, state, shard, reading.next, entries.empty() ? shard.next : entries[0].index);
    if (entries.empty()) reading.next = shard.next;
    for (const auto& entry : entries) {
      const auto data = page.records.data(entry);
      const engine::SequenceNumber sequence{
          .created_s = shard.plan.created_s,
          .index = static_cast<std::uint64_t>(entry.index),
          .time_s = std::max(entry.time_ms / 1000, shard.plan.created_s),
          .shard = shard.plan.number};
      BOOST_OUTCOME_TRY(
          batch.add({data, page.records.key(entry), entry.has_key, entry.time_ms, sequence}));
      if (reading.records++ == 0) {
        reading.first_index = entry.index;
        reading.first_ms = entry.time_ms;
      }
      reading.bytes += data.size();
      reading.next = entry.index + 1;
      if (full()) break;
    }
  }
  BOOST_OUTCOME_TRY(batch.finish());
  BOOST_OUTCOME_TRY(put_objects(view, state, shard, reading, batch));
  const store::ChannelPosition reached{shard.plan.shard, reading.next};
  BOOST_OUTCOME_TRY(change_and_wait(parts_.committer, [&](engine::Engine& engine) {
    return engine.store().set_channel_position(view.id, reached);
  }));
  at = {reading.next, {}};
  return base::success();
}

base::Status Delivery::put_objects(const ChannelView& view, const ChannelState& state,
                                   const ShardView& shard, const Reading& reading, Batch& batch) {
  const auto& settings = state.settings.value();
  const auto& storage = *settings.s3->storage;
  const auto suffix = suffix_of(shard.plan.number, reading.first_index, view.channel_id);
  Object object;
  object.region = view.region;
  if (settings.encryption) object.kms_key = settings.encryption->key_id.value_or("");
  if (batch.good() > 0) {
    object.bucket = bucket_of(*storage.bucket_arn);
    object.bucket_owner = storage.expected_bucket_owner.value_or("");
    object.storage_class = storage.storage_class.value_or("");
    object.key = state.keys->key(reading.first_ms, suffix);
    object.content_type = content_type(storage.compression_type.value_or("NONE"),
                                       settings.record->record_format_type.value_or(""));
    object.body = std::move(batch.body());
    BOOST_OUTCOME_TRY(parts_.sink.put(object));
    base::log().debug("channel {}: {} records, {} bytes in s3://{}/{}", *settings.channel_name,
                      batch.good(), object.body.size(), object.bucket, object.key);
  }
  if (batch.bad() > 0) {
    const auto& dead = *settings.s3->dead_letter;
    object.bucket = bucket_of(*dead.bucket_arn);
    object.bucket_owner = dead.expected_bucket_owner.value_or("");
    object.storage_class.clear();
    object.key = std::string{dead.error_output_prefix.value_or("")} +
                 kinesis::hour_path(reading.first_ms) + std::string{*settings.channel_name} +
                 suffix + ".json";
    object.content_type = "application/x-ndjson";
    object.body = std::move(batch.dead_letters());
    BOOST_OUTCOME_TRY(parts_.sink.put(object));
    base::log().warn("channel {}: {} records are not {} and lie in s3://{}/{}",
                     *settings.channel_name, batch.bad(),
                     settings.record->record_format_type.value_or(""), object.bucket, object.key);
  }
  return base::success();
}

void Delivery::note_failure(const ChannelView& view, ChannelState& state, const Error& why) {
  if (stopping()) return;
  const auto doublings = std::min(state.failures++, 30);
  const auto wait_ms = std::min(options_.last_retry_ms, options_.first_retry_ms << doublings);
  state.retry_at_ms = parts_.engine.now_ms() + wait_ms;
  base::log().warn("channel {}: delivery failed and is tried again in {} ms: {}",
                   name_of(view, state), wait_ms, why.message());
  const auto shown = show_problem(
      view, "Delivery failed and is being tried again: " + why.message().substr(0, problem_max));
  if (!shown) base::log().warn("channel {}: {}", name_of(view, state), shown.error().message());
}

void Delivery::note_success(const ChannelView& view, ChannelState& state) {
  const bool showed = state.settings.value().problem.has_value();
  if (state.failures == 0 && !showed) return;
  const auto cleared = show_problem(view, "");
  if (!cleared) {
    base::log().warn("channel {}: {}", name_of(view, state), cleared.error().message());
    return;
  }
  base::log().info("channel {}: delivery works again", name_of(view, state));
  state.settings.value().problem.reset();
  state.failures = 0;
  state.retry_at_ms = 0;
}

// Into the description, where it stays over a restart.
base::Status Delivery::show_problem(const ChannelView& view, const std::string& problem) {
  return change_and_wait(parts_.committer, [&](engine::Engine& engine) -> base::Status {
    const auto now = engine.now_ms();
    for (const auto* channel : engine.resources().all(engine::ResourceKind::channel, now)) {
      if (channel->row.id != view.id) continue;
      BOOST_OUTCOME_TRY(auto settings,
                        kinesis::from_stored<kinesis::ChannelSettings>(channel->row.settings));
      auto& kept = settings.value().problem;
      if (kept.value_or("") == problem) return base::success();
      kept = problem.empty() ? std::nullopt : wire::Text{problem};
      return engine.alter_resource(*channel, [&](store::ResourceRow& row) {
        row.settings = kinesis::to_stored(settings.value());
      });
    }
    return base::success();
  });
}

}  // namespace millrace::delivery
