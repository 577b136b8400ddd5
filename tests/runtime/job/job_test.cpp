#include "runtime/job/job.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "runtime/job/script.hpp"

using namespace millrace;

namespace {

// A directory of its own, gone at the end.
class Directory {
 public:
  Directory() {
    std::string name = (std::filesystem::temp_directory_path() / "millrace-job-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
    return (path_ / name).string();
  }
  [[nodiscard]] std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

struct Outcome {
  std::string printed;
  std::string error;
  job::Status totals;
};

std::size_t instances_of(const job::Status& status, const std::string& name) {
  for (const auto& one : status.operators) {
    if (one.name == name) return one.instances;
  }
  return 0;
}

Outcome run(const std::string& script_text, std::size_t batch_rows = 2048) {
  const Directory directory;
  Outcome out;
  const auto script = job::load_script({directory.write("job.sql", script_text), "", {}});
  if (!script) {
    out.error = script.error().message();
    return out;
  }
  std::vector<plan::JobPlan> plans;
  for (const auto& statement : script.value().planned.jobs) plans.push_back(statement.job);
  const base::ManualClock clock;
  std::ostringstream output;
  job::JobOptions options;
  options.clock = &clock;
  options.output = &output;
  options.error_output = &output;
  options.batch_rows = batch_rows;
  job::Job job(plans, options);
  const auto totals = job.run();
  if (totals) {
    out.totals = totals.value();
  } else {
    out.error = totals.error().message();
  }
  out.printed = output.str();
  return out;
}

std::string table(const std::string& file) {
  return "CREATE TABLE t (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH "
         "('connector'='filesystem','path'='" +
         file + "','format'='json');";
}

constexpr const char* rows =
    "{\"k\":\"a\",\"v\":1,\"ts\":\"2024-01-01 00:00:01\"}\n"
    "{\"k\":\"b\",\"v\":2,\"ts\":\"2024-01-01 00:00:02\"}\n"
    "{\"k\":\"a\",\"v\":3,\"ts\":\"2024-01-01 00:00:09\"}\n"
    "{\"k\":\"a\",\"v\":4,\"ts\":\"2024-01-01 00:00:11\"}\n"
    "{\"k\":\"a\",\"v\":9,\"ts\":\"2024-01-01 00:00:03\"}\n";

}  // namespace

TEST_CASE(
    "a job reads, aggregates, prints and counts; how rows are cut into batches changes nothing") {
  const Directory directory;
  const std::string text = table(directory.write("in.jsonl", rows)) +
                           "SELECT k, SUM(v), COUNT(*) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), "
                           "INTERVAL '10' SECOND)) "
                           "GROUP BY k, window_start, window_end;";
  for (const std::size_t batch_rows : {1U, 2U, 3U, 2048U}) {
    CAPTURE(batch_rows);
    const auto out = run(text, batch_rows);
    CHECK(out.error == "");
    CHECK(out.printed == "+I[a, 4, 2]\n+I[b, 2, 1]\n+I[a, 4, 1]\n");
    CHECK(out.totals.records_in == 5);
    CHECK(out.totals.rows_out == 3);
    CHECK(out.totals.windows_fired == 2);
    CHECK(out.totals.late_rows == 1);
  }
}

TEST_CASE("a job's status names every operator with its rows and watermark, as JSON too") {
  const Directory directory;
  const auto out = run(table(directory.write("in.jsonl", rows)) +
                       "SELECT k, COUNT(*) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), "
                       "INTERVAL '10' SECOND)) GROUP BY k, window_start, window_end;");
  REQUIRE(out.totals.operators.size() >= 4);
  const auto& source = out.totals.operators.front();
  CHECK(source.name == "Source(default_catalog.default_database.t)");
  CHECK(source.rows_in == 5);
  CHECK(source.rows_out == 5);
  const auto& sink = out.totals.operators.back();
  CHECK(sink.name.starts_with("Sink("));
  CHECK(sink.rows_in == 3);
  const std::string text = job::status_json(out.totals, {});
  CHECK(text.find("\"records_in\":5,") != std::string::npos);
  CHECK(text.find("\"late_rows_dropped\":1,") != std::string::npos);
  CHECK(text.find("{\"name\":\"Source(default_catalog.default_database.t)\",\"rows_in\":5,"
                  "\"rows_out\":5,\"watermark_ms\":") != std::string::npos);
}

TEST_CASE("several queries over one table read it once") {
  const Directory directory;
  const std::string text = table(directory.write("in.jsonl", rows)) +
                           "CREATE TABLE p (k STRING, v INT) WITH ('connector'='print');"
                           "EXECUTE STATEMENT SET BEGIN INSERT INTO p SELECT k, v FROM t WHERE v < "
                           "2; INSERT INTO p SELECT "
                           "k, v + 100 FROM t WHERE v < 2; END;";
  const auto out = run(text);
  CHECK(out.error == "");
  CHECK(out.totals.records_in == 5);
  CHECK(out.totals.rows_out == 2);
  CHECK(out.printed.find("+I[a, 1]\n") != std::string::npos);
  CHECK(out.printed.find("+I[a, 101]\n") != std::string::npos);
}

TEST_CASE("a file that cannot be read fails the job by name") {
  const auto out = run(table("/nowhere/at/all.jsonl") + "SELECT k FROM t;");
  CHECK(out.error.find("/nowhere/at/all.jsonl") != std::string::npos);
}

TEST_CASE("a job stopped before it starts ends well and fires nothing") {
  const Directory directory;
  const auto script = job::load_script(
      {directory.write("job.sql",
                       table(directory.write("in.jsonl", rows)) +
                           "SELECT COUNT(*) FROM t GROUP BY TUMBLE(ts, INTERVAL '10' SECOND);"),
       "",
       {}});
  REQUIRE(script.has_value());
  const std::vector<plan::JobPlan> plans = {script.value().planned.jobs[0].job};
  const base::ManualClock clock;
  std::ostringstream output;
  job::JobOptions options;
  options.clock = &clock;
  options.output = &output;
  options.error_output = &output;
  job::Job job(plans, options);
  job.stop();
  const auto totals = job.run();
  REQUIRE(totals.has_value());
  CHECK(output.str() == "");
}

TEST_CASE("messages begin with the file, the line and the column") {
  const Directory directory;
  const std::string file = directory.write("x.sql", "SELECT\n  1 +;");
  const auto script = job::load_script({file, "", {}});
  REQUIRE_FALSE(script.has_value());
  CHECK(script.error().message().starts_with(file + ":2:6: SQL parse failed. Encountered \";\""));
  // The line itself, and a caret under the place.
  CHECK(script.error().message().ends_with("\n    1 +;\n       ^"));
  const auto absent = job::load_script({directory.path("absent.sql"), "", {}});
  REQUIRE_FALSE(absent.has_value());
  CHECK(absent.error().message() == directory.path("absent.sql") + ": No such file or directory");
}

TEST_CASE("property groups: the file's shape is checked, faults are named") {
  const auto good = job::parse_properties(
      R"([{"PropertyGroupId": "a", "PropertyMap": {"k": "v"}}, {"PropertyGroupId": "b", "PropertyMap": {}}])",
      "f");
  REQUIRE(good.has_value());
  CHECK(good.value().at("a").at("k") == "v");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{}", "f: it is not a JSON array"},
      {"[1]", "f: group 1 is not an object"},
      {R"([{"PropertyMap": {}}])", "f: group 1 has no PropertyGroupId"},
      {R"([{"PropertyGroupId": "a"}])", "f: group 1 has no PropertyMap"},
      {R"([{"PropertyGroupId": "a", "PropertyMap": {"k": 1}}])", "f: 'a.k' is not a string"},
      {R"([{"PropertyGroupId": "a", "PropertyMap": {}}, {"PropertyGroupId": "a", "PropertyMap": {}}])",
       "f: the group 'a' is there twice"},
      {"[", "f: "},
  };
  for (const auto& [text, message] : cases) {
    CAPTURE(text);
    const auto groups = job::parse_properties(text, "f");
    REQUIRE_FALSE(groups.has_value());
    CHECK(groups.error().message().starts_with(message));
  }
}

TEST_CASE("the status line: rate since the last one, what is zero is left out") {
  job::Status before;
  before.now_ms = 1000;
  before.records_in = 1000;
  job::Status now = before;
  now.now_ms = 3000;
  now.records_in = 12'345;
  now.windows_fired = 3;
  now.rows_out = 9;
  CHECK(job::status_text(now, before) ==
        "12,345 records, 5,672 records/s, 3 windows fired, 9 rows out");
  now.lag_ms = 250;
  now.late_rows = 2;
  CHECK(job::status_text(now, before) ==
        "12,345 records, 5,672 records/s, lag 250 ms, 3 windows fired, 9 rows out, 2 late rows "
        "dropped");
  CHECK(job::totals_text(now) ==
        "12,345 records in, 9 rows out, 3 windows fired, 2 late rows dropped");
}

TEST_CASE("Job: the last keyed operator before a sink is divided, one whose order matters is not") {
  const Directory directory;
  const auto source = table(directory.write("t.jsonl", rows));
  const std::string sink = "CREATE TABLE o (k STRING, n BIGINT) WITH ('connector'='blackhole');";
  const std::string four = "SET 'parallelism.default' = '4';";
  const std::string counted = "SELECT k, COUNT(*) AS n FROM t GROUP BY k";
  auto done = run(four + source + sink + "INSERT INTO o " + counted + ";");
  REQUIRE(done.error.empty());
  CHECK(instances_of(done.totals, "GroupAggregate") == 4);
  done = run(source + sink + "INSERT INTO o " + counted + ";");
  CHECK(instances_of(done.totals, "GroupAggregate") == 1);
  done =
      run(four + source + sink +
          "INSERT INTO o SELECT k, n FROM (SELECT k, n, ROW_NUMBER() OVER (ORDER BY n DESC) AS r "
          "FROM (" +
          counted + ")) WHERE r <= 1;");
  REQUIRE(done.error.empty());
  CHECK(instances_of(done.totals, "GroupAggregate") == 1);
}
