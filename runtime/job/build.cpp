#include "runtime/job/build.hpp"

#include <algorithm>

#include "runtime/job/node_operator.hpp"
#include "runtime/job/parallel.hpp"
#include "runtime/operators/exchange.hpp"
#include "runtime/operators/sink.hpp"
#include "runtime/operators/table_columns.hpp"
#include "runtime/operators/watermark_assigner.hpp"
#include "runtime/plan/explain.hpp"

namespace millrace::job {

namespace {

using base::Result;
using base::Status;

// Copies chunks (columns are shared) to every entry. Where one branch reads the table twice, rows
// go one by one, so that its results do not depend on how many came together.
class FanOut final : public operators::Operator {
 public:
  explicit FanOut(const Pipeline& pipeline) : pipeline_(pipeline) {}

  Status process(operators::Chunk chunk, operators::Output& out) override {
    (void)out;
    const auto& entries = pipeline_.entries;
    if (entries.size() > pipeline_.branches.size()) return one_by_one(chunk);
    for (std::size_t i = 1; i < entries.size(); ++i) {
      BOOST_OUTCOME_TRY(entries[i].branch->graph.push(entries[i].place, chunk));
    }
    return entries.front().branch->graph.push(entries.front().place, std::move(chunk));
  }

 private:
  Status one_by_one(const operators::Chunk& chunk) {
    std::size_t mark = 0;
    for (std::size_t row = 0; row <= chunk.batch.rows; ++row) {
      operators::Chunk one;
      for (; mark < chunk.marks.size() && chunk.marks[mark].rows <= row; ++mark) {
        one.marks.push_back({0, chunk.marks[mark].watermark_ms});
      }
      if (row < chunk.batch.rows) one.batch = data::slice(chunk.batch, row, row + 1);
      if (one.batch.rows == 0 && one.marks.empty()) continue;
      for (const Entry& entry : pipeline_.entries) {
        BOOST_OUTCOME_TRY(entry.branch->graph.push(entry.place, one));
      }
    }
    return base::success();
  }

  const Pipeline& pipeline_;
};

class Builder {
 public:
  Builder(const plan::JobPlan& plan, const connectors::Environment& environment,
          expr::Context& context, operators::Counters& counters)
      : plan_(plan), environment_(environment), context_(context), counters_(counters) {}

  Result<Built> run() {
    for (const auto& sink : plan_.sinks) {
      BOOST_OUTCOME_TRY(branch(sink));
    }
    for (auto& [input, pipeline] : tables_) {
      BOOST_OUTCOME_TRY(open_table(*input, *pipeline));
      built_.pipelines.push_back(std::move(pipeline));
    }
    for (auto& pipeline : built_.pipelines) {
      for (const Entry& entry : pipeline->entries) {
        auto& branches = pipeline->branches;
        if (std::find(branches.begin(), branches.end(), entry.branch) == branches.end()) {
          branches.push_back(entry.branch);
          ++entry.branch->open_pipelines;
        }
      }
      pipeline->table.append(std::make_unique<FanOut>(*pipeline));
    }
    // Nodes were added from the sink backwards.
    std::reverse(node_metrics_.begin(), node_metrics_.end());
    for (auto& one : node_metrics_) built_.metrics.push_back(std::move(one));
    return std::move(built_);
  }

 private:
  using Place = operators::Graph::Place;
  using AllMetrics = std::vector<std::unique_ptr<OperatorMetrics>>;

  static std::unique_ptr<operators::Operator> metered(std::string name,
                                                      std::unique_ptr<operators::Operator> inner,
                                                      AllMetrics& metrics) {
    metrics.push_back(std::make_unique<OperatorMetrics>());
    metrics.back()->name = std::move(name);
    return std::make_unique<MeteredOperator>(std::move(inner), *metrics.back());
  }

  Status branch(const plan::SinkPlan& sink) {
    built_.branches.push_back(std::make_unique<Branch>());
    Branch& out = *built_.branches.back();
    BOOST_OUTCOME_TRY(auto made, connectors::make_sink({sink.table.get(), &environment_}));
    out.sink = std::move(made);
    const std::size_t root =
        out.graph.add(metered("Sink(" + sink.table->name + ")",
                              std::make_unique<operators::SinkOperator>(sink, *out.sink, counters_),
                              node_metrics_),
                      1, {});
    return add(*sink.query, sink, out, {root, 0}, false);
  }

  // The node and all below it; its rows go to `to`. order_matters: operators behind it must get
  // their rows as one instance of this would put them out.
  Status add(const plan::Node& node, const plan::SinkPlan& sink, Branch& out, Place to,
             bool order_matters) {
    if (const auto* scan = std::get_if<plan::Scan>(&node.body)) {
      pipeline_of(*scan->input, sink).entries.push_back({&out, to});
      return base::success();
    }
    if (const auto* rows = std::get_if<plan::ConstantRows>(&node.body)) {
      return add_constants(*rows, node.fields, {&out, to});
    }
    const Surroundings around{context_, *environment_.clock, counters_,
                              sink.settings.state_ttl.count()};
    std::string name = plan::node_text(node);
    name.resize(std::min(name.find('('), name.size()));
    auto keys = order_matters || sink.settings.parallelism < 2 ? std::nullopt : exchange_keys(node);
    const auto instances = std::min<std::size_t>(
        static_cast<std::size_t>(std::max(sink.settings.parallelism, 1)), operators::key_groups);
    const bool divided = keys.has_value();
    auto made = keys ? make_parallel_operator(node, around, std::move(*keys), instances)
                     : make_operator(node, around);
    const std::size_t added = out.graph.add(
        metered(std::move(name), std::move(made), node_metrics_), node.right ? 2 : 1, to);
    if (divided) node_metrics_.back()->instances = instances;
    order_matters = order_matters || minds_order(node);
    BOOST_OUTCOME_TRY(add(*node.input, sink, out, {added, 0}, order_matters));
    if (!node.right) return base::success();
    return add(*node.right, sink, out, {added, 1}, order_matters);
  }

  Pipeline& pipeline_of(const plan::TableInput& input, const plan::SinkPlan& sink) {
    for (auto& [known, pipeline] : tables_) {
      if (known == &input) return *pipeline;
    }
    if (settings_ == nullptr) settings_ = &sink.settings;
    tables_.emplace_back(&input, std::make_unique<Pipeline>());
    return *tables_.back().second;
  }

  Status open_table(const plan::TableInput& input, Pipeline& pipeline) {
    pipeline.name = input.table->name;
    auto columns = std::make_unique<operators::TableColumns>(
        input, plan::used_columns(plan_, input), context_);
    BOOST_OUTCOME_TRY(auto source,
                      connectors::make_source({input.table.get(), columns->projection(),
                                               columns->metadata(), &environment_}));
    pipeline.source = std::move(source);
    pipeline.table.append(
        metered("Source(" + input.table->name + ")", std::move(columns), built_.metrics));
    if (input.watermark) {
      pipeline.table.append(
          metered("WatermarkAssigner(" + input.table->name + ")",
                  std::make_unique<operators::WatermarkAssigner>(*input.rowtime, *input.watermark,
                                                                 settings_->watermark_interval,
                                                                 context_, settings_->idle_timeout),
                  built_.metrics));
    }
    return base::success();
  }

  Status add_constants(const plan::ConstantRows& rows, const std::vector<plan::Field>& fields,
                       Entry entry) {
    auto pipeline = std::make_unique<Pipeline>();
    pipeline->entries.push_back(entry);
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
    built_.pipelines.push_back(std::move(pipeline));
    return base::success();
  }

  const plan::JobPlan& plan_;
  const connectors::Environment& environment_;
  expr::Context& context_;
  operators::Counters& counters_;
  Built built_;
  AllMetrics node_metrics_;  // of nodes and sinks, the sink first
  // In the order of their first mention.
  std::vector<std::pair<const plan::TableInput*, std::unique_ptr<Pipeline>>> tables_;
  const plan::Settings* settings_ = nullptr;
};

}  // namespace

Result<Built> build(const plan::JobPlan& plan, const connectors::Environment& environment,
                    expr::Context& context, operators::Counters& counters) {
  return Builder(plan, environment, context, counters).run();
}

}  // namespace millrace::job
