// One kept value a group. Text is copied out of the batch; the copy is reused when the next value
// fits into it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/data/column.hpp"

namespace millrace::aggregates {

template <class T>
class Kept {
 public:
  void resize(std::size_t groups) { values_.resize(groups); }
  [[nodiscard]] std::size_t size() const { return values_.size(); }
  [[nodiscard]] const T& get(std::size_t group) const { return values_[group]; }
  void set(std::size_t group, const T& value) { values_[group] = value; }
  [[nodiscard]] std::size_t bytes() const { return values_.capacity() * sizeof(T); }
  void write(data::Column& out) const {
    const std::span<T> to = out.cells<T>();
    for (std::size_t i = 0; i < values_.size(); ++i) to[i] = values_[i];
  }

 private:
  std::vector<T> values_;
};

template <>
class Kept<std::string_view> {
 public:
  void resize(std::size_t groups) { values_.resize(groups); }
  [[nodiscard]] std::size_t size() const { return values_.size(); }
  [[nodiscard]] std::string_view get(std::size_t group) const { return values_[group]; }
  void set(std::size_t group, std::string_view value) { values_[group].assign(value); }
  [[nodiscard]] std::size_t bytes() const {
    std::size_t total = values_.capacity() * sizeof(std::string);
    for (const std::string& value : values_) total += value.capacity();
    return total;
  }
  // The column stands on its own.
  void write(data::Column& out) const {
    const auto arena = std::make_shared<data::Arena>();
    const std::span<std::string_view> to = out.cells<std::string_view>();
    for (std::size_t i = 0; i < values_.size(); ++i) to[i] = arena->copy(values_[i]);
    out.keep_alive(arena);
  }

 private:
  std::vector<std::string> values_;
};

}  // namespace millrace::aggregates
