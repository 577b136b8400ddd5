// The windows of a GROUP BY: TUMBLE and HOP written there, or found below in FROM. Internal to
// runtime/plan.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/plan/binder.hpp"

namespace millrace::plan {

// GROUP BY TUMBLE(time, size) or HOP(time, slide, size).
struct GroupWindow {
  Window window;
  expr::ExprPtr time;
};

// `tree` is a call of TUMBLE, HOP or SESSION.
Result<GroupWindow> bind_group_window(const sql::Expression& tree, const Scope& scope);

// Whether an auxiliary call, TUMBLE_START(time, size) say, speaks of this window; `function` is its
// name's first part.
bool matches(const GroupWindow& group, const sql::Expression& tree, const std::string& function,
             const Scope& scope);

// Walks from `input` down to the window function its window_start comes from, folding the SELECT
// blocks between into condition and projections; `input` becomes the function's input. Nothing, and
// nothing changed, where something else lies between, or the window's own columns are read: rows
// then carry their windows.
std::optional<WindowExpand> fold_to_window_function(NodePtr& input,
                                                    std::vector<expr::ExprPtr>& projections,
                                                    expr::ExprPtr& condition);

// The window that a node's window columns come from; null: none is found.
const Window* window_below(const Node& node);

}  // namespace millrace::plan
