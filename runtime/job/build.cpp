#include "runtime/job/build.hpp"

#include "runtime/operators/calc.hpp"
#include "runtime/operators/sink.hpp"
#include "runtime/operators/table_columns.hpp"
#include "runtime/operators/watermark_assigner.hpp"
#include "runtime/operators/window_aggregate.hpp"
#include "runtime/operators/window_expand.hpp"

namespace millrace::job {

namespace {

using base::Result;
using base::Status;

// Copies chunks (columns are shared) to every branch.
class FanOut final : public operators::Operator {
 public:
  explicit FanOut(std::vector<Branch>& branches) : branches_(branches) {}

  Status process(operators::Chunk chunk, operators::Output& out) override {
    (void)out;
    for (std::size_t i = 1; i < branches_.size(); ++i) {
      BOOST_OUTCOME_TRY(branches_[i].chain.process(chunk));
    }
    return branches_.front().chain.process(std::move(chunk));
  }

 private:
  std::vector<Branch>& branches_;
};

class Builder {
 public:
  Builder(const connectors::Environment& environment, expr::Context& context,
          operators::Counters& counters)
      : environment_(environment), context_(context), counters_(counters) {}

  // The nodes from the source's end to the sink's.
  void append(const plan::Node& node, operators::Chain& chain) {
    if (node.input) append(*node.input, chain);
    if (const auto* calc = std::get_if<plan::Calc>(&node.body)) {
      chain.append(std::make_unique<operators::CalcOperator>(*calc, context_));
    } else if (const auto* expand = std::get_if<plan::WindowExpand>(&node.body)) {
      chain.append(std::make_unique<operators::WindowExpandOperator>(*expand, context_.zone,
                                                                     *environment_.clock));
    } else if (const auto* window = std::get_if<plan::WindowAggregate>(&node.body)) {
      std::vector<data::LogicalType> types;
      for (const std::size_t key : window->keys) types.push_back(node.input->fields[key].type);
      chain.append(std::make_unique<operators::WindowAggregateOperator>(
          *window, std::move(types), context_.zone, *environment_.clock, counters_));
    }
  }

  Result<Branch> branch(const plan::SinkPlan& sink) {
    Branch out;
    append(*sink.query, out.chain);
    BOOST_OUTCOME_TRY(auto made, connectors::make_sink({sink.table.get(), &environment_}));
    out.chain.append(std::make_unique<operators::SinkOperator>(sink, *made, counters_));
    out.sink = std::move(made);
    return out;
  }

  Result<std::unique_ptr<Pipeline>> table(const plan::JobPlan& plan,
                                          const plan::TableInput& input) {
    auto pipeline = std::make_unique<Pipeline>();
    const plan::Settings* settings = nullptr;
    for (const auto& sink : plan.sinks) {
      if (root(sink) != &input) continue;
      BOOST_OUTCOME_TRY(auto made, branch(sink));
      pipeline->branches.push_back(std::move(made));
      settings = &sink.settings;
    }
    auto columns =
        std::make_unique<operators::TableColumns>(input, plan::used_columns(plan, input), context_);
    BOOST_OUTCOME_TRY(auto source,
                      connectors::make_source({input.table.get(), columns->projection(),
                                               columns->metadata(), &environment_}));
    pipeline->source = std::move(source);
    pipeline->table.append(std::move(columns));
    if (input.watermark) {
      pipeline->table.append(std::make_unique<operators::WatermarkAssigner>(
          *input.rowtime, *input.watermark, settings->watermark_interval, context_));
    }
    pipeline->table.append(std::make_unique<FanOut>(pipeline->branches));
    return pipeline;
  }

  Result<std::unique_ptr<Pipeline>> constants(const plan::SinkPlan& sink,
                                              const plan::ConstantRows& rows,
                                              const std::vector<plan::Field>& fields) {
    auto pipeline = std::make_unique<Pipeline>();
    BOOST_OUTCOME_TRY(auto made, branch(sink));
    pipeline->branches.push_back(std::move(made));
    pipeline->table.append(std::make_unique<FanOut>(pipeline->branches));
    const auto arena = std::make_shared<data::Arena>();
    std::vector<data::Column> columns;
    columns.reserve(fields.size());
    for (const auto& field : fields) columns.emplace_back(field.type);
    for (const auto& row : rows.rows) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        BOOST_OUTCOME_TRY(auto value, expr::evaluate_constant(*row[i], context_));
        columns[i].append_value(value, arena);
      }
    }
    pipeline->constants.rows = rows.rows.size();
    for (auto& column : columns) {
      pipeline->constants.columns.push_back(data::share(std::move(column)));
    }
    return pipeline;
  }

  static const plan::Node* first_node(const plan::SinkPlan& sink) {
    const plan::Node* node = sink.query.get();
    while (node->input) node = node->input.get();
    return node;
  }

 private:
  static const plan::TableInput* root(const plan::SinkPlan& sink) {
    const auto* scan = std::get_if<plan::Scan>(&first_node(sink)->body);
    return scan != nullptr ? scan->input.get() : nullptr;
  }

  const connectors::Environment& environment_;
  expr::Context& context_;
  operators::Counters& counters_;
};

}  // namespace

Result<std::vector<std::unique_ptr<Pipeline>>> build(const plan::JobPlan& plan,
                                                     const connectors::Environment& environment,
                                                     expr::Context& context,
                                                     operators::Counters& counters) {
  Builder builder(environment, context, counters);
  std::vector<std::unique_ptr<Pipeline>> pipelines;
  for (const auto& sink : plan.sinks) {
    const plan::Node* first = Builder::first_node(sink);
    if (const auto* rows = std::get_if<plan::ConstantRows>(&first->body)) {
      BOOST_OUTCOME_TRY(auto pipeline, builder.constants(sink, *rows, first->fields));
      pipelines.push_back(std::move(pipeline));
    }
  }
  for (const auto& input : plan::inputs_of(plan)) {
    BOOST_OUTCOME_TRY(auto pipeline, builder.table(plan, *input));
    pipelines.push_back(std::move(pipeline));
  }
  return pipelines;
}

}  // namespace millrace::job
