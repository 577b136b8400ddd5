// Streams of all accounts and regions, as the engine has them.
#include "emulator/admin/page.hpp"

namespace millrace::admin {
namespace {

void write(const engine::Stream& stream, std::int64_t now_ms, json::Writer& out) {
  const auto& row = stream.row;
  out.begin_map();
  out.key("name");
  out.text(row.name);
  out.key("account");
  out.text(row.account);
  out.key("region");
  out.text(row.region);
  out.key("arn");
  out.text(stream.arn());
  out.key("status");
  out.text(to_text(stream.status(now_ms)));
  out.key("mode");
  out.text(row.mode);
  out.key("open_shards");
  out.integer(static_cast<std::int64_t>(stream.open.size()));
  out.key("closed_shards");
  out.integer(static_cast<std::int64_t>(stream.shards.size() - stream.open.size()));
  out.key("retention_hours");
  out.integer(row.retention_hours);
  out.key("limits");
  out.text(row.limits.empty() ? "default" : row.limits);
  out.key("created_ms");
  out.integer(row.created_ms);
  out.end_map();
}

}  // namespace

base::Status list_streams(Context& context, json::Writer& out) {
  const auto now = context.engine.now_ms();
  out.begin_map();
  out.key("streams");
  out.begin_list();
  for (const auto* stream : context.engine.list()) {
    const bool wanted = !context.filtered || (stream->row.account == context.scope.account &&
                                              stream->row.region == context.scope.region);
    if (wanted) write(*stream, now, out);
  }
  out.end_list();
  out.end_map();
  return base::success();
}

base::Status show_stream(Context& context, json::Writer& out) {
  const auto* stream = context.engine.find(context.scope, context.name);
  if (stream == nullptr) {
    return base::Error{base::ErrorCode::not_found, "there is no stream " + context.name +
                                                       " in account " + context.scope.account +
                                                       " and region " + context.scope.region};
  }
  write(*stream, context.engine.now_ms(), out);
  return base::success();
}

}  // namespace millrace::admin
