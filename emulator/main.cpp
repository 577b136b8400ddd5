// millrace-emulator: flags -> store -> engine -> server; or the description of its API.
#include <malloc.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <thread>

#include "common/base/log.hpp"
#include "common/base/memory_limit.hpp"
#include "common/json/json.hpp"
#include "emulator/adopted_names.hpp"
#include "emulator/commands.hpp"
#include "emulator/credentials.hpp"
#include "emulator/delivery/delivery.hpp"
#include "emulator/delivery/directory_sink.hpp"
#include "emulator/delivery/s3_sink.hpp"
#include "emulator/http/server.hpp"
#include "emulator/http/tls.hpp"
#include "emulator/init_streams.hpp"
#include "emulator/kinesis/api.hpp"

using namespace millrace;

namespace {

struct Flags {
  std::vector<std::string> listen{"127.0.0.1:4566"};
  std::string data = "./millrace-data";
  bool memory = false;
  std::string durability = "full";
  std::string limits = "aws";
  std::string log_level = "info";
  std::vector<std::string> init;
  std::string channel_dir;          // of channels' objects; empty: beside the data
  std::string channel_s3_endpoint;  // instead of a directory
  delivery::Options delivery;
  engine::Options engine;
  protocol::Settings settings;
  http::TlsOptions tls;
  std::string auth = "none";
  std::string credentials;
  unsigned io_threads = std::clamp(std::thread::hardware_concurrency() / 2, 1U, 4U);
  bool describe = false;
  std::optional<unsigned> port;
  bool ssl = false;
  std::vector<std::int64_t> state_ms;
  std::vector<std::string> ports;  // further ones, from the environment
};

// Refuses what is none of these words, and names them.
std::function<std::string(const std::string&)> one_of(std::vector<std::string> words) {
  return [words = std::move(words)](const std::string& text) -> std::string {
    std::string listed;
    for (const auto& word : words) {
      if (text == word) return "";
      listed += (listed.empty() ? "" : ", ") + word;
    }
    return "'" + text + "' is none of " + listed;
  };
}

store::Durability durability_of(const std::string& word) {
  if (word == "off") return store::Durability::off;
  return word == "normal" ? store::Durability::normal : store::Durability::full;
}

void declare(CLI::App& app, Flags& flags) {
  app.set_version_flag("--version", MILLRACE_VERSION);
  app.add_option("--listen", flags.listen,
                 "ADDR:PORT to serve on, repeatable; port 0 takes a free one")
      ->envname("MILLRACE_LISTEN")
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--data,--path", flags.data, "directory of the data file")
      ->envname("MILLRACE_DATA")
      ->capture_default_str();
  app.add_flag("--memory", flags.memory, "keep everything in memory");
  app.add_option("--durability", flags.durability,
                 "what an acknowledged record survives: full: a power cut, normal: a crash of the "
                 "process, off: neither is promised")
      ->check(one_of({"full", "normal", "off"}))
      ->capture_default_str();
  app.add_option("--limits", flags.limits,
                 "throughput of shards and rates of calls: aws: as AWS enforces them, off: none; a "
                 "stream may differ (docs/limits.md)")
      ->envname("MILLRACE_LIMITS")
      ->check(one_of({"aws", "off"}))
      ->capture_default_str();
  app.add_option("--shard-limit,--shardLimit", flags.engine.shard_limit,
                 "open shards per account and region")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--on-demand-limit", flags.engine.on_demand_limit,
                 "on-demand streams per account and region")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--transition-ms", flags.engine.transition_ms,
                 "how long CREATING, UPDATING and DELETING last")
      ->check(CLI::Range(0, 3'600'000))
      ->capture_default_str();
  app.add_option("--account", flags.settings.account, "account of requests that name none")
      ->check([](const std::string& text) {
        const bool good =
            text.size() == 12 && text.find_first_not_of("0123456789") == std::string::npos;
        return good ? "" : "an account id has 12 digits";
      })
      ->capture_default_str();
  app.add_option("--region", flags.settings.region, "region of requests that name none")
      ->capture_default_str();
  app.add_option("--init", flags.init, "streams made at start: name[:shards][:region],...")
      ->delimiter(',');
  auto* directory =
      app.add_option(
             "--channel-dir", flags.channel_dir,
             "where channels write their objects, as DIR/BUCKET/KEY; default: DATA/channels")
          ->envname("MILLRACE_CHANNEL_DIR");
  app.add_option("--channel-s3-endpoint", flags.channel_s3_endpoint,
                 "URL of an S3 API that channels put their objects to instead")
      ->envname("MILLRACE_CHANNEL_S3_ENDPOINT")
      ->excludes(directory);
  app.add_option("--channel-freshness-ms", flags.delivery.freshness_ms,
                 "how long records wait before a channel delivers them, whatever its "
                 "DataFreshnessInSeconds")
      ->check(CLI::Range(0, 900'000));
  app.add_option("--tls-name", flags.tls.names,
                 "further host name or IP address in the certificate, repeatable")
      ->delimiter(',');
  app.add_option("--tls-cert", flags.tls.certificate_path,
                 "certificate (chain) in PEM to show instead of one of our own");
  app.add_option("--tls-key", flags.tls.key_path, "its private key in PEM");
  app.add_option("--auth", flags.auth,
                 "verify: a request must be signed with one of --credentials; none: it must only "
                 "look signed")
      ->check(one_of({"none", "verify"}))
      ->capture_default_str();
  app.add_option("--credentials", flags.credentials,
                 "file of access keys and secrets, in the format of ~/.aws/credentials");
  app.add_option("--io-threads", flags.io_threads, "threads for connections")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option("--log-level", flags.log_level, "trace, debug, info, warn, error or off")
      ->envname("MILLRACE_LOG_LEVEL")
      ->check(one_of({"trace", "debug", "info", "warn", "error", "off"}))
      ->capture_default_str();
  app.add_subcommand("api", "print the operations that are served as JSON, and end")
      ->callback([&flags] { flags.describe = true; });
}

// Flags of kinesalite, for those who have them in their scripts.
void declare_kinesalite(CLI::App& app, Flags& flags) {
  const auto* group = "As kinesalite has them";
  app.add_option("--port", flags.port, "serve on this port of the addresses instead")
      ->check(CLI::Range(1, 65535))
      ->group(group);
  app.add_flag("--ssl", flags.ssl, "no effect: every port takes TLS as well")->group(group);
  app.add_option("--createStreamMs,--deleteStreamMs,--updateStreamMs", flags.state_ms,
                 "--transition-ms; the longest counts for all")
      ->check(CLI::Range(0, 3'600'000))
      ->group(group);
}

// What other emulators' users have set in the environment; ours goes before it.
void adopt_environment(CLI::App& app, Flags& flags, const emulator::Adopted& adopted) {
  for (const auto& [name, value] : adopted.options) {
    if (name == "--memory") continue;
    try {
      app.get_option(name)->run_callback_for_default()->default_val(value.text);
    } catch (const CLI::ParseError& error) {
      throw CLI::ValidationError(value.variable, error.what());
    }
  }
  flags.ports = adopted.ports;
}

// What follows from several options together.
void settle(const CLI::App& app, Flags& flags, const emulator::Adopted& adopted) {
  const auto* variable = std::getenv("MILLRACE_DATA");
  // The image sets MILLRACE_DATA for everybody: that alone is no wish to keep data.
  const bool named_data =
      app.get_option("--data")->count() > 0 && (variable == nullptr || flags.data != variable);
  if (adopted.options.contains("--memory") && !named_data) flags.memory = true;
  const bool named_length = app.get_option("--transition-ms")->count() > 0;
  if (!flags.state_ms.empty() && !named_length) {
    flags.engine.transition_ms = *std::max_element(flags.state_ms.begin(), flags.state_ms.end());
  }
  const auto host_of = [](const std::string& address) {
    return address.substr(0, address.rfind(':'));
  };
  std::vector<std::string> listen;
  const auto add = [&](const std::string& address) {
    const bool known = std::find(listen.begin(), listen.end(), address) != listen.end();
    if (!known) listen.push_back(address);
  };
  for (const auto& address : flags.listen) {
    add(flags.port ? host_of(address) + ":" + std::to_string(*flags.port) : address);
  }
  for (const auto& port : flags.ports) add(host_of(flags.listen.front()) + ":" + port);
  flags.listen = std::move(listen);
}

// A shell's usual 1,024 are few for a server; the hard limit is what the machine's owner allows.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);  // it works with what it has
}

void print_api() {
  json::Writer out;
  kinesis::describe_api(out);
  std::puts(out.str().c_str());
}

base::Result<std::unique_ptr<delivery::Sink>> open_sink(const Flags& flags,
                                                        const base::Clock& clock) {
  if (!flags.channel_s3_endpoint.empty()) {
    return delivery::open_s3(flags.channel_s3_endpoint, clock);
  }
  if (flags.channel_dir.empty() && flags.memory) {
    return std::unique_ptr<delivery::Sink>{std::make_unique<delivery::NowhereSink>()};
  }
  const auto directory = flags.channel_dir.empty() ? flags.data + "/channels" : flags.channel_dir;
  return std::unique_ptr<delivery::Sink>{std::make_unique<delivery::DirectorySink>(directory)};
}

// nullopt: signatures are not checked.
base::Result<std::optional<protocol::Secrets>> secrets_of(const Flags& flags) {
  if ((flags.auth == "verify") != !flags.credentials.empty()) {
    return base::Error{base::ErrorCode::invalid_argument,
                       "--auth verify and --credentials must be given together"};
  }
  if (flags.credentials.empty()) return std::optional<protocol::Secrets>{};
  BOOST_OUTCOME_TRY(auto secrets, emulator::read_credentials(flags.credentials));
  return std::optional{std::move(secrets)};
}

base::Status serve(const Flags& flags) {
  std::signal(SIGXFSZ, SIG_IGN);  // a file at its limit is an error like a full disk
  std::vector<http::Address> addresses;
  for (const auto& text : flags.listen) {
    BOOST_OUTCOME_TRY(auto address, http::parse_address(text));
    addresses.push_back(std::move(address));
  }
  const base::SystemClock clock;
  BOOST_OUTCOME_TRY(const auto store,
                    store::Store::open(flags.memory ? std::nullopt : std::optional{flags.data},
                                       durability_of(flags.durability)));
  BOOST_OUTCOME_TRY(store->checkpoint_in_background());
  auto options = flags.engine;
  options.aws_limits = flags.limits == "aws";
  BOOST_OUTCOME_TRY(const auto engine, engine::Engine::open(*store, clock, options));
  BOOST_OUTCOME_TRY(emulator::init_streams(*engine, flags.settings, flags.init));
  engine::Committer committer{*engine};
  BOOST_OUTCOME_TRY(const auto readers, engine::ReaderPool::open(*engine, committer, 2));
  BOOST_OUTCOME_TRY(const auto sink, open_sink(flags, clock));
  delivery::Delivery channels{{*engine, committer, *readers, *sink}, flags.delivery};
  auto tls_options = flags.tls;
  if (!flags.memory) tls_options.folder = flags.data + "/tls";
  BOOST_OUTCOME_TRY(const auto tls, http::Tls::open(tls_options));
  BOOST_OUTCOME_TRY(const auto secrets, secrets_of(flags));
  auto settings = flags.settings;
  settings.secrets = secrets ? &*secrets : nullptr;
  const http::Parts parts{settings, *engine, committer, *readers, tls.get()};
  BOOST_OUTCOME_TRY(const auto server,
                    http::Server::open(parts, addresses, flags.io_threads,
                                       http::limits_within(base::memory_limit())));
  for (const auto& address : server->addresses()) {
    std::printf("listening on http://%s:%u\n", address.host.c_str(), address.port);
  }
  std::printf("%s, durability %s, limits %s, %u I/O thread%s\n",
              flags.memory ? "data in memory" : ("data in " + flags.data).c_str(),
              flags.memory ? "none (memory)" : flags.durability.c_str(), flags.limits.c_str(),
              flags.io_threads, flags.io_threads == 1 ? "" : "s");
  channels.start();
  std::printf("Ready.\n");
  std::fflush(stdout);
  server->run();
  return base::success();
}

// Replies of a megabyte come and go: their memory is kept for the next one, up to a bound, instead
// of being given back and faulted in page by page each time. Few arenas bound it, whatever the
// threads.
void tune_allocator() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 8 << 20);
  mallopt(M_ARENA_MAX, 4);
#endif
}

}  // namespace

int main(int argc, char** argv) {
  tune_allocator();
  CLI::App app{"millrace-emulator: AWS Kinesis on your own machine", "millrace-emulator"};
  Flags flags;
  declare(app, flags);
  emulator::Commands commands{app, flags.data};
  declare_kinesalite(app, flags);
  const auto adopted = emulator::adopt_names([](const char* name) { return std::getenv(name); });
  if (!adopted) {
    std::fprintf(stderr, "millrace-emulator: %s\n", adopted.error().message().c_str());
    return 2;
  }
  try {
    adopt_environment(app, flags, adopted.value());
    app.parse(argc, argv);
    settle(app, flags, adopted.value());
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (flags.describe) {
    print_api();
    return 0;
  }
  base::set_log_level(flags.log_level);
  raise_descriptor_limit();
  for (const auto& note : adopted.value().notes) base::log().warn("{}", note);
  const auto done = commands.given() ? commands.run() : serve(flags);
  if (!done) {
    std::fprintf(stderr, "millrace-emulator: %s\n", done.error().message().c_str());
    return done.error().code() == base::ErrorCode::invalid_argument ? 2 : 1;
  }
  return 0;
}
