// The state of one operator: named tables of one value a key.
//
//   state::Store store;
//   auto& last = store.keyed<std::string>("last row");
//   std::string& row = last.get(key_bytes);
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "common/base/result.hpp"

namespace millrace::state {

// What a Store holds, whatever its values are.
class Table {
 public:
  virtual ~Table() = default;
  [[nodiscard]] virtual std::size_t size() const = 0;
};

// One value a key; keys are bytes (RowCodec writes them). References stay good until their key is
// erased. One thread at a time.
template <class V>
class Keyed final : public Table {
 public:
  // nullptr when the key is not there.
  V* find(std::string_view key) {
    const auto found = values_.find(key);
    if (found == values_.end() || gone(found)) return nullptr;
    return &found->second.value;
  }
  // Makes an empty value for a new key. Counts as a change of the value.
  V& get(std::string_view key) {
    auto found = values_.find(key);
    if (found == values_.end() || gone(found)) {
      found = values_.emplace(std::string(key), Entry{}).first;
    }
    found->second.written_ms = now_ms_;
    return found->second.value;
  }
  void erase(std::string_view key) {
    const auto found = values_.find(key);
    if (found != values_.end()) values_.erase(found);
  }
  [[nodiscard]] std::size_t size() const override { return values_.size(); }

  // Values that nobody changed for so long are not there any more; 0: for ever. `told` hears of
  // each before it goes.
  void expire_after(std::int64_t ttl_ms, std::function<void(V&)> told = {}) {
    ttl_ms_ = ttl_ms;
    told_ = std::move(told);
  }
  // Processing time; what has expired is let go now and then.
  void set_now(std::int64_t now_ms) {
    now_ms_ = now_ms;
    if (ttl_ms_ <= 0 || now_ms < next_sweep_ms_) return;
    next_sweep_ms_ = now_ms + ttl_ms_ / 2 + 1000;
    for (auto at = values_.begin(); at != values_.end();) {
      const auto next = std::next(at);
      gone(at);
      at = next;
    }
  }

 private:
  struct Entry {
    V value{};
    std::int64_t written_ms = 0;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const {
      return std::hash<std::string_view>{}(key);
    }
  };
  // No order is promised: what has to happen in an order is kept in an ordered value.
  std::unordered_map<std::string, Entry, Hash, std::equal_to<>> values_;

  // Whether it has expired; then it is erased.
  bool gone(typename std::unordered_map<std::string, Entry, Hash, std::equal_to<>>::iterator at) {
    if (ttl_ms_ <= 0 || now_ms_ < at->second.written_ms + ttl_ms_) return false;
    if (told_) told_(at->second.value);
    values_.erase(at);
    return true;
  }

  std::int64_t ttl_ms_ = 0;
  std::int64_t now_ms_ = 0;
  std::int64_t next_sweep_ms_ = 0;
  std::function<void(V&)> told_;
};

// Values in the order of their keys, for what happens in an order: windows by end, rows by time.
template <class K, class V>
class Ordered final : public Table {
 public:
  std::map<K, V>& values() { return values_; }
  [[nodiscard]] std::size_t size() const override { return values_.size(); }

 private:
  std::map<K, V> values_;
};

// Owned by its operator. One thread at a time.
class Store {
 public:
  // The same name must be asked for with the same type.
  template <class V>
  Keyed<V>& keyed(const std::string& name) {
    return table<Keyed<V>>(name);
  }
  template <class K, class V>
  std::map<K, V>& ordered(const std::string& name) {
    return table<Ordered<K, V>>(name).values();
  }

  // Keys over all tables.
  [[nodiscard]] std::size_t keys() const {
    std::size_t total = 0;
    for (const auto& [name, table] : tables_) total += table->size();
    return total;
  }

 private:
  template <class T>
  T& table(const std::string& name) {
    auto& slot = tables_[name];
    if (!slot) slot = std::make_unique<T>();
    auto* typed = dynamic_cast<T*>(slot.get());
    KS_ASSERT(typed != nullptr);
    return *typed;
  }

  std::map<std::string, std::unique_ptr<Table>> tables_;
};

}  // namespace millrace::state
