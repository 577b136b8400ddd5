// Decoding on several threads, with the rows in the order of the input.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "common/base/result.hpp"
#include "runtime/data/batch.hpp"
#include "runtime/formats/format.hpp"

namespace millrace::connectors {

// What one piece of input became.
struct DecodedPiece {
  std::deque<data::Batch> batches;
  base::Status status = base::success();  // of what came behind the batches
  std::string name;                       // RawPiece's
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  std::uint64_t dropped = 0;  // records the format was told to ignore
};

// Bytes as they were read, and how they fall into messages.
struct RawPiece {
  std::unique_ptr<char[]> buffer;
  std::size_t size = 0;
  std::string name;  // of where it came from, for messages
};

// Hands pieces to `threads` decoders, one of which is the caller's own thread: a piece whose turn
// it is and that nobody has begun is decoded by take() itself, so one thread needs no other and two
// use two cores. The order of pieces is that of submit(), whatever thread was faster, so that rows
// do not depend on the number of threads.
//
// submit() and take() on one thread. Threads start with the second piece that waits and end with
// the object.
class OrderedDecode {
 public:
  using MakeDecoder = std::function<base::Result<std::unique_ptr<formats::Decoder>>()>;
  // Cuts a piece into messages, appending to the vector.
  using Split =
      std::function<void(std::string_view bytes, std::vector<std::string_view>& messages)>;

  // first: the decoder of the calling thread; make: further ones. A batch has at most about
  // batch_rows rows.
  OrderedDecode(std::unique_ptr<formats::Decoder> first, MakeDecoder make, data::Schema schema,
                Split split, std::size_t batch_rows, int threads);
  OrderedDecode(const OrderedDecode&) = delete;
  OrderedDecode& operator=(const OrderedDecode&) = delete;
  ~OrderedDecode();

  void submit(RawPiece piece);
  // Whether it pays to submit another piece before the next take().
  [[nodiscard]] bool wants_more() const { return pending_.size() < 2 * threads_wanted_; }
  [[nodiscard]] bool empty() const { return pending_.empty(); }
  // The oldest piece, decoded. Not when empty().
  DecodedPiece take();

 private:
  struct Decoding;  // a decoder and its builder
  enum class State : std::uint8_t { waiting, begun, done };
  struct Entry {
    RawPiece raw;
    DecodedPiece decoded;
    State state = State::waiting;
  };

  Entry* first_waiting();
  void work(Decoding& by);
  void decode(Decoding& by, Entry& entry) const;
  void add_threads();

  MakeDecoder make_;
  data::Schema schema_;
  Split split_;
  std::size_t batch_rows_;
  std::size_t threads_wanted_;
  std::unique_ptr<Decoding> own_;
  std::vector<std::unique_ptr<Decoding>> others_;
  std::vector<std::thread> threads_;

  std::mutex mutex_;  // guards the states in pending_, the deque itself and stopping_
  std::condition_variable work_;
  std::condition_variable done_;
  std::deque<std::unique_ptr<Entry>> pending_;
  bool stopping_ = false;
};

}  // namespace millrace::connectors
