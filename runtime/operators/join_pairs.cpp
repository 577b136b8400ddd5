#include "runtime/operators/join_pairs.hpp"

#include "runtime/operators/row_types.hpp"

namespace millrace::operators {

namespace {

// The columns that the condition is bound over: those of the result, before NULLs are padded.
data::Schema pair_schema(const plan::Join& join, const plan::Node& node) {
  data::Schema schema;
  for (std::size_t i = 0; i < join.left_width; ++i) {
    schema.fields.push_back({"", node.input->fields[i].type});
  }
  for (std::size_t i = 0; i < join.right_width; ++i) {
    schema.fields.push_back({"", node.right->fields[i].type});
  }
  return schema;
}

std::vector<data::LogicalType> first_types(const std::vector<plan::Field>& fields,
                                           std::size_t width) {
  auto types = types_of(fields);
  types.resize(width);
  return types;
}

}  // namespace

JoinPairs::JoinPairs(const plan::Join& join, const plan::Node& node, expr::Context& context)
    : plan_(join),
      context_(context),
      left_(first_types(node.input->fields, join.left_width)),
      right_(first_types(node.right->fields, join.right_width)),
      left_key_(types_of(node.input->fields, join.left_keys)),
      right_key_(types_of(node.right->fields, join.right_keys)),
      pairs_(pair_schema(join, node)) {}

bool JoinPairs::key(std::size_t input, const data::Batch& batch, std::size_t row,
                    std::string& out) const {
  const auto& columns = input == 0 ? plan_.left_keys : plan_.right_keys;
  (input == 0 ? left_key_ : right_key_).append(out, batch.columns, columns, row);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!plan_.null_safe[i] && batch.columns[columns[i]]->is_null(row)) return false;
  }
  return true;
}

Result<std::vector<bool>> JoinPairs::matches(std::size_t input, const std::string& row,
                                             const std::vector<const std::string*>& others) {
  if (!plan_.condition || others.empty()) return std::vector<bool>(others.size(), true);
  for (const std::string* other : others) {
    const auto columns = pairs_.columns();
    left_.read(input == 0 ? row : *other, columns.first(plan_.left_width), pairs_.arena());
    right_.read(input == 0 ? *other : row, columns.subspan(plan_.left_width), pairs_.arena());
    pairs_.finish_row();
  }
  const data::Batch batch = pairs_.take();
  BOOST_OUTCOME_TRY(const auto rows, expr::evaluate_filter(*plan_.condition, batch, context_));
  std::vector<bool> out(others.size(), false);
  for (const std::uint32_t index : rows) out[index] = true;
  return out;
}

void JoinPairs::emit(data::BatchBuilder& out, data::RowKind kind, const std::string* left,
                     const std::string* right) {
  const auto columns = out.columns();
  const auto of_left = columns.first(plan_.left_width);
  if (left != nullptr) {
    left_.read(*left, of_left, out.arena());
  } else {
    state::RowCodec::read_nulls(of_left);
  }
  if (columns.size() > plan_.left_width) {
    const auto of_right = columns.subspan(plan_.left_width);
    if (right != nullptr) {
      right_.read(*right, of_right, out.arena());
    } else {
      state::RowCodec::read_nulls(of_right);
    }
  }
  out.finish_row(kind);
}

}  // namespace millrace::operators
