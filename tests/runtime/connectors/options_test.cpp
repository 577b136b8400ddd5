#include "tests/runtime/connectors/connector_support.hpp"

using namespace millrace::connectors;
using std::chrono::milliseconds;

TEST_CASE("options: an unknown one is refused with the list of those that are known") {
  Bench bench;
  bench.table.options = {{"connector", "print"}, {"foo", "1"}, {"bar", "2"}};
  const std::string message = bench.check();
  CHECK(message.starts_with(
      "Unsupported options found for 'print'.\n\nUnsupported options:\n\nbar\nfoo\n\n"
      "Supported options:\n\nconnector\n"));
  CHECK(message.find("\nprint-identifier\n") != std::string::npos);
  CHECK_FALSE(bench.sink().has_value());
}

TEST_CASE("options: a required one that is missing is named") {
  Bench bench;
  bench.table.options = {{"connector", "filesystem"}};
  CHECK(
      bench.check() ==
      "One or more required options are missing.\n\nMissing required options are:\n\nformat\npath");
}

TEST_CASE("options: a connector or format that does not exist is answered with those that do") {
  Bench bench;
  CHECK(bench.check() ==
        "Table options do not contain an option key 'connector' for discovering a connector.");
  bench.table.options = {{"connector", "kafka"}};
  CHECK(bench.check().starts_with("Cannot discover a connector using option: 'connector'='kafka'"));
  for (const auto& connector : all_connectors()) {
    CHECK(bench.check().find("\n" + std::string(connector.name)) != std::string::npos);
  }
  bench.table.options = {{"connector", "filesystem"}, {"path", "/x"}, {"format", "parquet"}};
  CHECK(bench.check().find("identifier 'parquet'") != std::string::npos);
  CHECK(bench.check().find("\njson") != std::string::npos);
}

TEST_CASE("options: a format's own are known by its name only") {
  Bench bench;
  bench.table.options = {{"connector", "filesystem"}, {"path", "/x"}, {"format", "json"}};
  CHECK(bench.check() == "ok");
  bench.table.options["json.ignore-parse-errors"] = "true";
  CHECK(bench.check() == "ok");
  bench.table.options["json.ignore-parse-error"] = "true";
  CHECK(bench.check().find("Unsupported options:\n\njson.ignore-parse-error\n\n") !=
        std::string::npos);
  CHECK(bench.check().find("\njson.ignore-parse-errors") != std::string::npos);
  bench.table.options.erase("json.ignore-parse-error");
  bench.table.options["raw.charset"] = "UTF-8";
  CHECK(bench.check().find("Unsupported options:\n\nraw.charset\n\n") != std::string::npos);
}

TEST_CASE("options: sinks do not read and values must parse") {
  Bench bench;
  bench.table.options = {{"connector", "print"}};
  CHECK(bench.source().error().message() ==
        "Connector 'print' can only be used as a sink. It cannot be used as a source.");
  bench.table.options["standard-error"] = "maybe";
  CHECK(bench.check() ==
        "Invalid value for option 'standard-error': 'maybe' is neither true nor false");
  bench.table.options = {{"connector", "filesystem"},
                         {"path", "/x"},
                         {"format", "json"},
                         {"source.monitor-interval", "soon"}};
  CHECK(bench.check().starts_with("Invalid value for option 'source.monitor-interval': 'soon'"));
}

TEST_CASE("options: durations and numbers as Flink writes them") {
  const auto duration = [](const char* text) {
    const auto value = duration_option({{"k", text}}, "k", milliseconds{7});
    return value ? value.value().count() : -1;
  };
  CHECK(duration("10 s") == 10'000);
  CHECK(duration("250ms") == 250);
  CHECK(duration("1 min") == 60'000);
  CHECK(duration("2 hours") == 7'200'000);
  CHECK(duration("5000") == 5000);
  CHECK(duration("1 D") == 86'400'000);
  for (const char* bad :
       {"", "s", "-1 s", "1.5 s", "10 parsecs", "99999999999999999999 s", "9999999999999 d"}) {
    CAPTURE(bad);
    CHECK(duration(bad) == -1);
  }
  CHECK(duration_option({}, "k", milliseconds{7}).value().count() == 7);
  CHECK(int_option({{"k", "12"}}, "k", 0, 1, 20).value() == 12);
  CHECK(int_option({{"k", "21"}}, "k", 0, 1, 20).error().message() ==
        "Invalid value for option 'k': '21' is not between 1 and 20");
  CHECK_FALSE(int_option({{"k", "1x"}}, "k", 0, 1, 20).has_value());
  CHECK(bool_option({{"k", "TRUE"}}, "k", false).value());
}
