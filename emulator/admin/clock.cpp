// The emulator's clock: the system's, and how far it was moved from that.
#include "emulator/admin/page.hpp"

namespace millrace::admin {

base::Status show_clock(Context& context, json::Writer& out) {
  out.begin_map();
  out.key("now_ms");
  out.integer(context.engine.now_ms());
  out.key("offset_ms");
  out.integer(context.engine.clock_offset_ms());
  out.end_map();
  return base::success();
}

base::Status move_clock(Context& context, json::Writer& out) {
  constexpr std::string_view expected =
      R"(expected {"advance_ms": N} (from where the clock stands) or {"offset_ms": N} (from the )"
      R"(system's clock), N a whole number of milliseconds)";
  if (context.body.is_null()) return bad_request("no body; " + std::string{expected});
  std::optional<std::int64_t> offset;
  for (const auto& [name, value] : context.body.as_map()) {
    if ((name != "advance_ms" && name != "offset_ms") || offset) {
      return bad_request("'" + std::string{name} + "' is one member too many or not known; " +
                         std::string{expected});
    }
    if (value.kind() != wire::Kind::integer) {
      return bad_request(std::string{name} + " is no whole number of 64 bits; " +
                         std::string{expected});
    }
    offset = value.as_integer();
    if (name == "advance_ms" &&
        __builtin_add_overflow(*offset, context.engine.clock_offset_ms(), &*offset)) {
      return bad_request("advance_ms goes beyond any date");
    }
  }
  if (!offset) return bad_request("the body is empty; " + std::string{expected});
  BOOST_OUTCOME_TRY(context.engine.set_clock_offset(*offset));
  return show_clock(context, out);
}

}  // namespace millrace::admin
