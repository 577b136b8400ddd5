#include <set>

#include "runtime/connectors/connector.hpp"
#include "runtime/plan/binder.hpp"
#include "runtime/plan/planner.hpp"
#include "runtime/plan/types.hpp"

namespace millrace::plan {

namespace {

std::string list_columns(const std::vector<Field>& fields) {
  std::string list;
  for (const auto& field : fields) list += (list.empty() ? "'" : ", '") + field.name + "'";
  return "[" + list + "]";
}

bool is_event_time(const data::LogicalType& type) {
  return type.is_timestamp() && type.precision() <= 3;
}

// Builds one TableInput; the order of a column's steps is the declaration's.
class TableBuilder {
 public:
  explicit TableBuilder(const sql::CreateTable& tree) : tree_(tree) {}

  sql::Result<CatalogTable> run() {
    table_.name = full_name(tree_.name.parts.back().text);
    BOOST_OUTCOME_TRY(options());
    BOOST_OUTCOME_TRY(columns());
    BOOST_OUTCOME_TRY(watermark());
    BOOST_OUTCOME_TRY(keys());
    input_.table = std::make_shared<const connectors::Table>(std::move(table_));
    return CatalogTable{std::make_shared<const TableInput>(std::move(input_)), tree_.name.where()};
  }

 private:
  Status options() {
    // The last of two equal keys wins, as in Flink's parser.
    for (const auto& option : tree_.options) table_.options[option.key] = option.value;
    return base::success();
  }

  Status columns() {
    std::set<std::string> names;
    input_.columns.resize(tree_.columns.size());
    // Physical and metadata columns first: a computed one may use any of them.
    for (std::size_t i = 0; i < tree_.columns.size(); ++i) {
      const auto& column = tree_.columns[i];
      if (!names.insert(column.name.text).second) {
        return sql::plain_error(column.name.where.from, "A column named '" + column.name.text +
                                                            "' already exists in the table.");
      }
      TableColumn& out = input_.columns[i];
      out.field.name = column.name.text;
      if (column.kind == sql::ColumnDefinition::Kind::physical) {
        BOOST_OUTCOME_TRY(auto type, resolve_type(column.type));
        // A key's columns are NOT NULL, for what is computed from them, too.
        for (const auto& key : tree_.primary_key) {
          if (key.text == column.name.text) type = type.not_null();
        }
        out.field.type = type;
        out.kind = TableColumn::Kind::physical;
        out.index = table_.schema.size();
        table_.schema.fields.push_back({column.name.text, type});
      } else if (column.kind == sql::ColumnDefinition::Kind::metadata) {
        BOOST_OUTCOME_TRY(metadata(column, out));
      }
    }
    for (const auto& column : input_.columns) scope_.fields.push_back(column.field);
    for (std::size_t i = 0; i < tree_.columns.size(); ++i) {
      if (tree_.columns[i].kind != sql::ColumnDefinition::Kind::computed) continue;
      BOOST_OUTCOME_TRY(computed(tree_.columns[i], input_.columns[i], i));
    }
    return base::success();
  }

  Status metadata(const sql::ColumnDefinition& column, TableColumn& out) {
    BOOST_OUTCOME_TRY(auto type, resolve_type(column.type));
    const std::string key = column.key.value_or(column.name.text);
    out.kind = TableColumn::Kind::metadata;
    out.field.type = type;
    out.is_virtual = column.is_virtual;
    out.index = input_.metadata.size();
    auto connector = connectors::find_connector(table_);
    if (!connector) return sql::plain_error(column.name.where.from, connector.error().message());
    const connectors::MetadataKey* found = nullptr;
    std::string known;
    for (const auto& candidate : connector.value()->metadata) {
      if (candidate.key == key) found = &candidate;
      known += "\n" + std::string(candidate.key);
    }
    if (found == nullptr) {
      return sql::plain_error(column.name.where.from,
                              "Invalid metadata key '" + key + "' in column '" + column.name.text +
                                  "' of table '" + table_.name + "'. The connector '" +
                                  std::string(connector.value()->name) +
                                  "' supports the following metadata keys for reading:" +
                                  (known.empty() ? " none" : known));
    }
    auto source = expr::make_column(0, key, found->type);
    if (!found->type.same_as(type)) {
      auto converted = expr::make_cast(source, type);
      if (!converted) {
        return sql::plain_error(column.type.where.from, "Invalid data type for metadata column '" +
                                                            column.name.text + "' of table '" +
                                                            table_.name +
                                                            "'. The column cannot be "
                                                            "declared as '" +
                                                            type.text() +
                                                            "' because the type must be "
                                                            "castable from metadata type '" +
                                                            found->type.text() + "'.");
      }
      source = converted.value();
    }
    out.expression = source;
    input_.metadata.push_back({key, found->type});
    return base::success();
  }

  Status computed(const sql::ColumnDefinition& column, TableColumn& out, std::size_t own) {
    // Only what is no computed column itself is in sight, as in Flink.
    Scope sight = scope_;
    for (std::size_t i = 0; i < tree_.columns.size(); ++i) {
      if (tree_.columns[i].kind == sql::ColumnDefinition::Kind::computed) {
        sight.fields[i].name.clear();
      }
    }
    BOOST_OUTCOME_TRY(auto bound, bind_expression(*column.expression, sight, "computed column"));
    if (bound->type.is(data::TypeKind::null)) {
      return sql::validation_error(
          column.expression->where,
          "The type of the computed column '" + column.name.text + "' is not known: CAST it");
    }
    out.kind = TableColumn::Kind::computed;
    out.field = project_field(column.name.text, bound, {});
    out.expression = std::move(bound);
    scope_.fields[own] = out.field;
    return base::success();
  }

  Status watermark() {
    if (!tree_.watermark) return base::success();
    const auto& tree = *tree_.watermark;
    std::optional<std::size_t> rowtime;
    for (std::size_t i = 0; i < scope_.fields.size(); ++i) {
      if (scope_.fields[i].name == tree.column.text) rowtime = i;
    }
    if (!rowtime) {
      return sql::plain_error(tree.column.where.from,
                              "The rowtime attribute field '" + tree.column.text +
                                  "' is not defined in the table schema, at line " +
                                  std::to_string(tree.column.where.from.line) + ", column " +
                                  std::to_string(tree.column.where.from.column) +
                                  "\nAvailable fields: " + list_columns(scope_.fields));
    }
    Field& field = input_.columns[*rowtime].field;
    if (!is_event_time(field.type)) {
      return sql::plain_error(
          tree.column.where.from,
          "Invalid data type of time field for watermark definition. The field must be of type "
          "TIMESTAMP(p) or TIMESTAMP_LTZ(p), the supported precision 'p' is from 0 to 3, but the "
          "time field type is " +
              field.type.text());
    }
    BOOST_OUTCOME_TRY(auto bound, bind_expression(*tree.expression, scope_, "WATERMARK"));
    if (!is_event_time(bound->type)) {
      return sql::plain_error(
          tree.expression->where.from,
          "Invalid data type of expression for watermark definition. The field must be of type "
          "TIMESTAMP(p) or TIMESTAMP_LTZ(p), the supported precision 'p' is from 0 to 3, but the "
          "watermark expression type is " +
              bound->type.text());
    }
    field.time = TimeAttribute::rowtime;
    input_.rowtime = rowtime;
    input_.watermark = std::move(bound);
    return base::success();
  }

  Status keys() {
    for (const auto& key : tree_.primary_key) {
      bool found = false;
      for (std::size_t i = 0; i < input_.columns.size(); ++i) {
        TableColumn& column = input_.columns[i];
        if (column.field.name != key.text) continue;
        found = true;
        input_.primary_key.push_back(i);
        if (column.kind != TableColumn::Kind::physical) {
          return sql::plain_error(key.where.from, "Invalid primary key: Column '" + key.text +
                                                      "' is not a physical column.");
        }
        // A key's columns become NOT NULL.
        column.field.type = column.field.type.not_null();
        table_.schema.fields[column.index].type = column.field.type;
      }
      if (!found) {
        return sql::plain_error(key.where.from, "Primary key column '" + key.text +
                                                    "' is not defined in the schema at line " +
                                                    std::to_string(key.where.from.line) +
                                                    ", column " +
                                                    std::to_string(key.where.from.column));
      }
    }
    for (const auto& key : tree_.partitioned_by) {
      if (!table_.schema.find(key.text)) {
        return sql::plain_error(key.where.from,
                                "Partition column '" + key.text +
                                    "' not defined in the table schema. Available columns: " +
                                    list_columns(scope_.fields));
      }
      table_.partition_keys.push_back(key.text);
    }
    return base::success();
  }

  const sql::CreateTable& tree_;
  connectors::Table table_;
  TableInput input_;
  Scope scope_;
};

}  // namespace

sql::Result<CatalogTable> build_table(const sql::CreateTable& table) {
  return TableBuilder(table).run();
}

}  // namespace millrace::plan
