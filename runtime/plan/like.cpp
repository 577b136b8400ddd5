// CREATE TABLE ... LIKE: the declaration of a table and that of its base made one, as Flink's
// MergeTableLikeUtil does it.
#include <algorithm>
#include <map>

#include "runtime/plan/planner.hpp"

namespace millrace::plan {

namespace {

using sql::ColumnDefinition;
using sql::CreateTable;
using sql::Like;
using Merge = Like::Merge;

class Merger {
 public:
  Merger(const CreateTable& derived, const CreateTable& base)
      : derived_(derived), base_(base), at_(derived.like->table.where().from), out_(derived) {
    for (const auto& choice : derived.like->choices) {
      if (choice.feature.text == "ALL") all_ = choice.merge;
    }
    for (const auto& choice : derived.like->choices) chosen_[choice.feature.text] = choice.merge;
  }

  sql::Result<CreateTable> run() {
    out_.like.reset();
    BOOST_OUTCOME_TRY(columns());
    BOOST_OUTCOME_TRY(watermark());
    BOOST_OUTCOME_TRY(keys());
    BOOST_OUTCOME_TRY(partitions());
    BOOST_OUTCOME_TRY(options());
    return std::move(out_);
  }

 private:
  [[nodiscard]] Merge merge(const std::string& feature) const {
    const auto found = chosen_.find(feature);
    if (found != chosen_.end()) return found->second;
    if (all_) return *all_;
    return feature == "OPTIONS" ? Merge::overwriting : Merge::including;
  }

  [[nodiscard]] sql::Error refuse(const std::string& what) const {
    return sql::plain_error(at_, what);
  }

  sql::Status columns() {
    out_.columns.clear();
    for (const auto& column : base_.columns) {
      const std::string feature = feature_of(column);
      if (feature.empty() || merge(feature) != Merge::excluding) out_.columns.push_back(column);
    }
    const std::size_t of_base = out_.columns.size();
    for (const auto& column : derived_.columns) {
      const auto end = out_.columns.begin() + static_cast<std::ptrdiff_t>(of_base);
      const auto same = std::find_if(out_.columns.begin(), end, [&](const ColumnDefinition& one) {
        return one.name.text == column.name.text;
      });
      if (same == end) {
        out_.columns.push_back(column);
        continue;
      }
      const std::string feature = feature_of(*same);
      if (column.kind != same->kind || feature.empty()) {
        return refuse("A column named '" + column.name.text +
                      "' already exists in the base table.");
      }
      if (merge(feature) != Merge::overwriting) {
        return refuse("A " + std::string(feature == "GENERATED" ? "generated" : "metadata") +
                      " column named '" + column.name.text +
                      "' already exists in the base table. You might want to specify EXCLUDING " +
                      feature + " or OVERWRITING " + feature + ".");
      }
      *same = column;
    }
    return base::success();
  }

  static std::string feature_of(const ColumnDefinition& column) {
    if (column.kind == ColumnDefinition::Kind::computed) return "GENERATED";
    if (column.kind == ColumnDefinition::Kind::metadata) return "METADATA";
    return "";
  }

  sql::Status watermark() {
    if (!base_.watermark || merge("WATERMARKS") == Merge::excluding) return base::success();
    if (!derived_.watermark) {
      out_.watermark = base_.watermark;
      return base::success();
    }
    if (merge("WATERMARKS") == Merge::overwriting) return base::success();
    return refuse("There already exists a watermark spec for column '" +
                  base_.watermark->column.text +
                  "' in the base table. You might want to specify EXCLUDING WATERMARKS or "
                  "OVERWRITING WATERMARKS.");
  }

  sql::Status keys() {
    if (base_.primary_key.empty() || merge("CONSTRAINTS") == Merge::excluding) {
      return base::success();
    }
    if (!derived_.primary_key.empty()) {
      return refuse(
          "The base table already has a primary key. You might want to specify EXCLUDING "
          "CONSTRAINTS.");
    }
    out_.primary_key = base_.primary_key;
    return base::success();
  }

  // EXCLUDING PARTITIONS keeps the base's when there are no others (seen with Flink 2.2).
  sql::Status partitions() {
    if (base_.partitioned_by.empty()) return base::success();
    if (derived_.partitioned_by.empty()) {
      out_.partitioned_by = base_.partitioned_by;
    } else if (merge("PARTITIONS") != Merge::excluding) {
      return refuse(
          "The base table already has partitions defined. You might want to specify EXCLUDING "
          "PARTITIONS.");
    }
    return base::success();
  }

  sql::Status options() {
    const Merge how = merge("OPTIONS");
    if (how == Merge::excluding) return base::success();
    out_.options = base_.options;
    for (const auto& option : derived_.options) {
      const auto same = std::find_if(out_.options.begin(), out_.options.end(),
                                     [&](const auto& one) { return one.key == option.key; });
      if (same == out_.options.end()) {
        out_.options.push_back(option);
      } else if (how == Merge::overwriting) {
        *same = option;
      } else {
        return refuse("There already exists an option ['" + option.key + "' -> '" + same->value +
                      "']  in the base table. You might want to specify EXCLUDING OPTIONS or "
                      "OVERWRITING OPTIONS.");
      }
    }
    return base::success();
  }

  const CreateTable& derived_;
  const CreateTable& base_;
  sql::Position at_;
  CreateTable out_;
  std::optional<Merge> all_;
  std::map<std::string, Merge> chosen_;
};

}  // namespace

sql::Result<CreateTable> merge_like(const CreateTable& derived, const Catalog& catalog) {
  const auto& name = derived.like->table;
  const sql::Position at = name.where().from;
  const std::string place =
      ", at line " + std::to_string(at.line) + ", column " + std::to_string(at.column);
  const std::string source = "Source table '" + quoted_name(name.parts.back().text) + "'";
  if (catalog.view(name.parts) != nullptr) {
    return sql::plain_error(at, source + " of the LIKE clause can not be a VIEW" + place);
  }
  const CatalogTable* base = catalog.table(name.parts);
  if (base == nullptr) {
    return sql::plain_error(at, source + " of the LIKE clause not found in the catalog" + place);
  }
  return Merger(derived, *base->tree).run();
}

}  // namespace millrace::plan
