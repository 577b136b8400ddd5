// ROW_NUMBER() with a bound, and ORDER BY and LIMIT: a query's first rows.
#include <algorithm>

#include "runtime/expr/function.hpp"
#include "runtime/plan/binder.hpp"
#include "runtime/plan/group_window.hpp"

namespace millrace::plan {

namespace {

using expr::ExprPtr;

bool reads(const expr::Expr& tree, std::size_t column) {
  const auto columns = expr::referenced_columns(tree);
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

struct RankBounds {
  std::int64_t from = 1;
  std::optional<std::int64_t> to;
};

// Takes what `part` says of the number's column; false when it says something else.
bool take_rank_bound(const expr::Expr& part, std::size_t number, RankBounds& bounds) {
  if (part.kind != expr::Expr::Kind::call || part.args.size() != 2) return false;
  const auto is_number = [number](const expr::Expr& side) {
    return side.kind == expr::Expr::Kind::column && side.column == number;
  };
  const auto* left = part.args[0].get();
  const auto* right = part.args[1].get();
  std::string name(part.function->name);
  if (is_number(*right)) {
    std::swap(left, right);
    for (char& c : name) c = c == '<' ? '>' : c == '>' ? '<' : c;
  }
  if (!is_number(*left) || right->kind != expr::Expr::Kind::literal || !right->type.is_integer() ||
      data::is_null(right->literal)) {
    return false;
  }
  const auto value = std::get<std::int64_t>(right->literal);
  const auto at_most = [&](std::int64_t limit) {
    bounds.to = bounds.to ? std::min(*bounds.to, limit) : limit;
  };
  if (name == "<=") {
    at_most(value);
  } else if (name == "<") {
    at_most(value - 1);
  } else if (name == ">=") {
    bounds.from = std::max(bounds.from, value);
  } else if (name == ">") {
    bounds.from = std::max(bounds.from, value + 1);
  } else if (name == "=") {
    at_most(value);
    bounds.from = std::max(bounds.from, value);
  } else {
    return false;
  }
  return true;
}

Rank::Strategy strategy_of(const Rank& rank, const Node& input, std::vector<std::size_t>& key) {
  if (!changes_of(input).any()) {
    const bool by_arrival =
        rank.order.empty() || (rank.order.size() == 1 && !rank.order[0].descending &&
                               input.fields[rank.order[0].column].time == TimeAttribute::proctime);
    return by_arrival ? Rank::Strategy::first_rows : Rank::Strategy::append;
  }
  key = upsert_key_of(input);
  const bool keyed =
      !key.empty() &&
      std::all_of(rank.partition.begin(), rank.partition.end(), [&key](std::size_t column) {
        return std::find(key.begin(), key.end(), column) != key.end();
      });
  const bool moves_up =
      !rank.order.empty() &&
      std::all_of(rank.order.begin(), rank.order.end(), [&input](const OrderField& field) {
        const Monotonicity moves = monotonicity_of(input, field.column);
        return moves == Monotonicity::constant ||
               moves == (field.descending ? Monotonicity::increasing : Monotonicity::decreasing);
      });
  if (keyed && moves_up) return Rank::Strategy::update;
  key.clear();
  return Rank::Strategy::retract;
}

NodePtr make_rank(Rank rank, NodePtr input) {
  rank.strategy = strategy_of(rank, *input, rank.unique_key);
  auto node = std::make_shared<Node>();
  node->fields = input->fields;
  if (rank.with_number) {
    node->fields.push_back({"w0$o0", data::LogicalType::bigint().not_null()});
  }
  node->body = std::move(rank);
  node->input = std::move(input);
  return node;
}

// Chooses among the nodes that keep the first rows.
NodePtr make_first_rows(const Over& over, const RankBounds& bounds, bool with_number,
                        NodePtr input) {
  const std::vector<Field>& fields = input->fields;
  const auto role = [&](std::size_t column) { return fields[column].window; };
  std::optional<std::size_t> start;
  std::optional<std::size_t> end;
  std::vector<std::size_t> others;
  for (const std::size_t column : over.partition) {
    if (role(column) == WindowRole::start) {
      start = column;
    } else if (role(column) == WindowRole::end) {
      end = column;
    } else {
      others.push_back(column);
    }
  }
  const bool changing = changes_of(*input).any();
  const bool one = bounds.from == 1 && *bounds.to == 1;
  const TimeAttribute time =
      over.order.size() == 1 ? fields[over.order[0].column].time : TimeAttribute::none;
  const Window* window = start && end ? window_below(*input) : nullptr;
  auto node = std::make_shared<Node>();
  node->fields = fields;
  if (window != nullptr) {
    WindowRank rank;
    rank.partition = std::move(others);
    rank.order = over.order;
    rank.window_end = *end;
    rank.event_time = window->event_time;
    rank.zoned = window->zoned;
    rank.from = bounds.from;
    rank.to = *bounds.to;
    rank.with_number = with_number;
    rank.newest_of_equal = one && time == TimeAttribute::rowtime && over.order[0].descending;
    if (with_number) node->fields.push_back({"w0$o0", data::LogicalType::bigint().not_null()});
    node->body = std::move(rank);
    node->input = std::move(input);
    return node;
  }
  if (one && time != TimeAttribute::none && !changing) {
    Deduplicate deduplicate;
    deduplicate.keys = over.partition;
    deduplicate.order = over.order;
    deduplicate.time_column = over.order[0].column;
    deduplicate.rowtime = time == TimeAttribute::rowtime;
    deduplicate.keep_last = over.order[0].descending;
    node->body = std::move(deduplicate);
    node->input = std::move(input);
    return node;
  }
  Rank rank;
  rank.partition = over.partition;
  rank.order = over.order;
  rank.from = bounds.from;
  rank.to = *bounds.to;
  rank.with_number = with_number;
  return make_rank(std::move(rank), std::move(input));
}

// The chosen columns of a node; a Calc is narrowed, not covered.
NodePtr narrow(const NodePtr& input, const std::vector<std::size_t>& columns) {
  std::vector<Field> fields;
  std::vector<ExprPtr> projections;
  const auto* calc = std::get_if<Calc>(&input->body);
  for (const std::size_t column : columns) {
    const Field& field = input->fields[column];
    fields.push_back(field);
    projections.push_back(calc != nullptr ? calc->projections[column]
                                          : expr::make_column(column, field.name, field.type));
  }
  if (calc != nullptr) {
    return make_calc(input->input, calc->condition, std::move(projections), std::move(fields));
  }
  return make_calc(input, nullptr, std::move(projections), std::move(fields));
}

}  // namespace

Result<NodePtr> bind_rank(const NodePtr& input, const ExprPtr& condition,
                          const std::vector<ExprPtr>& projections, const std::vector<Field>& fields,
                          sql::Position at) {
  if (!condition) return NodePtr();
  NodePtr below = input;
  ExprPtr where = condition;
  std::vector<ExprPtr> selected = projections;
  while (const auto* calc = std::get_if<Calc>(&below->body)) {
    if (calc->condition) return NodePtr();
    where = expr::substitute(where, calc->projections);
    for (auto& value : selected) value = expr::substitute(value, calc->projections);
    below = below->input;
  }
  const auto* over = std::get_if<Over>(&below->body);
  if (over == nullptr || (!over->is_row_number && !over->is_rank)) return NodePtr();
  const std::size_t number = below->fields.size() - 1;
  if (!reads(*where, number)) return NodePtr();
  std::vector<ExprPtr> parts;
  split_and(where, parts);
  RankBounds bounds;
  std::vector<ExprPtr> rest;
  for (const auto& part : parts) {
    if (!take_rank_bound(*part, number, bounds)) rest.push_back(part);
  }
  if (over->is_rank) {
    return sql::plain_error(at, std::string(over->calls[0].aggregate.function->name) +
                                    "() on streaming table is not supported currently");
  }
  if (!bounds.to) {
    return sql::plain_error(at,
                            "Rank end is not specified. Currently rank only support TopN, which "
                            "means the rank end must be specified.");
  }
  if (*bounds.to <= 0) return sql::plain_error(at, "Rank end should not less than zero");

  // The columns that are read above or below, in their order; the others are not kept.
  std::vector<bool> needed(number, false);
  bool with_number = false;
  const auto need = [&](const ExprPtr& tree) {
    for (const std::size_t column : expr::referenced_columns(*tree)) {
      if (column == number) {
        with_number = true;
      } else {
        needed[column] = true;
      }
    }
  };
  for (const auto& value : selected) need(value);
  for (const auto& part : rest) need(part);
  for (const std::size_t column : over->partition) needed[column] = true;
  for (const auto& field : over->order) needed[field.column] = true;
  std::vector<std::size_t> columns;
  std::vector<ExprPtr> places(number + 1);
  std::vector<std::size_t> place_of(number, 0);
  for (std::size_t i = 0; i < number; ++i) {
    place_of[i] = columns.size();
    places[i] = expr::make_column(columns.size(), below->fields[i].name, below->fields[i].type);
    if (needed[i]) columns.push_back(i);
  }
  // The one rank that can come is known beforehand.
  const bool constant = bounds.from == *bounds.to;
  places[number] = constant
                       ? expr::make_literal(*bounds.to, data::LogicalType::bigint())
                       : expr::make_column(columns.size(), "w0$o0", below->fields[number].type);
  Over moved = *over;
  for (auto& column : moved.partition) column = place_of[column];
  for (auto& field : moved.order) field.column = place_of[field.column];
  auto ranked =
      make_first_rows(moved, bounds, with_number && !constant, narrow(below->input, columns));
  for (auto& value : selected) value = expr::substitute(value, places);
  ExprPtr filter = join_and(rest);
  if (filter) filter = expr::substitute(filter, places);
  return make_calc(std::move(ranked), std::move(filter), std::move(selected), fields);
}

Result<NodePtr> Binder::order_and_limit(NodePtr node, const sql::Query& query) {
  const std::size_t width = node->fields.size();
  Rank rank;
  const Scope scope{std::nullopt, node->fields};
  std::vector<ExprPtr> columns;
  std::vector<Field> fields = node->fields;
  for (std::size_t i = 0; i < width; ++i) {
    columns.push_back(expr::make_column(i, fields[i].name, fields[i].type));
  }
  for (const auto& item : query.order_by) {
    const sql::Expression& tree = *item.expression;
    std::size_t column = width;
    if (tree.kind == sql::Expression::Kind::number_literal) {
      const auto number = tree.name.size() < 6 ? std::stoul("0" + tree.name) : 0;
      if (tree.name.find_first_not_of("0123456789") != std::string::npos || number == 0 ||
          number > width) {
        return sql::validation_error(tree.where, "Ordinal out of range");
      }
      column = number - 1;
    } else {
      BOOST_OUTCOME_TRY(auto bound, bind_expression(tree, scope, "ORDER BY"));
      if (bound->kind == expr::Expr::Kind::column) {
        column = bound->column;
      } else {
        column = columns.size();
        fields.push_back({"$" + std::to_string(column), bound->type});
        columns.push_back(std::move(bound));
      }
    }
    rank.order.push_back({column, item.descending, item.nulls_first.value_or(!item.descending)});
  }
  if (!query.limit) {
    if (query.offset) return sql::not_served(query.where.from, "OFFSET without LIMIT");
    const OrderField& first = rank.order.front();
    if (node->fields.size() <= first.column ||
        node->fields[first.column].time == TimeAttribute::none) {
      return sql::plain_error(query.order_by.front().where.from,
                              "Sort on a non-time-attribute field is not supported.");
    }
    if (first.descending) {
      return sql::plain_error(query.order_by.front().where.from,
                              "Sort: Primary sort order of a streaming table must be ascending on "
                              "time.");
    }
    for (const auto& field : rank.order) {
      if (field.column >= width) {
        return sql::not_served(query.order_by.front().where.from, "ORDER BY an expression");
      }
    }
    auto sorted = std::make_shared<Node>();
    sorted->fields = node->fields;
    sorted->body =
        TemporalSort{rank.order, node->fields[first.column].time == TimeAttribute::rowtime};
    sorted->input = std::move(node);
    return NodePtr(std::move(sorted));
  }
  rank.form = rank.order.empty() ? Rank::Form::limit : Rank::Form::sort_limit;
  rank.from = query.offset.value_or(0) + 1;
  rank.to = query.offset.value_or(0) + *query.limit;
  const bool computed = columns.size() > width;
  if (computed) node = make_calc(std::move(node), nullptr, columns, fields);
  auto ranked = make_rank(std::move(rank), std::move(node));
  if (!computed) return ranked;
  columns.resize(width);
  fields.resize(width);
  return make_calc(std::move(ranked), nullptr, std::move(columns), std::move(fields));
}

}  // namespace millrace::plan
