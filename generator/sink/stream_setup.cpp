#include "generator/sink/stream_setup.hpp"

#include "common/base/log.hpp"

namespace millrace::sink {
namespace {

using base::Error;
using base::ErrorCode;

constexpr auto poll_every = std::chrono::milliseconds{200};

bool may_write_only(const Error& error) {
  // Producers are often allowed to put and nothing else.
  return error.name() == "AccessDeniedException";
}

}  // namespace

base::Status prepare_stream(aws::KinesisClient& client, const SetupOptions& options,
                            const base::Clock& clock, base::Waiter& waiter) {
  const auto give_up = clock.now() + options.patience;
  const std::string url = client.settings().endpoint.url();
  std::string said;
  std::string state;
  bool created = false;
  while (true) {
    const auto summary = client.describe_stream_summary({.name = options.stream});
    if (summary) {
      if (summary.value().status == "ACTIVE" || summary.value().status == "UPDATING") {
        return base::success();
      }
      state = "stream '" + options.stream + "' is " + summary.value().status;
    } else if (summary.error().code() == ErrorCode::not_found) {
      if (!options.create) {
        return Error{ErrorCode::not_found, "stream '" + options.stream + "' does not exist at " +
                                               url + " in " + client.settings().region +
                                               "; --create makes it"};
      }
      if (!created) {
        const auto made = client.create_stream(options.stream, options.shards);
        if (made) {
          created = true;
          base::log().info("creating stream '{}' with {} shard(s)", options.stream, options.shards);
        } else if (made.error().code() != ErrorCode::in_use && !aws::is_retryable(made.error())) {
          return made.error().in("creating stream '" + options.stream + "'");
        }
      }
      state = "stream '" + options.stream + "' does not exist yet";
    } else if (aws::is_retryable(summary.error())) {
      state = summary.error().message();
    } else if (may_write_only(summary.error())) {
      base::log().warn("{}; putting records without looking at the stream first",
                       summary.error().message());
      return base::success();
    } else {
      return summary.error().in("looking for stream '" + options.stream + "' at " + url);
    }
    if (clock.now() >= give_up) {
      return Error{
          ErrorCode::timeout,
          "gave up after " + std::to_string(options.patience.count() / 1000) + " s: " + state};
    }
    if (state != said) base::log().info("waiting: {}", state);
    said = state;
    if (!waiter.wait(poll_every)) return Error{ErrorCode::cancelled, "stopped while waiting"};
  }
}

}  // namespace millrace::sink
