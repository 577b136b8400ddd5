#include "runtime/plan/group_window.hpp"

#include <algorithm>

namespace millrace::plan {

using expr::ExprPtr;

Result<GroupWindow> bind_group_window(const sql::Expression& tree, const Scope& scope) {
  const bool session = tree.name == "SESSION";
  const bool hop = tree.name == "HOP";
  const std::size_t expected = hop ? 3 : 2;
  if (tree.arguments.size() == expected + 1) {
    return sql::plain_error(tree.where.from,
                            tree.name + " window with alignment is not supported yet.");
  }
  if (tree.arguments.size() != expected) {
    return sql::validation_error(tree.where, "Invalid number of arguments to function '$" +
                                                 tree.name + "'. Was expecting " +
                                                 std::to_string(expected) + " arguments");
  }
  BOOST_OUTCOME_TRY(auto time, bind_expression(*tree.arguments[0], scope, "GROUP BY"));
  if (!time->type.is_timestamp()) {
    std::string signature = "$" + tree.name + "(<" + time->type.root_text() + ">, <INTERVAL>)";
    return sql::validation_error(
        tree.where, "Cannot apply '$" + tree.name + "' to arguments of type '" + signature +
                        "'. Supported form(s): '$" + tree.name +
                        (hop ? "(<DATETIME>, <DATETIME_INTERVAL>, <DATETIME_INTERVAL>)'"
                             : "(<DATETIME>, <DATETIME_INTERVAL>)'"));
  }
  const Field* field =
      time->kind == expr::Expr::Kind::column ? &scope.fields[time->column] : nullptr;
  if (field == nullptr || field->time == TimeAttribute::none) {
    return sql::plain_error(tree.arguments[0]->where.from,
                            "Window aggregate can only be defined over a time attribute column, "
                            "but " +
                                time->type.text() + " encountered.");
  }
  Window window;
  window.legacy = true;
  window.kind = hop ? Window::Kind::hop : session ? Window::Kind::session : Window::Kind::tumble;
  window.event_time = field->time == TimeAttribute::rowtime;
  window.zoned = field->type.is(data::TypeKind::timestamp_ltz);
  BOOST_OUTCOME_TRY(auto last, interval_argument(*tree.arguments.back(), "size"));
  window.size_ms = last;
  window.slide_ms = last;
  if (hop) {
    BOOST_OUTCOME_TRY(auto slide, interval_argument(*tree.arguments[1], "slide"));
    window.slide_ms = slide;
  }
  if (window.size_ms <= 0 || window.slide_ms <= 0) {
    return sql::plain_error(tree.where.from,
                            "A window's size and slide must be greater than zero, but got size " +
                                std::to_string(window.size_ms) + " ms and slide " +
                                std::to_string(window.slide_ms) + " ms");
  }
  return GroupWindow{window, time};
}

bool matches(const GroupWindow& group, const sql::Expression& tree, const std::string& function,
             const Scope& scope) {
  const bool hop = group.window.kind == Window::Kind::hop;
  if (function != (hop                                          ? "HOP"
                   : group.window.kind == Window::Kind::session ? "SESSION"
                                                                : "TUMBLE")) {
    return false;
  }
  if (tree.arguments.size() != (hop ? 3U : 2U)) return false;
  const auto time = bind_expression(*tree.arguments[0], scope, "");
  if (!time || !expr::equal(*time.value(), *group.time)) return false;
  const auto size = interval_argument(*tree.arguments.back(), "size");
  if (!size || size.value() != group.window.size_ms) return false;
  if (!hop) return true;
  const auto slide = interval_argument(*tree.arguments[1], "slide");
  return slide.has_value() && slide.value() == group.window.slide_ms;
}

std::optional<WindowExpand> fold_to_window_function(NodePtr& input,
                                                    std::vector<ExprPtr>& projections,
                                                    ExprPtr& condition) {
  NodePtr below = input;
  std::vector<ExprPtr> values = projections;
  ExprPtr where = condition;
  while (const auto* calc = std::get_if<Calc>(&below->body)) {
    for (auto& value : values) value = expr::substitute(value, calc->projections);
    if (where) where = expr::substitute(where, calc->projections);
    if (calc->condition) {
      if (where) {
        auto both = expr::make_call("AND", {calc->condition, where});
        if (!both) return std::nullopt;
        where = both.value();
      } else {
        where = calc->condition;
      }
    }
    below = below->input;
  }
  const auto* expand = std::get_if<WindowExpand>(&below->body);
  if (expand == nullptr || expand->window.kind == Window::Kind::session) return std::nullopt;
  const std::size_t columns = below->input->fields.size();
  const auto reads_window = [&](const ExprPtr& tree) {
    const auto read = expr::referenced_columns(*tree);
    return !read.empty() && read.back() >= columns;
  };
  if ((where && reads_window(where)) || std::any_of(values.begin(), values.end(), reads_window)) {
    return std::nullopt;
  }
  input = below->input;
  projections = std::move(values);
  condition = std::move(where);
  return *expand;
}

const Window* window_below(const Node& node) {
  if (const auto* expand = std::get_if<WindowExpand>(&node.body)) return &expand->window;
  if (const auto* aggregate = std::get_if<WindowAggregate>(&node.body)) return &aggregate->window;
  return node.input ? window_below(*node.input) : nullptr;
}

}  // namespace millrace::plan
