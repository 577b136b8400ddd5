#include "emulator/store/packed.hpp"

#include <array>
#include <charconv>

namespace millrace::store {

void Packer::begin() {
  head_.assign(1, '[');
  body_.clear();
}

void Packer::number(std::int64_t value) {
  std::array<char, 24> text;
  const auto done = std::to_chars(text.data(), text.data() + text.size(), value);
  head_.append(text.data(), done.ptr);
}

void Packer::place(const RecordBatch& from, const RecordBatch::Entry& entry) {
  number(static_cast<std::int64_t>(body_.size()));
  head_ += ',';
  if (entry.has_key) {
    number(entry.key_size);
  } else {
    head_ += "null";
  }
  head_ += ',';
  number(entry.data_size);
  head_ += "],";
  body_.append(from.record(entry));
}

void Packer::add(std::int64_t after_ms, const RecordBatch& from, const RecordBatch::Entry& entry) {
  head_ += '[';
  number(after_ms);
  head_ += ',';
  place(from, entry);
}

void Packer::add(ShardKey shard, const RecordBatch& from, const RecordBatch::Entry& entry) {
  head_ += '[';
  for (const auto value : {shard.value, entry.index, entry.time_ms}) {
    number(value);
    head_ += ',';
  }
  place(from, entry);
}

void Packer::end() {
  if (head_.back() == ',') head_.pop_back();
  head_ += ']';
}

bool Unpacker::number(std::int64_t& value) {
  const auto* end = rest_.data() + rest_.size();
  const auto [stopped, failed] = std::from_chars(rest_.data(), end, value);
  if (failed != std::errc{}) return false;
  rest_.remove_prefix(static_cast<std::size_t>(stopped - rest_.data()));
  return true;
}

bool Unpacker::element() {
  if (!take(first_ ? '[' : ',')) return false;
  first_ = false;
  if (!take('[')) return false;
  for (int i = 0; i < leading_; ++i) {
    if (!number(numbers[i]) || !take(',')) return false;
  }
  std::int64_t at = 0;
  std::int64_t key = 0;
  std::int64_t data = 0;
  if (!number(at) || !take(',')) return false;
  has_key = !rest_.starts_with("null");
  if (has_key ? !number(key) : false) return false;
  if (!has_key) rest_.remove_prefix(4);
  if (!take(',') || !number(data) || !take(']')) return false;
  const auto size = static_cast<std::int64_t>(body_.size());
  if (at < 0 || key < 0 || data < 0 || at > size || key > size - at || data > size - at - key) {
    return false;
  }
  key_size = static_cast<std::size_t>(key);
  record = body_.substr(static_cast<std::size_t>(at), static_cast<std::size_t>(key + data));
  return true;
}

bool Unpacker::next() {
  if (rest_ == "]" || rest_ == "[]") return false;
  damaged_ = !element();
  return !damaged_;
}

}  // namespace millrace::store
