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
  return std::string(call.aggregate.function->name) + (call.aggregate.retract ? "_RETRACT(" : "(") +
         (call.aggregate.distinct ? "DISTINCT " : "") + args + ")" +
         (call.filter ? " FILTER " + input[*call.filter].name : "") + " AS " + call.name;
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
    if (window.kind == Window::Kind::session) {
      return "SessionGroupWindow('w$, " + column + ", " + std::to_string(window.size_ms) + ")";
    }
    return window.kind == Window::Kind::hop
               ? "SlidingGroupWindow('w$, " + column + ", " + std::to_string(window.size_ms) +
                     ", " + std::to_string(window.slide_ms) + ")"
               : "TumblingGroupWindow('w$, " + column + ", " + std::to_string(window.size_ms) + ")";
  }
  using WindowKind = Window::Kind;
  std::string text = window.kind == WindowKind::hop        ? "HOP("
                     : window.kind == WindowKind::cumulate ? "CUMULATE("
                     : window.kind == WindowKind::session  ? "SESSION("
                                                           : "TUMBLE(";
  if (time.starts_with("win_start")) {
    text += time + "], ";
  } else if (!time.empty()) {
    text += "time_col=[" + time + "], ";
  }
  text += window.kind == WindowKind::cumulate  ? "max_size=["
          : window.kind == WindowKind::session ? "gap=["
                                               : "size=[";
  text += interval(window.size_ms) + "]";
  if (window.kind == WindowKind::hop) text += ", slide=[" + interval(window.slide_ms) + "]";
  if (window.kind == WindowKind::cumulate) text += ", step=[" + interval(window.slide_ms) + "]";
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

std::string names_of(const std::vector<std::size_t>& columns, const std::vector<Field>& fields) {
  return join(columns, [&](std::size_t column) { return fields[column].name; });
}

std::string order_text(const std::vector<OrderField>& order, const std::vector<Field>& fields) {
  return join(order, [&](const OrderField& field) {
    return fields[field.column].name + (field.descending ? " DESC" : " ASC");
  });
}

std::string strategy_text(const Rank& rank) {
  switch (rank.strategy) {
    case Rank::Strategy::first_rows:
    case Rank::Strategy::append:
      return "AppendFastStrategy";
    case Rank::Strategy::update:
      return "UpdateFastStrategy[" +
             join(rank.unique_key, [](std::size_t column) { return std::to_string(column); }) + "]";
    case Rank::Strategy::retract:
      break;
  }
  return "RetractStrategy";
}

template <class AnyRank>
std::string rank_text(const AnyRank& rank, const Node& node) {
  const auto& fields = node.input->fields;
  std::string text = "rankType=[ROW_NUMBER], rankRange=[rankStart=" + std::to_string(rank.from) +
                     ", rankEnd=" + std::to_string(rank.to) + "], ";
  if (!rank.partition.empty()) text += "partitionBy=[" + names_of(rank.partition, fields) + "], ";
  return text + "orderBy=[" + order_text(rank.order, fields) + "], select=[" +
         join(node.fields, [](const Field& field) { return field.name; }) + "])";
}

std::string limit_text(const Rank& rank, const Node& node) {
  const std::string range = "offset=[" + std::to_string(rank.from - 1) + "], fetch=[" +
                            std::to_string(rank.to - rank.from + 1) + "]";
  if (rank.form == Rank::Form::limit) return "Limit(" + range + ")";
  return "SortLimit(orderBy=[" + order_text(rank.order, node.input->fields) + "], " + range +
         ", strategy=[" + strategy_text(rank) + "])";
}

std::string over_text(const Over& over, const Node& node) {
  const auto& fields = node.input->fields;
  std::string text = "OverAggregate(";
  if (!over.partition.empty()) text += "partitionBy=[" + names_of(over.partition, fields) + "], ";
  std::string from = "UNBOUNDED";
  if (over.preceding) from = std::to_string(*over.preceding);
  text += "orderBy=[" + order_text(over.order, fields) + "], window=[" +
          (over.rows ? " ROWS" : " RANG") + " BETWEEN " + from +
          " PRECEDING AND CURRENT ROW], select=[" +
          join(fields, [](const Field& field) { return field.name; });
  for (const auto& call : over.calls) text += ", " + call_text(call, fields);
  return text + "])";
}

std::string list_fields(const std::vector<Field>& fields) {
  return join(fields, [](const Field& field) { return field.name; });
}

std::string join_text(const Join& join, const Node& node) {
  static constexpr const char* kinds[] = {"InnerJoin",     "LeftOuterJoin", "RightOuterJoin",
                                          "FullOuterJoin", "LeftSemiJoin",  "LeftAntiJoin"};
  std::string where;
  for (std::size_t i = 0; i < join.left_keys.size(); ++i) {
    const std::string left = node.input->fields[join.left_keys[i]].name;
    std::string right = node.right->fields[join.right_keys[i]].name;
    if (right == left) right += "0";
    where += (where.empty() ? "" : " AND ") + ("(" + left + " = " + right + ")");
  }
  std::string text = join.form == Join::Form::interval   ? "IntervalJoin("
                     : join.form == Join::Form::temporal ? "TemporalJoin("
                     : join.form == Join::Form::window   ? "WindowJoin("
                                                         : "Join(";
  text += "joinType=[" + std::string(kinds[static_cast<std::size_t>(join.kind)]) + "], ";
  if (join.form == Join::Form::interval) {
    text += "windowBounds=[isRowTime=true, leftLowerBound=" + std::to_string(join.lower_ms) +
            ", leftUpperBound=" + std::to_string(join.upper_ms) + "], ";
  }
  if (where.empty()) where = "true";
  return text + "where=[" + where + "], select=[" + list_fields(node.fields) +
         (join.form == Join::Form::regular
              ? "], leftInputSpec=[NoUniqueKey], rightInputSpec=[NoUniqueKey])"
              : "])");
}

std::string match_text(const Match& match, const Node& node) {
  std::string text = "Match(";
  if (!match.partition.empty()) {
    text += "partitionBy=[" + names_of(match.partition, node.input->fields) + "], ";
  }
  text += "orderBy=[" + order_text(match.order, node.input->fields) + "], measures=[";
  for (std::size_t i = match.partition.size(); i < node.fields.size(); ++i) {
    text += (i == match.partition.size() ? "" : ", ") + node.fields[i].name;
  }
  text += "], rowsPerMatch=[ONE ROW PER MATCH], pattern=[";
  for (std::size_t i = 0; i < match.pattern.size(); ++i) {
    const auto& variable = match.pattern[i];
    text += (i == 0 ? "" : " ") + variable.name;
    if (variable.least != 1 || variable.most != 1) {
      text += "{" + std::to_string(variable.least) + "," +
              (variable.most < 0 ? "" : std::to_string(variable.most)) + "}" +
              (variable.greedy || variable.most == variable.least ? "" : "?");
    }
  }
  return text + "])";
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
  if (node.right) {
    append_tree(out, *node.input, indent + ":  ", indent + ":- ");
    append_tree(out, *node.right, indent + "   ", indent + "+- ");
  } else if (node.input) {
    append_tree(out, *node.input, indent + "   ", indent + "+- ");
  }
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
    const std::string time = window->attached ? "win_start=[window_start], win_end=[window_end"
                             : window->window.event_time
                                 ? node.input->fields[window->time_column].name
                                 : "";
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
  if (const auto* rank = std::get_if<Rank>(&node.body)) {
    if (rank->form != Rank::Form::rank) return limit_text(*rank, node);
    return "Rank(strategy=[" + strategy_text(*rank) + "], " + rank_text(*rank, node);
  }
  if (const auto* rank = std::get_if<WindowRank>(&node.body)) {
    return "WindowRank(" + rank_text(*rank, node);
  }
  if (const auto* one = std::get_if<Deduplicate>(&node.body)) {
    return std::string("Deduplicate(keep=[") + (one->keep_last ? "LastRow" : "FirstRow") +
           "], key=[" + names_of(one->keys, node.input->fields) + "], order=[" +
           (one->rowtime ? "ROWTIME" : "PROCTIME") + "], outputInsertOnly=[" +
           (one->keep_last ? "false" : "true") + "])";
  }
  if (const auto* over = std::get_if<Over>(&node.body)) return over_text(*over, node);
  if (const auto* join = std::get_if<Join>(&node.body)) return join_text(*join, node);
  if (const auto* sort = std::get_if<TemporalSort>(&node.body)) {
    return "TemporalSort(orderBy=[" + order_text(sort->order, node.fields) + "])";
  }
  if (const auto* all = std::get_if<SetAll>(&node.body)) {
    return std::string(all->intersect ? "IntersectAll" : "ExceptAll") + "(select=[" +
           list_fields(node.fields) + "])";
  }
  if (const auto* expand = std::get_if<Expand>(&node.body)) {
    std::string sets;
    for (const auto& set : expand->sets) {
      std::string keys;
      for (std::size_t i = 0; i < set.kept.size(); ++i) {
        if (set.kept[i]) keys += (keys.empty() ? "" : ", ") + node.fields[i].name;
      }
      sets += (sets.empty() ? "{" : ", {") + keys + "}";
    }
    return "Expand(groupingSets=[" + sets + "])";
  }
  if (const auto* match = std::get_if<Match>(&node.body)) return match_text(*match, node);
  if (const auto* unnest = std::get_if<Unnest>(&node.body)) {
    return "Correlate(invocation=[UNNEST(" + expr::to_text(*unnest->value) + ")], select=[" +
           list_fields(node.fields) + "], joinType=[" + (unnest->outer ? "LEFT" : "INNER") + "]" +
           (unnest->condition ? ", condition=[" + expr::to_text(*unnest->condition) + "]" : "") +
           ")";
  }
  if (std::holds_alternative<Union>(node.body)) {
    return "Union(all=[true], union=[" +
           join(node.fields, [](const Field& field) { return field.name; }) + "])";
  }
  return "TableSourceScan()";
}

std::string undecided_text(const Node& node) {
  const auto* one = std::get_if<Deduplicate>(&node.body);
  if (one == nullptr) {
    std::string text = node_text(node);
    const auto at = text.find("strategy=[");
    if (std::holds_alternative<Rank>(node.body) && at != std::string::npos) {
      const auto end = text.find_first_of(",)", at);
      text.replace(at, end - at, "strategy=[UndefinedStrategy]");
    }
    return text;
  }
  Rank rank;
  rank.partition = one->keys;
  rank.order = one->order;
  return "Rank(strategy=[UndefinedStrategy], " + rank_text(rank, node);
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
