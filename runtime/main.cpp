// millrace-runtime: Flink SQL jobs on this machine. Flags in, exit code out: 0 ok, 1 the job
// failed, 2 bad usage or a bad script.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/log.hpp"
#include "runtime/aggregates/aggregate.hpp"
#include "runtime/cluster/portability.hpp"
#include "runtime/cluster/submit.hpp"
#include "runtime/connectors/connector.hpp"
#include "runtime/expr/function.hpp"
#include "runtime/job/job.hpp"
#include "runtime/job/metrics_port.hpp"
#include "runtime/job/script.hpp"
#include "runtime/job/signals.hpp"
#include "runtime/plan/explain.hpp"

namespace {

using namespace millrace;

constexpr int exit_failed = 1;
constexpr int exit_usage = 2;

struct Flags {
  job::ScriptOptions script;
  std::vector<std::string> settings;
  int parallelism = 0;
  bool drain = false;
  std::string checkpoints;
  std::string gateway;
  bool detach = false;
  bool anyway = false;
  std::string log_level = "info";
  std::string status = "text";
  std::string metrics_port;
};

void add_script_flags(CLI::App& command, Flags& flags) {
  command.add_option("script", flags.script.file, "the SQL script, - for standard input")
      ->required()
      ->type_name("JOB.sql");
  command
      .add_option("--properties", flags.script.properties_file,
                  "property groups for ${group.key}: an application_properties.json")
      ->type_name("FILE");
  command
      .add_option("--set", flags.settings, "a setting, as SET 'k' = 'v'; holds against the script")
      ->type_name("K=V")
      ->allow_extra_args(false);
  command.add_option("--log-level", flags.log_level, "trace, debug, info, warn, error or off")
      ->type_name("LEVEL");
}

// Turns --set and --parallelism into settings; false when one is not of the form k=v.
bool take_settings(Flags& flags) {
  for (const auto& setting : flags.settings) {
    const auto sign = setting.find('=');
    if (sign == std::string::npos || sign == 0) {
      std::cerr << "--set " << setting << ": expected k=v\n";
      return false;
    }
    flags.script.settings.emplace_back(setting.substr(0, sign), setting.substr(sign + 1));
  }
  if (flags.parallelism > 0) {
    flags.script.settings.emplace_back("parallelism.default", std::to_string(flags.parallelism));
  }
  if (!base::set_log_level(flags.log_level)) {
    std::cerr << "--log-level " << flags.log_level
              << ": expected trace, debug, info, warn, error or off\n";
    return false;
  }
  return true;
}

// A line that is rewritten on a terminal, a line in the log every ten seconds elsewhere.
class StatusLine {
 public:
  // json: a JSON object a second on standard error instead.
  explicit StatusLine(bool json) : json_(json) {}

  void operator()(const job::Status& now) {
    if (before_.now_ms == 0) before_ = now;
    if (json_) {
      std::cerr << job::status_json(now, before_) + "\n" << std::flush;
      before_ = now;
      return;
    }
    if (terminal_) {
      std::cerr << "\r\x1b[K" << job::status_text(now, before_) << std::flush;
      shown_ = true;
      before_ = now;
    } else if (now.now_ms - before_.now_ms >= log_every_ms) {
      base::log().info("{}", job::status_text(now, before_));
      before_ = now;
    }
  }
  void end() {
    if (shown_) std::cerr << "\r\x1b[K" << std::flush;
    shown_ = false;
  }

 private:
  static constexpr std::int64_t log_every_ms = 10'000;
  bool json_;
  bool terminal_ = isatty(STDERR_FILENO) != 0;
  bool shown_ = false;
  job::Status before_;
};

int run(const Flags& flags, const plan::PlannedScript& script) {
  std::vector<plan::JobPlan> plans;
  for (const auto& statement : script.jobs) {
    if (!statement.text.empty()) {
      std::cout << statement.text << std::flush;
    } else if (statement.explain_only) {
      std::cout << plan::explain(statement.job) << std::flush;
    } else {
      plans.push_back(statement.job);
    }
  }
  if (plans.empty()) {
    if (!script.jobs.empty()) return 0;
    base::log().warn("{}: there is no INSERT and no SELECT to run", flags.script.file);
    return 0;
  }
  const base::SystemClock clock;
  StatusLine line(flags.status == "json");
  job::JobOptions options;
  options.clock = &clock;
  options.output = &std::cout;
  options.error_output = &std::cerr;
  options.drain = flags.drain;
  std::unique_ptr<job::MetricsPort> port;
  if (!flags.metrics_port.empty()) {
    auto opened = job::MetricsPort::open(flags.metrics_port);
    if (!opened) {
      std::cerr << "--metrics-port " << flags.metrics_port << ": " << opened.error().message()
                << "\n";
      return exit_usage;
    }
    port = std::move(opened).value();
    base::log().info("metrics on port {}", port->port());
  }
  options.on_status = [&line, &port](const job::Status& now) {
    line(now);
    if (port) port->show(now);
  };
  job::Job job(plans, options);
  const job::StopSignals signals([&job] {
    base::log().info("stopping");
    job.stop();
  });
  const auto totals = job.run();
  std::cout << std::flush;
  line.end();
  if (!totals) {
    std::cerr << "job failed: " << totals.error().message() << "\n";
    return exit_failed;
  }
  base::log().info("finished: {}", job::totals_text(totals.value()));
  return 0;
}

int submit(const Flags& flags, const job::LoadedScript& script) {
  const auto endpoint = net::parse_endpoint(flags.gateway);
  if (!endpoint) {
    std::cerr << "--gateway: " << endpoint.error().message() << "\n";
    return exit_usage;
  }
  bool certain = false;
  for (const auto& finding : cluster::portability(
           script.statements, script.planned, flags.script.settings, endpoint.value(),
           [](const std::string& name) -> std::optional<std::string> {
             const char* value = std::getenv(name.c_str());
             return value == nullptr ? std::nullopt : std::optional<std::string>{value};
           })) {
    std::cerr << (finding.certain ? "not portable: " : "note: ") << finding.text << "\n";
    certain = certain || finding.certain;
  }
  if (certain && !flags.anyway) {
    std::cerr << "nothing was submitted; --anyway submits it as it is\n";
    return exit_usage;
  }
  base::RealWaiter waiter;
  const job::StopSignals signals([&waiter] { waiter.stop(); });
  cluster::Gateway gateway{endpoint.value(), waiter};
  const auto product = gateway.product();
  if (!product) {
    std::cerr << "--gateway: " << product.error().message() << "\n";
    return exit_failed;
  }
  base::log().info("{} at {}", product.value(), endpoint.value().url());
  const auto done = cluster::submit(
      {script.name, script.text, script.statements, flags.script.settings, flags.detach}, gateway,
      waiter, std::cout, std::cerr);
  if (done) return 0;
  std::cerr << done.error().message() << "\n";
  return exit_failed;
}

// Everything that stands in tables, a line each with tabs between: what docs/sql.md is made of.
void print_tables() {
  for (const auto& family : expr::function_families()) {
    for (const expr::Function& function : family.functions) {
      std::string forms(function.forms);
      for (auto at = forms.find('\n'); at != std::string::npos; at = forms.find('\n', at + 2)) {
        forms.replace(at, 1, "\\n");
      }
      std::cout << "function\t" << family.name << "\t" << function.name << "\t" << forms << "\n";
    }
  }
  for (const auto& aggregate : aggregates::all_aggregates()) {
    std::cout << "aggregate\t" << aggregate.name << "\n";
  }
  for (const auto& connector : connectors::all_connectors()) {
    std::string keys;
    for (const auto& option : connector.options) {
      keys += (keys.empty() ? "" : ", ") + std::string(option.key) + (option.required ? "*" : "");
    }
    std::cout << "connector\t" << connector.name << "\t"
              << (connector.make_source != nullptr ? "yes" : "-") << "\t"
              << (connector.make_sink == nullptr ? "-"
                  : connector.takes_updates      ? "yes, updates too"
                                                 : "yes")
              << "\t" << keys << "\n";
  }
  for (const auto& format : formats::all_formats()) {
    std::string keys;
    for (const auto& option : format.options) {
      keys += (keys.empty() ? "" : ", ") + std::string(option.key);
    }
    std::cout << "format\t" << format.name << "\t" << keys << "\n";
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Millrace runtime: runs Flink SQL scripts.");
  app.name("millrace-runtime");
  app.require_subcommand(1);
  Flags flags;
  auto* run_command = app.add_subcommand("run", "run a script until its input ends or SIGINT");
  auto* check_command = app.add_subcommand("check", "parse, bind and plan a script, run nothing");
  auto* explain_command = app.add_subcommand("explain", "print the plans of a script");
  auto* submit_command =
      app.add_subcommand("submit", "run a script on a Flink cluster through its SQL Gateway");
  for (auto* command : {run_command, check_command, explain_command, submit_command}) {
    add_script_flags(*command, flags);
  }
  run_command->add_flag("--drain", flags.drain,
                        "stop at the end of all input and close open event-time windows");
  run_command->add_option("--parallelism", flags.parallelism, "parallelism.default")
      ->check(CLI::Range(1, 1024))
      ->type_name("N");
  run_command
      ->add_option("--status", flags.status,
                   "text: a line for people; json: an object a second on standard error")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("FORM");
  run_command
      ->add_option("--metrics-port", flags.metrics_port,
                   "serve GET /metrics for Prometheus; [ADDRESS:]PORT, by default of 127.0.0.1")
      ->type_name("PORT");
  run_command->add_option("--checkpoints", flags.checkpoints, "where checkpoints are kept")
      ->type_name("DIR");
  // For scripts/sql_docs.py.
  const auto* tables_command = app.add_subcommand("tables", "what the tables hold")->group("");
  submit_command
      ->add_option("--gateway", flags.gateway,
                   "the SQL Gateway's REST address, as in http://flink:8083")
      ->required()
      ->type_name("URL");
  submit_command->add_flag("--detach", flags.detach,
                           "do not follow the jobs: print their ids and end");
  submit_command->add_flag("--anyway", flags.anyway,
                           "submit also what is known to go wrong on a cluster");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : exit_usage;
  }
  if (tables_command->parsed()) {
    print_tables();
    return 0;
  }
  if (!flags.checkpoints.empty()) {
    std::cerr << "--checkpoints is not served yet: the job would start from its sources' "
                 "positions after a restart\n";
    return exit_usage;
  }
  if (!take_settings(flags)) return exit_usage;

  const auto script = job::load_script(flags.script);
  if (!script) {
    std::cerr << script.error().message() << "\n";
    return exit_usage;
  }
  const plan::PlannedScript& planned = script.value().planned;
  if (submit_command->parsed()) return submit(flags, script.value());
  for (const auto& warning : planned.warnings) std::cerr << warning << " (warning)\n";
  if (check_command->parsed()) {
    const auto jobs = std::count_if(planned.jobs.begin(), planned.jobs.end(),
                                    [](const auto& one) { return !one.job.sinks.empty(); });
    std::cout << flags.script.file << ": ok, " << jobs << (jobs == 1 ? " job\n" : " jobs\n");
    return 0;
  }
  if (explain_command->parsed()) {
    for (const auto& statement : planned.jobs) {
      if (statement.job.sinks.empty()) continue;
      std::cout << plan::explain(statement.job) << plan::explain_notes(statement.job) << "\n";
    }
    return 0;
  }
  return run(flags, planned);
}
