#include "runtime/plan/catalog.hpp"

#include <optional>
#include <set>

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

sql::Error elsewhere(const sql::QualifiedName& name) {
  return sql::not_served(
      name.where().from,
      "a catalog or database other than default_catalog.default_database ('" + name.text() + "')");
}

}  // namespace

std::string full_name(const std::string& table) {
  return std::string(catalog_name) + "." + database_name + "." + table;
}

std::string quoted_name(const std::string& table) {
  return std::string("`") + catalog_name + "`.`" + database_name + "`.`" + table + "`";
}

const CatalogEntry* Catalog::find(const std::vector<sql::Identifier>& path) const {
  const auto name = local_name(path);
  if (!name) return nullptr;
  for (const Entries* entries : {&temporary_, &permanent_}) {
    const auto found = entries->find(*name);
    if (found != entries->end()) return &found->second;
  }
  return nullptr;
}

const CatalogTable* Catalog::table(const std::vector<sql::Identifier>& path) const {
  const CatalogEntry* entry = find(path);
  return entry == nullptr ? nullptr : std::get_if<CatalogTable>(entry);
}

const CatalogView* Catalog::view(const std::vector<sql::Identifier>& path) const {
  const CatalogEntry* entry = find(path);
  return entry == nullptr ? nullptr : std::get_if<CatalogView>(entry);
}

sql::Status Catalog::add(const sql::QualifiedName& name, bool if_not_exists, bool temporary,
                         CatalogEntry entry) {
  const auto local = local_name(name.parts);
  if (!local) return elsewhere(name);
  Entries& entries = temporary ? temporary_ : permanent_;
  if (entries.contains(*local)) {
    if (if_not_exists) return base::success();
    if (temporary) {
      return sql::plain_error(name.where().from,
                              "Temporary table '" + quoted_name(*local) + "' already exists");
    }
    return sql::plain_error(name.where().from, "Table (or view) default_database." + *local +
                                                   " already exists in Catalog default_catalog.");
  }
  entries.emplace(*local, std::move(entry));
  return base::success();
}

sql::Status Catalog::add_table(const sql::QualifiedName& name, bool if_not_exists, bool temporary,
                               CatalogTable table) {
  return add(name, if_not_exists, temporary, std::move(table));
}

sql::Status Catalog::add_view(const sql::QualifiedName& name, bool if_not_exists,
                              CatalogView view) {
  const bool temporary = view.temporary;
  return add(name, if_not_exists, temporary, std::move(view));
}

sql::Status Catalog::drop(const sql::Drop& drop) {
  const auto local = local_name(drop.name.parts);
  const sql::Position at = drop.name.where().from;
  const bool is_table = drop.what == sql::Drop::What::table;
  const auto fits = [is_table](const CatalogEntry& entry) {
    return std::holds_alternative<CatalogTable>(entry) == is_table;
  };
  const std::string kind = is_table ? "table" : "view";
  if (local) {
    const auto hidden = temporary_.find(*local);
    const bool is_hidden = hidden != temporary_.end() && fits(hidden->second);
    if (drop.temporary && is_hidden) {
      temporary_.erase(hidden);
      return base::success();
    }
    if (!drop.temporary && is_hidden) {
      return sql::plain_error(at, "Temporary " + kind + " with identifier '" + quoted_name(*local) +
                                      "' exists. Drop it first before removing the permanent " +
                                      kind + ".");
    }
    const auto found = permanent_.find(*local);
    if (!drop.temporary && found != permanent_.end() && fits(found->second)) {
      permanent_.erase(found);
      return base::success();
    }
  }
  if (drop.if_exists) return base::success();
  const std::string what = drop.temporary ? "Temporary table or view" : is_table ? "Table" : "View";
  return sql::plain_error(at, what + " with identifier '" + full_name(drop.name.parts.back().text) +
                                  "' does not exist.");
}

std::vector<std::string> Catalog::names(bool views_only) const {
  std::set<std::string> names;
  const auto add_all = [&](const Entries& entries, const Entries* hiding) {
    for (const auto& [name, entry] : entries) {
      if (hiding != nullptr && hiding->contains(name)) continue;
      if (!views_only || std::holds_alternative<CatalogView>(entry)) names.insert(name);
    }
  };
  add_all(temporary_, nullptr);
  add_all(permanent_, &temporary_);
  return {names.begin(), names.end()};
}

}  // namespace millrace::plan
