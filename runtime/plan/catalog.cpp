#include "runtime/plan/catalog.hpp"

#include <optional>

namespace millrace::plan {

namespace {

constexpr const char* catalog_name = "default_catalog";
constexpr const char* database_name = "default_database";

// The last part, when the parts before it are the one catalog and database there is.
std::optional<std::string> local_name(const std::vector<sql::Identifier>& path) {
  if (path.empty()) return std::nullopt;
  if (path.size() >= 2 && path[path.size() - 2].text != database_name) return std::nullopt;
  if (path.size() == 3 && path[0].text != catalog_name) return std::nullopt;
  return path.back().text;
}

sql::Error taken(const sql::QualifiedName& name) {
  return sql::plain_error(name.where().from, "Table (or view) default_database." +
                                                 name.parts.back().text +
                                                 " already exists in Catalog default_catalog.");
}

sql::Error elsewhere(const sql::QualifiedName& name) {
  return sql::not_served(
      name.where().from,
      "a catalog or database other than default_catalog.default_database ('" + name.text() + "')");
}

}  // namespace

std::string full_name(const std::string& table) {
  return std::string(catalog_name) + "." + database_name + "." + table;
}

const CatalogTable* Catalog::table(const std::vector<sql::Identifier>& path) const {
  const auto name = local_name(path);
  const auto found = name ? tables_.find(*name) : tables_.end();
  return found == tables_.end() ? nullptr : &found->second;
}

const CatalogView* Catalog::view(const std::vector<sql::Identifier>& path) const {
  const auto name = local_name(path);
  const auto found = name ? views_.find(*name) : views_.end();
  return found == views_.end() ? nullptr : &found->second;
}

sql::Status Catalog::add_table(const sql::QualifiedName& name, bool if_not_exists,
                               CatalogTable table) {
  const auto local = local_name(name.parts);
  if (!local) return elsewhere(name);
  if (has(*local)) {
    if (if_not_exists) return base::success();
    return taken(name);
  }
  tables_.emplace(*local, std::move(table));
  return base::success();
}

sql::Status Catalog::add_view(const sql::QualifiedName& name, bool if_not_exists,
                              CatalogView view) {
  const auto local = local_name(name.parts);
  if (!local) return elsewhere(name);
  if (has(*local)) {
    if (if_not_exists) return base::success();
    return taken(name);
  }
  views_.emplace(*local, std::move(view));
  return base::success();
}

sql::Status Catalog::drop(const sql::Drop& drop) {
  const auto local = local_name(drop.name.parts);
  const bool is_table = drop.what == sql::Drop::What::table;
  if (local && is_table && tables_.erase(*local) > 0) return base::success();
  if (local && !is_table && views_.erase(*local) > 0) return base::success();
  if (drop.if_exists) return base::success();
  return sql::plain_error(drop.name.where().from,
                          std::string(is_table ? "Table" : "View") + " with identifier '" +
                              full_name(drop.name.parts.back().text) + "' does not exist.");
}

}  // namespace millrace::plan
