// long: the three steps of one query share what they find; apart they would pass it all around.
#include <algorithm>

#include "runtime/plan/binder.hpp"
#include "runtime/plan/correlation.hpp"
#include "runtime/plan/group_window.hpp"

namespace millrace::plan {

namespace {

using Kind = sql::Expression::Kind;
using data::LogicalType;
using expr::ExprPtr;

// A SELECT with GROUP BY or aggregates, bound in three steps:
//
//   input -> Calc: keys, arguments, time -> WindowAggregate -> Calc: HAVING, SELECT list
class AggregateQuery {
 public:
  // pulled: see there; may be null.
  AggregateQuery(Binder& binder, const sql::Select& select, const Relation& input,
                 const Pulled* pulled)
      : binder_(binder),
        select_(select),
        input_(input),
        pulled_(pulled),
        scope_(pulled != nullptr ? pulled->scope : input.scope()) {}

  Result<NodePtr> run() {
    if (pulled_ != nullptr) {
      if (!select_.group_sets.empty()) {
        return sql::not_served(select_.span.from, "GROUPING SETS in a sub-query like this");
      }
      condition_ = pulled_->condition;
      keys_ = pulled_->keys;
    } else {
      BOOST_OUTCOME_TRY(auto where, bind_where(select_, scope_));
      condition_ = std::move(where);
    }
    for (const auto& key : select_.group_by) {
      BOOST_OUTCOME_TRY(group_by(*key));
    }
    BOOST_OUTCOME_TRY(check_window());
    BOOST_OUTCOME_TRY(grouping_sets());

    const Intercept intercept = [this](const sql::Expression& tree) { return answer(tree); };
    if (select_.having) {
      // Flink reports its faults before those of the SELECT list, which names the aggregates.
      BOOST_OUTCOME_TRY(bind_condition(*select_.having, scope_, "", intercept));
      calls_.clear();
      properties_.clear();
      property_types_.clear();
      unmergeable_.clear();
    }
    std::vector<ExprPtr> projections;
    std::vector<Field> fields;
    for (const auto& item : select_.items) {
      if (item.expression->kind == Kind::star) {
        BOOST_OUTCOME_TRY(expand_star(*item.expression, projections, fields));
        continue;
      }
      call_name_ = item_name(item, fields.size());
      BOOST_OUTCOME_TRY(auto bound, bind_expression(*item.expression, scope_, "", intercept));
      BOOST_OUTCOME_TRY(refuse_null(bound, item.expression->where));
      fields.push_back(output_field(call_name_, bound));
      projections.push_back(std::move(bound));
    }
    for (std::size_t i = 0; pulled_ != nullptr && i < pulled_->keys.size(); ++i) {
      projections.push_back(key_column(i));
      fields.push_back({"\x01key" + std::to_string(fields.size()), projections.back()->type});
    }
    ExprPtr having;
    if (select_.having) {
      call_name_.clear();
      BOOST_OUTCOME_TRY(auto bound, bind_condition(*select_.having, scope_, "", intercept));
      having = std::move(bound);
    }
    BOOST_OUTCOME_TRY(auto aggregate, build());
    // Properties stand behind the aggregates, whose number is known only now.
    for (auto& projection : projections) projection = place(projection);
    if (having) having = place(having);
    make_names_unique(fields);
    return make_calc(std::move(aggregate), std::move(having), std::move(projections),
                     std::move(fields));
  }

 private:
  struct Call {
    aggregates::BoundAggregate aggregate;
    std::vector<ExprPtr> args;
    std::string name;
    ExprPtr filter;  // null: every row
  };

  // While the SELECT list is bound, the columns of the aggregate's result are numbered apart:
  // keys from 0, calls from call_base, window properties from property_base.
  static constexpr std::size_t call_base = 1'000'000;
  static constexpr std::size_t property_base = 2'000'000;
  static constexpr std::size_t set_base = 3'000'000;  // the number of the grouping set

  // ---- GROUP BY

  Status group_by(const sql::Expression& tree) {
    if (tree.kind == Kind::call &&
        (tree.name == "TUMBLE" || tree.name == "HOP" || tree.name == "SESSION")) {
      if (window_) {
        return sql::plain_error(tree.where.from, "Multiple windows in GROUP BY are not supported.");
      }
      BOOST_OUTCOME_TRY(auto window, bind_group_window(tree, scope_));
      window_ = std::move(window);
      key_of_item_.push_back(std::nullopt);
      return base::success();
    }
    if (has_aggregate(tree)) {
      return sql::validation_error(tree.where,
                                   "Aggregate expression is illegal in GROUP BY clause");
    }
    BOOST_OUTCOME_TRY(auto bound, bind_expression(tree, scope_, "GROUP BY"));
    if (bound->kind == expr::Expr::Kind::column) {
      const WindowRole role = scope_.fields[bound->column].window;
      if (role != WindowRole::none) {
        roles_.push_back(role);
        role_where_ = tree.where;
        role_keys_.push_back(bound);
        key_of_item_.push_back(std::nullopt);
        return base::success();
      }
    }
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (!expr::equal(*keys_[i], *bound)) continue;
      key_of_item_.push_back(i);
      return base::success();
    }
    key_of_item_.push_back(keys_.size());
    keys_.push_back(std::move(bound));
    return base::success();
  }

  // Each set's number has a bit for each key that is not of it, the first key's the highest; equal
  // sets differ in what is above.
  Status grouping_sets() {
    if (select_.group_sets.empty()) return base::success();
    if (keys_.size() > 40) return sql::not_served(select_.span.from, "so many grouped columns");
    std::vector<std::int64_t> seen;
    for (const auto& written : select_.group_sets) {
      Expand::Set set;
      set.kept.assign(keys_.size(), false);
      for (const std::size_t item : written) {
        if (key_of_item_[item]) set.kept[*key_of_item_[item]] = true;
      }
      for (std::size_t i = 0; i < keys_.size(); ++i) {
        set.number = set.number * 2 + (set.kept[i] ? 0 : 1);
      }
      const auto before = std::count(seen.begin(), seen.end(), set.number);
      seen.push_back(set.number);
      set.number += before << keys_.size();
      sets_.push_back(std::move(set));
    }
    return base::success();
  }

  // GROUPING(a, b): a bit for each, 1 where it is not of the row's set.
  Result<ExprPtr> grouping(const sql::Expression& tree) {
    const auto number = [](std::int64_t value) {
      return expr::make_literal(value, LogicalType::bigint());
    };
    ExprPtr out = number(0);
    for (const auto& argument : tree.arguments) {
      auto bound = bind_expression(*argument, scope_, "");
      std::optional<std::size_t> key;
      for (std::size_t i = 0; bound && i < keys_.size(); ++i) {
        if (expr::equal(*keys_[i], *bound.value())) key = i;
      }
      if (!key) {
        return sql::validation_error(argument->where,
                                     "Argument to GROUPING operator must be a grouped expression");
      }
      if (sets_.empty()) continue;
      const ExprPtr set = expr::make_column(set_base, "$e", LogicalType::bigint().not_null());
      const std::int64_t weight = std::int64_t{1} << (keys_.size() - 1 - *key);
      BOOST_OUTCOME_TRY(auto shifted, expr::make_call("/", {set, number(weight)}));
      BOOST_OUTCOME_TRY(auto bit, expr::make_call("%", {shifted, number(2)}));
      BOOST_OUTCOME_TRY(auto twice, expr::make_call("*", {out, number(2)}));
      BOOST_OUTCOME_TRY(auto sum, expr::make_call("+", {twice, bit}));
      out = std::move(sum);
    }
    return out;
  }

  // Decides between a window from FROM, one from GROUP BY, and none.
  Status check_window() {
    const auto has = [this](WindowRole role) {
      return std::find(roles_.begin(), roles_.end(), role) != roles_.end();
    };
    if (roles_.empty()) return base::success();
    if (window_) {
      return sql::not_served(role_where_.from,
                             "a group window beside the columns of a window function");
    }
    if (!has(WindowRole::start) || !has(WindowRole::end)) {
      // Flink makes this an updating aggregate on plain columns.
      keys_.insert(keys_.end(), role_keys_.begin(), role_keys_.end());
      roles_.clear();
      return base::success();
    }
    from_function_ = true;
    return base::success();
  }

  // ---- SELECT and HAVING

  // What the aggregate's result answers by itself; null for what is built from such parts.
  Result<ExprPtr> answer(const sql::Expression& tree) {
    if (tree.kind == Kind::call && !tree.over && aggregates::is_aggregate(tree.name)) {
      return aggregate_call(tree);
    }
    if (tree.kind == Kind::subquery) {
      return sql::not_served(tree.where.from, "a sub-query as a value beside GROUP BY");
    }
    if (tree.kind == Kind::call && (tree.name == "GROUPING" || tree.name == "GROUPING_ID")) {
      return grouping(tree);
    }
    if (tree.kind == Kind::call && tree.name == "GROUP_ID" && tree.arguments.empty()) {
      return expr::make_literal(std::int64_t{0}, LogicalType::bigint());
    }
    if (tree.kind == Kind::call) {
      BOOST_OUTCOME_TRY(auto property, auxiliary(tree));
      if (property) return property;
    }
    if (tree.kind == Kind::column) {
      const std::size_t used = scope_.column_parts(tree.path);
      BOOST_OUTCOME_TRY(auto index,
                        scope_.resolve({tree.path.begin(),
                                        tree.path.begin() + static_cast<std::ptrdiff_t>(used)}));
      BOOST_OUTCOME_TRY(auto found, grouped_column(index));
      if (found) return field_of(std::move(found), tree, used, scope_.table_of(index));
      if (used < tree.path.size()) {
        BOOST_OUTCOME_TRY(const auto whole, bind_expression(tree, scope_, ""));
        for (std::size_t i = 0; i < keys_.size(); ++i) {
          if (expr::equal(*keys_[i], *whole)) return key_column(i);
        }
      }
      std::string name;
      for (const auto& part : tree.path) name += (name.empty() ? "" : ".") + part.text;
      return sql::validation_error(tree.where, "Expression '" + name + "' is not being grouped");
    }
    // GROUP BY UPPER(a) ... SELECT UPPER(a)
    if ((tree.kind == Kind::call || tree.kind == Kind::cast || tree.kind == Kind::case_when) &&
        has_expression_key() && !has_aggregate(tree)) {
      const auto whole = bind_expression(tree, scope_, "");
      if (whole) {
        for (std::size_t i = 0; i < keys_.size(); ++i) {
          if (expr::equal(*keys_[i], *whole.value())) return key_column(i);
        }
      }
    }
    return ExprPtr();
  }

  [[nodiscard]] bool has_expression_key() const {
    return std::any_of(keys_.begin(), keys_.end(),
                       [](const ExprPtr& key) { return key->kind != expr::Expr::Kind::column; });
  }

  ExprPtr key_column(std::size_t index) {
    const ExprPtr& key = keys_[index];
    return expr::make_column(index, key->kind == expr::Expr::Kind::column ? key->name : "",
                             sets_.empty() ? key->type : key->type.with_nullable(true));
  }

  // Null when the column is not grouped by.
  Result<ExprPtr> grouped_column(std::size_t index) {
    const Field& field = scope_.fields[index];
    if (from_function_ && field.window != WindowRole::none &&
        std::find(roles_.begin(), roles_.end(), field.window) != roles_.end()) {
      return property_column(field.window, field.name, field.type);
    }
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (keys_[i]->kind == expr::Expr::Kind::column && keys_[i]->column == index) {
        return key_column(i);
      }
    }
    return ExprPtr();
  }

  ExprPtr property_column(WindowRole role, const std::string& name, const LogicalType& type) {
    auto found = std::find(properties_.begin(), properties_.end(), role);
    if (found == properties_.end()) {
      properties_.push_back(role);
      property_types_.push_back(type);
      found = properties_.end() - 1;
    }
    const auto index = static_cast<std::size_t>(found - properties_.begin());
    return expr::make_column(property_base + index, name, type);
  }

  Result<ExprPtr> aggregate_call(const sql::Expression& tree) {
    Call call;
    std::vector<LogicalType> types;
    const bool star = tree.arguments.size() == 1 && tree.arguments[0]->kind == Kind::star;
    if (!star) {
      for (const auto& argument : tree.arguments) {
        if (has_aggregate(*argument)) {
          return sql::validation_error(tree.where, "Aggregate expressions cannot be nested");
        }
        BOOST_OUTCOME_TRY(auto bound, bind_expression(*argument, scope_, ""));
        types.push_back(bound->type);
        call.args.push_back(std::move(bound));
      }
    } else if (tree.name != "COUNT") {
      return sql::validation_error(tree.arguments[0]->where, "Unknown identifier '*'");
    } else if (tree.flag) {
      return sql::parse_error(tree.arguments[0]->where.from, "COUNT(DISTINCT *) is no expression.");
    }
    if (!star && types.empty()) {
      return sql::validation_error(tree.where, "Invalid number of arguments to function '" +
                                                   tree.name + "'. Was expecting 1 arguments");
    }
    auto bound = aggregates::bind_aggregate(tree.path.empty() ? tree.name : tree.path[0].text,
                                            types, tree.flag);
    if (!bound) return located(bound.error(), tree.where);
    call.aggregate = bound.value();
    call.aggregate.ignore_nulls = tree.ignore_nulls;
    if (tree.name.starts_with("JSON_")) {
      BOOST_OUTCOME_TRY(json_arguments(tree, call));
    }
    for (std::size_t i = 0; i < call.args.size(); ++i) {
      if (call.args[i]->type.same_as(call.aggregate.args[i])) continue;
      auto converted = expr::make_cast(call.args[i], call.aggregate.args[i]);
      if (!converted) return located(converted.error(), tree.where);
      call.args[i] = converted.value();
    }
    if (tree.filter) {
      if (has_aggregate(*tree.filter)) {
        return sql::validation_error(tree.filter->where,
                                     "FILTER must not contain aggregate expression");
      }
      BOOST_OUTCOME_TRY(auto filter, bind_condition(*tree.filter, scope_, "FILTER"));
      call.filter = std::move(filter);
    }
    if (tree.name == "FIRST_VALUE" || tree.name == "LAST_VALUE" || tree.name.starts_with("JSON_")) {
      unmergeable_.push_back(&tree);
    }
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      if (same(calls_[i], call)) return call_column(i);
    }
    call.name = call_name_.empty() ? "$f" + std::to_string(calls_.size()) : call_name_;
    calls_.push_back(std::move(call));
    return call_column(calls_.size() - 1);
  }

  // JSON_OBJECTAGG and JSON_ARRAYAGG are given their keys and values as JSON.
  static Status json_arguments(const sql::Expression& tree, Call& call) {
    for (std::size_t i = 0; i < call.args.size(); ++i) {
      const sql::Expression& written = *tree.arguments[i];
      const bool json = written.kind == Kind::call &&
                        (written.name == "JSON_OBJECT" || written.name == "JSON_ARRAY");
      auto made = expr::make_call("JSON_ARRAY",
                                  {expr::make_string(json ? "ABSENT1" : "ABSENT0"), call.args[i]});
      if (!made) return located(made.error(), tree.where);
      call.args[i] = made.value();
      call.aggregate.args[i] = call.args[i]->type;
    }
    return base::success();
  }

  // Where Flink has no method for it: JSON_ARRAYAGG in windows that are merged or of GROUP BY.
  Status check_json(const Window& window) const {
    for (const sql::Expression* call : unmergeable_) {
      if (!call->name.starts_with("JSON_")) continue;
      const bool merged =
          window.kind != Window::Kind::tumble && !call->name.starts_with("JSON_OBJECT");
      if (!window.legacy && !merged) continue;
      return no_json_method(*call, window.legacy ? "accumulate" : "merge");
    }
    return base::success();
  }

  static bool same(const Call& a, const Call& b) {
    if (a.aggregate.function != b.aggregate.function ||
        a.aggregate.distinct != b.aggregate.distinct ||
        a.aggregate.ignore_nulls != b.aggregate.ignore_nulls || a.args.size() != b.args.size()) {
      return false;
    }
    if ((a.filter == nullptr) != (b.filter == nullptr) ||
        (a.filter != nullptr && !expr::equal(*a.filter, *b.filter))) {
      return false;
    }
    for (std::size_t i = 0; i < a.args.size(); ++i) {
      if (!expr::equal(*a.args[i], *b.args[i])) return false;
    }
    return true;
  }

  ExprPtr call_column(std::size_t index) {
    return expr::make_column(call_base + index, calls_[index].name, calls_[index].aggregate.result);
  }

  // TUMBLE_START(ts, INTERVAL ...) and the like; null for other calls.
  Result<ExprPtr> auxiliary(const sql::Expression& tree) {
    const auto line = tree.name.find('_');
    if (line == std::string::npos) return ExprPtr();
    const std::string function = tree.name.substr(0, line);
    const std::string what = tree.name.substr(line + 1);
    if ((function != "TUMBLE" && function != "HOP" && function != "SESSION") ||
        (what != "START" && what != "END" && what != "ROWTIME" && what != "PROCTIME")) {
      return ExprPtr();
    }
    if (!window_ || !matches(*window_, tree, function, scope_)) {
      return sql::validation_error(tree.where,
                                   "Call to auxiliary group function '" + tree.name +
                                       "' must have matching call to group function '$" + function +
                                       "' in GROUP BY clause");
    }
    if (what == "START" || what == "END") {
      return property_column(what == "START" ? WindowRole::start : WindowRole::end,
                             what == "START" ? "w$start" : "w$end",
                             LogicalType::timestamp(3).not_null());
    }
    if (what == "PROCTIME") {
      auto now = expr::make_call("PROCTIME", {});
      if (!now) return located(now.error(), tree.where);
      return now.value();
    }
    if (!window_->window.event_time) {
      return sql::script_error(tree.where.from,
                               "A proctime window cannot provide a rowtime attribute.");
    }
    return property_column(
        WindowRole::time, "w$rowtime",
        window_->window.zoned ? LogicalType::timestamp_ltz(3) : LogicalType::timestamp(3));
  }

  Status expand_star(const sql::Expression& star, std::vector<ExprPtr>& projections,
                     std::vector<Field>& fields) {
    for (std::size_t i = 0; i < scope_.fields.size(); ++i) {
      BOOST_OUTCOME_TRY(auto found, grouped_column(i));
      if (!found) {
        return sql::validation_error(
            star.where, "Expression '" + (scope_.alias ? *scope_.alias + "." : std::string()) +
                            scope_.fields[i].name + "' is not being grouped");
      }
      fields.push_back(output_field(scope_.fields[i].name, found));
      projections.push_back(std::move(found));
    }
    return base::success();
  }

  Field output_field(std::string name, const ExprPtr& expression) {
    Field field;
    field.name = std::move(name);
    field.type = expression->type;
    if (expression->kind != expr::Expr::Kind::column) return field;
    if (expression->column >= property_base && expression->column < set_base) {
      const WindowRole role = properties_[expression->column - property_base];
      if (from_function_) field.window = role;
      if (role == WindowRole::time) field.time = time_attribute();
    }
    return field;
  }

  [[nodiscard]] TimeAttribute time_attribute() const {
    if (window_)
      return window_->window.event_time ? TimeAttribute::rowtime : TimeAttribute::proctime;
    for (const auto& field : scope_.fields) {
      if (field.window == WindowRole::time) return field.time;
    }
    return TimeAttribute::rowtime;
  }

  // ---- the plan

  // `column` as numbered while binding to its place in the aggregate's result.
  ExprPtr place(const ExprPtr& tree) {
    if (tree->kind == expr::Expr::Kind::column) {
      std::size_t index = tree->column;
      const std::size_t keys = keys_.size() + (sets_.empty() ? 0 : 1);
      if (index >= set_base) {
        index = keys_.size();
      } else if (index >= property_base) {
        index = index - property_base + keys + calls_.size();
      } else if (index >= call_base) {
        index = index - call_base + keys;
      }
      return expr::make_column(index, tree->name, tree->type);
    }
    if (tree->args.empty()) return tree;
    auto copy = std::make_shared<expr::Expr>(*tree);
    for (auto& argument : copy->args) argument = place(argument);
    return copy;
  }

  Result<NodePtr> build() {
    std::vector<ExprPtr> projections = keys_;
    std::vector<Field> fields;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      fields.push_back(project_field(key_name(i), keys_[i], scope_.fields));
      fields.back().window = WindowRole::none;
    }
    std::vector<AggregateCall> calls;
    for (const auto& call : calls_) {
      AggregateCall planned{call.aggregate, {}, std::nullopt, call.name};
      for (const auto& argument : call.args) {
        planned.args.push_back(add_argument(argument, projections, fields));
      }
      if (call.filter) planned.filter = add_argument(call.filter, projections, fields);
      calls.push_back(std::move(planned));
    }
    auto node = std::make_shared<Node>();
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      node->fields.push_back({fields[i].name, fields[i].type});
      if (!sets_.empty()) node->fields[i].type = fields[i].type.with_nullable(true);
    }
    if (!sets_.empty()) node->fields.push_back({"$e", LogicalType::bigint().not_null()});
    for (const auto& call : calls) node->fields.push_back({call.name, call.aggregate.result});

    NodePtr input = input_.node;
    std::vector<std::size_t> keys(keys_.size());
    for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = i;
    if (!window_ && !from_function_) {
      BOOST_OUTCOME_TRY(auto below, filter_and_project(input, condition_, std::move(projections),
                                                       std::move(fields), where_at()));
      below = expanded(std::move(below), keys);
      const bool retracts = changes_of(*below).any();
      for (auto& call : calls) call.aggregate.retract = retracts && !only_moves_on(call, *below);
      node->input = std::move(below);
      node->body = GroupAggregate{std::move(keys), std::move(calls), retracts};
      return NodePtr(std::move(node));
    }
    // Rows that are taken back go through the windows one by one.
    const bool retracts = changes_of(*input).any();
    WindowAggregate aggregate;
    aggregate.keys = std::move(keys);
    aggregate.calls = std::move(calls);
    for (auto& call : aggregate.calls) call.aggregate.retract = retracts;
    aggregate.properties = properties_;
    ExprPtr time = window_ ? window_->time : nullptr;
    if (from_function_) {
      const auto expand =
          retracts ? std::nullopt : fold_to_window_function(input, projections, condition_);
      const Window* attached = expand ? nullptr : window_below(*input);
      if (expand) {
        aggregate.window = expand->window;
        const Field& field = input->fields[expand->time_column];
        time = expr::make_column(expand->time_column, field.name, field.type);
      } else if (attached != nullptr) {
        aggregate.window = *attached;
        aggregate.attached = true;
        aggregate.start_column = add_argument(role_key(WindowRole::start), projections, fields);
        aggregate.end_column = add_argument(role_key(WindowRole::end), projections, fields);
      } else {
        return sql::not_served(role_where_.from, "GROUP BY window_start, window_end here");
      }
      if (aggregate.window.kind == Window::Kind::hop &&
          aggregate.window.size_ms % aggregate.window.slide_ms != 0) {
        return sql::plain_error(
            role_where_.from,
            "HOP table function based aggregate requires size must be an integral multiple of "
            "slide, but got size " +
                std::to_string(aggregate.window.size_ms) + " ms and slide " +
                std::to_string(aggregate.window.slide_ms) + " ms");
      }
    } else {
      aggregate.window = window_->window;
    }
    BOOST_OUTCOME_TRY(check_json(aggregate.window));
    if (window_ && (aggregate.window.kind == Window::Kind::session || retracts)) {
      if (!sets_.empty()) {
        return sql::not_served(select_.span.from, "GROUPING SETS beside SESSION");
      }
      return session(std::move(node), std::move(aggregate), std::move(projections),
                     std::move(fields));
    }
    if (aggregate.window.kind == Window::Kind::hop) {
      for (const sql::Expression* call : unmergeable_) {
        if (call->name.starts_with("JSON_")) continue;
        binder_.warn(call->where.from, call->name +
                                           " in a HOP window: Flink refuses this query (no "
                                           "merge for it, seen with 2.2)");
      }
    }
    if (aggregate.window.event_time && !aggregate.attached) {
      aggregate.time_column = add_argument(time, projections, fields);
      if (aggregate.time_column + 1 == fields.size()) fields.back().time = TimeAttribute::rowtime;
    }
    add_properties(*node);
    BOOST_OUTCOME_TRY(auto below, filter_and_project(input, condition_, std::move(projections),
                                                     std::move(fields), where_at()));
    node->input = expanded(std::move(below), aggregate.keys);
    node->body = std::move(aggregate);
    return NodePtr(std::move(node));
  }

  // With grouping sets: each row once a set, and the set's number is one more key.
  NodePtr expanded(NodePtr below, std::vector<std::size_t>& keys) const {
    if (sets_.empty()) return below;
    auto node = std::make_shared<Node>();
    node->fields = below->fields;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      node->fields[i].type = node->fields[i].type.with_nullable(true);
    }
    keys.push_back(node->fields.size());
    node->fields.push_back({"$e", LogicalType::bigint().not_null()});
    node->body = Expand{keys_.size(), sets_};
    node->input = std::move(below);
    return node;
  }

  // GROUP BY SESSION(time, gap): a session for each group, whose rows carry it to the aggregate.
  // The other windows when rows are taken back.
  Result<NodePtr> session(std::shared_ptr<Node> node, WindowAggregate aggregate,
                          std::vector<ExprPtr> projections, std::vector<Field> fields) {
    WindowExpand expand;
    expand.window = aggregate.window;
    if (expand.window.kind == Window::Kind::session) expand.partition = aggregate.keys;
    if (aggregate.window.event_time) {
      expand.time_column = add_argument(window_->time, projections, fields);
      fields[expand.time_column].time = TimeAttribute::rowtime;
    }
    BOOST_OUTCOME_TRY(auto below,
                      filter_and_project(input_.node, condition_, std::move(projections),
                                         std::move(fields), where_at()));
    auto sessions = make_window_expand(std::move(below), std::move(expand));
    aggregate.attached = true;
    aggregate.end_column = sessions->fields.size() - 2;
    aggregate.start_column = sessions->fields.size() - 3;
    add_properties(*node);
    node->input = std::move(sessions);
    node->body = std::move(aggregate);
    return NodePtr(std::move(node));
  }

  void add_properties(Node& node) const {
    for (std::size_t i = 0; i < properties_.size(); ++i) {
      const WindowRole role = properties_[i];
      node.fields.push_back({role == WindowRole::start ? "window_start"
                             : role == WindowRole::end ? "window_end"
                                                       : "window_time",
                             property_types_[i],
                             role == WindowRole::time ? time_attribute() : TimeAttribute::none,
                             from_function_ ? role : WindowRole::none});
    }
  }

  // The scope's column that GROUP BY names as the window's start or end.
  [[nodiscard]] ExprPtr role_key(WindowRole role) const {
    const auto at = std::find(roles_.begin(), roles_.end(), role);
    return role_keys_[static_cast<std::size_t>(at - roles_.begin())];
  }

  // A maximum of what only grows needs no row taken back; likewise a minimum.
  static bool only_moves_on(const AggregateCall& call, const Node& input) {
    if (call.args.empty()) return false;
    const Monotonicity moves = monotonicity_of(input, call.args[0]);
    const std::string_view function = call.aggregate.function->name;
    return (function == "MAX" && moves == Monotonicity::increasing) ||
           (function == "MIN" && moves == Monotonicity::decreasing);
  }

  [[nodiscard]] sql::Position where_at() const {
    return select_.where ? select_.where->where.from : select_.span.from;
  }

  std::string key_name(std::size_t index) const {
    return keys_[index]->kind == expr::Expr::Kind::column ? scope_.fields[keys_[index]->column].name
                                                          : "$k" + std::to_string(index);
  }

  // Keys that grouping sets turn to NULL are no arguments.
  std::size_t add_argument(const ExprPtr& argument, std::vector<ExprPtr>& projections,
                           std::vector<Field>& fields) const {
    for (std::size_t i = sets_.empty() ? 0 : keys_.size(); i < projections.size(); ++i) {
      if (expr::equal(*projections[i], *argument)) return i;
    }
    const bool column = argument->kind == expr::Expr::Kind::column;
    fields.push_back(
        {column ? argument->name : "$f" + std::to_string(projections.size()), argument->type});
    projections.push_back(argument);
    return projections.size() - 1;
  }

  Binder& binder_;
  const sql::Select& select_;
  const Relation& input_;
  const Pulled* pulled_;
  const Scope scope_;
  ExprPtr condition_;
  std::vector<ExprPtr> keys_;
  std::vector<std::optional<std::size_t>> key_of_item_;  // by item of GROUP BY
  std::vector<Expand::Set> sets_;                        // empty: no grouping sets
  std::vector<WindowRole> roles_;
  std::vector<ExprPtr> role_keys_;
  sql::Span role_where_;
  bool from_function_ = false;
  std::optional<GroupWindow> window_;
  std::vector<Call> calls_;
  std::vector<const sql::Expression*> unmergeable_;  // FIRST_VALUE, LAST_VALUE
  std::string call_name_;                            // what the item being bound is called
  std::vector<WindowRole> properties_;
  std::vector<LogicalType> property_types_;
};

}  // namespace

sql::Error no_json_method(const sql::Expression& call, const char* method) {
  const bool object = call.name.starts_with("JSON_OBJECT");
  return sql::plain_error(call.where.from,
                          std::string("Could not find an implementation method '") + method +
                              "' in class 'org.apache.flink.table.runtime.functions.aggregate." +
                              (object ? "JsonObjectAggFunction" : "JsonArrayAggFunction") +
                              "' for function '" + call.name + "'");
}

Result<NodePtr> bind_aggregate_query(Binder& binder, const sql::Select& select,
                                     const Relation& input, const Pulled* pulled) {
  return AggregateQuery(binder, select, input, pulled).run();
}

}  // namespace millrace::plan
