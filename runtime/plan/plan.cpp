#include "runtime/plan/plan.hpp"

#include <algorithm>

namespace millrace::plan {

data::Schema schema_of(const std::vector<Field>& fields) {
  data::Schema schema;
  for (const auto& field : fields) schema.fields.push_back({field.name, field.type});
  return schema;
}

namespace {

// Calls body(scan's node, the node above it or null) for every scan below.
template <class Body>
void each_scan(const Node& node, const Node* above, const Body& body) {
  if (std::holds_alternative<Scan>(node.body)) body(node, above);
  if (node.input) each_scan(*node.input, &node, body);
  if (node.right) each_scan(*node.right, &node, body);
}

}  // namespace

std::vector<std::shared_ptr<const TableInput>> inputs_of(const JobPlan& job) {
  std::vector<std::shared_ptr<const TableInput>> inputs;
  for (const auto& sink : job.sinks) {
    each_scan(*sink.query, nullptr, [&](const Node& node, const Node*) {
      const auto& input = std::get<Scan>(node.body).input;
      if (std::find(inputs.begin(), inputs.end(), input) == inputs.end()) inputs.push_back(input);
    });
  }
  return inputs;
}

namespace {

void mark(const expr::ExprPtr& expression, std::vector<bool>& used) {
  if (!expression) return;
  for (const std::size_t column : expr::referenced_columns(*expression)) used[column] = true;
}

// What the node right above a scan reads of it.
void mark_read(const Node& node, std::vector<bool>& used) {
  if (const auto* calc = std::get_if<Calc>(&node.body)) {
    mark(calc->condition, used);
    for (const auto& projection : calc->projections) mark(projection, used);
  } else if (const auto* aggregate = std::get_if<WindowAggregate>(&node.body)) {
    for (const std::size_t key : aggregate->keys) used[key] = true;
    for (const auto& call : aggregate->calls) {
      for (const std::size_t arg : call.args) used[arg] = true;
    }
    if (aggregate->window.event_time) used[aggregate->time_column] = true;
  } else {
    std::fill(used.begin(), used.end(), true);
  }
}

}  // namespace

std::vector<bool> used_columns(const JobPlan& job, const TableInput& input) {
  std::vector<bool> used(input.columns.size(), false);
  for (const auto& sink : job.sinks) {
    each_scan(*sink.query, nullptr, [&](const Node& node, const Node* above) {
      if (std::get<Scan>(node.body).input.get() != &input) return;
      if (above == nullptr) {
        std::fill(used.begin(), used.end(), true);
      } else {
        mark_read(*above, used);
      }
    });
  }
  mark(input.watermark, used);
  if (input.rowtime) used[*input.rowtime] = true;
  // A computed column needs what it is computed from, which may itself be computed.
  for (std::size_t i = input.columns.size(); i-- > 0;) {
    if (used[i] && input.columns[i].kind == TableColumn::Kind::computed) {
      for (const std::size_t column : expr::referenced_columns(*input.columns[i].expression)) {
        used[column] = true;
      }
    }
  }
  return used;
}

}  // namespace millrace::plan
