// Random ARRAY, MAP, MULTISET and ROW cells.
#include "runtime/connectors/connector.hpp"
#include "runtime/connectors/datagen_cells.hpp"
#include "runtime/data/nested.hpp"

namespace millrace::connectors {
namespace {

using data::TypeKind;

// What a collection holds when nothing is said, as in Flink.
constexpr std::int64_t default_length = 3;
constexpr std::int64_t most_length = 1'000'000;
constexpr std::uint64_t most_of_one = 10;  // how often a multiset may hold an element

// One part of the cells: an element, a key, a field.
struct Part {
  Part(std::unique_ptr<CellMaker> maker_in, const data::LogicalType& type)
      : maker(std::move(maker_in)), cell(type) {}
  std::unique_ptr<CellMaker> maker;
  data::Column cell;
};

class Nested final : public CellMaker {
 public:
  Nested(TypeKind kind, std::vector<Part> parts, std::int64_t length, double null_rate)
      : kind_(kind), parts_(std::move(parts)), length_(length), null_rate_(null_rate) {}

  void append(std::uint64_t row, std::int64_t now_ms, DatagenRandom& random, data::Column& out,
              data::Arena& arena) override {
    if (null_rate_ > 0 && unit_random(random) < null_rate_) {
      out.append_null();
      return;
    }
    const bool keyed = kind_ == TypeKind::map || kind_ == TypeKind::multiset;
    std::set<std::string> keys;
    for (std::int64_t i = 0; i < length_; ++i) {
      if (keyed && !is_new(parts_[0], row, now_ms, random, arena, keys)) continue;
      for (std::size_t part = 0; part < parts_.size(); ++part) {
        if (part > 0 || !keyed) make(parts_[part], row, now_ms, random, arena);
        builder_.add(parts_[part].cell, 0);
      }
      if (kind_ == TypeKind::multiset) {
        count_.truncate(0);
        count_.append(static_cast<std::int64_t>(random() % (most_of_one + 1)));
        builder_.add(count_, 0);
      }
    }
    out.append(builder_.take(arena));
  }

 private:
  static void make(Part& part, std::uint64_t row, std::int64_t now_ms, DatagenRandom& random,
                   data::Arena& arena) {
    part.cell.truncate(0);
    part.maker->append(row, now_ms, random, part.cell, arena);
  }

  // Makes a key; false when the map holds it already.
  static bool is_new(Part& part, std::uint64_t row, std::int64_t now_ms, DatagenRandom& random,
                     data::Arena& arena, std::set<std::string>& keys) {
    make(part, row, now_ms, random, arena);
    std::string bytes = "-";
    if (!part.cell.is_null(0)) {
      bytes = "+";
      data::append_cell_bytes(bytes, part.cell, 0);
    }
    return keys.insert(std::move(bytes)).second;
  }

  TypeKind kind_;
  std::vector<Part> parts_;
  std::int64_t length_;  // 1 for a row
  double null_rate_;
  data::NestedBuilder builder_;
  data::Column count_{data::LogicalType::integer()};
};

}  // namespace

base::Result<std::unique_ptr<CellMaker>> make_nested_cells(const Table& table,
                                                           const std::string& name,
                                                           const data::LogicalType& type,
                                                           std::set<std::string>& known) {
  const bool row = type.is(TypeKind::row);
  const bool map = type.is(TypeKind::map);
  BOOST_OUTCOME_TRY(const double null_rate, null_rate_option(table, name, known));
  std::int64_t length = 1;
  if (!row) {
    const std::string key = "fields." + name + ".length";
    known.insert(key);
    BOOST_OUTCOME_TRY(length, int_option(table.options, key, default_length, 0, most_length));
  }
  std::vector<Part> parts;
  const auto fields = type.fields();
  // A multiset's second part is its count, which has no options.
  const std::size_t count = row ? fields.size() : (map ? 2 : 1);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string part = row ? fields[i].name : map ? (i == 0 ? "key" : "value") : "element";
    BOOST_OUTCOME_TRY(auto maker,
                      make_random_cells(table, name + "." + part, fields[i].type, known));
    parts.emplace_back(std::move(maker), fields[i].type);
  }
  return std::make_unique<Nested>(type.kind(), std::move(parts), length, null_rate);
}

}  // namespace millrace::connectors
