// The tables and views a script has declared so far. One catalog and one database, as Flink starts
// with: default_catalog.default_database.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "runtime/plan/plan.hpp"
#include "runtime/sql/error.hpp"
#include "runtime/sql/tree.hpp"

namespace millrace::plan {

struct CatalogTable {
  std::shared_ptr<const TableInput> input;
  sql::Span where;  // the name in CREATE TABLE, for faults found when the table is used
  // As declared, with what LIKE brought; never null.
  std::shared_ptr<const sql::CreateTable> tree;
};

struct CatalogView {
  std::shared_ptr<const sql::Query> query;
  std::vector<sql::Identifier> columns;
  std::string text;  // of the query
  std::string comment;
  bool temporary = false;
};

using CatalogEntry = std::variant<CatalogTable, CatalogView>;

class Catalog {
 public:
  // nullptr when there is none. A name may spell out default_catalog.default_database. A temporary
  // table or view hides a permanent one.
  [[nodiscard]] const CatalogTable* table(const std::vector<sql::Identifier>& path) const;
  [[nodiscard]] const CatalogView* view(const std::vector<sql::Identifier>& path) const;

  // Errors: the name is taken (unless if_not_exists), or its catalog is unknown.
  sql::Status add_table(const sql::QualifiedName& name, bool if_not_exists, bool temporary,
                        CatalogTable table);
  sql::Status add_view(const sql::QualifiedName& name, bool if_not_exists, CatalogView view);
  // Error: there is no such table or view (unless if_exists).
  sql::Status drop(const sql::Drop& drop);

  // All names in sight, in order; views alone or both.
  [[nodiscard]] std::vector<std::string> names(bool views_only) const;

 private:
  using Entries = std::map<std::string, CatalogEntry>;

  [[nodiscard]] const CatalogEntry* find(const std::vector<sql::Identifier>& path) const;
  sql::Status add(const sql::QualifiedName& name, bool if_not_exists, bool temporary,
                  CatalogEntry entry);

  Entries permanent_;
  Entries temporary_;
};

// "default_catalog.default_database.t"
std::string full_name(const std::string& table);
// "`default_catalog`.`default_database`.`t`"
std::string quoted_name(const std::string& table);

}  // namespace millrace::plan
