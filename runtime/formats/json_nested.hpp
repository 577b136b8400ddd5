// JSON objects and arrays become ARRAY, MAP, MULTISET and ROW cells, as Flink's
// JsonParserToRowDataConverters makes them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/data/nested.hpp"
#include "runtime/formats/json_cells.hpp"

namespace millrace::formats {

// One event of a value that is being read; texts live as long as the batch.
struct JsonEvent {
  enum class Kind : std::uint8_t { object, end_object, array, end_array, key, scalar, null };
  Kind kind = Kind::null;
  Token token = Token::text;  // of a scalar
  std::string_view text;      // of a key or a scalar
};

// Turns the events of one field's value into a cell of its column. One a field; one thread at a
// time.
class NestedReader {
 public:
  NestedReader(const data::LogicalType& type, const JsonOptions& options)
      : options_(options), root_(type) {}

  // Appends one cell to `column`. False: it cannot be converted, why() says more, nothing was
  // appended.
  bool append(const std::vector<JsonEvent>& events, data::Column& column, data::Arena& arena);
  [[nodiscard]] const std::string& why() const { return why_; }

 private:
  // The type of a part, and a column to convert its scalars in.
  struct Node {
    explicit Node(const data::LogicalType& type_in);
    data::LogicalType type;
    data::Column scratch;
    std::vector<Node> children;
  };

  // One value, from the event at at_ on, into a nested cell; false: it cannot be converted, and at_
  // is anywhere.
  bool value(Node& node, data::NestedBuilder& out);
  bool row(Node& node, data::NestedBuilder& out);
  bool elements(Node& node, data::NestedBuilder& out);
  bool entries(Node& node, data::NestedBuilder& out);
  bool fail(const data::LogicalType& type, std::string_view text);
  void skip();
  // The value at at_ as compact JSON.
  void render(std::string& out);

  const JsonOptions options_;
  Node root_;
  const std::vector<JsonEvent>* events_ = nullptr;
  std::size_t at_ = 0;
  data::Arena* arena_ = nullptr;
  std::string why_;
};

}  // namespace millrace::formats
