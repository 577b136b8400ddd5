#include "runtime/formats/debezium_json.hpp"

#include <doctest/doctest.h>

#include "runtime/data/text.hpp"
#include "runtime/formats/traits.hpp"

using namespace millrace;
using namespace millrace::formats;
using data::LogicalType;

namespace {

data::Schema schema() {
  return {{{"a", LogicalType::string()}, {"b", LogicalType::integer()}}};
}

std::string decoded(const std::vector<std::string_view>& messages, const Options& options = {}) {
  auto decoder = make_decoder("debezium-json", options, schema(), {0, 1});
  if (!decoder) return decoder.error().message();
  data::BatchBuilder builder{schema()};
  std::vector<std::uint32_t> rows;
  const auto status = decoder.value()->decode(messages, builder, rows);
  if (!status) return status.error().message();
  CHECK(rows.size() == messages.size());
  const auto batch = builder.take();
  std::string text;
  for (std::size_t row = 0; row < batch.rows; ++row) data::append_row_text(text, batch, row);
  return text;
}

constexpr std::string_view create = R"({"before":null,"after":{"a":"x","b":1},"op":"c"})";
constexpr std::string_view update =
    R"({"op":"u","source":{"db":"d"},"before":{"a":"x","b":1},"after":{"b":2,"a":"x"}})";
constexpr std::string_view removal = R"({"before":{"a":"x","b":2},"after":null,"op":"d"})";

}  // namespace

TEST_CASE("debezium-json decode: creations, updates and deletions; a tombstone is nothing") {
  CHECK(decoded({create, update, "", removal}) == "+I[x, 1]-U[x, 1]+U[x, 2]-D[x, 2]");
  const std::string wrapped =
      R"({"schema":{"type":"struct"},"payload":)" + std::string{update} + "}";
  CHECK(decoded({wrapped}, {{"debezium-json.schema-include", "true"}}) == "-U[x, 1]+U[x, 2]");
}

TEST_CASE("debezium-json decode: a message that makes no sense is an error, or is dropped whole") {
  const std::vector<std::string_view> bad = {
      "no json",
      "{}",
      "[]",
      R"({"op":"c","after":null})",
      R"({"op":"c","after":[1]})",
      R"({"op":"q","after":{"a":"x"}})",
      R"({"op":"u","after":{"a":"x"}})",
      R"({"op":"u","before":{"a":"x"},"after":null})",
      R"({"op":"d","after":{"a":"x"}})",
      R"({"op":"u","before":{"a":"x"},"after":{"b":"no number"}})"};
  for (const auto message : bad) {
    CAPTURE(message);
    if (!message.ends_with(R"("no number"}})")) {
      CHECK(decoded({create, message}, {{"debezium-json.ignore-parse-errors", "true"}}) ==
            "+I[x, 1]");
    }
    CHECK(decoded({message}).starts_with("Corrupt Debezium JSON message '"));
  }
}

TEST_CASE("debezium-json encode: an update is a deletion and a creation") {
  data::BatchBuilder builder{schema()};
  for (const auto kind : {data::RowKind::insert, data::RowKind::update_before,
                          data::RowKind::update_after, data::RowKind::remove}) {
    builder.column(0).append(builder.arena().copy("x"));
    builder.column(1).append_null();
    builder.finish_row(kind);
  }
  EncodedRecords out;
  REQUIRE(make_encoder("debezium-json", {}, schema()).value()->encode(builder.take(), out));
  const std::string added = R"({"before":null,"after":{"a":"x","b":null},"op":"c"})";
  const std::string gone = R"({"before":{"a":"x","b":null},"after":null,"op":"d"})";
  REQUIRE(out.size() == 4);
  CHECK(out.record(0) == added);
  CHECK(out.record(1) == gone);
  CHECK(out.record(2) == added);
  CHECK(out.record(3) == gone);
  CHECK(is_changelog({{"format", "debezium-json"}}));
  CHECK_FALSE(is_changelog({{"format", "json"}}));
}
