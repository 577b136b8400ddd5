// Records as the data file has them: many in one row, keys and data one behind the other in a blob,
// and beside it JSON that says where each is, so that SQL can take a row apart (the view
// `records`).
//
//   chunk.head    [[0,0,5,79],[12,84,null,80],...]
//                   milliseconds after the chunk's first record, place in the body, size of the key
//                   (null: there is none), size of the data; indexes follow one another
//   journal.head  [[3,17,1756720800000,0,5,79],...]
//                   shard.id, index, milliseconds since the epoch, and the same three
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "emulator/store/rows.hpp"

namespace millrace::store {

// Where a record lies in the body.
struct Place {
  std::size_t at = 0;
  std::optional<std::uint32_t> key_size;
  std::uint32_t data_size = 0;
};

// Builds head and body of one row. Reused: begin() forgets what was there.
class Packer {
 public:
  void begin();
  // Of a chunk; `after_ms` behind its first record.
  void add(std::int64_t after_ms, const RecordBatch& from, const RecordBatch::Entry& entry);
  // Of the journal.
  void add(ShardKey shard, const RecordBatch& from, const RecordBatch::Entry& entry);
  // Ends the head.
  void end();
  [[nodiscard]] const std::string& head() const { return head_; }
  [[nodiscard]] const std::string& body() const { return body_; }

 private:
  void place(const RecordBatch& from, const RecordBatch::Entry& entry);
  void number(std::int64_t value);
  std::string head_;
  std::string body_;
};

// Reads a head from its start to its end.
//
//   Unpacker unpacker{head, body};
//   while (unpacker.next()) { ... numbers, record ... }
//   if (unpacker.damaged()) ...
class Unpacker {
 public:
  // leading: how many numbers an element has before its place (1 in a chunk, 3 in the journal).
  Unpacker(std::string_view head, std::string_view body, int leading)
      : rest_(head), body_(body), leading_(leading) {}
  // False at the end, and where the head is none or points out of the body.
  bool next();
  [[nodiscard]] bool damaged() const { return damaged_; }

  std::int64_t numbers[3] = {};
  bool has_key = false;
  std::size_t key_size = 0;
  std::string_view record;  // key and data

 private:
  bool element();
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool number(std::int64_t& value);

  std::string_view rest_;
  std::string_view body_;
  int leading_;
  bool first_ = true;
  bool damaged_ = false;
};

}  // namespace millrace::store
