#include "runtime/connectors/ordered_decode.hpp"

#include <algorithm>
#include <exception>
#include <span>

namespace millrace::connectors {

struct OrderedDecode::Decoding {
  Decoding(std::unique_ptr<formats::Decoder> decoder_in, const data::Schema& schema,
           std::size_t batch_rows)
      : decoder(std::move(decoder_in)), builder(schema) {
    builder.reserve(batch_rows);
  }

  std::unique_ptr<formats::Decoder> decoder;
  data::BatchBuilder builder;
  std::vector<std::string_view> messages;
  std::vector<std::uint32_t> rows_of;
};

OrderedDecode::OrderedDecode(std::unique_ptr<formats::Decoder> first, MakeDecoder make,
                             data::Schema schema, Split split, std::size_t batch_rows, int threads)
    : make_(std::move(make)),
      schema_(std::move(schema)),
      split_(std::move(split)),
      batch_rows_(std::max<std::size_t>(batch_rows, 1)),
      threads_wanted_(static_cast<std::size_t>(std::max(threads, 1))),
      own_(std::make_unique<Decoding>(std::move(first), schema_, batch_rows_)) {}

OrderedDecode::~OrderedDecode() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  work_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void OrderedDecode::submit(RawPiece piece) {
  auto entry = std::make_unique<Entry>();
  entry->raw = std::move(piece);
  bool waiting = false;
  {
    const std::lock_guard lock{mutex_};
    pending_.push_back(std::move(entry));
    waiting = pending_.size() > 1;
  }
  if (waiting) add_threads();
  work_.notify_one();
}

void OrderedDecode::add_threads() {
  while (threads_.size() + 1 < threads_wanted_) {
    auto decoder = make_();
    if (!decoder) return;  // the first one could be made: fewer threads do the same
    others_.push_back(std::make_unique<Decoding>(std::move(decoder).value(), schema_, batch_rows_));
    threads_.emplace_back([this, by = others_.back().get()] { work(*by); });
  }
}

OrderedDecode::Entry* OrderedDecode::first_waiting() {
  for (const auto& entry : pending_) {
    if (entry->state == State::waiting) return entry.get();
  }
  return nullptr;
}

void OrderedDecode::work(Decoding& by) {
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    Entry* next = first_waiting();
    if (next == nullptr) {
      work_.wait(lock);
      continue;
    }
    next->state = State::begun;
    lock.unlock();
    decode(by, *next);
    lock.lock();
    next->state = State::done;
    done_.notify_all();
  }
}

DecodedPiece OrderedDecode::take() {
  std::unique_lock lock{mutex_};
  Entry& front = *pending_.front();
  while (front.state != State::done) {
    // Rather than wait for another thread, do what comes next.
    Entry* mine = first_waiting();
    if (mine == nullptr) {
      done_.wait(lock);
      continue;
    }
    mine->state = State::begun;
    lock.unlock();
    decode(*own_, *mine);
    lock.lock();
    mine->state = State::done;
  }
  DecodedPiece piece = std::move(front.decoded);
  pending_.pop_front();
  return piece;
}

void OrderedDecode::decode(Decoding& by, Entry& entry) const {
  DecodedPiece& out = entry.decoded;
  const std::uint64_t dropped_before = by.decoder->dropped();
  try {
    by.messages.clear();
    split_({entry.raw.buffer.get(), entry.raw.size}, by.messages);
    const std::span<const std::string_view> all{by.messages};
    for (std::size_t at = 0; at < all.size() && out.status; at += batch_rows_) {
      const auto messages = all.subspan(at, std::min(batch_rows_, all.size() - at));
      by.rows_of.clear();
      out.status = by.decoder->decode(messages, by.builder, by.rows_of);
      out.records += messages.size();
      if (by.builder.rows() > 0) out.batches.push_back(by.builder.take());
    }
    for (const auto message : all) out.bytes += message.size();
  } catch (const std::exception& thrown) {  // no memory; a thread must not end in it
    out.status = base::Error{base::ErrorCode::internal, thrown.what()};
  }
  out.name = std::move(entry.raw.name);
  out.dropped = by.decoder->dropped() - dropped_before;
  entry.raw.buffer.reset();
}

}  // namespace millrace::connectors
