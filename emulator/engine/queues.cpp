#include "emulator/engine/queues.hpp"

#include <algorithm>
#include <cstdio>

#include "emulator/engine/engine.hpp"

namespace millrace::engine {

using base::Error;
using base::ErrorCode;
using store::QueueRecordRow;

namespace {

Error invalid(std::string message) {
  return {ErrorCode::invalid_argument, std::move(message)};
}

// Inside a receipt handle: "queue/QUEUE/RECORD/DELIVERY/n", the last letter says the path.
struct Handle {
  std::int64_t queue_id = 0;
  std::int64_t record_id = 0;
  std::int64_t delivery = 0;
  QueuePath path = QueuePath::normal;
};

std::string to_text(const Handle& handle, const Seal& seal) {
  const char path = handle.path == QueuePath::normal ? 'n' : 'd';
  return seal.close("queue/" + std::to_string(handle.queue_id) + "/" +
                    std::to_string(handle.record_id) + "/" + std::to_string(handle.delivery) + "/" +
                    path);
}

std::optional<Handle> parse_handle(std::string_view text, const Seal& seal) {
  const auto content = seal.open(text);
  if (!content) return std::nullopt;
  long long queue = 0;
  long long record = 0;
  long long delivery = 0;
  char path = 0;
  // What the seal opens was written by us.
  if (std::sscanf(content->c_str(), "queue/%lld/%lld/%lld/%c", &queue, &record, &delivery, &path) !=
      4) {
    return std::nullopt;
  }
  return Handle{queue, record, delivery, path == 'd' ? QueuePath::dead_letter : QueuePath::normal};
}

// Lower-case hexadecimal digits.
std::string record_name(std::int64_t record_id) {
  char text[17];
  const int size =
      std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(record_id));
  return {text, static_cast<std::size_t>(size)};
}

void append(store::RecordBatch& to, const store::RecordBatch& from,
            store::RecordBatch::Entry entry) {
  const auto at = to.bytes.size();
  to.bytes.append(from.key(entry)).append(from.data(entry));
  entry.key_at = at;
  to.entries.push_back(entry);
}

// Records that arrived before are gone, whether they are erased already or not.
std::int64_t oldest_ms(const Engine& engine, const Stream& stream) {
  return stream.trim_horizon_ms(engine.now_ms());
}

std::size_t size_of(const store::RecordBatch::Entry& entry) {
  return std::size_t{entry.key_size} + entry.data_size;
}

}  // namespace

// Records that may be delivered, and what the queue knows of each so far.
struct Queues::Candidates {
  store::RecordBatch records;
  std::vector<QueueRecordRow> rows;

  [[nodiscard]] bool fits(std::size_t size, const QueueTake& take) const {
    return rows.size() < take.limit &&
           (rows.empty() || records.bytes.size() + size <= take.max_bytes);
  }
  struct Size {
    std::size_t rows, bytes;
  };
  [[nodiscard]] Size size() const { return {rows.size(), records.bytes.size()}; }
  void shrink(Size to) {
    rows.resize(to.rows);
    records.entries.resize(to.rows);
    records.bytes.resize(to.bytes);
  }
};

base::Result<std::unique_ptr<Queues>> Queues::open(Engine& engine) {
  std::unique_ptr<Queues> queues{new Queues{engine}};
  auto& writer = engine.store().writer();
  BOOST_OUTCOME_TRY(queues->rows_, store::QueueStore::open(writer));
  BOOST_OUTCOME_TRY(queues->reader_, engine.store().make_inner_reader());
  return queues;
}

base::Status Queues::begin_at_latest(const Resource& queue, const Stream& stream) {
  return engine_.atomically([&]() -> base::Status {
    for (const auto& shard : stream.shards) {
      BOOST_OUTCOME_TRY(rows_->set_frontier(queue.row.id, {shard->row.key, shard->next_index}));
    }
    return base::success();
  });
}

base::Result<QueueBatch> Queues::receive(const Resource& queue, const Stream& stream,
                                         const QueueTake& take) {
  const auto most = engine_.options().queue_in_flight_limit;
  BOOST_OUTCOME_TRY(const auto in_flight, rows_->in_flight(queue.row.id, engine_.now_ms()));
  if (in_flight >= most) {
    return Error{
        ErrorCode::limit_exceeded,
        std::to_string(in_flight) + " records are in flight. Limit: " + std::to_string(most) + "."};
  }
  auto within = take;
  within.limit = std::min(take.limit, static_cast<std::size_t>(most - in_flight));
  const bool normal = take.path == QueuePath::normal;
  const bool new_first = normal && only_seen_.contains(queue.row.id);
  QueueBatch batch;
  BOOST_OUTCOME_TRY(engine_.atomically([&]() -> base::Status {
    Candidates found;
    if (new_first) {
      BOOST_OUTCOME_TRY(add_new(queue, stream, within, found));
    }
    BOOST_OUTCOME_TRY(add_seen(queue, stream, within, found));
    if (normal && !new_first) {
      const auto seen = found.rows.size();
      BOOST_OUTCOME_TRY(add_new(queue, stream, within, found));
      if (seen > 0 && found.rows.size() == seen) only_seen_.insert(queue.row.id);
    }
    BOOST_OUTCOME_TRY(batch, deliver(queue, within, std::move(found)));
    return base::success();
  }));
  if (new_first) only_seen_.erase(queue.row.id);
  return batch;
}

base::Status Queues::add_seen(const Resource& queue, const Stream& stream, const QueueTake& take,
                              Candidates& found) {
  const bool dead = take.path == QueuePath::dead_letter;
  const auto before = found.size();
  for (bool tidied = false;; tidied = true) {
    found.shrink(before);
    bool expired = false;
    BOOST_OUTCOME_TRY(const auto rows, rows_->visible(queue.row.id, dead, engine_.now_ms(),
                                                      static_cast<std::int64_t>(take.limit)));
    for (const auto& row : rows) {
      const auto index = store::index_of(row.record_id);
      BOOST_OUTCOME_TRY(const auto page,
                        reader_->scan(store::shard_of(row.record_id), index, 1, take.max_bytes));
      const auto& entries = page.records.entries;
      // Whatever is past its retention is as good as erased.
      if (entries.empty() || entries.front().index != index ||
          entries.front().time_ms < oldest_ms(engine_, stream)) {
        expired = true;
        continue;
      }
      if (!found.fits(size_of(entries.front()), take)) break;
      append(found.records, page.records, entries.front());
      found.rows.push_back(row);
    }
    if (!expired || tidied) return base::success();
    BOOST_OUTCOME_TRY(forget_expired(stream));
  }
}

base::Status Queues::forget_expired(const Stream& stream) {
  for (const auto& shard : stream.shards) {
    BOOST_OUTCOME_TRY(const auto first,
                      reader_->first_at(shard->row.key, oldest_ms(engine_, stream)));
    BOOST_OUTCOME_TRY(rows_->forget(shard->row.key, first.value_or(shard->next_index)));
  }
  return base::success();
}

// Where a queue begins in a shard that it has not looked at yet. Arrival times rise with the index.
base::Result<std::int64_t> Queues::first_index(const Shard& shard, const QueueTake& take) {
  if (take.start_ms <= 0) return std::int64_t{0};
  BOOST_OUTCOME_TRY(const auto first, reader_->first_at(shard.row.key, take.start_ms));
  return first.value_or(shard.next_index);
}

base::Status Queues::add_new(const Resource& queue, const Stream& stream, const QueueTake& take,
                             Candidates& found) {
  BOOST_OUTCOME_TRY(const auto frontiers, rows_->frontiers(queue.row.id));
  const auto count = stream.shards.size();
  const auto first = turns_[queue.row.id]++;
  for (std::size_t i = 0; i < count && found.fits(0, take); ++i) {
    const auto& shard = *stream.shards[(first + i) % count];
    const auto known = std::lower_bound(
        frontiers.begin(), frontiers.end(), shard.row.key,
        [](const auto& one, store::ShardKey key) { return one.shard.value < key.value; });
    const bool begun = known != frontiers.end() && known->shard == shard.row.key;
    std::int64_t from = 0;
    if (begun) {
      from = known->next_index;
    } else {
      BOOST_OUTCOME_TRY(from, first_index(shard, take));
    }
    if (from >= shard.next_index) continue;
    const auto plan = engine_.plan(stream, shard, from);
    BOOST_OUTCOME_TRY(const auto page,
                      engine_.read(*reader_, plan, take.limit - found.rows.size(), take.max_bytes));
    auto next = page.next_index;
    for (const auto& entry : page.records.entries) {
      if (!found.fits(size_of(entry), take)) {
        next = entry.index;
        break;
      }
      append(found.records, page.records, entry);
      auto& row = found.rows.emplace_back();
      row.queue_id = queue.row.id;
      row.record_id = store::record_id(shard.row.key, entry.index);
      row.first_ms = engine_.now_ms();
    }
    // Nothing is left of what came before: it has been trimmed.
    if (page.records.entries.empty()) next = shard.next_index;
    if (next == from) continue;
    BOOST_OUTCOME_TRY(rows_->set_frontier(queue.row.id, {shard.row.key, next}));
  }
  return base::success();
}

base::Result<QueueBatch> Queues::deliver(const Resource& queue, const QueueTake& take,
                                         Candidates&& found) {
  const auto now = engine_.now_ms();
  QueueBatch batch;
  batch.records = std::move(found.records);
  for (auto& row : found.rows) {
    ++row.receives;
    ++row.deliveries;
    row.visible_ms = now + take.visibility_ms;
    row.taken_dead = take.path == QueuePath::dead_letter;
    if (take.path == QueuePath::normal) row.dead = row.receives >= take.most_receives;
    BOOST_OUTCOME_TRY(rows_->put(row));
    batch.deliveries.push_back(
        {.record_id = record_name(row.record_id),
         .receipt_handle = to_text(Handle{row.queue_id, row.record_id, row.deliveries, take.path},
                                   engine_.seal()),
         .first_ms = row.first_ms,
         .receives = row.receives});
  }
  if (batch.deliveries.empty()) {
    BOOST_OUTCOME_TRY(batch.next_ms, rows_->next_visible_ms(
                                         queue.row.id, take.path == QueuePath::dead_letter, now));
  }
  return batch;
}

base::Result<QueueRecordRow> Queues::held(const Resource& queue, QueuePath path,
                                          std::string_view text) {
  const auto handle = parse_handle(text, engine_.seal());
  if (!handle) return invalid("The receipt handle is not valid.");
  if (handle->queue_id != queue.row.id) {
    return invalid("The receipt handle was not issued by this queue.");
  }
  if (handle->path != path) {
    return invalid(path == QueuePath::normal
                       ? "The receipt handle is one of a dead-letter record."
                       : "The receipt handle is not one of a dead-letter record.");
  }
  BOOST_OUTCOME_TRY(const auto row, rows_->find(queue.row.id, handle->record_id));
  if (!row) {
    return Error{ErrorCode::not_found,
                 "The record of the receipt handle was acknowledged or is past its retention."};
  }
  if (row->deliveries != handle->delivery) {
    return invalid("The receipt handle is not valid any more: the record was received again.");
  }
  if (path == QueuePath::normal && row->dead && row->visible_ms <= engine_.now_ms()) {
    return invalid(
        "The receipt handle is not valid any more: the record has become a dead-letter record.");
  }
  return *row;
}

base::Status Queues::acknowledge(const Resource& queue, QueuePath path, std::string_view handle) {
  BOOST_OUTCOME_TRY(const auto row, held(queue, path, handle));
  return rows_->remove(row.queue_id, row.record_id);
}

base::Status Queues::set_visibility(const Resource& queue, QueuePath path, std::string_view handle,
                                    std::int64_t visibility_ms) {
  BOOST_OUTCOME_TRY(auto row, held(queue, path, handle));
  row.visible_ms = engine_.now_ms() + visibility_ms;
  engine_.signals().note(queue.row.stream_id);
  return rows_->put(row);
}

base::Status Queues::restore(const Resource& queue, std::string_view handle) {
  BOOST_OUTCOME_TRY(auto row, held(queue, QueuePath::dead_letter, handle));
  row.dead = false;
  row.taken_dead = false;
  row.receives = 0;
  ++row.deliveries;  // so that the handle is spent
  row.visible_ms = engine_.now_ms();
  engine_.signals().note(queue.row.stream_id);
  return rows_->put(row);
}

base::Status Queues::set_most_receives(const Resource& queue, std::int64_t most) {
  engine_.signals().note(queue.row.stream_id);
  return rows_->set_most_receives(queue.row.id, most, engine_.now_ms());
}

}  // namespace millrace::engine
