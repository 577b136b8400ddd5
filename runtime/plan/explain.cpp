#include "runtime/plan/explain.hpp"

namespace millrace::plan {

namespace {

template <class List, class Text>
std::string join(const List& list, Text text) {
  std::string out;
  bool first = true;
  for (const auto& item : list) {
    if (!first) out += ", ";
    first = false;
    out += text(item);
  }
  return out;
}

std::string call_text(const AggregateCall& call, const std::vector<Field>& input) {
  const std::string args =
      call.args.empty() ? "*" : join(call.args, [&](std::size_t arg) { return input[arg].name; });
  return std::string(call.aggregate.function->name) + "(" +
         (call.aggregate.distinct ? "DISTINCT " : "") + args + ") AS " + call.name;
}

std::string interval(std::int64_t ms) {
  if (ms % 86'400'000 == 0) return std::to_string(ms / 86'400'000) + " d";
  if (ms % 3'600'000 == 0) return std::to_string(ms / 3'600'000) + " h";
  if (ms % 60'000 == 0) return std::to_string(ms / 60'000) + " min";
  if (ms % 1000 == 0) return std::to_string(ms / 1000) + " s";
  return std::to_string(ms) + " ms";
}

std::string window_text(const Window& window, const std::string& time) {
  if (window.legacy) {
    const std::string column = time.empty() ? "PROCTIME()" : time;
    return window.hop
               ? "SlidingGroupWindow('w$, " + column + ", " + std::to_string(window.size_ms) +
                     ", " + std::to_string(window.slide_ms) + ")"
               : "TumblingGroupWindow('w$, " + column + ", " + std::to_string(window.size_ms) + ")";
  }
  std::string text = window.hop ? "HOP(" : "TUMBLE(";
  if (!time.empty()) text += "time_col=[" + time + "], ";
  text += "size=[" + interval(window.size_ms) + "]";
  if (window.hop) text += ", slide=[" + interval(window.slide_ms) + "]";
  if (window.offset_ms != 0) text += ", offset=[" + interval(window.offset_ms) + "]";
  return text + ")";
}

const char* role_text(WindowRole role) {
  switch (role) {
    case WindowRole::start:
      return "start('w$)";
    case WindowRole::end:
      return "end('w$)";
    case WindowRole::time:
      return "time('w$)";
    case WindowRole::none:
      break;
  }
  return "";
}

std::string calc_text(const Calc& calc, const Node& node) {
  std::string select;
  for (std::size_t i = 0; i < calc.projections.size(); ++i) {
    const auto& projection = *calc.projections[i];
    const std::string text = expr::to_text(projection);
    select += (i == 0 ? "" : ", ") + text;
    if (text != node.fields[i].name) select += " AS " + node.fields[i].name;
  }
  std::string text = "Calc(select=[" + select + "]";
  if (calc.condition) text += ", where=[" + expr::to_text(*calc.condition) + "]";
  return text + ")";
}

std::string aggregate_select(const std::vector<std::size_t>& keys,
                             const std::vector<AggregateCall>& calls, const Node& node) {
  const auto& input = node.input->fields;
  std::string select = join(keys, [&](std::size_t key) { return input[key].name; });
  for (const auto& call : calls) select += (select.empty() ? "" : ", ") + call_text(call, input);
  return select;
}

std::string group_by(const std::vector<std::size_t>& keys, const Node& node) {
  if (keys.empty()) return "";
  return "groupBy=[" + join(keys, [&](std::size_t key) { return node.input->fields[key].name; }) +
         "], ";
}

// A scan and what happens to its rows before any query: computed columns, watermark.
void append_scan(std::string& out, const TableInput& input, const std::string& indent,
                 const std::string& branch) {
  std::string deeper = indent;
  std::string lead = branch;
  const auto line = [&](const std::string& text) {
    out += lead + text + "\n";
    lead = deeper + "+- ";
    deeper += "   ";
  };
  if (input.watermark) {
    line("WatermarkAssigner(rowtime=[" + input.columns[*input.rowtime].field.name +
         "], watermark=[" + expr::to_text(*input.watermark) + "])");
  }
  bool computed = false;
  for (const auto& column : input.columns) {
    computed = computed || column.kind != TableColumn::Kind::physical;
  }
  if (computed) {
    line("Calc(select=[" +
         join(input.columns,
              [](const TableColumn& column) {
                if (column.kind == TableColumn::Kind::physical) return column.field.name;
                const std::string text = expr::to_text(*column.expression);
                return text == column.field.name ? text : text + " AS " + column.field.name;
              }) +
         "])");
  }
  std::string name = input.table->name;
  for (auto point = name.find('.'); point != std::string::npos; point = name.find('.', point + 2)) {
    name.replace(point, 1, ", ");
  }
  std::string fields =
      join(input.table->schema.fields, [](const data::Field& field) { return field.name; });
  if (!input.metadata.empty()) {
    fields += (fields.empty() ? "" : ", ") +
              join(input.metadata, [](const auto& column) { return column.key; });
  }
  line("TableSourceScan(table=[[" + name + "]], fields=[" + fields + "])");
}

void append_tree(std::string& out, const Node& node, const std::string& indent,
                 const std::string& branch) {
  if (const auto* scan = std::get_if<Scan>(&node.body)) {
    append_scan(out, *scan->input, indent, branch);
    return;
  }
  out += branch + node_text(node) + "\n";
  if (node.input) append_tree(out, *node.input, indent + "   ", indent + "+- ");
}

}  // namespace

std::string type_text(const Field& field) {
  std::string text = field.type.with_nullable(true).text();
  if (field.time == TimeAttribute::rowtime) text += " *ROWTIME*";
  if (field.time == TimeAttribute::proctime) text += " *PROCTIME*";
  if (!field.type.nullable()) text += " NOT NULL";
  return text;
}

std::string node_text(const Node& node) {
  if (const auto* calc = std::get_if<Calc>(&node.body)) return calc_text(*calc, node);
  if (const auto* expand = std::get_if<WindowExpand>(&node.body)) {
    return "WindowTableFunction(window=[" +
           window_text(expand->window, node.fields[expand->time_column].name) + "])";
  }
  if (const auto* group = std::get_if<GroupAggregate>(&node.body)) {
    return "GroupAggregate(" + group_by(group->keys, node) + "select=[" +
           aggregate_select(group->keys, group->calls, node) + "])";
  }
  if (const auto* window = std::get_if<WindowAggregate>(&node.body)) {
    const std::string time =
        window->window.event_time ? node.input->fields[window->time_column].name : "";
    std::string select = aggregate_select(window->keys, window->calls, node);
    for (std::size_t i = 0; i < window->properties.size(); ++i) {
      select += (select.empty() ? "" : ", ") + std::string(role_text(window->properties[i])) +
                " AS " + node.fields[window->keys.size() + window->calls.size() + i].name;
    }
    return std::string(window->window.legacy ? "GroupWindowAggregate(" : "WindowAggregate(") +
           group_by(window->keys, node) + "window=[" + window_text(window->window, time) +
           "], select=[" + select + "])";
  }
  if (const auto* rows = std::get_if<ConstantRows>(&node.body)) {
    return "Values(tuples=[[" +
           join(rows->rows,
                [](const auto& row) {
                  return "{ " + join(row, [](const auto& cell) { return expr::to_text(*cell); }) +
                         " }";
                }) +
           "]])";
  }
  return "TableSourceScan()";
}

std::string explain(const JobPlan& job) {
  std::string out = "== Optimized Execution Plan ==\n";
  for (const auto& sink : job.sinks) {
    out += "Sink(table=[" + sink.table->name + "], fields=[" +
           join(sink.names, [](const std::string& name) { return name; }) + "])\n";
    append_tree(out, *sink.query, "   ", "+- ");
  }
  return out;
}

}  // namespace millrace::plan
