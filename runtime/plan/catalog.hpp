// The tables and views a script has declared so far. One catalog and one database, as Flink starts
// with: default_catalog.default_database.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "runtime/plan/plan.hpp"
#include "runtime/sql/error.hpp"
#include "runtime/sql/tree.hpp"

namespace millrace::plan {

struct CatalogTable {
  std::shared_ptr<const TableInput> input;
  sql::Span where;  // the name in CREATE TABLE, for faults found when the table is used
};

struct CatalogView {
  std::shared_ptr<const sql::Query> query;
  std::vector<sql::Identifier> columns;
};

class Catalog {
 public:
  // nullptr when there is none. A name may spell out default_catalog.default_database.
  [[nodiscard]] const CatalogTable* table(const std::vector<sql::Identifier>& path) const;
  [[nodiscard]] const CatalogView* view(const std::vector<sql::Identifier>& path) const;

  // Errors: the name is taken (unless if_not_exists), or its catalog is unknown.
  sql::Status add_table(const sql::QualifiedName& name, bool if_not_exists, CatalogTable table);
  sql::Status add_view(const sql::QualifiedName& name, bool if_not_exists, CatalogView view);
  // Error: there is no such table or view (unless if_exists).
  sql::Status drop(const sql::Drop& drop);

 private:
  [[nodiscard]] bool has(const std::string& name) const {
    return tables_.contains(name) || views_.contains(name);
  }

  std::map<std::string, CatalogTable> tables_;
  std::map<std::string, CatalogView> views_;
};

// "default_catalog.default_database.t"
std::string full_name(const std::string& table);

}  // namespace millrace::plan
