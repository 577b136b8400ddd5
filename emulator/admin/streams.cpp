// Streams of all accounts and regions, as the engine has them.
#include "emulator/admin/page.hpp"

namespace millrace::admin {
namespace {

void write(const engine::Engine& engine, const engine::Stream& stream, json::Writer& out) {
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
  out.text(to_text(stream.status(engine.now_ms())));
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
  out.key("limits_now");
  out.text(engine.limits_on(stream) ? "aws" : "off");
  out.key("created_ms");
  out.integer(row.created_ms);
  out.end_map();
}

base::Result<const engine::Stream*> find(Context& context) {
  const auto* stream = context.engine.find(context.scope, context.name);
  if (stream != nullptr) return stream;
  return base::Error{base::ErrorCode::not_found, "there is no stream " + context.name +
                                                     " in account " + context.scope.account +
                                                     " and region " + context.scope.region};
}

}  // namespace

base::Status list_streams(Context& context, json::Writer& out) {
  out.begin_map();
  out.key("streams");
  out.begin_list();
  for (const auto* stream : context.engine.list()) {
    const bool wanted = !context.filtered || (stream->row.account == context.scope.account &&
                                              stream->row.region == context.scope.region);
    if (wanted) write(context.engine, *stream, out);
  }
  out.end_list();
  out.end_map();
  return base::success();
}

base::Status show_stream(Context& context, json::Writer& out) {
  BOOST_OUTCOME_TRY(const auto* stream, find(context));
  write(context.engine, *stream, out);
  return base::success();
}

base::Status set_limits(Context& context, json::Writer& out) {
  constexpr std::string_view expected =
      R"(expected {"limits": "aws"}, {"limits": "off"} or {"limits": "default"})";
  BOOST_OUTCOME_TRY(const auto* stream, find(context));
  if (context.body.is_null()) return bad_request("no body; " + std::string{expected});
  std::string_view wanted;
  for (const auto& [name, value] : context.body.as_map()) {
    if (name != "limits") {
      return bad_request("'" + std::string{name} + "' is not known; " + std::string{expected});
    }
    wanted = value.kind() == wire::Kind::text ? value.as_text() : std::string_view{};
  }
  if (wanted != "aws" && wanted != "off" && wanted != "default") {
    return bad_request("limits are neither aws nor off nor default; " + std::string{expected});
  }
  BOOST_OUTCOME_TRY(context.engine.alter_stream(
      *stream, [&](store::StreamRow& row) { row.limits = wanted == "default" ? "" : wanted; }));
  write(context.engine, *stream, out);
  return base::success();
}

}  // namespace millrace::admin
