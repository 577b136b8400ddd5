#include "emulator/kinesis/streams.hpp"

#include <algorithm>
#include <array>

#include "emulator/kinesis/commitment.hpp"

namespace millrace::kinesis {

using base::Error;
using base::ErrorCode;

base::Error invalid_argument(std::string message) {
  return {ErrorCode::invalid_argument, std::move(message)};
}

base::Error limit_exceeded(std::string message) {
  return {ErrorCode::limit_exceeded, std::move(message)};
}

std::string shard_rate_text(std::uint32_t shard, std::string_view stream,
                            std::string_view account) {
  return "Rate exceeded for shard " + engine::shard_id(shard) + " in stream " +
         std::string{stream} + " under account " + std::string{account} + ".";
}

base::Error shard_rate_exceeded(std::uint32_t shard, const engine::Stream& stream) {
  return {ErrorCode::throughput_exceeded,
          shard_rate_text(shard, stream.row.name, stream.row.account)};
}

base::Error stream_not_found(const StreamName& name) {
  return {ErrorCode::not_found,
          "Stream " + name.name + " under account " + name.scope.account + " not found."};
}

base::Error shard_not_found(std::string_view shard, const StreamName& stream) {
  return {ErrorCode::not_found, "Shard " + std::string{shard} + " in stream " + stream.name +
                                    " under account " + stream.scope.account + " does not exist"};
}

base::Error dry_run_succeeded() {
  // The service's own sentence is not published; EC2's is used.
  return {ErrorCode::invalid_argument, "DryRunOperationException",
          "Request would have succeeded, but DryRun flag is set."};
}

base::Result<StreamName> name_of_arn(std::string_view arn) {
  // arn:partition:kinesis:region:account:stream/name; the pattern was checked before.
  std::array<std::string_view, 6> parts;
  auto rest = arn;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const auto colon = rest.find(':');
    if (colon == std::string_view::npos) break;
    parts[i] = rest.substr(0, colon);
    rest = rest.substr(colon + 1);
  }
  parts.back() = rest;
  constexpr std::string_view kind = "stream/";
  if (!parts[5].starts_with(kind)) {
    return invalid_argument("StreamARN " + std::string{arn} + " is not the ARN of a stream.");
  }
  return StreamName{{std::string{parts[4]}, std::string{parts[3]}},
                    std::string{parts[5].substr(kind.size())}};
}

base::Result<StreamName> name_of(const Context& context, const StreamRef& ref) {
  if (ref.stream_arn) {
    BOOST_OUTCOME_TRY(auto name, name_of_arn(*ref.stream_arn));
    if (ref.stream_name && *ref.stream_name != name.name) {
      return invalid_argument("StreamName " + std::string{*ref.stream_name} + " and StreamARN " +
                              std::string{*ref.stream_arn} + " do not name the same stream.");
    }
    return name;
  }
  if (!ref.stream_name) {
    return invalid_argument("Either StreamName or StreamARN should be provided.");
  }
  return StreamName{context.scope, std::string{*ref.stream_name}};
}

base::Result<const engine::Stream*> find_stream(const Context& context, const StreamName& name) {
  const auto* stream = context.engine.find(name.scope, name.name);
  if (stream == nullptr) return stream_not_found(name);
  return stream;
}

base::Result<const engine::Stream*> find_stream(const Context& context, const StreamRef& ref) {
  BOOST_OUTCOME_TRY(const auto name, name_of(context, ref));
  return find_stream(context, name);
}

base::Result<const engine::Stream*> find_writable(const Context& context, const StreamRef& ref) {
  BOOST_OUTCOME_TRY(const auto name, name_of(context, ref));
  BOOST_OUTCOME_TRY(const auto* stream, find_stream(context, name));
  const auto status = stream->status(context.engine.now_ms());
  if (status != engine::StreamStatus::active && status != engine::StreamStatus::updating) {
    return stream_not_found(name);
  }
  return stream;
}

base::Status expect_active(const Context& context, const engine::Stream& stream) {
  const auto status = stream.status(context.engine.now_ms());
  if (status == engine::StreamStatus::active) return base::success();
  return Error{ErrorCode::in_use, "Stream " + stream.row.name + " under account " +
                                      stream.row.account + " not ACTIVE, instead in state " +
                                      std::string{to_text(status)}};
}

bool has_advantage(const Context& context, const engine::Stream& stream) {
  return stream.row.mode == "ON_DEMAND" &&
         commitment_of(context, {stream.row.account, stream.row.region}).enabled;
}

base::Status check_shard_limit(const Context& context, const engine::Scope& scope,
                               std::int64_t more) {
  const auto limit = context.engine.options().shard_limit;
  const auto open = context.engine.open_shards(scope);
  if (open + more <= limit) return base::success();
  return limit_exceeded(
      "This request would exceed the shard limit for the account " + scope.account + " in " +
      scope.region + ". Current shard count for the account: " + std::to_string(open) +
      ". Limit: " + std::to_string(limit) +
      ". Number of additional shards that would have resulted from this request: " +
      std::to_string(more) +
      ". Refer to the AWS Service Limits page "
      "(http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits "
      "and "
      "how to request higher limits.");
}

}  // namespace millrace::kinesis
