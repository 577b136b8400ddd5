#include "runtime/plan/group_window.hpp"

#include <algorithm>

namespace millrace::plan {

using expr::ExprPtr;

Result<GroupWindow> bind_group_window(const sql::Expression& tree, const Scope& scope) {
  if (tree.name == "SESSION") return sql::not_served(tree.where.from, "the group window SESSION");
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
  window.hop = hop;
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
  if ((function == "HOP") != group.window.hop || function == "SESSION") return false;
  if (tree.arguments.size() != (group.window.hop ? 3U : 2U)) return false;
  const auto time = bind_expression(*tree.arguments[0], scope, "");
  if (!time || !expr::equal(*time.value(), *group.time)) return false;
  const auto size = interval_argument(*tree.arguments.back(), "size");
  if (!size || size.value() != group.window.size_ms) return false;
  if (!group.window.hop) return true;
  const auto slide = interval_argument(*tree.arguments[1], "slide");
  return slide.has_value() && slide.value() == group.window.slide_ms;
}

// Walks down to the window function, folding the SELECT blocks between into our own condition
// and projections. `input` becomes the function's input.
Result<const WindowExpand*> fold_to_window_function(NodePtr& input,
                                                    std::vector<ExprPtr>& projections,
                                                    ExprPtr& condition, sql::Span select,
                                                    sql::Span group_by) {
  while (const auto* calc = std::get_if<Calc>(&input->body)) {
    for (auto& projection : projections) {
      projection = expr::substitute(projection, calc->projections);
    }
    if (condition) condition = expr::substitute(condition, calc->projections);
    if (calc->condition) {
      if (condition) {
        auto both = expr::make_call("AND", {calc->condition, condition});
        if (!both) return located(both.error(), select);
        condition = both.value();
      } else {
        condition = calc->condition;
      }
    }
    input = input->input;
  }
  const auto* expand = std::get_if<WindowExpand>(&input->body);
  if (expand == nullptr) {
    return sql::not_served(group_by.from,
                           "GROUP BY window_start, window_end over rows that are already "
                           "aggregated by window (without a window function of its own)");
  }
  const std::size_t columns = input->input->fields.size();
  const auto reads_window = [&](const ExprPtr& tree) {
    const auto read = expr::referenced_columns(*tree);
    return !read.empty() && read.back() >= columns;
  };
  if ((condition && reads_window(condition)) ||
      std::any_of(projections.begin(), projections.end(), reads_window)) {
    return sql::not_served(select.from,
                           "window_start, window_end or window_time in WHERE, in an aggregate or "
                           "in a grouping expression");
  }
  input = input->input;
  return expand;
}

}  // namespace millrace::plan
