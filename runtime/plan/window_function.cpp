#include <array>
#include <cstdlib>
#include <optional>

#include "runtime/plan/binder.hpp"

namespace millrace::plan {

namespace {

using Kind = sql::Expression::Kind;

// The parameters of a window function, found by place or by name.
struct Arguments {
  const sql::Expression* data = nullptr;
  const sql::Expression* time_column = nullptr;
  const sql::Expression* slide = nullptr;
  const sql::Expression* size = nullptr;
  const sql::Expression* offset = nullptr;
};

Result<Arguments> sort_arguments(const sql::Expression& call) {
  Arguments out;
  std::vector<std::pair<std::string, const sql::Expression**>> places = {
      {"DATA", &out.data}, {"TIMECOL", &out.time_column}};
  if (call.name == "HOP") places.emplace_back("SLIDE", &out.slide);
  if (call.name == "CUMULATE") places.emplace_back("STEP", &out.slide);
  places.emplace_back(call.name == "SESSION" ? "GAP" : "SIZE", &out.size);
  const std::size_t required = places.size();
  if (call.name != "SESSION") places.emplace_back("OFFSET", &out.offset);
  const auto wrong_number = [&] {
    return sql::validation_error(call.where, "Invalid number of arguments to function '" +
                                                 call.name + "'. Was expecting " +
                                                 std::to_string(required) + " arguments");
  };
  const std::size_t given = call.arguments.size();
  if (given > places.size()) return wrong_number();
  const bool named = given > 0 && call.arguments[0]->kind == Kind::named_argument;
  for (std::size_t i = 0; i < given; ++i) {
    const sql::Expression& argument = *call.arguments[i];
    if ((argument.kind == Kind::named_argument) != named) {
      return sql::validation_error(argument.where,
                                   "Arguments are given either all by name or all by place");
    }
    if (!named) {
      *places[i].second = &argument;
      continue;
    }
    bool found = false;
    for (auto& [name, place] : places) {
      if (name != argument.name) continue;
      if (*place != nullptr) {
        return sql::validation_error(argument.where, "Duplicate argument name '" + name + "'");
      }
      *place = argument.arguments[0].get();
      found = true;
    }
    if (!found) {
      return sql::validation_error(argument.name_where,
                                   "Unknown argument name '" + argument.name + "' of " + call.name);
    }
  }
  for (std::size_t i = 0; i < required; ++i) {
    if (*places[i].second == nullptr) return wrong_number();
  }
  return out;
}

std::string millis(std::int64_t ms) {
  return std::to_string(ms) + "ms";
}

}  // namespace

Result<std::int64_t> interval_argument(const sql::Expression& tree, const std::string& what) {
  if (tree.kind != Kind::interval_literal) {
    return sql::validation_error(tree.where,
                                 "The " + what + " of a window must be an INTERVAL literal");
  }
  if (tree.flag) {
    return sql::validation_error(
        tree.where, "Only constant window intervals with millisecond resolution are supported.");
  }
  return tree.number;
}

Result<NodePtr> Binder::window_function(const sql::Expression& call) {
  if (call.name != "TUMBLE" && call.name != "HOP" && call.name != "CUMULATE" &&
      call.name != "SESSION") {
    return sql::not_served(call.where.from, "the table function " + call.name);
  }
  BOOST_OUTCOME_TRY(auto arguments, sort_arguments(call));
  if (arguments.data->kind != Kind::table_argument) {
    return sql::validation_error(
        arguments.data->where, "The first argument of " + call.name + " must be TABLE table_name");
  }
  BOOST_OUTCOME_TRY(auto input, table(arguments.data->path));
  if (arguments.time_column->kind != Kind::descriptor) {
    return sql::validation_error(
        arguments.time_column->where,
        "The second argument of " + call.name + " must be DESCRIPTOR(timecol)");
  }
  const auto& columns = arguments.time_column->path;
  if (columns.size() != 1) {
    return sql::validation_error(arguments.time_column->where,
                                 "The DESCRIPTOR of " + call.name + " names one column");
  }
  std::optional<std::size_t> time_column;
  for (std::size_t i = 0; i < input->fields.size(); ++i) {
    if (input->fields[i].name == columns[0].text) time_column = i;
  }
  if (!time_column) {
    return sql::validation_error(columns[0].where, "Unknown identifier '" + columns[0].text + "'");
  }
  const Field& time = input->fields[*time_column];
  const std::string signature =
      call.name == "HOP" || call.name == "CUMULATE"
          ? call.name +
                "(TABLE table_name, DESCRIPTOR(timecol), datetime interval, datetime interval[, "
                "datetime interval])"
      : call.name == "SESSION"
          ? "SESSION(TABLE table_name [PARTITION BY (col1, ...)], DESCRIPTOR(timecol), datetime "
            "interval)"
          : "TUMBLE(TABLE table_name, DESCRIPTOR(timecol), datetime interval[, datetime interval])";
  if (!time.type.is_timestamp()) {
    return sql::script_error(columns[0].where.from,
                             "The window function " + signature +
                                 " requires the timecol to be TIMESTAMP or TIMESTAMP_LTZ, but is " +
                                 time.type.root_text() +
                                 ".\nBesides, the timecol must be a time attribute type in "
                                 "streaming mode.");
  }
  if (time.time == TimeAttribute::none) {
    return sql::plain_error(columns[0].where.from,
                            "The window function requires the timecol is a time attribute type, "
                            "but is " +
                                time.type.text() + ".");
  }
  WindowExpand expand;
  expand.time_column = *time_column;
  Window& window = expand.window;
  window.kind = call.name == "HOP"        ? Window::Kind::hop
                : call.name == "CUMULATE" ? Window::Kind::cumulate
                : call.name == "SESSION"  ? Window::Kind::session
                                          : Window::Kind::tumble;
  for (const auto& name : arguments.data->partition_by) {
    if (window.kind != Window::Kind::session) {
      return sql::validation_error(call.where,
                                   "Only tables with set semantics may be partitioned. Invalid "
                                   "PARTITION BY clause in the 0-th operand of table function '" +
                                       call.name + "'");
    }
    BOOST_OUTCOME_TRY(const auto column, Scope({std::nullopt, input->fields}).resolve({name}));
    expand.partition.push_back(column);
  }
  window.event_time = time.time == TimeAttribute::rowtime;
  window.zoned = time.type.is(data::TypeKind::timestamp_ltz);
  BOOST_OUTCOME_TRY(auto size, interval_argument(*arguments.size, "size"));
  window.size_ms = size;
  window.slide_ms = size;
  if (arguments.slide != nullptr) {
    BOOST_OUTCOME_TRY(auto slide, interval_argument(*arguments.slide, "slide"));
    window.slide_ms = slide;
  }
  if (arguments.offset != nullptr) {
    BOOST_OUTCOME_TRY(auto offset, interval_argument(*arguments.offset, "offset"));
    window.offset_ms = offset;
  }
  if (window.size_ms <= 0 || window.slide_ms <= 0) {
    return sql::plain_error(
        call.where.from,
        window.kind == Window::Kind::cumulate
            ? "Cumulative Window must satisfy maxSize > 0 and step > 0, but got maxSize " +
                  millis(window.size_ms) + " and step " + millis(window.slide_ms) + "."
        : window.kind == Window::Kind::session
            ? "Session Window must satisfy gap > 0, but got gap " + millis(window.size_ms) + "."
        : window.kind == Window::Kind::hop
            ? "Hopping Window must satisfy slide > 0 and size > 0, but got slide " +
                  millis(window.slide_ms) + " and size " + millis(window.size_ms) + "."
            : "Tumbling Window parameters must satisfy size > 0, but got size " +
                  millis(window.size_ms) + ".");
  }
  if (window.kind == Window::Kind::cumulate && window.size_ms % window.slide_ms != 0) {
    return sql::plain_error(
        call.where.from,
        "CUMULATE table function based aggregate requires maxSize must be an integral multiple of "
        "step, but got maxSize " +
            std::to_string(window.size_ms) + " ms and step " + std::to_string(window.slide_ms) +
            " ms");
  }
  if (std::abs(window.offset_ms) >= window.slide_ms) {
    const std::string by = window.kind == Window::Kind::hop        ? "slide"
                           : window.kind == Window::Kind::cumulate ? "step"
                                                                   : "size";
    return sql::plain_error(
        call.where.from, call.name + " table function parameters must satisfy abs(offset) < " + by +
                             ", but got " + by + " " + std::to_string(window.slide_ms) +
                             " ms and offset " + std::to_string(window.offset_ms) + " ms.");
  }
  return make_window_expand(std::move(input), std::move(expand));
}

NodePtr make_window_expand(NodePtr input, WindowExpand expand) {
  auto node = std::make_shared<Node>();
  node->fields = input->fields;
  const TimeAttribute time =
      expand.window.event_time ? TimeAttribute::rowtime : TimeAttribute::proctime;
  // The original column stops being a time attribute; window_time takes over.
  if (!node->fields.empty()) node->fields[expand.time_column].time = TimeAttribute::none;
  for (auto& field : node->fields) field.window = WindowRole::none;
  const auto bound = data::LogicalType::timestamp(3).not_null();
  node->fields.push_back({"window_start", bound, TimeAttribute::none, WindowRole::start});
  node->fields.push_back({"window_end", bound, TimeAttribute::none, WindowRole::end});
  const auto end_type =
      expand.window.zoned ? data::LogicalType::timestamp_ltz(3) : data::LogicalType::timestamp(3);
  node->fields.push_back({"window_time", end_type.not_null(), time, WindowRole::time});
  make_names_unique(node->fields);
  node->body = std::move(expand);
  node->input = std::move(input);
  return node;
}

}  // namespace millrace::plan
