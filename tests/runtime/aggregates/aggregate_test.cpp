#include "runtime/aggregates/aggregate.hpp"

#include <doctest/doctest.h>

#include <random>

#include "runtime/data/decimal.hpp"
#include "runtime/data/text.hpp"

using namespace millrace::aggregates;
using namespace millrace::data;

namespace {

using Groups = std::vector<std::uint32_t>;

// NULL is {}.
ColumnPtr column(const LogicalType& type, const std::vector<Value>& values) {
  Column out(type);
  const auto arena = std::make_shared<Arena>();
  for (const Value& value : values) out.append_value(value, arena);
  return share(std::move(out));
}

BoundAggregate bind(std::string_view name, const LogicalType& type, bool distinct = false) {
  return bind_aggregate(name, {type}, distinct).value();
}

std::string texts(const Column& out) {
  std::string all;
  for (std::size_t row = 0; row < out.size(); ++row) {
    if (row > 0) all += " ";
    if (out.is_null(row)) {
      all += "NULL";
    } else {
      append_sql_text(all, out, row, TimeZone{});
    }
  }
  return all;
}

// All rows into group 0; group 1 stays empty.
std::string result(const BoundAggregate& call, const ColumnPtr& values) {
  const auto state = call.make();
  state->resize(2);
  const ColumnPtr args[] = {values};
  state->add(Groups(values->size(), 0), {}, args, 0);
  return texts(*state->finish());
}

const LogicalType big = LogicalType::bigint();
const LogicalType integer = LogicalType::integer();

Value n(std::int64_t value) {
  return value;
}
Value s(const char* value) {
  return std::string(value);
}

}  // namespace

TEST_CASE("aggregates: results and types as in Flink, NULLs passed over, an empty group is NULL") {
  const auto numbers = column(big, {n(5), {}, n(2), n(2), n(-10)});
  struct Case {
    const char* name;
    bool distinct;
    const char* result;
  };
  const Case cases[] = {
      {"COUNT", false, "4 0"},          {"COUNT", true, "3 0"},
      {"SUM", false, "-1 NULL"},        {"SUM", true, "-3 NULL"},
      {"MIN", false, "-10 NULL"},       {"MAX", true, "5 NULL"},
      {"AVG", false, "0 NULL"},         {"AVG", true, "-1 NULL"},
      {"FIRST_VALUE", false, "5 NULL"}, {"LAST_VALUE", false, "-10 NULL"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CAPTURE(c.distinct);
    CHECK(result(bind(c.name, big, c.distinct), numbers) == c.result);
  }
  CHECK(bind("SUM", LogicalType::decimal(10, 2)).result.text() == "DECIMAL(38, 2)");
  CHECK(bind("AVG", LogicalType::decimal(10, 2)).result.text() == "DECIMAL(38, 6)");
  CHECK(bind("AVG", integer).result.text() == "INT");
  CHECK(bind("SUM", integer.not_null()).result.text() == "INT");
  CHECK(bind("count", integer).result.text() == "BIGINT NOT NULL");
  CHECK(bind("MAX", LogicalType::timestamp(3)).result.text() == "TIMESTAMP(3)");
}

TEST_CASE("aggregates: COUNT(*) counts rows, NULL or not") {
  const auto call = bind_aggregate("COUNT", {}, false).value();
  const auto state = call.make();
  state->resize(3);
  state->add(Groups{0, 2, 2}, {}, {}, 0);
  CHECK(texts(*state->finish()) == "1 0 2");
  state->clear();
  CHECK(texts(*state->finish()) == "0 0 0");
}

TEST_CASE("aggregates: sums wrap for integers and are NULL for a DECIMAL out of digits") {
  CHECK(result(bind("SUM", integer), column(integer, {n(2147483647), n(1)})) == "-2147483648 NULL");
  CHECK(result(bind("SUM", big), column(big, {n(INT64_MAX), n(1)})) == "-9223372036854775808 NULL");
  const auto decimal = LogicalType::decimal(38, 0);
  const Int128 most = power_of_ten(38) - 1;
  CHECK(result(bind("SUM", decimal), column(decimal, {most, Value(Int128{1}), Value(-most)})) ==
        "NULL NULL");
  CHECK(result(bind("AVG", decimal), column(decimal, {most, most})) == "NULL NULL");
  const auto price = LogicalType::decimal(10, 2);
  CHECK(result(bind("AVG", price), column(price, {Value(Int128{100}), Value(Int128{101}),
                                                  Value(Int128{101})})) == "1.006667 NULL");
  CHECK(result(bind("AVG", LogicalType::float64()), column(LogicalType::float64(), {1.0, 2.0})) ==
        "1.5 NULL");
  const auto real = LogicalType::float32();
  CHECK(result(bind("SUM", real), column(real, {16777216.0, 1.0})) == "1.6777216E7 NULL");
}

TEST_CASE("aggregates: text is kept beyond the batch it came in") {
  const auto call = bind("MAX", LogicalType::string());
  const auto state = call.make();
  state->resize(1);
  {
    const ColumnPtr args[] = {column(LogicalType::string(), {s("apple"), s("pear"), {}, s("fig")})};
    state->add(Groups(4, 0), {}, args, 0);
  }
  const ColumnPtr kept = state->finish();
  state->clear();
  CHECK(texts(*kept) == "pear");
  CHECK(result(bind("MIN", LogicalType::boolean()),
               column(LogicalType::boolean(), {true, false})) == "FALSE NULL");
  const auto time = LogicalType::timestamp(9);
  CHECK(result(bind("MAX", time), column(time, {TimestampValue{0, 1}, TimestampValue{0, 2}})) ==
        "1970-01-01 00:00:00.000000002 NULL");
}

TEST_CASE("aggregates: FIRST_VALUE and LAST_VALUE of merged slices go by arrival, not by slice") {
  for (const bool last : {false, true}) {
    const auto call = bind(last ? "LAST_VALUE" : "FIRST_VALUE", big);
    const auto early = call.make();
    const auto late = call.make();
    early->resize(1);
    late->resize(1);
    // The first row to arrive belongs to the later slice.
    const ColumnPtr first[] = {column(big, {n(1)})};
    const ColumnPtr second[] = {column(big, {n(2)})};
    late->add(Groups{0}, {}, first, 100);
    early->add(Groups{0}, {}, second, 101);
    const auto window = call.make();
    window->resize(1);
    window->merge(Groups{0}, *early, Groups{0});
    window->merge(Groups{0}, *late, Groups{0});
    CHECK(texts(*window->finish()) == (last ? "2" : "1"));
  }
}

TEST_CASE("aggregates: merging slices gives what adding all rows gives") {
  std::mt19937 random(11);
  const LogicalType types[] = {big, LogicalType::float64(), LogicalType::decimal(10, 2),
                               LogicalType::string()};
  for (const LogicalType& type : types) {
    for (const AggregateFunction& function : all_aggregates()) {
      for (const bool distinct : {false, true}) {
        const auto bound = bind_aggregate(function.name, {type}, distinct);
        // Columns have the types that it was bound for.
        if (!bound || !bound.value().args[0].same_as(type)) continue;
        CAPTURE(std::string(function.name));
        CAPTURE(type.text());
        CAPTURE(distinct);
        constexpr std::size_t groups = 5;
        const auto whole = bound.value().make();
        const auto merged = bound.value().make();
        whole->resize(groups);
        merged->resize(groups);
        std::uint64_t arrival = 0;
        for (int slice = 0; slice < 6; ++slice) {
          std::vector<Value> values;
          Groups numbers;
          Groups rows;
          for (std::uint32_t i = 0; i < 40; ++i) {
            const auto pick = static_cast<std::int64_t>(random() % 12);
            Value value;
            if (pick > 0) {
              if (type.is_string()) value = std::string(static_cast<std::size_t>(pick), 'x');
              if (type.is(TypeKind::bigint)) value = pick;
              if (type.is(TypeKind::float64)) value = static_cast<double>(pick);
              if (type.is(TypeKind::decimal)) value = Int128{pick};
            }
            values.push_back(value);
            if (random() % 4 != 0) {  // some rows are filtered out
              rows.push_back(i);
              numbers.push_back(static_cast<std::uint32_t>(random() % (groups - 1)));
            }
          }
          const ColumnPtr args[] = {column(type, values)};
          whole->add(numbers, rows, args, arrival);
          const auto part = bound.value().make();
          part->resize(groups);
          part->add(numbers, rows, args, arrival);
          const Groups all = {0, 1, 2, 3, 4};
          merged->merge(all, *part, all);
          arrival += 40;
        }
        CHECK(texts(*merged->finish()) == texts(*whole->finish()));
        CHECK(merged->bytes() > 0);
      }
    }
  }
}

TEST_CASE("aggregates: what does not fit says so") {
  const auto message = [](std::string_view name, std::vector<LogicalType> args,
                          bool distinct = false) {
    const auto bound = bind_aggregate(name, std::move(args), distinct);
    return bound ? std::string("bound") : bound.error().message();
  };
  CHECK(message("nosuch", {big}) == "No match found for function signature nosuch(<NUMERIC>)");
  CHECK(message("SUM", {LogicalType::string()}) ==
        "Cannot apply 'SUM' to arguments of type 'SUM(<VARCHAR(2147483647)>)'. Supported form(s): "
        "'SUM(<NUMERIC>)'");
  CHECK(message("SUM", {}) ==
        "Invalid number of arguments to function 'SUM'. Was expecting 1 arguments");
  CHECK(message("COUNT", {}, true) ==
        "Invalid number of arguments to function 'COUNT'. Was expecting 1 arguments");
  CHECK(is_aggregate("max"));
  CHECK_FALSE(is_aggregate("upper"));
}

TEST_CASE("what is taken back leaves what was never added") {
  std::mt19937 random(7);
  for (const std::string_view name :
       {"COUNT", "SUM", "AVG", "MIN", "MAX", "FIRST_VALUE", "LAST_VALUE"}) {
    for (const bool distinct : {false, true}) {
      // In which order equal values are taken back is Flink's affair; distinct ones come anew.
      if (distinct && name.ends_with("VALUE")) continue;
      CAPTURE(name);
      CAPTURE(distinct);
      auto call = bind(name, big, distinct);
      call.retract = true;
      const auto state = call.make();
      state->resize(2);
      std::vector<Value> kept;
      std::uint64_t arrival = 0;
      for (int step = 0; step < 200; ++step) {
        const bool take = !kept.empty() && random() % 3 == 0;
        const std::size_t place = take ? random() % kept.size() : 0;
        // Values of their own for FIRST and LAST, where it matters which of two goes.
        const Value value =
            take ? kept[place] : n(name.ends_with("VALUE") ? step : static_cast<int>(random() % 5));
        const ColumnPtr args[] = {column(big, {value})};
        if (take) {
          state->retract(Groups{1}, Groups{0}, args);
          kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(place));
        } else {
          state->add(Groups{1}, Groups{0}, args, arrival++);
          kept.push_back(value);
        }
        const auto fresh = bind(name, big, distinct);
        const std::string wanted = result(fresh, column(big, kept));
        Column out(call.result.with_nullable(true));
        Arena arena;
        state->append_result(1, out, arena);
        CHECK(texts(out) == wanted.substr(0, wanted.find(' ')));
      }
      state->clear_group(1);
      Column out(call.result.with_nullable(true));
      Arena arena;
      state->append_result(1, out, arena);
      CHECK(texts(out) == (name == "COUNT" ? "0" : "NULL"));
    }
  }
}

TEST_CASE("JSON_ARRAYAGG: a text that is no JSON array counts as NULL, and so does NULL") {
  const auto bound = bind_aggregate("JSON_ARRAYAGG_NULL_ON_NULL", {big}, false);
  REQUIRE(bound.has_value());
  CHECK(bound.value().args[0].same_as(LogicalType::string()));
  const auto states = bound.value().make();
  states->resize(1);
  Column texts(LogicalType::string());
  texts.append(std::string_view("[7]"));
  texts.append(std::string_view("x"));
  texts.append_null();
  const ColumnPtr column[] = {share(std::move(texts))};
  const std::uint32_t groups[] = {0, 0, 0};
  states->add(groups, {}, column, 0);
  CHECK(states->finish()->at<std::string_view>(0) == "[7,null,null]");
}
