#include "runtime/operators/exchange.hpp"

#include <algorithm>
#include <map>

#include "tests/runtime/operators/support.hpp"

using namespace millrace;
using namespace millrace::operators;
using namespace millrace::operators::test;

namespace {

// Puts out each row as it is and each watermark; fails at the value 13. Remembers what it saw.
class Echo final : public Operator {
 public:
  Status process(Chunk chunk, Output& out) override {
    return process_input(0, std::move(chunk), out);
  }
  Status process_input(std::size_t input, Chunk chunk, Output& out) override {
    for (std::size_t row = 0; row < chunk.batch.rows; ++row) {
      if (chunk.batch.columns[1]->at<std::int64_t>(row) == 13) {
        return base::Error(base::ErrorCode::validation, "unlucky");
      }
    }
    rows[input] += chunk.batch.rows;
    return out.push(std::move(chunk));
  }
  Status on_time(std::int64_t now_ms, bool input_pending, Output& out) override {
    (void)input_pending;
    (void)out;
    now = now_ms;
    return base::success();
  }
  Status finish(Output& out) override { return out.push(chunk({numbers({-1}), numbers({-1})})); }

  std::map<std::size_t, std::size_t> rows;  // by input
  std::int64_t now = 0;
};

struct Bench {
  explicit Bench(std::size_t instances) {
    std::vector<Exchange::Instance> made;
    for (std::size_t i = 0; i < instances; ++i) {
      auto echo = std::make_unique<Echo>();
      echoes.push_back(echo.get());
      made.push_back({nullptr, std::make_unique<Counters>(), std::move(echo)});
    }
    exchange = std::make_unique<Exchange>(
        std::move(made), std::vector<std::vector<std::size_t>>{{0}, {1}}, counters);
  }

  Counters counters;
  std::vector<Echo*> echoes;
  std::unique_ptr<Exchange> exchange;
  Collected out;
};

}  // namespace

TEST_CASE("Exchange: every row comes through once, those of a key in their order") {
  for (const std::size_t instances : {1, 2, 3, 8}) {
    CAPTURE(instances);
    Bench bench(instances);
    std::int64_t number = 100;
    for (int turn = 0; turn < 50; ++turn) {
      std::vector<std::optional<std::int64_t>> keys;
      std::vector<std::optional<std::int64_t>> values;
      for (int i = 0; i < 100; ++i, ++number) {
        keys.emplace_back(number * 7 % 10);
        values.emplace_back(number);
      }
      must(bench.exchange->process(chunk({numbers(keys), numbers(values)}), bench.out));
    }
    must(bench.exchange->settle(bench.out));
    std::map<std::string, std::vector<int>> of_key;
    for (const auto& line : bench.out.rows()) {
      const auto comma = line.find(", ");
      of_key[line.substr(0, comma)].push_back(std::stoi(line.substr(comma + 2)));
    }
    CHECK(of_key.size() == 10);
    for (const auto& [key, values] : of_key) {
      CAPTURE(key);
      CHECK(values.size() == 500);
      CHECK(std::is_sorted(values.begin(), values.end()));
    }
  }
}

TEST_CASE("Exchange: results do not depend on the speed of the threads") {
  const auto run = [] {
    Bench bench(4);
    for (int turn = 0; turn < 30; ++turn) {
      std::vector<std::optional<std::int64_t>> keys;
      for (int i = 0; i < 1024; ++i) keys.emplace_back(i * turn % 37 + 100);
      must(bench.exchange->process(
          chunk({numbers(keys), numbers(keys)}, {{512, turn * 10}, {1024, turn * 10 + 5}}),
          bench.out));
    }
    must(bench.exchange->finish(bench.out));
    return bench.out.take();
  };
  const auto first = run();
  for (int i = 0; i < 5; ++i) CHECK(run() == first);
}

TEST_CASE("Exchange: the watermark follows the rows before it, once for all instances") {
  Bench bench(4);
  must(bench.exchange->process(chunk({numbers({1, 2, 3}), numbers({1, 2, 3})}, {{3, 5}}),
                               bench.out));
  must(bench.exchange->process(chunk({numbers({4}), numbers({4})}, {{0, 6}, {1, 7}}), bench.out));
  must(bench.exchange->settle(bench.out));
  const auto lines = bench.out.take();
  CHECK(lines.size() == 5);
  CHECK(lines.back() == "<7>");
}

TEST_CASE("Exchange: an idle input is told on, and its return") {
  Bench bench(2);
  must(bench.exchange->process({{}, {{0, 5}}}, bench.out));
  must(bench.exchange->settle(bench.out));
  must(bench.exchange->process({{}, {{0, idle_watermark}}}, bench.out));
  must(bench.exchange->settle(bench.out));
  must(bench.exchange->process({{}, {{0, 5}}}, bench.out));
  must(bench.exchange->settle(bench.out));
  CHECK(bench.out.take() == Lines{"<5>", "<" + std::to_string(idle_watermark) + ">", "<5>"});
}

TEST_CASE("Exchange: both inputs of a key meet in one instance; NULL is a key") {
  Bench bench(8);
  must(bench.exchange->process_input(0, chunk({numbers({7, std::nullopt}), numbers({1, 2})}),
                                     bench.out));
  must(bench.exchange->process_input(1, chunk({numbers({1, 2}), numbers({7, std::nullopt})}),
                                     bench.out));
  must(bench.exchange->settle(bench.out));
  CHECK(bench.out.rows().size() == 4);
  for (const Echo* echo : bench.echoes) {
    const auto of = [&](std::size_t input) {
      const auto found = echo->rows.find(input);
      return found == echo->rows.end() ? 0 : found->second;
    };
    CHECK(of(0) == of(1));
  }
}

TEST_CASE(
    "Exchange: the clock reaches every instance, with the next rows or when the input rests") {
  Bench bench(3);
  must(bench.exchange->on_time(1000, false, bench.out));
  for (const Echo* echo : bench.echoes) CHECK(echo->now == 1000);
  must(bench.exchange->on_time(2000, true, bench.out));
  must(bench.exchange->process(chunk({numbers({1}), numbers({1})}), bench.out));
  must(bench.exchange->settle(bench.out));
  for (const Echo* echo : bench.echoes) CHECK(echo->now == 2000);
}

TEST_CASE("Exchange: an error of an instance is the operator's, and every instance finishes") {
  Bench bench(4);
  must(bench.exchange->process(chunk({numbers({1}), numbers({13})}), bench.out));
  const auto settled = bench.exchange->settle(bench.out);
  REQUIRE_FALSE(settled);
  CHECK(settled.error().message() == "unlucky");
  Bench other(4);
  must(other.exchange->finish(other.out));
  CHECK(other.out.rows().size() == 4);
}

TEST_CASE("Exchange: key groups fall to the instances evenly and in order") {
  for (const std::size_t instances : {1, 2, 3, 5, 128}) {
    CAPTURE(instances);
    std::size_t last = 0;
    for (std::size_t group = 0; group < key_groups; ++group) {
      const std::size_t instance = instance_of(group, instances);
      CHECK(instance < instances);
      CHECK(instance >= last);
      last = instance;
    }
    CHECK(last == instances - 1);
  }
}
