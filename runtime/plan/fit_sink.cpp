#include <algorithm>
#include <map>
#include <set>

#include "runtime/plan/binder.hpp"
#include "runtime/plan/explain.hpp"
#include "runtime/plan/planner.hpp"

namespace millrace::plan {

namespace {

std::string schema_text(const std::vector<Field>& fields) {
  std::string list;
  for (const auto& field : fields) {
    list += (list.empty() ? "" : ", ") + field.name + ": " + type_text(field);
  }
  return "[" + list + "]";
}

std::string list_names(const std::vector<std::string>& names) {
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
  return "[" + list + "]";
}

sql::Error mismatch(sql::Position at, const std::string& table, const std::string& cause,
                    const std::vector<Field>& query, const std::vector<Field>& sink) {
  return sql::plain_error(at, "Column types of query result and sink for '" + table +
                                  "' do not match.\nCause: " + cause + "\n\nQuery schema: " +
                                  schema_text(query) + "\nSink schema:  " + schema_text(sink));
}

// What goes into each of the sink's columns: the query's column of that number, or nothing.
Result<std::vector<std::optional<std::size_t>>> targets(const std::vector<Field>& query,
                                                        const std::vector<Field>& sink,
                                                        const std::string& table,
                                                        const sql::Insert& insert) {
  std::vector<std::optional<std::size_t>> from(sink.size());
  // What PARTITION gives a value does not come from the query.
  const auto is_given = [&](const std::string& name) {
    return std::any_of(insert.partitions.begin(), insert.partitions.end(), [&](const auto& part) {
      return part.value != nullptr && part.column.text == name;
    });
  };
  if (insert.columns.empty()) {
    std::size_t next = 0;
    for (std::size_t i = 0; i < sink.size(); ++i) {
      if (!is_given(sink[i].name)) from[i] = next++;
    }
    if (query.size() != next) {
      return mismatch(insert.target.where().from, table, "Different number of columns.", query,
                      sink);
    }
    return from;
  }
  for (std::size_t i = 0; i < insert.columns.size(); ++i) {
    const auto& column = insert.columns[i];
    std::size_t place = sink.size();
    for (std::size_t j = 0; j < sink.size(); ++j) {
      if (sink[j].name == column.text) place = j;
    }
    if (place == sink.size()) {
      return sql::validation_error(column.where, "Unknown target column '" + column.text + "'");
    }
    if (from[place]) {
      return sql::validation_error(
          column.where, "Target column '" + column.text + "' is assigned more than once");
    }
    from[place] = i;
  }
  if (query.size() != insert.columns.size()) {
    return sql::validation_error(insert.query->where,
                                 "Number of columns must match number of query columns");
  }
  for (std::size_t j = 0; j < sink.size(); ++j) {
    if (!from[j] && !sink[j].type.nullable() && !is_given(sink[j].name)) {
      return sql::validation_error(
          insert.target.where(),
          "Column '" + sink[j].name + "' has no default value and does not allow NULLs");
    }
  }
  return from;
}

// One time attribute at most reaches a sink as such: it would be the time of the written records.
std::optional<sql::Error> check_rowtimes(sql::Position at, const std::string& table,
                                         const std::vector<Field>& query,
                                         const std::vector<Field>& sink,
                                         const std::vector<std::optional<std::size_t>>& from) {
  std::string names;
  int count = 0;
  for (std::size_t i = 0; i < sink.size(); ++i) {
    if (!from[i] || query[*from[i]].time != TimeAttribute::rowtime ||
        !query[*from[i]].type.same_as(sink[i].type)) {
      continue;  // converted, it is a time like any other
    }
    names += (count == 0 ? "" : ", ") + query[*from[i]].name;
    ++count;
  }
  if (count < 2) return std::nullopt;
  return sql::plain_error(
      at,
      "The query contains more than one rowtime attribute column [" + names +
          "] for writing into table '" + table +
          "'.\nPlease select the column that should be used as the event-time timestamp for the "
          "table sink by casting all other columns to regular TIMESTAMP or TIMESTAMP_LTZ.");
}

}  // namespace

sql::Result<SinkPlan> fit_sink(const NodePtr& query, const CatalogTable& target,
                               const sql::Insert& insert) {
  const TableInput& table = *target.input;
  const sql::Position at = insert.target.where().from;
  std::vector<Field> sink;
  for (const auto& column : table.columns) {
    if (column.kind == TableColumn::Kind::physical) {
      sink.push_back({column.field.name, column.field.type});
    } else if (column.kind == TableColumn::Kind::metadata && !column.is_virtual) {
      return sql::plain_error(at, "Invalid metadata key '" + table.metadata[column.index].key +
                                      "' in column '" + column.field.name + "' of table '" +
                                      table.table->name +
                                      "'. It cannot be written: declare the column VIRTUAL.");
    }
  }
  const std::string& name = table.table->name;
  const std::vector<Field>& fields = query->fields;
  std::map<std::string, expr::ExprPtr> given;
  for (const auto& part : insert.partitions) {
    const auto& keys = table.table->partition_keys;
    if (std::find(keys.begin(), keys.end(), part.column.text) == keys.end()) {
      return sql::plain_error(part.column.where.from,
                              "Static partition column '" + part.column.text +
                                  "' should be in the partition keys list " + list_names(keys) +
                                  " for table '" + name + "'.");
    }
    if (!part.value) continue;
    BOOST_OUTCOME_TRY(auto value, bind_expression(*part.value, Scope{}, "PARTITION"));
    given[part.column.text] = std::move(value);
  }
  BOOST_OUTCOME_TRY(auto from, targets(fields, sink, name, insert));

  if (auto refused = check_rowtimes(at, name, fields, sink, from)) return std::move(*refused);

  std::vector<expr::ExprPtr> projections;
  bool changed = !insert.columns.empty() || !given.empty();
  for (std::size_t i = 0; i < sink.size(); ++i) {
    expr::ExprPtr value = expr::make_null();
    if (from[i]) value = expr::make_column(*from[i], fields[*from[i]].name, fields[*from[i]].type);
    if (const auto fixed = given.find(sink[i].name); fixed != given.end()) value = fixed->second;
    const bool untyped = value->type.is(data::TypeKind::null);
    if (!value->type.same_as(sink[i].type)) {
      if (!untyped && !expr::can_convert_implicitly(value->type, sink[i].type)) {
        std::vector<Field> shown;
        for (std::size_t j = 0; j < sink.size(); ++j) {
          if (from[j]) shown.push_back(fields[*from[j]]);
        }
        return mismatch(at, name,
                        "Incompatible types for sink column '" + sink[i].name + "' at position " +
                            std::to_string(i) + ".",
                        shown, sink);
      }
      auto converted = expr::make_cast(value, sink[i].type);
      if (!converted) return located(converted.error(), insert.target.where());
      value = converted.value();
      changed = true;
    }
    projections.push_back(std::move(value));
  }
  SinkPlan out;
  out.table = table.table;
  for (const auto& field : fields) out.names.push_back(field.name);
  for (std::size_t i = 0; i < sink.size(); ++i) {
    if (!sink[i].type.nullable()) out.not_null.push_back(i);
  }
  if (!changed) {
    auto same = std::make_shared<Node>(*query);
    for (std::size_t i = 0; i < sink.size(); ++i) same->fields[i].name = sink[i].name;
    out.query = std::move(same);
  } else if (const auto* calc = std::get_if<Calc>(&query->body)) {
    for (auto& projection : projections) {
      projection = expr::substitute(projection, calc->projections);
    }
    out.query = make_calc(query->input, calc->condition, std::move(projections), sink);
  } else {
    out.query = make_calc(query, nullptr, std::move(projections), sink);
  }
  return out;
}

}  // namespace millrace::plan
