// What the AWS API was asked since the start, by how it was asked.
#include "emulator/admin/page.hpp"

namespace millrace::admin {

base::Status show_requests(Context& context, json::Writer& out) {
  out.begin_map();
  for (std::size_t at = 0; at < Traffic::kinds; ++at) {
    const auto kind = Traffic::kind_at(at);
    out.key(Traffic::name_of(kind));
    out.integer(static_cast<std::int64_t>(context.traffic.of(kind)));
  }
  out.end_map();
  return base::success();
}

}  // namespace millrace::admin
