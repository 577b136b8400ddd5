// SINGLE_VALUE: the one value of a sub-query; a second one ends the job.
#include "runtime/aggregates/per_group.hpp"

namespace millrace::aggregates {

namespace {

struct One {
  data::Value value;
  std::int64_t rows = 0;
  bool again = false;  // a merge made it two

  void add(const One& other) {
    if (other.rows == 0) return;
    again = again || rows > 0;
    value = other.value;
    rows += other.rows;
  }
  [[nodiscard]] std::size_t bytes() const { return 0; }
};

class SingleValue final : public PerGroup<One> {
 public:
  using PerGroup::PerGroup;

  void add(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
           std::span<const ColumnPtr> args, std::uint64_t) override {
    each_row(groups, rows, [&](One& one, std::size_t row) {
      one.value = data::value_at(*args[0], row);
      if (++one.rows > 1) fault_ = "SingleValueAggFunction received more than one element.";
    });
  }
  void retract(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
               std::span<const ColumnPtr>) override {
    each_row(groups, rows, [&](One& one, std::size_t) {
      if (--one.rows == 0) one.value = {};
    });
  }
  [[nodiscard]] std::string_view fault() const override { return fault_; }

  void append_result(std::uint32_t group, Column& out, data::Arena& arena) const override {
    const data::Value& value = state(group).value;
    if (data::is_null(value)) {
      out.append_null();
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      out.append(arena.copy(*text));
    } else if (const auto* flag = std::get_if<bool>(&value)) {
      out.append<std::uint8_t>(*flag ? 1 : 0);
    } else {
      data::with_storage(result_type().storage(), [&]<class T>() {
        if constexpr (!std::is_same_v<T, std::string_view> && !std::is_same_v<T, std::uint8_t>) {
          out.append<T>(std::get<T>(value));
        }
      });
    }
  }

 private:
  std::string fault_;
};

}  // namespace

std::unique_ptr<Accumulators> make_single_value(const BoundAggregate& call) {
  return std::make_unique<SingleValue>(call);
}

}  // namespace millrace::aggregates
