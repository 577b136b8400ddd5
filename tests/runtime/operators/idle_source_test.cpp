// table.exec.source.idle-timeout: a source without rows does not hold the others back.
#include "runtime/operators/union.hpp"
#include "runtime/operators/watermark_assigner.hpp"
#include "tests/runtime/operators/support.hpp"

using namespace millrace;
using namespace millrace::operators;
using namespace millrace::operators::test;

namespace {

// Two sources, each with its own watermark, in one input.
class Two {
 public:
  explicit Two(std::chrono::milliseconds timeout)
      : assigners_{assigner(timeout), assigner(timeout)} {}

  void rows(std::size_t source, std::vector<std::optional<std::int64_t>> ms) {
    Into into{both_, source, out};
    must(assigners_[source].process(chunk({times(ms)}), into));
  }
  void time(std::int64_t now_ms) {
    for (std::size_t source = 0; source < 2; ++source) {
      Into into{both_, source, out};
      must(assigners_[source].on_time(now_ms, false, into));
    }
  }
  // The watermarks since the last call.
  Lines marks() {
    Lines marks;
    for (auto& line : out.take()) {
      if (line.starts_with('<')) marks.push_back(std::move(line));
    }
    return marks;
  }

  Collected out;

 private:
  struct Into final : Output {
    Into(UnionOperator& both_in, std::size_t source_in, Output& out_in)
        : both(both_in), source(source_in), out(out_in) {}
    Status push(Chunk chunk) override { return both.process_input(source, std::move(chunk), out); }
    UnionOperator& both;
    std::size_t source;
    Output& out;
  };

  WatermarkAssigner assigner(std::chrono::milliseconds timeout) {
    return {0, *watermark_, std::chrono::milliseconds(200), context_, timeout};
  }

  base::ManualClock clock_{0};
  expr::Context context_{clock_};
  expr::ExprPtr watermark_ = expr::make_column(0, "ts", LogicalType::timestamp(3));
  WatermarkAssigner assigners_[2];
  UnionOperator both_{2};
};

}  // namespace

TEST_CASE("an idle source does not hold the watermark back, once the timeout has passed") {
  Two two(std::chrono::milliseconds(1000));
  two.time(0);
  two.rows(0, {5000});
  CHECK(two.marks().empty());  // the other one has said nothing yet
  two.time(500);
  CHECK(two.marks().empty());
  two.rows(0, {6000});
  two.time(1000);
  CHECK(two.marks() == Lines{"<6000>"});
}

TEST_CASE("a source that was idle counts again from its next row on") {
  Two two(std::chrono::milliseconds(1000));
  two.time(0);
  two.rows(0, {5000});
  two.time(1000);
  two.rows(1, {7000});
  two.rows(0, {8000});
  CHECK(two.marks() == Lines{"<5000>", "<7000>"});
  two.rows(0, {9000});
  CHECK(two.marks().empty());  // held back by the second source's 7000
}

TEST_CASE("without a timeout a silent source holds the watermark back for ever") {
  Two two(std::chrono::milliseconds(0));
  two.time(0);
  two.rows(0, {5000});
  two.time(1'000'000);
  CHECK(two.marks().empty());
}
