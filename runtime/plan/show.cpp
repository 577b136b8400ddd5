// SHOW and DESCRIBE: what is declared, as the text tables that Flink's client prints.
#include <algorithm>

#include "runtime/aggregates/aggregate.hpp"
#include "runtime/data/text.hpp"
#include "runtime/expr/function.hpp"
#include "runtime/plan/binder.hpp"
#include "runtime/plan/explain.hpp"
#include "runtime/plan/planner.hpp"
#include "runtime/sql/tree_text.hpp"

namespace millrace::plan {

namespace {

using What = sql::Show::What;
using Rows = std::vector<std::vector<std::string>>;

std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(data::count_code_points(text));
}

// Cells stand at the right; a cell of several lines counts with all of its characters, as there.
std::string text_table(const std::vector<std::string>& head, const Rows& rows) {
  if (rows.empty()) return "Empty set\n";
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < head.size(); ++i) {
    widths.push_back(width_of(head[i]));
    for (const auto& row : rows) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string rule = "+";
  for (const std::size_t width : widths) rule += std::string(width + 2, '-') + "+";
  rule += "\n";
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string out = "|";
    for (std::size_t i = 0; i < cells.size(); ++i) {
      out += " " + std::string(widths[i] - width_of(cells[i]), ' ') + cells[i] + " |";
    }
    return out + "\n";
  };
  std::string out = rule + line(head) + rule;
  for (const auto& row : rows) out += line(row);
  return out + rule + std::to_string(rows.size()) + (rows.size() == 1 ? " row" : " rows") +
         " in set\n";
}

// LIKE's pattern, with % and _ and \ before them.
bool matches(std::string_view text, std::string_view pattern) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '%') {
    for (std::size_t i = 0; i <= text.size(); ++i) {
      if (matches(text.substr(i), pattern.substr(1))) return true;
    }
    return false;
  }
  if (text.empty()) return false;
  if (pattern[0] == '\\' && pattern.size() > 1) {
    return text[0] == pattern[1] && matches(text.substr(1), pattern.substr(2));
  }
  return (pattern[0] == '_' || pattern[0] == text[0]) && matches(text.substr(1), pattern.substr(1));
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return text;
}

bool wanted(const sql::Show& show, const std::string& name) {
  if (!show.like) return true;
  const bool found =
      show.any_case ? matches(lower(name), lower(*show.like)) : matches(name, *show.like);
  return found != show.negated;
}

Rows one_column(const sql::Show& show, const std::vector<std::string>& names) {
  Rows rows;
  for (const auto& name : names) {
    if (wanted(show, name)) rows.push_back({name});
  }
  return rows;
}

std::vector<std::string> function_names() {
  std::vector<std::string> names;
  const auto is_word = [](std::string_view name) {
    return name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") ==
           std::string_view::npos;
  };
  for (const auto* function : expr::all_functions()) {
    if (is_word(function->name)) names.push_back(lower(std::string(function->name)));
  }
  for (const auto& aggregate : aggregates::all_aggregates()) {
    names.push_back(lower(std::string(aggregate.name)));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string key_list(const std::vector<sql::Identifier>& key, bool quoted) {
  std::string out;
  for (const auto& column : key) {
    out += (out.empty() ? "" : ", ") + (quoted ? sql::quote_name(column.text) : column.text);
  }
  return out;
}

std::string metadata_text(const sql::ColumnDefinition& column) {
  return std::string("METADATA") + (column.key ? " FROM " + sql::quote_text(*column.key) : "") +
         (column.is_virtual ? " VIRTUAL" : "");
}

// The type in words that any parser takes: without STRING and BYTES.
std::string written_type(const data::LogicalType& type) {
  std::string text = type.text();
  for (const auto& [from, to] : {std::pair<std::string, std::string>("STRING", "VARCHAR"),
                                 std::pair<std::string, std::string>("BYTES", "VARBINARY")}) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + 1)) {
      text.replace(at, from.size(), to + "(2147483647)");
    }
  }
  return text;
}

std::string create_table_text(const CatalogTable& table, const std::string& name) {
  const sql::CreateTable& tree = *table.tree;
  std::vector<std::string> items;
  for (std::size_t i = 0; i < tree.columns.size(); ++i) {
    const auto& column = tree.columns[i];
    const auto& field = table.input->columns[i].field;
    std::string item = sql::quote_name(column.name.text) + " ";
    if (column.kind == sql::ColumnDefinition::Kind::computed) {
      item += "AS " + sql::to_text(*column.expression);
    } else {
      item += written_type(field.type);
      if (column.kind == sql::ColumnDefinition::Kind::metadata) item += " " + metadata_text(column);
    }
    if (!column.comment.empty()) item += " COMMENT " + sql::quote_text(column.comment);
    items.push_back(std::move(item));
  }
  if (tree.watermark) {
    items.push_back("WATERMARK FOR " + sql::quote_name(tree.watermark->column.text) + " AS " +
                    sql::to_text(*tree.watermark->expression));
  }
  if (!tree.primary_key.empty()) {
    std::string constraint = "PK";
    for (const auto& column : tree.primary_key) constraint += "_" + column.text;
    items.push_back("CONSTRAINT " + sql::quote_name(constraint) + " PRIMARY KEY (" +
                    key_list(tree.primary_key, true) + ") NOT ENFORCED");
  }
  std::string out = std::string("CREATE ") + (tree.temporary ? "TEMPORARY " : "") + "TABLE " +
                    quoted_name(name) + " (\n";
  for (std::size_t i = 0; i < items.size(); ++i) {
    out += (i == 0 ? "  " : ",\n  ") + items[i];
  }
  out += "\n)\n";
  if (!tree.comment.empty()) out += "COMMENT " + sql::quote_text(tree.comment) + "\n";
  if (!tree.partitioned_by.empty()) {
    out += "PARTITIONED BY (" + key_list(tree.partitioned_by, true) + ")\n";
  }
  out += "WITH (\n";
  bool first = true;
  for (const auto& [key, value] : table.input->table->options) {
    out += std::string(first ? "" : ",\n") + "  " + sql::quote_text(key) + " = " +
           sql::quote_text(value);
    first = false;
  }
  return out + "\n)\n";
}

std::string create_view_text(const CatalogView& view, const std::string& name,
                             const std::vector<Field>& fields) {
  std::string out = std::string("CREATE ") + (view.temporary ? "TEMPORARY " : "") + "VIEW " +
                    quoted_name(name) + " (\n";
  for (std::size_t i = 0; i < fields.size(); ++i) {
    out += (i == 0 ? "  " : ",\n  ") + sql::quote_name(fields[i].name);
  }
  out += "\n)\n";
  if (!view.comment.empty()) out += "COMMENT " + sql::quote_text(view.comment) + "\n";
  return out + "AS " + view.text + "\n";
}

// One row a column: name, type, null, key, extras, watermark, and comment when there is one.
std::string describe_table(const sql::Show& show, const std::vector<Field>& fields,
                           const sql::CreateTable* tree) {
  std::vector<std::string> head = {"name", "type", "null", "key", "extras", "watermark"};
  const bool comments =
      tree != nullptr && std::any_of(tree->columns.begin(), tree->columns.end(),
                                     [](const auto& column) { return !column.comment.empty(); });
  if (comments) head.emplace_back("comment");
  Rows rows;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    Field shown = fields[i];
    if (!wanted(show, shown.name)) continue;
    const bool nullable = shown.type.nullable();
    shown.type = shown.type.with_nullable(true);
    std::vector<std::string> row = {
        shown.name, type_text(shown), nullable ? "TRUE" : "FALSE", "", "", ""};
    if (tree != nullptr) {
      const auto& column = tree->columns[i];
      for (const auto& key : tree->primary_key) {
        if (key.text == shown.name) row[3] = "PRI(" + key_list(tree->primary_key, false) + ")";
      }
      if (column.kind == sql::ColumnDefinition::Kind::computed) {
        row[4] = "AS " + sql::to_text(*column.expression);
      } else if (column.kind == sql::ColumnDefinition::Kind::metadata) {
        row[4] = metadata_text(column);
      }
      if (tree->watermark && tree->watermark->column.text == shown.name) {
        row[5] = sql::to_text(*tree->watermark->expression);
      }
      if (comments) row.push_back(column.comment);
    }
    rows.push_back(std::move(row));
  }
  return text_table(head, rows);
}

}  // namespace

sql::Result<std::string> show(const sql::Show& show, const Catalog& catalog,
                              std::vector<std::string>& warnings) {
  switch (show.what) {
    case What::tables:
      return text_table({"table name"}, one_column(show, catalog.names(false)));
    case What::views:
      return text_table({"view name"}, one_column(show, catalog.names(true)));
    case What::functions:
      return text_table({"function name"}, one_column(show, function_names()));
    case What::catalogs:
      return text_table({"catalog name"}, one_column(show, {"default_catalog"}));
    case What::databases:
      return text_table({"database name"}, one_column(show, {"default_database"}));
    case What::current_catalog:
      return text_table({"current catalog name"}, {{"default_catalog"}});
    case What::current_database:
      return text_table({"current database name"}, {{"default_database"}});
    case What::jars:
      return text_table({"jars"}, {});
    case What::modules:
      return text_table({"module name"}, {{"core"}});
    case What::columns:
    case What::create_table:
    case What::create_view:
      break;
  }
  const sql::Position at = show.name.where().from;
  const std::string& name = show.name.parts.back().text;
  const CatalogTable* table = catalog.table(show.name.parts);
  const CatalogView* view = catalog.view(show.name.parts);
  std::vector<Field> fields;
  if (table != nullptr) {
    for (const auto& column : table->input->columns) fields.push_back(column.field);
  } else if (view != nullptr) {
    Binder binder(catalog, warnings);
    BOOST_OUTCOME_TRY(auto bound, binder.table(show.name.parts));
    fields = bound->fields;
  }
  if (show.what == What::columns) {
    if (table == nullptr && view == nullptr) {
      return sql::plain_error(
          at, "Tables or views with the identifier '" + full_name(name) + "' doesn't exist.");
    }
    return describe_table(show, fields, table != nullptr ? table->tree.get() : nullptr);
  }
  const bool of_table = show.what == What::create_table;
  const std::string statement = of_table ? "SHOW CREATE TABLE" : "SHOW CREATE VIEW";
  if (table == nullptr && view == nullptr) {
    return sql::plain_error(at, "Could not execute " + statement + ". " +
                                    (of_table ? "Table" : "View") + " with identifier " +
                                    quoted_name(name) + " does not exist.");
  }
  if (of_table && table == nullptr) {
    return sql::plain_error(at, "SHOW CREATE TABLE is only supported for tables, but " +
                                    quoted_name(name) +
                                    " is a view. Please use SHOW CREATE VIEW instead.");
  }
  if (!of_table && view == nullptr) {
    return sql::plain_error(at, "SHOW CREATE VIEW is only supported for views, but " +
                                    quoted_name(name) +
                                    " is a table. Please use SHOW CREATE TABLE instead.");
  }
  return text_table({"result"}, {{of_table ? create_table_text(*table, name)
                                           : create_view_text(*view, name, fields)}});
}

}  // namespace millrace::plan
