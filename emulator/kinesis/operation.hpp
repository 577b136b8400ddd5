// What an operation is to the dispatcher; operations.def is the table of all.
//
// One file an operation. It holds a struct with
//
//   struct Input { ... static void members(auto& visit, auto& self); };  // what may be asked
//   struct Output { ... members ... };                        // or: using Output = NoOutput;
//   static base::Status run(Context& context, Input& input, Output& output);
//   static void prepare(Input& input);  // optional: costly work that needs no engine, before run()
//
// and ends with `std::unique_ptr<Call> make() { return make_call<PutRecord>(); }` in the namespace
// that the table's row names. docs/adding-an-operation.md walks through one.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "common/wire/describe.hpp"
#include "emulator/engine/engine.hpp"
#include "emulator/kinesis/feed.hpp"

namespace millrace::kinesis {

// Where a call runs.
//   look    on the caller's thread: what is in memory, under the engine's lock
//   read    on a reader's thread: records
//   change  on the engine's thread, inside the transaction; answered after its commit
enum class Lane { look, read, change };

// A call that found nothing and would rather wait than say so. It is run again after the next
// signal of the stream, and when next_ms comes; nobody waits beyond until_ms, when what run() said
// last is the answer. Milliseconds of the engine's time.
struct Wait {
  std::int64_t stream_id = 0;
  std::int64_t until_ms = 0;
  std::optional<std::int64_t> next_ms;
};

struct Context {
  engine::Engine& engine;
  engine::Scope scope;              // of the caller: account by credentials, region by signature
  store::Reader* reader = nullptr;  // in Lane::read
  std::int64_t asked_ms = 0;        // when the call was first run
  std::optional<Wait> wait{};       // out: run() may set it beside its success
};

struct NoOutput {
  static void members(auto&, auto&) {}
};

// One request from its decoding to its answer. Its input views the request's document.
class Call {
 public:
  virtual ~Call() = default;
  // Types first, then constraints; then what prepare() does.
  virtual base::Status decode(const wire::Value& root) = 0;
  virtual base::Status run(Context& context) = 0;
  // False: success is answered with an empty body.
  [[nodiscard]] virtual bool has_output() const = 0;
  virtual void encode(wire::Encoder& out) const = 0;
  // About how long that will be.
  [[nodiscard]] virtual std::size_t expected_bytes() const = 0;
  // What follows instead of a body after success; nullptr: nothing does. Once.
  virtual std::unique_ptr<Feed> take_feed() { return nullptr; }
  // "input" and "output", into a map: what may be asked and what is answered.
  virtual void describe(wire::Encoder& out) const = 0;
};

// Calls a second where AWS's rates hold; 0: as many as one likes.
struct Rate {
  enum class Of { account, stream };
  int per_s = 5;
  Of of = Of::account;
};

struct Operation {
  std::string_view name;
  Lane lane;
  std::unique_ptr<Call> (*make)();
  Rate rate;
};

std::span<const Operation> operations();
// nullptr: AWS has no such operation, or it is not served yet.
const Operation* find_operation(std::string_view name);

template <class Op>
class CallOf final : public Call {
 public:
  base::Status decode(const wire::Value& root) override {
    BOOST_OUTCOME_TRY(wire::read(root, input_));
    BOOST_OUTCOME_TRY(wire::check(input_));
    if constexpr (requires { Op::prepare(input_); }) Op::prepare(input_);
    return base::success();
  }
  base::Status run(Context& context) override { return Op::run(context, input_, output_); }
  [[nodiscard]] bool has_output() const override {
    return !std::is_same_v<typename Op::Output, NoOutput>;
  }
  void encode(wire::Encoder& out) const override { wire::write(output_, out); }
  [[nodiscard]] std::size_t expected_bytes() const override {
    if constexpr (requires { output_.records.expected_bytes(); }) {
      return 1024 + output_.records.expected_bytes();
    }
    return 512;
  }
  std::unique_ptr<Feed> take_feed() override {
    if constexpr (requires { output_.feed; }) return std::move(output_.feed);
    return nullptr;
  }
  void describe(wire::Encoder& out) const override {
    out.key("input");
    wire::describe<typename Op::Input>(out);
    out.key("output");
    wire::describe<typename Op::Output>(out);
  }

 private:
  typename Op::Input input_;
  typename Op::Output output_;
};

template <class Op>
std::unique_ptr<Call> make_call() {
  return std::make_unique<CallOf<Op>>();
}

}  // namespace millrace::kinesis
