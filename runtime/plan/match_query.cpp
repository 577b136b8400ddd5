// MATCH_RECOGNIZE: its clauses bound over what the rows matched so far give.
#include <algorithm>

#include "runtime/plan/binder.hpp"
#include "runtime/plan/explain.hpp"
#include "runtime/plan/planner.hpp"

namespace millrace::plan {

namespace {

using Kind = sql::Expression::Kind;
using expr::ExprPtr;

class MatchQuery {
 public:
  MatchQuery(const sql::MatchRecognize& tree, const Relation& input)
      : tree_(tree), input_(input), scope_(input.scope()) {}

  Result<NodePtr> run() {
    if (const Changes changes = changes_of(*input_.node); changes.any()) {
      return sql::plain_error(tree_.where.from, "Match Recognize doesn't support consuming " +
                                                    changes_text(changes) +
                                                    " which is produced by node " +
                                                    undecided_text(*changing_node(*input_.node)));
    }
    BOOST_OUTCOME_TRY(pattern());
    BOOST_OUTCOME_TRY(partition());
    BOOST_OUTCOME_TRY(order());
    BOOST_OUTCOME_TRY(define());
    BOOST_OUTCOME_TRY(measures());
    BOOST_OUTCOME_TRY(skip());
    if (tree_.within) {
      BOOST_OUTCOME_TRY(const auto ms, interval_argument(*tree_.within, "limit"));
      match_.within_ms = ms;
    }
    auto node = std::make_shared<Node>();
    node->fields = std::move(fields_);
    make_names_unique(node->fields);
    node->body = std::move(match_);
    node->input = input_.node;
    return NodePtr(std::move(node));
  }

 private:
  Status pattern() {
    bool greedy_before = false;
    for (const auto& item : tree_.pattern) {
      const sql::Position at = item.variable.where.from;
      if (variable(item.variable.text)) {
        return sql::plain_error(
            at, "Pattern variables must be unique. That might change in the future.");
      }
      const bool maybe = item.quantified && item.least == 0 && item.most == 1;
      if (maybe && !item.greedy) {
        return sql::plain_error(at, "Reluctant optional variables are not supported yet.");
      }
      if (item.most == 0 || (item.most > 0 && item.most < item.least)) {
        return sql::plain_error(at, "The quantifier of " + item.variable.text + " fits no row.");
      }
      const bool last = &item == &tree_.pattern.back();
      const bool greedy = item.quantified && item.greedy && !maybe && item.least != item.most;
      if (last && item.quantified && item.greedy && !maybe && item.least != item.most) {
        return sql::plain_error(at,
                                "Greedy quantifiers are not allowed as the last element of a "
                                "Pattern yet. Finish your pattern with either a simple variable or "
                                "reluctant quantifier.");
      }
      if (greedy_before && item.least == 0) {
        return sql::plain_error(at, "Optional pattern cannot be preceded by greedy pattern");
      }
      greedy_before = greedy;
      match_.pattern.push_back({item.variable.text, item.least, item.most, greedy, nullptr});
    }
    const auto empty = [](const Match::Variable& one) { return one.least == 0; };
    if (std::all_of(match_.pattern.begin(), match_.pattern.end(), empty)) {
      return sql::plain_error(tree_.pattern.front().variable.where.from,
                              "Patterns that can produce empty matches are not supported. There "
                              "must be at least one non-optional state.");
    }
    return base::success();
  }

  [[nodiscard]] std::optional<std::size_t> variable(const std::string& name) const {
    for (std::size_t i = 0; i < match_.pattern.size(); ++i) {
      if (match_.pattern[i].name == name) return i;
    }
    return std::nullopt;
  }

  Status partition() {
    for (const auto& key : tree_.partition_by) {
      BOOST_OUTCOME_TRY(auto bound, bind_expression(*key, scope_, "PARTITION BY"));
      if (bound->kind != expr::Expr::Kind::column) {
        return sql::not_served(key->where.from, "PARTITION BY an expression");
      }
      match_.partition.push_back(bound->column);
      fields_.push_back({scope_.fields[bound->column].name, bound->type});
    }
    return base::success();
  }

  Status order() {
    if (tree_.order_by.empty()) {
      return sql::plain_error(tree_.where.from,
                              "You must specify either rowtime or proctime for order by.");
    }
    for (const auto& item : tree_.order_by) {
      BOOST_OUTCOME_TRY(auto bound, bind_expression(*item.expression, scope_, "ORDER BY"));
      const bool first = match_.order.empty();
      const bool column = bound->kind == expr::Expr::Kind::column;
      if (first && (!column || scope_.fields[bound->column].time == TimeAttribute::none)) {
        return sql::plain_error(
            item.where.from,
            "You must specify either rowtime or proctime for order by as the first one.");
      }
      if (first && item.descending) {
        return sql::plain_error(
            item.where.from, "Primary sort order of a streaming table must be ascending on time.");
      }
      if (!column) return sql::not_served(item.where.from, "ORDER BY an expression here");
      match_.order.push_back(
          {bound->column, item.descending, item.nulls_first.value_or(!item.descending)});
    }
    match_.time_column = match_.order.front().column;
    match_.event_time = scope_.fields[match_.time_column].time == TimeAttribute::rowtime;
    return base::success();
  }

  Status define() {
    const Intercept intercept = [this](const sql::Expression& tree) { return answer(tree); };
    for (const auto& [name, condition] : tree_.define) {
      const auto place = variable(name.text);
      BOOST_OUTCOME_TRY(auto bound, bind_condition(*condition, Scope{}, "DEFINE", intercept));
      // A condition for what the pattern does not name is none.
      if (place) match_.pattern[*place].condition = std::move(bound);
    }
    return base::success();
  }

  Status measures() {
    const Intercept intercept = [this](const sql::Expression& tree) { return answer(tree); };
    for (const auto& item : tree_.measures) {
      BOOST_OUTCOME_TRY(auto bound, bind_expression(*item.expression, Scope{}, "", intercept));
      BOOST_OUTCOME_TRY(refuse_null(bound, item.expression->where));
      Field field{item.alias->text, bound->type};
      const bool call = item.expression->kind == Kind::call;
      if (call && item.expression->name == "MATCH_ROWTIME") field.time = TimeAttribute::rowtime;
      if (call && item.expression->name == "MATCH_PROCTIME") field.time = TimeAttribute::proctime;
      fields_.push_back(std::move(field));
      match_.measures.push_back(std::move(bound));
    }
    return base::success();
  }

  Status skip() {
    using Skip = sql::MatchRecognize::Skip;
    switch (tree_.skip) {
      case Skip::past_last_row:
        match_.skip = Match::Skip::past_last_row;
        return base::success();
      case Skip::to_next_row:
        return base::success();
      case Skip::to_first:
      case Skip::to_last:
        break;
    }
    match_.skip = tree_.skip == Skip::to_first ? Match::Skip::to_first : Match::Skip::to_last;
    const auto place = variable(tree_.skip_to->text);
    if (!place) {
      return sql::validation_error(tree_.skip_to->where,
                                   "Unknown pattern '" + tree_.skip_to->text + "'");
    }
    match_.skip_to = *place;
    return base::success();
  }

  // ---- expressions

  ExprPtr slot(Match::Slot slot, const data::LogicalType& type) {
    match_.slots.push_back(std::move(slot));
    return expr::make_column(match_.slots.size() - 1, "$" + std::to_string(match_.slots.size()),
                             type);
  }

  // An expression over one row; which variable's rows it speaks of is noted.
  struct RowValue {
    ExprPtr value;
    std::optional<std::size_t> variable;
  };
  Result<RowValue> row_value(const sql::Expression& tree) {
    RowValue out;
    bool any = false;
    const Intercept intercept = [&](const sql::Expression& part) -> Result<ExprPtr> {
      if (part.kind != Kind::column) return ExprPtr();
      std::optional<std::size_t> of;
      if (part.path.size() > 1) {
        of = variable(part.path.front().text);
        if (!of) {
          return sql::validation_error(part.path.front().where,
                                       "Table '" + part.path.front().text + "' not found");
        }
      }
      if (any && of != out.variable) {
        return sql::validation_error(tree.where,
                                     "Aggregation must be applied to a single pattern variable");
      }
      any = true;
      out.variable = of;
      const Scope sight = of ? named(part.path.front().text) : scope_;
      BOOST_OUTCOME_TRY(const auto column, sight.resolve(part.path));
      return expr::make_column(column, scope_.fields[column].name, scope_.fields[column].type);
    };
    BOOST_OUTCOME_TRY(auto bound, bind_expression(tree, Scope{}, "", intercept));
    out.value = std::move(bound);
    return out;
  }

  // The input's columns under a variable's name.
  [[nodiscard]] Scope named(const std::string& name) const {
    return Scope{name, scope_.fields, {{name, 0, scope_.fields.size()}}};
  }

  Result<ExprPtr> answer(const sql::Expression& tree) {
    if (tree.kind == Kind::column) return navigated(tree, Match::Slot::Kind::last, 0);
    if (tree.kind != Kind::call) return ExprPtr();
    const std::string& name = tree.name;
    if (name == "PREV" || name == "NEXT") {
      return sql::plain_error(tree.where.from,
                              "Flink does not support physical offsets within partition.");
    }
    if (name == "FINAL") return answer(*tree.arguments[0]);
    if (name == "RUNNING" || name == "CLASSIFIER") {
      return sql::plain_error(tree.where.from, "Unsupported call: " + name + "(" + ")");
    }
    if (name == "MATCH_NUMBER") {
      return sql::validation_error(tree.where,
                                   "No match found for function signature MATCH_NUMBER().");
    }
    if (name == "FIRST" || name == "LAST") {
      if (tree.arguments.empty() || tree.arguments.size() > 2) {
        return sql::validation_error(tree.where, "Invalid number of arguments to function '" +
                                                     name + "'. Was expecting 2 arguments");
      }
      std::int64_t offset = 0;
      if (tree.arguments.size() == 2) {
        BOOST_OUTCOME_TRY(auto number, bind_expression(*tree.arguments[1], Scope{}, ""));
        if (number->kind != expr::Expr::Kind::literal || !number->type.is_integer() ||
            data::is_null(number->literal) || std::get<std::int64_t>(number->literal) < 0) {
          return sql::validation_error(tree.arguments[1]->where,
                                       "The offset must be a number that is not negative");
        }
        offset = std::get<std::int64_t>(number->literal);
      }
      return navigated(*tree.arguments[0],
                       name == "FIRST" ? Match::Slot::Kind::first : Match::Slot::Kind::last,
                       offset);
    }
    if (name == "MATCH_ROWTIME") {
      if (!match_.event_time) {
        return sql::script_error(tree.where.from,
                                 "MATCH_ROWTIME(): the rows are ordered by processing time");
      }
      const auto& field = scope_.fields[match_.time_column];
      auto time = expr::make_column(match_.time_column, field.name, field.type);
      // The newest row of all.
      return slot({Match::Slot::Kind::last, std::nullopt, 0, time, {}, {}}, field.type);
    }
    if (name == "MATCH_PROCTIME") {
      auto now = expr::make_call("PROCTIME", {});
      if (!now) return located(now.error(), tree.where);
      return now.value();
    }
    if (aggregates::is_aggregate(name)) return aggregate(tree);
    return ExprPtr();
  }

  Result<ExprPtr> navigated(const sql::Expression& tree, Match::Slot::Kind kind,
                            std::int64_t offset) {
    BOOST_OUTCOME_TRY(auto bound, row_value(tree));
    const auto type = bound.value->type.with_nullable(true);
    return slot({kind, bound.variable, offset, bound.value, {}, {}}, type);
  }

  Result<ExprPtr> aggregate(const sql::Expression& tree) {
    if (tree.flag) {
      return sql::validation_error(
          tree.where, "DISTINCT/ALL not allowed with " + tree.name + "(DISTINCT ...) function");
    }
    Match::Slot out;
    out.kind = Match::Slot::Kind::aggregate;
    std::vector<data::LogicalType> types;
    const bool star = tree.arguments.size() == 1 && tree.arguments[0]->kind == Kind::star;
    for (std::size_t i = 0; !star && i < tree.arguments.size(); ++i) {
      BOOST_OUTCOME_TRY(auto bound, row_value(*tree.arguments[i]));
      if (i == 0) out.variable = bound.variable;
      types.push_back(bound.value->type);
      out.args.push_back(std::move(bound.value));
    }
    auto bound = aggregates::bind_aggregate(tree.name, types, false);
    if (!bound) return located(bound.error(), tree.where);
    if (tree.name.starts_with("JSON_")) return no_json_method(tree, "accumulate");
    out.aggregate = bound.value();
    for (std::size_t i = 0; i < out.args.size(); ++i) {
      if (out.args[i]->type.same_as(out.aggregate.args[i])) continue;
      auto converted = expr::make_cast(out.args[i], out.aggregate.args[i]);
      if (!converted) return located(converted.error(), tree.where);
      out.args[i] = converted.value();
    }
    const auto type = out.aggregate.result;
    return slot(std::move(out), type);
  }

  const sql::MatchRecognize& tree_;
  const Relation& input_;
  const Scope scope_;
  Match match_;
  std::vector<Field> fields_;
};

}  // namespace

Result<Relation> Binder::match(const sql::TableReference& reference) {
  BOOST_OUTCOME_TRY(const auto input, from(*reference.left));
  Relation out;
  BOOST_OUTCOME_TRY(auto node, MatchQuery(*reference.match, input).run());
  out.node = std::move(node);
  return out;
}

}  // namespace millrace::plan
