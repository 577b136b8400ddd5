#include "runtime/operators/window_aggregate.hpp"

#include <random>

#include "tests/runtime/operators/support.hpp"

using namespace millrace;
using namespace millrace::operators;
using namespace millrace::operators::test;

namespace {

plan::AggregateCall aggregate(const std::string& name, std::vector<std::size_t> args) {
  std::vector<LogicalType> types(args.size(), LogicalType::bigint());
  const auto bound = aggregates::bind_aggregate(name, types, false);
  if (!bound) FAIL(bound.error().message());
  return {bound.value(), std::move(args), std::nullopt, name};
}

// Columns: 0 = time, 1 = key, 2 = value. Results: key, MAX(value), COUNT(*), start, end.
struct Fixture {
  explicit Fixture(std::int64_t size, std::int64_t slide, std::int64_t offset = 0,
                   bool event_time = true, bool zoned = false, data::TimeZone zone = {}) {
    plan.window.kind = size != slide ? plan::Window::Kind::hop : plan::Window::Kind::tumble;
    plan.window.size_ms = size;
    plan.window.slide_ms = slide;
    plan.window.offset_ms = offset;
    plan.window.event_time = event_time;
    plan.window.zoned = zoned;
    plan.keys = {1};
    plan.calls = {aggregate("MAX", {2}), aggregate("COUNT", {})};
    plan.properties = {plan::WindowRole::start, plan::WindowRole::end};
    op.emplace(plan, std::vector<LogicalType>{LogicalType::bigint()}, zone, clock, counters);
  }

  void rows(const std::vector<std::array<std::int64_t, 3>>& list, std::vector<Mark> marks = {}) {
    std::vector<std::optional<std::int64_t>> t;
    std::vector<std::optional<std::int64_t>> k;
    std::vector<std::optional<std::int64_t>> v;
    for (const auto& row : list) {
      t.emplace_back(row[0]);
      k.emplace_back(row[1]);
      v.emplace_back(row[2]);
    }
    must(op->process(chunk({times(t), numbers(k), numbers(v)}, std::move(marks)), out));
  }
  void watermark(std::int64_t ms) { must(op->process({{}, {{0, ms}}}, out)); }

  plan::WindowAggregate plan;
  base::ManualClock clock{0};
  Counters counters;
  std::optional<WindowAggregateOperator> op;
  Collected out;
};

std::string at(std::int64_t ms) {
  std::string text;
  data::append_local_date_time(text, {ms, 0});
  return text;
}

std::string row(std::int64_t key, std::int64_t max, std::int64_t n, std::int64_t start,
                std::int64_t end) {
  return std::to_string(key) + ", " + std::to_string(max) + ", " + std::to_string(n) + ", " +
         at(start) + ", " + at(end);
}

}  // namespace

TEST_CASE("a window fires at its end less one millisecond, not before") {
  Fixture f(1000, 1000);
  f.rows({{100, 1, 5}, {900, 2, 6}, {500, 1, 7}});
  f.watermark(998);
  CHECK(f.out.rows().empty());
  f.watermark(999);
  CHECK(f.out.rows() == Lines{row(1, 7, 2, 0, 1000), row(2, 6, 1, 0, 1000)});
  CHECK(f.counters.windows_fired == 1);
  f.watermark(5000);
  CHECK(f.out.rows().empty());
}

TEST_CASE("rows between two watermarks of one batch see the first and not the second") {
  Fixture f(1000, 1000);
  // 950 sends the watermark 950; 960 is in time; 1300 closes the window; 970 is late.
  f.rows({{950, 1, 1}, {1050, 1, 2}, {960, 1, 3}, {1300, 1, 4}, {970, 1, 99}},
         {{1, 950}, {4, 1300}});
  f.watermark(last_watermark);
  CHECK(f.out.rows() == Lines{row(1, 3, 2, 0, 1000), row(1, 4, 2, 1000, 2000)});
  CHECK(f.counters.late_rows == 1);
}

TEST_CASE("HOP: a late row counts in the windows that are still open") {
  Fixture f(2000, 1000);
  f.rows({{500, 1, 1}}, {{1, 500}});
  f.watermark(1200);  // [-1000, 1000) fires
  CHECK(f.out.rows() == Lines{row(1, 1, 1, -1000, 1000)});
  f.rows({{700, 1, 9}});
  f.watermark(last_watermark);
  CHECK(f.out.rows() == Lines{row(1, 9, 2, 0, 2000)});
  CHECK(f.counters.late_rows == 0);
}

TEST_CASE("HOP 90 by 60: windows of three slices, one slice between them shared") {
  Fixture f(90'000, 60'000);
  f.rows({{10'000, 1, 1}, {40'000, 1, 2}, {70'000, 1, 3}, {100'000, 1, 4}});
  f.watermark(last_watermark);
  CHECK(f.out.rows() == Lines{row(1, 1, 1, -60'000, 30'000), row(1, 3, 3, 0, 90'000),
                              row(1, 4, 2, 60'000, 150'000)});
}

TEST_CASE("HOP with gaps: rows between two windows belong to none and are not late") {
  Fixture f(1000, 3000);
  f.rows({{500, 1, 1}, {1500, 1, 2}, {3500, 1, 3}});
  f.watermark(last_watermark);
  CHECK(f.out.rows() == Lines{row(1, 1, 1, 0, 1000), row(1, 3, 1, 3000, 4000)});
  CHECK(f.counters.late_rows == 0);
}

TEST_CASE("windows come by their end, groups by their first row in the window") {
  Fixture f(2000, 1000);
  // Group 2 is first to arrive, though its row lies in the later slice.
  f.rows({{1500, 2, 1}, {500, 1, 1}, {1600, 3, 1}, {700, 2, 1}});
  f.watermark(last_watermark);
  CHECK(f.out.rows() == Lines{row(1, 1, 1, -1000, 1000), row(2, 1, 1, -1000, 1000),
                              row(2, 1, 2, 0, 2000), row(1, 1, 1, 0, 2000), row(3, 1, 1, 0, 2000),
                              row(2, 1, 1, 1000, 3000), row(3, 1, 1, 1000, 3000)});
}

TEST_CASE("offsets and times before the epoch round down") {
  Fixture f(10'000, 10'000, -6000);
  f.rows({{3999, 1, 1}, {4000, 1, 2}, {-6001, 1, 3}});
  f.watermark(last_watermark);
  CHECK(f.out.rows() ==
        Lines{row(1, 3, 1, -16'000, -6000), row(1, 1, 1, -6000, 4000), row(1, 2, 1, 4000, 14'000)});
}

TEST_CASE("processing time: the clock decides the window and fires it at its end") {
  Fixture f(90'000, 60'000, 0, false, true);
  f.clock.set(20'000);
  f.rows({{0, 1, 1}});
  f.clock.set(29'999);
  must(f.op->on_time(29'999, false, f.out));
  CHECK(f.out.rows().empty());
  must(f.op->on_time(30'000, false, f.out));
  CHECK(f.out.rows() == Lines{row(1, 1, 1, -60'000, 30'000)});
  // A row that comes with the end of a window belongs to the next ones; the window closes first.
  f.clock.set(90'000);
  f.rows({{0, 1, 7}});
  CHECK(f.out.rows() == Lines{row(1, 1, 1, 0, 90'000)});
  must(f.op->on_time(150'000, false, f.out));
  CHECK(f.out.rows() == Lines{row(1, 7, 1, 60'000, 150'000)});
  CHECK(f.counters.late_rows == 0);
}

TEST_CASE("processing time: the end of the input gives nothing") {
  Fixture f(1000, 1000, 0, false, true);
  f.rows({{0, 1, 1}});
  f.watermark(last_watermark);
  CHECK(f.out.rows().empty());
}

TEST_CASE("days of a zone: they begin at its midnight, and the spring day has 23 hours") {
  const auto zone = data::TimeZone::find("America/New_York");
  REQUIRE(zone.has_value());
  Fixture f(86'400'000, 86'400'000, 0, true, true, zone.value());
  // 2024-03-10, the clocks go forward: local midnights are 05:00Z on the 10th and 04:00Z on the
  // 11th.
  const std::int64_t begin = 1'710'046'800'000;
  const std::int64_t end = begin + 23 * 3'600'000;
  const std::int64_t local_begin = 1'710'028'800'000;
  f.rows({{begin - 1, 1, 1}, {begin, 1, 2}, {end - 1, 1, 3}, {end, 1, 4}});
  f.watermark(begin - 1);
  CHECK(f.out.rows() == Lines{row(1, 1, 1, local_begin - 86'400'000, local_begin)});
  f.watermark(end - 2);
  CHECK(f.out.rows().empty());
  f.watermark(end - 1);
  CHECK(f.out.rows() == Lines{row(1, 3, 2, local_begin, local_begin + 86'400'000)});
}

TEST_CASE("watermarks are passed on behind the windows they fire") {
  Fixture f(1000, 1000);
  f.rows({{100, 1, 1}, {2100, 1, 2}}, {{2, 2100}});
  CHECK(f.out.take() == Lines{row(1, 1, 1, 0, 1000), "<999>", "<2100>"});
}

TEST_CASE("any cut into batches and any watermarks give the rows of a plain recount") {
  std::mt19937 random(7);
  for (int turn = 0; turn < 60; ++turn) {
    CAPTURE(turn);
    const std::int64_t slide = 100 * (1 + static_cast<std::int64_t>(random() % 5));
    const std::int64_t size = 100 * (1 + static_cast<std::int64_t>(random() % 7));
    Fixture f(size, slide, static_cast<std::int64_t>(random() % 50));
    struct Group {
      std::uint64_t first;
      std::int64_t max;
      std::int64_t n;
    };
    std::map<std::pair<std::int64_t, std::int64_t>, Group> open;  // (start, key)
    Lines expected;
    std::int64_t now = -300;
    std::int64_t watermark = no_watermark;
    std::uint64_t arrived = 0;
    const auto fire = [&](std::int64_t until) {
      std::map<std::pair<std::int64_t, std::uint64_t>, std::string> fired;
      for (auto it = open.begin(); it != open.end();) {
        const auto [start, key] = it->first;
        if (until == last_watermark || start + size - 1 <= until) {
          fired[{start, it->second.first}] =
              row(key, it->second.max, it->second.n, start, start + size);
          it = open.erase(it);
        } else {
          ++it;
        }
      }
      for (const auto& [order, text] : fired) expected.push_back(text);
    };
    Lines got;
    for (int batch = 0; batch < 10; ++batch) {
      std::vector<std::array<std::int64_t, 3>> list;
      std::vector<Mark> marks;
      const auto count = random() % 12;
      for (std::size_t i = 0; i < count; ++i) {
        now += static_cast<std::int64_t>(random() % 120);
        const std::int64_t time = now - static_cast<std::int64_t>(random() % 600);
        const std::int64_t key = static_cast<std::int64_t>(random() % 3);
        const std::int64_t value = static_cast<std::int64_t>(random() % 100);
        list.push_back({time, key, value});
        const std::int64_t from = time - size + 1;
        for (std::int64_t start = from; start <= time; ++start) {
          if (data::floor_mod(start - f.plan.window.offset_ms, slide) != 0) continue;
          if (watermark != no_watermark && start + size - 1 <= watermark) continue;
          auto [group, fresh] = open.try_emplace({start, key}, Group{arrived, value, 0});
          group->second.max = std::max(group->second.max, value);
          ++group->second.n;
        }
        ++arrived;
        if (random() % 3 == 0 && (watermark == no_watermark || now - 150 > watermark)) {
          watermark = now - 150;
          marks.push_back({static_cast<std::uint32_t>(i + 1), watermark});
          fire(watermark);
        }
      }
      f.rows(list, marks);
      for (auto& line : f.out.rows()) got.push_back(line);
    }
    f.watermark(last_watermark);
    fire(last_watermark);
    for (auto& line : f.out.rows()) got.push_back(line);
    CHECK(got == expected);
  }
}
