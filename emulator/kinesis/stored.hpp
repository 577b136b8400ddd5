// Settings of a resource: a shape of the API, kept in the data file as JSON.
//
//   row.settings = to_stored(input.queue_attributes);
//   BOOST_OUTCOME_TRY(const auto kept, from_stored<QueueAttributes>(resource.row.settings));
//   use(kept.value().visibility_timeout_seconds);
#pragma once

#include <memory>
#include <string>

#include "common/json/json.hpp"
#include "common/wire/members.hpp"

namespace millrace::kinesis {

template <class Shape>
std::string to_stored(const Shape& shape) {
  json::Writer out;
  wire::write(shape, out);
  return out.take();
}

// The shape and the document that its texts view.
template <class Shape>
class Stored {
 public:
  [[nodiscard]] const Shape& value() const { return value_; }
  [[nodiscard]] Shape& value() { return value_; }

 private:
  template <class Other>
  friend base::Result<Stored<Other>> from_stored(const std::string& text);
  std::unique_ptr<wire::Document> document_;
  Shape value_{};
};

template <class Shape>
base::Result<Stored<Shape>> from_stored(const std::string& text) {
  Stored<Shape> stored;
  BOOST_OUTCOME_TRY(stored.document_, json::parse(text));
  BOOST_OUTCOME_TRY(wire::read(stored.document_->root(), stored.value_));
  return stored;
}

}  // namespace millrace::kinesis
