// JSON_OBJECTAGG and JSON_ARRAYAGG. Keys and values come as JSON_ARRAY(x ABSENT ON NULL) wrote
// them:
// "[7]", or "[]" for NULL.
#include <algorithm>
#include <map>

#include "runtime/aggregates/per_group.hpp"

namespace millrace::aggregates {

namespace {

// What stands between the brackets; NULL: nothing.
std::string inner(std::string_view array) {
  if (array.size() < 2) return {};
  return std::string(array.substr(1, array.size() - 2));
}

// A key without its quotes.
std::string bare(const std::string& key) {
  return key.size() < 2 ? std::string() : key.substr(1, key.size() - 2);
}

bool keeps_null(const BoundAggregate& call) {
  return call.function->name.find("_NULL_ON_NULL") != std::string_view::npos;
}

struct Members {
  std::map<std::string, std::string> members;  // by key without its quotes; the value "": NULL
  std::string twice;                           // the key that came a second time, in quotes

  void add(const std::string& key, const std::string& value) {
    if (!members.emplace(key, value).second) twice = "'" + key + "'";
  }
  void add(const Members& other) {
    for (const auto& [key, value] : other.members) add(key, value);
  }
  [[nodiscard]] std::size_t bytes() const { return members.size() * 128; }
};

class ObjectAgg final : public PerGroup<Members> {
 public:
  explicit ObjectAgg(const BoundAggregate& call) : PerGroup(call), nulls_(keeps_null(call)) {}

  void add(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
           std::span<const ColumnPtr> args, std::uint64_t) override {
    each_row(groups, rows, [&](Members& members, std::size_t row) {
      const std::string key = inner(args[0]->at<std::string_view>(row));
      if (key.empty()) {
        fault_ = "Map views don't support null keys.";
        return;
      }
      members.add(bare(key), inner(args[1]->at<std::string_view>(row)));
      if (!members.twice.empty()) {
        fault_ = "Key " + members.twice +
                 " is already present. Duplicate keys are not allowed in JSON_OBJECTAGG. Please "
                 "ensure that keys are unique.";
      }
    });
  }
  void retract(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
               std::span<const ColumnPtr> args) override {
    each_row(groups, rows, [&](Members& members, std::size_t row) {
      const std::string key = inner(args[0]->at<std::string_view>(row));
      if (!key.empty()) members.members.erase(bare(key));
    });
  }
  [[nodiscard]] std::string_view fault() const override { return fault_; }

  void append_result(std::uint32_t group, Column& out, data::Arena& arena) const override {
    std::string text = "{";
    for (const auto& [key, value] : state(group).members) {
      if (value.empty() && !nulls_) continue;
      if (text.size() > 1) text += ',';
      text += '"' + key + "\":";
      text += value.empty() ? "null" : value;
    }
    text += '}';
    out.append(arena.copy(text));
  }

 private:
  bool nulls_;
  std::string fault_;
};

struct Items {
  std::vector<std::string> items;  // "": NULL
  std::vector<std::string> owed;   // taken back before they came

  void add(const std::string& item) {
    const auto debt = std::find(owed.begin(), owed.end(), item);
    if (debt != owed.end()) {
      owed.erase(debt);
    } else {
      items.push_back(item);
    }
  }
  void take(const std::string& item) {
    const auto at = std::find(items.begin(), items.end(), item);
    if (at != items.end()) {
      items.erase(at);
    } else {
      owed.push_back(item);
    }
  }
  void add(const Items& other) {
    for (const auto& item : other.items) add(item);
  }
  [[nodiscard]] std::size_t bytes() const {
    std::size_t total = 0;
    for (const auto& item : items) total += sizeof(std::string) + item.size();
    return total;
  }
};

class ArrayJson final : public PerGroup<Items> {
 public:
  explicit ArrayJson(const BoundAggregate& call) : PerGroup(call), nulls_(keeps_null(call)) {}

  void add(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
           std::span<const ColumnPtr> args, std::uint64_t) override {
    each_row(groups, rows, [&](Items& items, std::size_t row) {
      const std::string item = inner(args[0]->at<std::string_view>(row));
      if (!item.empty() || nulls_) items.add(item);
    });
  }
  void retract(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
               std::span<const ColumnPtr> args) override {
    each_row(groups, rows, [&](Items& items, std::size_t row) {
      const std::string item = inner(args[0]->at<std::string_view>(row));
      if (!item.empty() || nulls_) items.take(item);
    });
  }

  void append_result(std::uint32_t group, Column& out, data::Arena& arena) const override {
    std::string text = "[";
    for (const auto& item : state(group).items) {
      if (text.size() > 1) text += ',';
      text += item.empty() ? "null" : item;
    }
    text += ']';
    out.append(arena.copy(text));
  }

 private:
  bool nulls_;
};

}  // namespace

std::unique_ptr<Accumulators> make_json_objectagg(const BoundAggregate& call) {
  return std::make_unique<ObjectAgg>(call);
}
std::unique_ptr<Accumulators> make_json_arrayagg(const BoundAggregate& call) {
  return std::make_unique<ArrayJson>(call);
}

}  // namespace millrace::aggregates
