#include "emulator/commands.hpp"

#include <pthread.h>
#include <signal.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stop_token>
#include <thread>

#include "common/base/waiter.hpp"
#include "emulator/transfer/backup.hpp"

namespace millrace::emulator {
namespace {

using base::Error;
using base::ErrorCode;

// SIGINT and SIGTERM end the waits of a call under way.
class Interruptible {
 public:
  explicit Interruptible(aws::KinesisClient& client) {
    ::sigemptyset(&signals_);
    ::sigaddset(&signals_, SIGINT);
    ::sigaddset(&signals_, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    watcher_ = std::jthread{[this, &client](const std::stop_token& token) {
      const timespec poll{0, 100'000'000};
      while (!token.stop_requested()) {
        if (::sigtimedwait(&signals_, nullptr, &poll) <= 0) continue;
        waiter.stop();
        client.cancel();
      }
    }};
  }
  base::RealWaiter waiter;

 private:
  sigset_t signals_{};
  std::jthread watcher_;
};

}  // namespace

Commands::Commands(CLI::App& app, const std::string& data) : data_(data) {
  backup_ = app.add_subcommand(
      "backup", "copy the data file of --data to FILE, also while an emulator uses it, and end");
  backup_->add_option("FILE", file_, "must not exist yet")->required();
  restore_ = app.add_subcommand("restore", "make FILE, a backup, the data file of --data, and end");
  restore_->add_option("FILE", file_)->required();
  export_ = app.add_subcommand(
      "export", "write the records of a stream as lines of JSON, oldest first, and end");
  import_ = app.add_subcommand("import", "put lines of JSON into a stream, and end");
  for (auto* command : {backup_, restore_}) command->fallthrough();  // --data may follow
  for (auto* command : {export_, import_}) {
    auto& stream = command == export_ ? exported_.stream : imported_.stream;
    command->add_option("--stream", stream, "its name")->required();
    auto* endpoint = command->add_option("--endpoint-url", endpoint_, "URL of the emulator")
                         ->envname("AWS_ENDPOINT_URL")
                         ->capture_default_str();
    command->add_option("--region", region_)->envname("AWS_REGION")->capture_default_str();
    command->add_flag("--aws", aws_, "AWS itself, with the keys that AWS's own tools would find")
        ->excludes(endpoint);
    command->add_option(
        "FILE", file_, command == export_ ? "default: standard output" : "default: standard input");
  }
  export_->add_flag("--by-shard", exported_.by_shard,
                    "note the hash range of each record's shard, so that an import into a stream "
                    "of the same shards keeps records in theirs");
  import_
      ->add_option("--speed", imported_.speed,
                   "1: with the gaps between the records' times, 2: in half the time, 0: as fast "
                   "as it goes")
      ->check(CLI::Range(0.0, 1e9))
      ->capture_default_str();
}

bool Commands::given() const {
  return backup_->parsed() || restore_->parsed() || export_->parsed() || import_->parsed();
}

base::Status Commands::run() {
  if (backup_->parsed()) return back_up();
  if (restore_->parsed()) return restore();
  return export_->parsed() ? export_lines() : import_lines();
}

base::Status Commands::back_up() {
  BOOST_OUTCOME_TRY(const auto bytes, transfer::back_up(data_, file_));
  std::printf("%s: %lld bytes\n", file_.c_str(), static_cast<long long>(bytes));
  return base::success();
}

base::Status Commands::restore() {
  BOOST_OUTCOME_TRY(transfer::restore(file_, data_));
  std::printf("%s is the data file of %s now\n", file_.c_str(), data_.c_str());
  return base::success();
}

template <class F>
auto Commands::with_client(F call) {
  using Result = decltype(call(std::declval<aws::KinesisClient&>(), std::declval<base::Waiter&>()));
  auto settings = aws::load_settings({.region = region_, .endpoint = aws_ ? "" : endpoint_},
                                     aws::process_environment());
  if (!settings) return Result{settings.error()};
  const base::SystemClock clock;
  base::RealWaiter retries;
  auto transport = aws::http_transport(settings.value());
  aws::KinesisClient client{{std::move(settings).value(),
                             std::move(transport),
                             {},
                             aws::system_random(),
                             &clock,
                             &retries}};
  Interruptible interruptible{client};
  return Result{call(client, interruptible.waiter)};
}

base::Status Commands::export_lines() {
  std::ofstream file;
  if (!file_.empty()) {
    if (std::ifstream{file_}) {
      return Error{ErrorCode::in_use, file_ + " exists already, and is left as it is"};
    }
    file.open(file_, std::ios::binary);
    if (!file) return Error{ErrorCode::io, "cannot write to " + file_};
  }
  const auto done = with_client([&](aws::KinesisClient& client, base::Waiter& waiter) {
    return transfer::export_stream(client, exported_, file_.empty() ? std::cout : file, waiter);
  });
  if (!done) return done.error();
  std::fprintf(stderr, "%lld records of stream %s\n", static_cast<long long>(done.value()),
               exported_.stream.c_str());
  return base::success();
}

base::Status Commands::import_lines() {
  std::ifstream file;
  if (!file_.empty()) {
    file.open(file_, std::ios::binary);
    if (!file) return Error{ErrorCode::not_found, "cannot read " + file_};
  }
  const auto done = with_client([&](aws::KinesisClient& client, base::Waiter& waiter) {
    return transfer::import_stream(client, imported_, file_.empty() ? std::cin : file, waiter);
  });
  if (!done) return done.error();
  std::fprintf(stderr, "%lld records into stream %s\n", static_cast<long long>(done.value()),
               imported_.stream.c_str());
  return base::success();
}

}  // namespace millrace::emulator
