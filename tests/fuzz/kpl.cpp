// Records that the Kinesis Producer Library has packed: also behind the digest, which a fuzzer does
// not guess.
#include "runtime/connectors/kpl.hpp"

#include "common/base/digest.hpp"
#include "tests/fuzz/target.hpp"

using namespace millrace;

namespace {

void check(std::string_view bytes) {
  const auto records = connectors::unpack(bytes);
  if (!records) return;
  const auto within = [&](std::string_view part) {
    return part.empty() || (part.data() >= bytes.data() &&
                            part.data() + part.size() <= bytes.data() + bytes.size());
  };
  for (const auto& record : *records) {
    FUZZ_CHECK(within(record.data) && within(record.partition_key));
  }
}

}  // namespace

FUZZ_TARGET(kpl) {
  check(input);
  std::string framed = "\xF3\x89\x9A\xC2";
  framed += input;
  const auto digest = base::md5(input);
  framed.append(reinterpret_cast<const char*>(digest.data()), digest.size());
  check(framed);

  std::vector<aws::Record> records(1);
  records[0].data = framed;
  records[0].partition_key = "k";
  connectors::deaggregate(records);
}
