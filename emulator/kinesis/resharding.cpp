#include "emulator/kinesis/resharding.hpp"

namespace millrace::kinesis {

base::Status expect_provisioned(const engine::Stream& stream) {
  if (stream.row.mode != "ON_DEMAND") return base::success();
  return base::Error{base::ErrorCode::validation, "Request is invalid. Stream " + stream.row.name +
                                                      " under account " + stream.row.account +
                                                      " is in On-Demand mode."};
}

base::Result<const engine::Shard*> find_shard(const Context& context, const engine::Stream& stream,
                                              std::string_view id) {
  const auto number = engine::parse_shard_id(id);
  const auto* shard = number ? stream.find_kept(*number, context.engine.now_ms()) : nullptr;
  if (shard != nullptr) return shard;
  return base::Error{base::ErrorCode::not_found,
                     "Could not find shard " +
                         (number ? engine::shard_id(*number) : std::string{id}) + " in stream " +
                         stream.row.name + " under account " + stream.row.account + "."};
}

std::string in_words(const engine::Stream& stream, const engine::Shard& shard) {
  return engine::shard_id(shard.row.number) + " in stream " + stream.row.name + " under account " +
         stream.row.account;
}

base::Status expect_open(const engine::Stream& stream, const engine::Shard& shard) {
  if (!shard.row.closed_ms) return base::success();
  return invalid_argument("Shard " + in_words(stream, shard) +
                          " has already been merged or split, and thus is not eligible for "
                          "merging or splitting.");
}

}  // namespace millrace::kinesis
