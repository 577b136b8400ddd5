// Finding the stream a request means, and the errors about streams and shards in AWS's words.
#pragma once

#include <string>

#include "emulator/kinesis/operation.hpp"
#include "emulator/kinesis/shapes.hpp"

namespace millrace::kinesis {

// A stream's full name: an ARN carries its own account and region.
struct StreamName {
  engine::Scope scope;
  std::string name;
};

// Error: InvalidArgumentException when neither is given or both disagree.
base::Result<StreamName> name_of(const Context& context, const StreamRef& ref);
base::Result<StreamName> name_of_arn(std::string_view arn);

// Hold the engine's lock. Error: ResourceNotFoundException.
base::Result<const engine::Stream*> find_stream(const Context& context, const StreamName& name);
base::Result<const engine::Stream*> find_stream(const Context& context, const StreamRef& ref);
// For puts: a stream being created or deleted is as good as none.
base::Result<const engine::Stream*> find_writable(const Context& context, const StreamRef& ref);
// Error: ResourceInUseException.
base::Status expect_active(const Context& context, const engine::Stream& stream);

// Whether the account has committed itself to On-demand Advantage and the stream is one it serves.
bool has_advantage(const Context& context, const engine::Stream& stream);

base::Error stream_not_found(const StreamName& name);
// For reads.
base::Error shard_not_found(std::string_view shard, const StreamName& stream);
base::Error invalid_argument(std::string message);
base::Error limit_exceeded(std::string message);
// ProvisionedThroughputExceededException.
base::Error shard_rate_exceeded(std::uint32_t shard, const engine::Stream& stream);
std::string shard_rate_text(std::uint32_t shard, std::string_view stream, std::string_view account);
// Of a call with DryRun that would have succeeded.
base::Error dry_run_succeeded();

// The limit on open shards that --shard-limit sets, before `more` are opened.
base::Status check_shard_limit(const Context& context, const engine::Scope& scope,
                               std::int64_t more);

}  // namespace millrace::kinesis
