#include "runtime/connectors/datagen.hpp"

#include "tests/runtime/connectors/connector_support.hpp"

using namespace millrace::connectors;
using millrace::data::LogicalType;

namespace {

void set(Bench& bench, millrace::formats::Options options) {
  bench.table.options = std::move(options);
  bench.table.options["connector"] = "datagen";
  bench.table.options.emplace("rows-per-second", "1000000000");
}

}  // namespace

TEST_CASE("datagen: sequences run from start to end, and the shortest ends the input") {
  Bench bench;
  set(bench, {{"number-of-rows", "10"},
              {"fields.k.kind", "sequence"},
              {"fields.k.start", "-1"},
              {"fields.k.end", "1"},
              {"fields.n.kind", "sequence"},
              {"fields.n.start", "5"},
              {"fields.n.end", "50"}});
  REQUIRE(bench.check() == "ok");
  const auto source = bench.source().value();
  CHECK(source->bounded());
  CHECK(read_all(*source) == "+I[-1, 5]+I[0, 6]+I[1, 7]");
}

TEST_CASE("datagen: random values keep to what their options say") {
  Bench bench;
  set(bench, {{"number-of-rows", "300"},
              {"fields.k.length", "9"},
              {"fields.n.min", "3"},
              {"fields.n.max", "4"}});
  const auto source = bench.source().value();
  REQUIRE(source->open());
  std::size_t rows = 0;
  for (bool finished = false; !finished;) {
    const auto fetched = source->next(std::chrono::milliseconds{1}).value();
    finished = fetched.finished;
    rows += fetched.batch.rows;
    for (std::size_t row = 0; row < fetched.batch.rows; ++row) {
      CHECK(fetched.batch.columns[0]->at<std::string_view>(row).size() == 9);
      const auto n = fetched.batch.columns[1]->at<std::int64_t>(row);
      CHECK((n == 3 || n == 4));
    }
  }
  CHECK(rows == 300);
}

TEST_CASE("datagen: options that do not fit are refused in Flink's words") {
  const auto said = [](millrace::formats::Options options) {
    Bench bench;
    set(bench, std::move(options));
    return bench.check();
  };
  CHECK(said({{"fields.n.kind", "serial"}}) == "Unsupported generator kind: serial");
  CHECK(said({{"fields.n.kind", "sequence"}, {"fields.n.end", "3"}}) ==
        "Could not find required property 'fields.n.start' for sequence generator.");
  const auto unknown = said({{"fields.n.knd", "sequence"}});
  CHECK(
      unknown.starts_with("Unsupported options found for 'datagen'.\n\nUnsupported options:\n\n"
                          "fields.n.knd\n\nSupported options:\n\nconnector\n"));
  CHECK(unknown.ends_with("Did you mean 'fields.n.kind' for 'fields.n.knd'?"));
  CHECK(said({{"fields.z.min", "1"}}).find("fields.z.min") != std::string::npos);
  CHECK(said({{"fields.n.min", "5"}, {"fields.n.max", "4"}}).find("is less than") !=
        std::string::npos);
  CHECK(said({{"rows-per-second", "0"}}).find("rows-per-second") != std::string::npos);
}
