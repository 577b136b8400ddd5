// ~/.aws/config and credentials; and the queries of the admin API, which are as small.
#include "common/aws/profile.hpp"
#include "emulator/admin/query.hpp"
#include "tests/fuzz/target.hpp"

using namespace millrace;

FUZZ_TARGET(aws_files) {
  const auto sections = aws::parse_ini(input, "config");
  if (!sections) {
    FUZZ_CHECK_SAY(sections.error().message().find("config") != std::string::npos,
                   sections.error().message());
  }
  const auto query = admin::parse_query(input);
  if (query) FUZZ_CHECK(query->size() <= input.size() + 1);
  (void)admin::url_decode(input, false);
}
