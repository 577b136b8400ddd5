// What a page is to the table in admin.cpp. Internal to admin/.
#pragma once

#include <string>
#include <string_view>

#include "common/json/json.hpp"
#include "emulator/admin/traffic.hpp"
#include "emulator/engine/engine.hpp"

namespace millrace::admin {

struct Context {
  engine::Engine& engine;
  const engine::Scope& scope;
  bool filtered;            // account or region were given in the query
  const std::string& name;  // in the place of {name} in the page's path
  const wire::Value& body;  // a map; null where the request has no body
  const Traffic& traffic;
};

// Writes the answer. An error's code decides the status: not_found 404, in_use 409, internal and io
// 500, all others 400.
using Handler = base::Status (*)(Context& context, json::Writer& out);

// look: on any thread, under the engine's lock. change: on the engine's thread, in its transaction.
enum class Lane { look, change };

struct Page {
  std::string_view method;
  std::string_view path;  // after the prefix; one part may be {name}
  Lane lane;
  Handler handler;
};

base::Error bad_request(std::string message);

// clock.cpp
base::Status show_clock(Context& context, json::Writer& out);
base::Status move_clock(Context& context, json::Writer& out);
// requests.cpp
base::Status show_requests(Context& context, json::Writer& out);
// streams.cpp
base::Status list_streams(Context& context, json::Writer& out);
base::Status show_stream(Context& context, json::Writer& out);
base::Status set_limits(Context& context, json::Writer& out);

}  // namespace millrace::admin
