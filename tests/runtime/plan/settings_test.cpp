#include "runtime/plan/settings.hpp"

#include <doctest/doctest.h>

using namespace millrace;

TEST_CASE("SET: known keys take effect, harmless and unknown ones are answered with a warning") {
  plan::SettingsTable table;
  const auto quiet = table.set("table.local-time-zone", "America/New_York");
  REQUIRE(quiet.has_value());
  CHECK_FALSE(quiet.value().has_value());
  CHECK(table.current().zone.name() == "America/New_York");
  CHECK(table.set("pipeline.auto-watermark-interval", "1 s").has_value());
  CHECK(table.current().watermark_interval == std::chrono::seconds(1));
  CHECK(table.set("table.exec.sink.not-null-enforcer", "DROP").has_value());
  CHECK(table.set("table.exec.sink.type-length-enforcer", "trim_pad").has_value());
  CHECK(table.current().drop_null_rows);
  CHECK(table.current().lengths == plan::Settings::Lengths::trim_pad);
  const auto harmless = table.set("execution.checkpointing.interval", "60 s");
  REQUIRE(harmless.has_value());
  CHECK(harmless.value().value() == "SET 'execution.checkpointing.interval' has no effect here");
  const auto unknown = table.set("tabel.local-time-zone", "UTC");
  REQUIRE(unknown.has_value());
  CHECK(unknown.value().value() ==
        "SET 'tabel.local-time-zone' is not known here and has no effect");
}

TEST_CASE("SET: a value that does not fit is refused by key and value") {
  for (const auto& [key, value] : std::vector<std::pair<std::string, std::string>>{
           {"table.local-time-zone", "Mars/Olympus"},
           {"parallelism.default", "0"},
           {"parallelism.default", "two"},
           {"table.exec.sink.not-null-enforcer", "MAYBE"},
           {"pipeline.auto-watermark-interval", "soon"}}) {
    CAPTURE(key);
    plan::SettingsTable table;
    const auto result = table.set(key, value);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().message().find(key) != std::string::npos);
    CHECK(result.error().message().find(value) != std::string::npos);
  }
}

TEST_CASE("RESET takes one key back, or all") {
  plan::SettingsTable table;
  REQUIRE(table.set("table.local-time-zone", "America/New_York").has_value());
  REQUIRE(table.set("parallelism.default", "4").has_value());
  table.reset("table.local-time-zone");
  CHECK(table.current().zone.is_utc());
  CHECK(table.current().parallelism == 4);
  table.reset(std::nullopt);
  CHECK(table.current().parallelism == 0);
}
