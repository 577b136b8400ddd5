#include "runtime/job/metrics_port.hpp"

#include <doctest/doctest.h>

#include "common/json/json.hpp"

using namespace millrace;

namespace {

job::Status sample() {
  job::Status out;
  out.now_ms = 11'000;
  out.blocked_us = 750'000;
  out.late_rows = 3;
  out.sources.push_back({"db.trades", 10, 200, 1, 250});
  out.sources.push_back({"db.file", 5, 50, 0, -1});
  job::OperatorMetrics aggregate;
  aggregate.name = "GroupAggregate";
  aggregate.instances = 4;
  aggregate.rows_in = 9;
  aggregate.rows_out = 18;
  aggregate.watermark_ms = 1234;
  out.operators.push_back(aggregate);
  job::OperatorMetrics calc;
  calc.name = "Calc";
  out.operators.push_back(calc);
  return out;
}

job::Status a_second_before() {
  job::Status out;
  out.now_ms = 10'000;
  out.blocked_us = 250'000;
  return out;
}

bool has(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("Metrics: what the status holds, a family each, in Prometheus' text format") {
  const auto text = job::metrics_text(sample(), a_second_before());
  CAPTURE(text);
  CHECK(has(text, "# TYPE millrace_source_records_total counter"));
  CHECK(has(text, "millrace_source_records_total{table=\"db.trades\"} 10"));
  CHECK(has(text, "millrace_source_millis_behind_latest{table=\"db.trades\"} 250"));
  CHECK(text.find("behind_latest{table=\"db.file\"}") == std::string::npos);
  CHECK(has(text, "millrace_operator_rows_out_total{operator=\"GroupAggregate\",place=\"0\"} 18"));
  CHECK(has(text, "millrace_operator_instances{operator=\"GroupAggregate\",place=\"0\"} 4"));
  CHECK(has(
      text,
      "millrace_operator_watermark_milliseconds{operator=\"GroupAggregate\",place=\"0\"} 1234"));
  CHECK(text.find("watermark_milliseconds{operator=\"Calc\"") == std::string::npos);
  CHECK(has(text, "millrace_late_rows_dropped_total 3"));
  CHECK(has(text, "millrace_backpressure_ratio 0.5"));
}

TEST_CASE("Metrics: the JSON status says the same") {
  const auto document = json::parse(job::status_json(sample(), a_second_before()));
  REQUIRE(document);
  const auto& root = document.value()->root();
  CHECK(root["backpressure"].as_real() == doctest::Approx(0.5));
  CHECK(root["sources"].as_list()[0]["millis_behind_latest"].as_integer() == 250);
  CHECK(root["sources"].as_list()[1]["millis_behind_latest"].is_null());
  CHECK(root["operators"].as_list()[0]["instances"].as_integer() == 4);
}

TEST_CASE("Metrics: a free port is found, and one that is taken is an error that names it") {
  const auto first = job::MetricsPort::open("0");
  REQUIRE(first);
  CHECK(first.value()->port() > 0);
  const auto second = job::MetricsPort::open(std::to_string(first.value()->port()));
  REQUIRE_FALSE(second);
  CHECK(second.error().message().find("127.0.0.1:" + std::to_string(first.value()->port())) !=
        std::string::npos);
}
