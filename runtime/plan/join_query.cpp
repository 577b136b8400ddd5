// Joins: what a condition says, and which of the joins it asks for.
#include <algorithm>
#include <limits>

#include "runtime/expr/function.hpp"
#include "runtime/plan/binder.hpp"
#include "runtime/plan/correlation.hpp"
#include "runtime/plan/group_window.hpp"

namespace millrace::plan {

namespace {

using expr::ExprPtr;

constexpr std::int64_t open_end = std::numeric_limits<std::int64_t>::max();

// Which side's columns an expression reads.
struct Sides {
  bool left = false;
  bool right = false;
};
Sides sides_of(const expr::Expr& tree, std::size_t left_width) {
  Sides sides;
  for (const std::size_t column : expr::referenced_columns(tree)) {
    (column < left_width ? sides.left : sides.right) = true;
  }
  return sides;
}

ExprPtr moved(const ExprPtr& tree, std::size_t from, std::size_t to) {
  if (tree->kind == expr::Expr::Kind::column) {
    return expr::make_column(tree->column - from + to, tree->name, tree->type);
  }
  if (tree->args.empty()) return tree;
  auto copy = std::make_shared<expr::Expr>(*tree);
  for (auto& argument : copy->args) argument = moved(argument, from, to);
  return copy;
}

// A time attribute plus a constant: "r.ts - INTERVAL '5' SECOND".
struct ShiftedTime {
  std::size_t column = 0;
  std::int64_t shift_ms = 0;
};
std::optional<ShiftedTime> shifted_time(const expr::Expr& tree, const std::vector<Field>& fields) {
  if (tree.kind == expr::Expr::Kind::column) {
    if (fields[tree.column].time != TimeAttribute::rowtime) return std::nullopt;
    return ShiftedTime{tree.column, 0};
  }
  if (tree.kind == expr::Expr::Kind::cast) {
    return tree.type.is_timestamp() && tree.args[0]->type.is_timestamp() &&
                   tree.type.kind() == tree.args[0]->type.kind()
               ? shifted_time(*tree.args[0], fields)
               : std::nullopt;
  }
  if (tree.kind != expr::Expr::Kind::call || tree.args.size() != 2) return std::nullopt;
  const bool plus = tree.function->name == "+";
  if (!plus && tree.function->name != "-") return std::nullopt;
  const auto& amount = *tree.args[1];
  if (amount.kind != expr::Expr::Kind::literal ||
      !amount.type.is(data::TypeKind::interval_millis) || data::is_null(amount.literal)) {
    return std::nullopt;
  }
  auto time = shifted_time(*tree.args[0], fields);
  if (!time) return std::nullopt;
  const auto ms = std::get<std::int64_t>(amount.literal);
  time->shift_ms += plus ? ms : -ms;
  return time;
}

struct Bounds {
  std::int64_t lower = -open_end;  // of the left row's time less the right one's
  std::int64_t upper = open_end;
  std::size_t left = 0;
  std::size_t right = 0;
  bool any = false;
};

// Takes what a comparison of the two sides' row times says; false when it is something else.
bool take_bound(const expr::Expr& part, const std::vector<Field>& fields, std::size_t left_width,
                Bounds& bounds) {
  if (part.kind != expr::Expr::Kind::call || part.args.size() != 2) return false;
  std::string name(part.function->name);
  if (name != "<" && name != "<=" && name != ">" && name != ">=" && name != "=") return false;
  auto a = shifted_time(*part.args[0], fields);
  auto b = shifted_time(*part.args[1], fields);
  if (!a || !b || (a->column < left_width) == (b->column < left_width)) return false;
  if (a->column >= left_width) {
    std::swap(a, b);
    for (char& c : name) c = c == '<' ? '>' : c == '>' ? '<' : c;
  }
  if (bounds.any && (bounds.left != a->column || bounds.right != b->column)) return false;
  bounds.any = true;
  bounds.left = a->column;
  bounds.right = b->column;
  const std::int64_t gap = b->shift_ms - a->shift_ms;
  if (name[0] == '>' || name == "=") {
    bounds.lower = std::max(bounds.lower, name == ">" ? gap + 1 : gap);
  }
  if (name[0] == '<' || name == "=") {
    bounds.upper = std::min(bounds.upper, name == "<" ? gap - 1 : gap);
  }
  return true;
}

// A side and the keys computed from it.
class Side {
 public:
  explicit Side(NodePtr input) : input_(std::move(input)) {
    for (std::size_t i = 0; i < input_->fields.size(); ++i) {
      const Field& field = input_->fields[i];
      columns_.push_back(expr::make_column(i, field.name, field.type));
    }
    fields_ = input_->fields;
  }

  std::size_t key(const ExprPtr& value) {
    if (value->kind == expr::Expr::Kind::column) return value->column;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (expr::equal(*columns_[i], *value)) return i;
    }
    fields_.push_back({"$f" + std::to_string(columns_.size()), value->type});
    columns_.push_back(value);
    return columns_.size() - 1;
  }

  [[nodiscard]] NodePtr node() const {
    if (columns_.size() == input_->fields.size()) return input_;
    return make_calc(input_, nullptr, columns_, fields_);
  }

 private:
  NodePtr input_;
  std::vector<ExprPtr> columns_;
  std::vector<Field> fields_;
};

bool takes_key(const expr::Expr& part, std::size_t left_width, Join& join, Side& left,
               Side& right) {
  if (part.kind != expr::Expr::Kind::call || part.args.size() != 2) return false;
  const bool null_safe = part.function->name == "IS NOT DISTINCT FROM";
  if (part.function->name != "=" && !null_safe) return false;
  ExprPtr a = part.args[0];
  ExprPtr b = part.args[1];
  const Sides of_a = sides_of(*a, left_width);
  const Sides of_b = sides_of(*b, left_width);
  if (of_a.right && of_b.left) std::swap(a, b);
  if (!sides_of(*a, left_width).left || sides_of(*a, left_width).right ||
      !sides_of(*b, left_width).right || sides_of(*b, left_width).left ||
      a->type.storage() != b->type.storage()) {
    return false;
  }
  // Keys are compared as bytes: one scale and one fraction only.
  if (a->type.is(data::TypeKind::decimal) && a->type.scale() != b->type.scale()) return false;
  join.left_keys.push_back(left.key(a));
  join.right_keys.push_back(right.key(moved(b, left_width, 0)));
  join.null_safe.push_back(null_safe);
  return true;
}

// Both sides are equal in their windows' starts and ends.
void find_window(Join& join, const Node& left, const Node& right) {
  bool start = false;
  std::optional<std::size_t> end;
  for (std::size_t i = 0; i < join.left_keys.size(); ++i) {
    const WindowRole a = left.fields[join.left_keys[i]].window;
    const WindowRole b = right.fields[join.right_keys[i]].window;
    if (a != b) continue;
    if (a == WindowRole::start) start = true;
    if (a == WindowRole::end) end = i;
  }
  if (!start || !end || changes_of(left).any() || changes_of(right).any()) return;
  const Window* window = window_below(left);
  if (window == nullptr) return;
  join.form = Join::Form::window;
  join.event_time = window->event_time;
  join.zoned = window->zoned;
  join.left_time = join.left_keys[*end];
  join.right_time = join.right_keys[*end];
}

}  // namespace

NodePtr make_join(Join::Kind kind, const NodePtr& left, const NodePtr& right,
                  const ExprPtr& condition, bool timed) {
  const std::size_t width = left->fields.size();
  std::vector<Field> fields = left->fields;
  fields.insert(fields.end(), right->fields.begin(), right->fields.end());
  Join join;
  join.kind = kind;
  join.whole_condition = condition;
  join.left_width = width;
  join.right_width = right->fields.size();
  Side left_side(left);
  Side right_side(right);
  std::vector<ExprPtr> parts;
  if (condition) split_and(condition, parts);
  Bounds bounds;
  const bool append = timed && !changes_of(*left).any() && !changes_of(*right).any();
  std::vector<ExprPtr> rest;
  std::vector<ExprPtr> bounding;
  for (const auto& part : parts) {
    if (append && take_bound(*part, fields, width, bounds)) {
      bounding.push_back(part);
    } else if (!takes_key(*part, width, join, left_side, right_side)) {
      rest.push_back(part);
    }
  }
  const bool interval = bounds.any && bounds.lower != -open_end && bounds.upper != open_end &&
                        kind != Join::Kind::semi && kind != Join::Kind::anti;
  if (interval) {
    join.form = Join::Form::interval;
    join.left_time = bounds.left;
    join.right_time = bounds.right - width;
    join.lower_ms = bounds.lower;
    join.upper_ms = bounds.upper;
  } else {
    for (const auto& part : bounding) {
      if (!takes_key(*part, width, join, left_side, right_side)) rest.push_back(part);
    }
  }
  join.condition = join_and(rest);
  const NodePtr left_input = left_side.node();
  const NodePtr right_input = right_side.node();
  if (!interval) find_window(join, *left_input, *right_input);

  const bool pads_left = kind == Join::Kind::right || kind == Join::Kind::full;
  const bool pads_right = kind == Join::Kind::left || kind == Join::Kind::full;
  if (kind == Join::Kind::semi || kind == Join::Kind::anti) fields.resize(width);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i < width ? pads_left : pads_right) fields[i].type = fields[i].type.with_nullable(true);
    // Rows of a join without a bound in time come when they come.
    if (join.form == Join::Form::regular) fields[i].time = TimeAttribute::none;
    if (join.form == Join::Form::window && i >= width) fields[i].window = WindowRole::none;
  }
  make_names_unique(fields);
  auto node = std::make_shared<Node>();
  node->fields = std::move(fields);
  node->body = std::move(join);
  node->input = left_input;
  node->right = right_input;
  return node;
}

NodePtr push_into_joins(const NodePtr& node, ExprPtr& condition) {
  const auto* join = std::get_if<Join>(&node->body);
  if (join == nullptr || !condition || join->form == Join::Form::temporal) return node;
  // Where rows may be padded, only what reads the kept side alone goes below.
  const bool inner = join->kind == Join::Kind::inner;
  const bool keeps_left = inner || join->kind == Join::Kind::left ||
                          join->kind == Join::Kind::semi || join->kind == Join::Kind::anti;
  const bool keeps_right = inner || join->kind == Join::Kind::right;
  const bool has_right = join->kind != Join::Kind::semi && join->kind != Join::Kind::anti;
  std::vector<ExprPtr> parts;
  split_and(condition, parts);
  std::vector<ExprPtr> left_parts;
  std::vector<ExprPtr> right_parts;
  std::vector<ExprPtr> both;
  std::vector<ExprPtr> rest;
  if (join->whole_condition) both.push_back(join->whole_condition);
  const std::size_t before = both.size();
  for (const auto& part : parts) {
    const Sides sides = sides_of(*part, join->left_width);
    if (sides.left && !sides.right && keeps_left) {
      left_parts.push_back(part);
    } else if (sides.right && !sides.left && keeps_right && has_right) {
      right_parts.push_back(moved(part, join->left_width, 0));
    } else if (inner && sides.left && sides.right) {
      both.push_back(part);
    } else {
      rest.push_back(part);
    }
  }
  if (left_parts.empty() && right_parts.empty() && both.size() == before) return node;
  condition = join_and(rest);
  const auto filtered = [](NodePtr input, const std::vector<ExprPtr>& filters, std::size_t width) {
    // Without the keys that the join computed: it computes them again.
    if (const auto* calc = std::get_if<Calc>(&input->body);
        calc != nullptr && !calc->condition && input->fields.size() > width) {
      input = input->input;
    }
    if (filters.empty()) return input;
    ExprPtr filter = join_and(filters);
    input = push_into_joins(input, filter);
    if (!filter) return input;
    std::vector<ExprPtr> columns;
    for (std::size_t i = 0; i < input->fields.size(); ++i) {
      columns.push_back(expr::make_column(i, input->fields[i].name, input->fields[i].type));
    }
    auto fields = input->fields;
    return make_calc(std::move(input), filter, std::move(columns), std::move(fields));
  };
  return make_join(join->kind, filtered(node->input, left_parts, join->left_width),
                   filtered(node->right, right_parts, join->right_width), join_and(both));
}

Result<Relation> Binder::join(const sql::TableReference& reference) {
  using Written = sql::TableReference::Join;
  BOOST_OUTCOME_TRY(auto left, from(*reference.left));
  const bool unnests = reference.right->kind == sql::TableReference::Kind::unnest;
  if (reference.right->lateral && reference.right->function && !unnests) {
    BOOST_OUTCOME_TRY(check_function(*reference.right->function, left.scope()));
  }
  const bool lateral_query = reference.right->lateral && reference.right->query != nullptr;
  Inner inner;
  if (lateral_query) {
    BOOST_OUTCOME_TRY(inner, inner_query(*reference.right->query, left.node, left.scope(), false));
  }
  BOOST_OUTCOME_TRY(auto right, unnests         ? elements_of(*reference.right, left.scope())
                                : lateral_query ? list_of(inner, *reference.right)
                                                : from(*reference.right));
  Relation out;
  out.tables = left.scope().tables;
  const std::size_t width = left.node->fields.size();
  for (auto table : right.scope().tables) {
    table.first += width;
    out.tables.push_back(std::move(table));
  }
  std::vector<Field> fields = left.scope().fields;
  const auto right_fields = right.scope().fields;
  fields.insert(fields.end(), right_fields.begin(), right_fields.end());
  for (const auto& field : fields) out.names.push_back(field.name);
  ExprPtr condition;
  if (reference.condition) {
    Scope scope{std::nullopt, fields, out.tables};
    BOOST_OUTCOME_TRY(auto bound, bind_condition(*reference.condition, scope, "ON"));
    condition = std::move(bound);
  }
  if (reference.natural || !reference.same.empty()) {
    BOOST_OUTCOME_TRY(auto equal, bind_using(reference, left.scope(), right.scope(), out.merged));
    condition = std::move(equal);
  } else {
    out.merged = left.merged;
    for (auto one : right.merged) {
      one.index += width;
      for (auto& hidden : one.hides) hidden += width;
      out.merged.push_back(std::move(one));
    }
  }
  if (unnests) {
    BOOST_OUTCOME_TRY(auto node, make_unnest(reference, left.node, right, condition));
    out.node = std::move(node);
    return out;
  }
  if (lateral_query) {
    if (inner.condition && reference.join != Written::cross && reference.join != Written::inner &&
        reference.join != Written::left) {
      return sql::plain_error(reference.where.from,
                              std::string("Unknown join type ") +
                                  (reference.join == Written::right ? "RIGHT" : "FULL"));
    }
    const Join::Kind joined = reference.join == Written::left    ? Join::Kind::left
                              : reference.join == Written::right ? Join::Kind::right
                              : reference.join == Written::full  ? Join::Kind::full
                                                                 : Join::Kind::inner;
    BOOST_OUTCOME_TRY(auto node, lateral(joined, left, inner, condition));
    out.node = std::move(node);
    return out;
  }
  if (reference.right->as_of) {
    BOOST_OUTCOME_TRY(auto node, make_temporal_join(reference, left, right, condition));
    out.node = std::move(node);
    return out;
  }
  const Join::Kind kind = reference.join == Written::left    ? Join::Kind::left
                          : reference.join == Written::right ? Join::Kind::right
                          : reference.join == Written::full  ? Join::Kind::full
                                                             : Join::Kind::inner;
  out.node = make_join(kind, left.node, right.node, condition);
  if (kind == Join::Kind::full && !out.merged.empty()) {
    BOOST_OUTCOME_TRY(auto node, add_full_columns(out.node, width, out.merged));
    for (std::size_t i = out.names.size(); i < node->fields.size(); ++i) {
      out.names.push_back(node->fields[i].name);
    }
    out.node = std::move(node);
  }
  return out;
}

}  // namespace millrace::plan
