// A SELECT with OVER in its list.
#include <algorithm>

#include "runtime/plan/binder.hpp"

namespace millrace::plan {

namespace {

using Kind = sql::Expression::Kind;
using expr::ExprPtr;
using FrameKind = sql::FrameBound::Kind;

// Bound as
//
//   input -> Calc: WHERE, what is read -> Over -> Calc: SELECT list
class OverQuery {
 public:
  OverQuery(const sql::Select& select, const Relation& input)
      : select_(select), input_(input), scope_(input.scope()) {}

  Result<NodePtr> run() {
    BOOST_OUTCOME_TRY(auto condition, bind_where(select_, scope_));
    const Intercept intercept = [this](const sql::Expression& tree) -> Result<ExprPtr> {
      if (tree.kind == Kind::call && tree.over) return over_call(tree);
      return ExprPtr();
    };
    std::vector<ExprPtr> selected;
    std::vector<Field> fields;
    for (const auto& item : select_.items) {
      if (item.expression->kind == Kind::star) {
        BOOST_OUTCOME_TRY(expand_star(item, scope_, selected, fields));
        continue;
      }
      BOOST_OUTCOME_TRY(auto bound, bind_expression(*item.expression, scope_, "SELECT", intercept));
      BOOST_OUTCOME_TRY(refuse_null(bound, item.expression->where));
      fields.push_back(project_field(item_name(item, fields.size()), bound, scope_.fields));
      selected.push_back(std::move(bound));
    }
    make_names_unique(fields);
    return build(std::move(condition), std::move(selected), std::move(fields));
  }

 private:
  // While the list is bound, results are numbered apart from the scope's columns.
  static constexpr std::size_t call_base = 1'000'000;

  struct Call {
    aggregates::BoundAggregate aggregate;
    std::vector<ExprPtr> args;
    ExprPtr filter;
  };
  struct Spec {
    std::vector<ExprPtr> partition;
    std::vector<ExprPtr> order;
    std::vector<std::pair<bool, bool>> direction;  // descending, nulls first
    bool rows = false;
    std::optional<std::int64_t> preceding;
    sql::Span where;
  };

  Result<const sql::WindowSpec*> written(const sql::WindowSpec& spec) {
    if (!spec.name) return &spec;
    for (const auto& [name, window] : select_.windows) {
      if (name.text == spec.name->text) return window.get();
    }
    return sql::validation_error(spec.name->where, "Window '" + spec.name->text + "' not found");
  }

  Result<std::optional<std::int64_t>> preceding(const sql::WindowSpec& spec) {
    if (spec.to.kind != FrameKind::current_row) {
      return sql::plain_error(spec.where.from,
                              "OVER RANGE FOLLOWING windows are not supported yet.");
    }
    if (spec.from.kind == FrameKind::unbounded_preceding) return std::optional<std::int64_t>();
    if (spec.from.kind == FrameKind::current_row) return std::optional<std::int64_t>(0);
    if (spec.from.kind != FrameKind::preceding) {
      return sql::plain_error(spec.where.from, "A frame cannot begin behind the current row.");
    }
    const sql::Expression& amount = *spec.from.amount;
    if (spec.rows) {
      BOOST_OUTCOME_TRY(auto bound, bind_expression(amount, Scope{}, "OVER"));
      if (bound->kind != expr::Expr::Kind::literal || !bound->type.is_integer() ||
          data::is_null(bound->literal)) {
        return sql::not_served(amount.where.from, "a ROWS frame whose size is no number");
      }
      return not_negative(std::get<std::int64_t>(bound->literal), amount.where);
    }
    BOOST_OUTCOME_TRY(const auto ms, interval_argument(amount, "frame"));
    return not_negative(ms, amount.where);
  }

  static Result<std::optional<std::int64_t>> not_negative(std::int64_t amount, sql::Span where) {
    if (amount >= 0) return std::optional(amount);
    return sql::validation_error(where, "ROWS/RANGE value cannot be negative");
  }

  Result<Spec> bind_spec(const sql::WindowSpec& spec, bool row_number) {
    Spec out;
    out.where = spec.where;
    for (const auto& key : spec.partition_by) {
      BOOST_OUTCOME_TRY(auto bound, bind_expression(*key, scope_, "PARTITION BY"));
      out.partition.push_back(std::move(bound));
    }
    for (const auto& item : spec.order_by) {
      BOOST_OUTCOME_TRY(auto bound, bind_expression(*item.expression, scope_, "ORDER BY"));
      out.order.push_back(std::move(bound));
      // NULL is less than everything, in Flink.
      out.direction.emplace_back(item.descending, item.nulls_first.value_or(!item.descending));
    }
    out.rows = row_number || (spec.framed && spec.rows);
    if (spec.framed && !row_number) {
      BOOST_OUTCOME_TRY(auto bound, preceding(spec));
      out.preceding = bound;
    }
    return out;
  }

  static bool same(const Spec& a, const Spec& b) {
    const auto equal = [](const std::vector<ExprPtr>& x, const std::vector<ExprPtr>& y) {
      return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                        [](const ExprPtr& p, const ExprPtr& q) { return expr::equal(*p, *q); });
    };
    return equal(a.partition, b.partition) && equal(a.order, b.order) &&
           a.direction == b.direction && a.rows == b.rows && a.preceding == b.preceding;
  }

  Result<ExprPtr> over_call(const sql::Expression& tree) {
    const std::string& name = tree.name;
    for (const auto* batch_only : {"LEAD", "NTILE", "PERCENT_RANK", "CUME_DIST"}) {
      if (name == batch_only) {
        return sql::plain_error(tree.where.from,
                                name + " Function is not supported in stream mode.");
      }
    }
    const bool row_number = name == "ROW_NUMBER";
    const bool rank = name == "RANK" || name == "DENSE_RANK";
    const bool lag = name == "LAG";
    if (!row_number && !rank && !lag && !aggregates::is_aggregate(name)) {
      return sql::not_served(tree.where.from, name + " with OVER");
    }
    BOOST_OUTCOME_TRY(const auto* spec, written(*tree.over));
    if ((row_number || rank) && spec->order_by.empty()) {
      return sql::plain_error(tree.over->where.from,
                              "Over Agg: The window rank function requires order by clause with "
                              "non-constant fields. please re-check the over window statement.");
    }
    BOOST_OUTCOME_TRY(auto bound, bind_spec(*spec, row_number));
    if (spec_ && !same(*spec_, bound)) {
      return sql::plain_error(tree.where.from,
                              "Over Agg: Unsupported use of OVER windows. All aggregates must be "
                              "computed on the same window. please re-check the over window "
                              "statement.");
    }
    spec_ = std::move(bound);
    has_row_number_ = has_row_number_ || row_number;
    has_rank_ = has_rank_ || rank;
    Call call;
    // By value Flink 2.2 counts equal rows as different ones; by time it does not.
    if (rank && is_time(*spec_->order.front())) call.args = spec_->order;
    BOOST_OUTCOME_TRY(auto aggregate, row_number ? row_number_call()
                                      : rank     ? rank_call(tree, call)
                                                 : aggregate_call(tree, call));
    call.aggregate = std::move(aggregate);
    // Only frames with a beginning let rows go.
    call.aggregate.retract = spec_->preceding.has_value();
    const auto type = call.aggregate.result;
    calls_.push_back(std::move(call));
    return expr::make_column(call_base + calls_.size() - 1,
                             "w0$o" + std::to_string(calls_.size() - 1), type);
  }

  static Result<aggregates::BoundAggregate> row_number_call() {
    return aggregates::bind_aggregate("COUNT", {}, false);
  }

  [[nodiscard]] bool is_time(const expr::Expr& value) const {
    return value.kind == expr::Expr::Kind::column &&
           scope_.fields[value.column].time != TimeAttribute::none;
  }

  static Result<aggregates::BoundAggregate> rank_call(const sql::Expression& tree,
                                                      const Call& call) {
    std::vector<data::LogicalType> types;
    for (const auto& arg : call.args) types.push_back(arg->type);
    auto bound = aggregates::bind_over_function(tree.name, types);
    if (!bound) return located(bound.error(), tree.where);
    return bound.value();
  }

  Result<aggregates::BoundAggregate> aggregate_call(const sql::Expression& tree, Call& call) {
    std::vector<data::LogicalType> types;
    const bool star = tree.arguments.size() == 1 && tree.arguments[0]->kind == Kind::star;
    if (!star) {
      for (const auto& argument : tree.arguments) {
        BOOST_OUTCOME_TRY(auto bound, bind_expression(*argument, scope_, "OVER"));
        types.push_back(bound->type);
        call.args.push_back(std::move(bound));
      }
    }
    if (tree.filter) {
      BOOST_OUTCOME_TRY(auto filter, bind_condition(*tree.filter, scope_, "FILTER"));
      call.filter = std::move(filter);
    }
    auto bound = tree.name == "LAG"
                     ? aggregates::bind_over_function(tree.name, types)
                     : aggregates::bind_aggregate(tree.path.empty() ? tree.name : tree.path[0].text,
                                                  types, tree.flag);
    if (!bound) return located(bound.error(), tree.where);
    if (tree.name.starts_with("JSON_")) return no_json_method(tree, "accumulate");
    for (std::size_t i = 0; i < call.args.size(); ++i) {
      if (call.args[i]->type.same_as(bound.value().args[i])) continue;
      auto converted = expr::make_cast(call.args[i], bound.value().args[i]);
      if (!converted) return located(converted.error(), tree.where);
      call.args[i] = converted.value();
    }
    auto call_bound = bound.value();
    call_bound.ignore_nulls = tree.ignore_nulls;
    return call_bound;
  }

  // ---- the plan

  std::size_t place_of(const ExprPtr& value) {
    for (std::size_t i = 0; i < read_.size(); ++i) {
      if (expr::equal(*read_[i], *value)) return i;
    }
    const bool column = value->kind == expr::Expr::Kind::column;
    const std::string name = column ? value->name : "$" + std::to_string(read_.size());
    read_fields_.push_back(project_field(name, value, scope_.fields));
    read_.push_back(value);
    return read_.size() - 1;
  }

  ExprPtr move(const ExprPtr& tree) {
    if (tree->kind == expr::Expr::Kind::column) {
      const bool result = tree->column >= call_base;
      const std::size_t index = result ? tree->column - call_base + read_.size() : place_of(tree);
      return expr::make_column(index, tree->name, tree->type);
    }
    if (tree->args.empty()) return tree;
    auto copy = std::make_shared<expr::Expr>(*tree);
    for (auto& argument : copy->args) argument = move(argument);
    return copy;
  }

  void collect(const ExprPtr& tree) {
    if (tree->kind == expr::Expr::Kind::column && tree->column < call_base) place_of(tree);
    for (const auto& argument : tree->args) collect(argument);
  }

  Result<NodePtr> build(ExprPtr condition, std::vector<ExprPtr> selected,
                        std::vector<Field> fields) {
    Over over;
    // Everything that is read gets its place first, then the results stand behind.
    for (const auto& value : selected) collect(value);
    for (const auto& key : spec_->partition) over.partition.push_back(place_of(key));
    for (std::size_t i = 0; i < spec_->order.size(); ++i) {
      over.order.push_back(
          {place_of(spec_->order[i]), spec_->direction[i].first, spec_->direction[i].second});
    }
    for (const auto& call : calls_) {
      AggregateCall planned{
          call.aggregate, {}, std::nullopt, "w0$o" + std::to_string(over.calls.size())};
      for (const auto& argument : call.args) planned.args.push_back(place_of(argument));
      if (call.filter) planned.filter = place_of(call.filter);
      over.calls.push_back(std::move(planned));
    }
    for (auto& value : selected) value = move(value);
    over.rows = spec_->rows;
    over.preceding = spec_->preceding;
    over.is_row_number = has_row_number_ && calls_.size() == 1;
    over.is_rank = has_rank_ && calls_.size() == 1;
    if (!over.order.empty()) {
      over.time_column = over.order[0].column;
      const TimeAttribute time = read_fields_[over.time_column].time;
      over.event_time = time == TimeAttribute::rowtime;
      over.by_value = time == TimeAttribute::none;
    }
    auto node = std::make_shared<Node>();
    node->fields = read_fields_;
    for (const auto& call : over.calls) {
      node->fields.push_back({call.name, call.aggregate.result});
    }
    const sql::Position at = select_.where ? select_.where->where.from : select_.span.from;
    BOOST_OUTCOME_TRY(
        auto below, filter_and_project(input_.node, std::move(condition), read_, read_fields_, at));
    node->input = std::move(below);
    if (!over.is_row_number && !over.is_rank) {
      BOOST_OUTCOME_TRY(check_over(over, node->fields, spec_->where.from));
    }
    node->body = std::move(over);
    return make_calc(std::move(node), nullptr, std::move(selected), std::move(fields));
  }

  const sql::Select& select_;
  const Relation& input_;
  const Scope scope_;
  std::optional<Spec> spec_;
  std::vector<Call> calls_;
  bool has_row_number_ = false;
  bool has_rank_ = false;
  // The columns below Over.
  std::vector<ExprPtr> read_;
  std::vector<Field> read_fields_;
};

}  // namespace

Status check_over(const Over& over, const std::vector<Field>& fields, sql::Position at) {
  if (over.order.empty()) return sql::not_served(at, "OVER without ORDER BY");
  if (over.order.size() != 1) {
    return sql::plain_error(at, "The window can only be ordered by a single time column.");
  }
  const TimeAttribute time = fields[over.order[0].column].time;
  if (over.order[0].descending) {
    return sql::plain_error(at, "The window can only be ordered in ASCENDING mode.");
  }
  if (time == TimeAttribute::none && over.preceding) {
    return sql::plain_error(at,
                            "Non-time attribute sort is not supported for bounded OVER window.");
  }
  return base::success();
}

bool has_over(const sql::Expression& tree) {
  if (tree.over) return true;
  return std::any_of(tree.arguments.begin(), tree.arguments.end(),
                     [](const auto& argument) { return has_over(*argument); });
}

Result<NodePtr> bind_over_query(const sql::Select& select, const Relation& input) {
  return OverQuery(select, input).run();
}

}  // namespace millrace::plan
