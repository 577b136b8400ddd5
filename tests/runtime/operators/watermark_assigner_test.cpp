#include "runtime/operators/watermark_assigner.hpp"

#include "tests/runtime/operators/support.hpp"

using namespace millrace;
using namespace millrace::operators;
using namespace millrace::operators::test;

namespace {

struct Fixture {
  base::ManualClock clock{0};
  expr::Context context{clock};
  expr::ExprPtr watermark = expr::make_column(0, "ts", LogicalType::timestamp(3));
  WatermarkAssigner assigner{0, *watermark, std::chrono::milliseconds(200), context};
  Collected out;

  std::vector<Mark> marks(std::vector<std::optional<std::int64_t>> ms) {
    struct Last final : Output {
      Status push(Chunk chunk) override {
        marks = chunk.marks;
        return base::success();
      }
      std::vector<Mark> marks;
    } last;
    must(assigner.process(chunk({times(ms)}), last));
    return last.marks;
  }
};

}  // namespace

TEST_CASE("a watermark is sent behind its row, once it moved by more than the interval") {
  Fixture f;
  CHECK(f.marks({9950, 10'050, 9960, 10'300, 9970}) == std::vector<Mark>{{1, 9950}, {4, 10'300}});
  // Exactly the interval is not more than it; the state goes on over batches.
  CHECK(f.marks({10'500}).empty());
  CHECK(f.marks({10'501}) == std::vector<Mark>{{1, 10'501}});
}

TEST_CASE("within 200 ms of the epoch nothing is sent at once, as in Flink") {
  Fixture f;
  CHECK(f.marks({100, 200}).empty());
  CHECK(f.marks({201}) == std::vector<Mark>{{1, 201}});
}

TEST_CASE("a watermark never goes back") {
  Fixture f;
  CHECK(f.marks({5000, 1000, 4000}) == std::vector<Mark>{{1, 5000}});
}

TEST_CASE("a pause of the interval sends what is left; rows at hand keep it waiting") {
  Fixture f;
  must(f.assigner.on_time(1000, false, f.out));
  f.marks({9950, 10'050});
  must(f.assigner.on_time(1199, false, f.out));
  CHECK(f.out.take().empty());
  must(f.assigner.on_time(1200, true, f.out));
  CHECK(f.out.take().empty());
  must(f.assigner.on_time(1200, false, f.out));
  CHECK(f.out.take() == Lines{"<10050>"});
  must(f.assigner.on_time(1400, false, f.out));
  CHECK(f.out.take().empty());
}

TEST_CASE("a NULL row time ends the job with Flink's words") {
  Fixture f;
  const auto result = f.assigner.process(chunk({times({1000, std::nullopt})}), f.out);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().message() ==
        "RowTime field should not be null, please convert it to a non-null long value.");
}

TEST_CASE("a NULL watermark leaves the old one standing") {
  base::ManualClock clock{0};
  expr::Context context{clock};
  const auto watermark = expr::make_column(1, "w", LogicalType::timestamp(3));
  WatermarkAssigner assigner(0, *watermark, std::chrono::milliseconds(200), context);
  Collected out;
  must(
      assigner.process(chunk({times({1000, 2000, 3000}), times({1000, std::nullopt, 3000})}), out));
  CHECK(out.take() == Lines{"1970-01-01T00:00:01, 1970-01-01T00:00:01", "<1000>",
                            "1970-01-01T00:00:02, null", "1970-01-01T00:00:03, 1970-01-01T00:00:03",
                            "<3000>"});
}
