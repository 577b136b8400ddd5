#include "runtime/formats/json_nested.hpp"

#include "runtime/formats/json_text.hpp"

namespace millrace::formats {

using Kind = JsonEvent::Kind;
using data::NestedBuilder;
using data::TypeKind;

NestedReader::Node::Node(const data::LogicalType& type_in) : type(type_in), scratch(type_in) {
  for (const data::NestedField& field : type_in.fields()) children.emplace_back(field.type);
}

bool NestedReader::append(const std::vector<JsonEvent>& events, data::Column& column,
                          data::Arena& arena) {
  events_ = &events;
  arena_ = &arena;
  at_ = 0;
  why_.clear();
  NestedBuilder out;
  if (!value(root_, out)) return false;
  const std::string cell = out.take();
  const data::NestedView view(cell);
  column.append(arena.copy(view.bytes(0)));
  return true;
}

bool NestedReader::fail(const data::LogicalType& type, std::string_view text) {
  if (why_.empty()) {
    why_ = "'" + std::string(text) + "' is no " + type.with_nullable(true).text();
  }
  return false;
}

void NestedReader::skip() {
  int depth = 0;
  do {
    switch ((*events_)[at_++].kind) {
      case Kind::object:
      case Kind::array:
        ++depth;
        break;
      case Kind::end_object:
      case Kind::end_array:
        --depth;
        break;
      default:
        break;
    }
  } while (depth > 0);
}

void NestedReader::render(std::string& out) {
  const std::size_t begin = at_;
  skip();
  bool comma = false;
  for (std::size_t i = begin; i < at_; ++i) {
    const JsonEvent& event = (*events_)[i];
    const bool closes = event.kind == Kind::end_object || event.kind == Kind::end_array;
    if (comma && !closes) out += ',';
    comma = event.kind != Kind::object && event.kind != Kind::array && event.kind != Kind::key;
    switch (event.kind) {
      case Kind::object:
        out += '{';
        break;
      case Kind::end_object:
        out += '}';
        break;
      case Kind::array:
        out += '[';
        break;
      case Kind::end_array:
        out += ']';
        break;
      case Kind::key:
        append_json_text(out, event.text, Above::kept);
        out += ':';
        break;
      case Kind::scalar:
        if (event.token == Token::text) {
          append_json_text(out, event.text, Above::kept);
        } else {
          out += event.text;
        }
        break;
      case Kind::null:
        out += "null";
        break;
    }
  }
}

bool NestedReader::value(Node& node, NestedBuilder& out) {
  const JsonEvent& event = (*events_)[at_];
  const bool container = event.kind == Kind::object || event.kind == Kind::array;
  if (event.kind == Kind::null) {
    ++at_;
    out.add_null();
    return true;
  }
  if (node.type.is_nested()) {
    if (node.type.is(TypeKind::row) && event.kind == Kind::object) return row(node, out);
    if (node.type.is(TypeKind::array) && event.kind == Kind::array) return elements(node, out);
    if ((node.type.is(TypeKind::map) || node.type.is(TypeKind::multiset)) &&
        event.kind == Kind::object) {
      return entries(node, out);
    }
    return fail(node.type, container ? "an object or array" : event.text);
  }
  if (container) {
    if (node.type.is_string()) {
      std::string text;
      render(text);
      out.add_bytes(text);
      return true;
    }
    if (!node.type.is(TypeKind::boolean)) return fail(node.type, "an object or array");
    skip();  // no BOOLEAN ever fails
    out.add_bytes(std::string_view("\0", 1));
    return true;
  }
  node.scratch.truncate(0);
  if (!append_cell(node.scratch, event.token, event.text, options_.timestamps, *arena_)) {
    return fail(node.type, event.text);
  }
  ++at_;
  out.add(node.scratch, 0);
  return true;
}

bool NestedReader::row(Node& node, NestedBuilder& out) {
  const auto fields = node.type.fields();
  std::vector<NestedBuilder> cells(fields.size());
  ++at_;
  while ((*events_)[at_].kind == Kind::key) {
    const std::string_view name = (*events_)[at_++].text;
    std::size_t field = 0;
    while (field < fields.size() && fields[field].name != name) ++field;
    if (field == fields.size()) {
      skip();
      continue;
    }
    cells[field].clear();  // of equal names the last counts
    const std::size_t begin = at_;
    if (value(node.children[field], cells[field])) continue;
    if (!options_.ignore_parse_errors) return false;
    at_ = begin;
    skip();
    cells[field].clear();
    cells[field].add_null();
  }
  ++at_;
  NestedBuilder whole;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (cells[i].size() == 0) {
      if (options_.fail_on_missing_field) {
        why_ = "Could not find field with name '" + fields[i].name + "'.";
        return false;
      }
      whole.add_null();
      continue;
    }
    const std::string cell = cells[i].take();
    whole.add(data::NestedView(cell), 0);
  }
  out.add_bytes(whole.take());
  return true;
}

bool NestedReader::elements(Node& node, NestedBuilder& out) {
  NestedBuilder whole;
  ++at_;
  while ((*events_)[at_].kind != Kind::end_array) {
    if (!value(node.children[0], whole)) return false;
  }
  ++at_;
  out.add_bytes(whole.take());
  return true;
}

bool NestedReader::entries(Node& node, NestedBuilder& out) {
  // Of equal keys the last counts.
  std::vector<std::pair<std::string_view, std::string>> found;
  ++at_;
  while ((*events_)[at_].kind == Kind::key) {
    const std::string_view key = (*events_)[at_++].text;
    NestedBuilder one;
    if (!value(node.children[1], one)) return false;
    auto place = found.begin();
    while (place != found.end() && place->first != key) ++place;
    if (place == found.end()) {
      found.emplace_back(key, one.take());
    } else {
      place->second = one.take();
    }
  }
  ++at_;
  // Flink keeps them in a HashMap of its StringData, and that order goes on.
  std::vector<std::uint32_t> hashes;
  hashes.reserve(found.size());
  for (const auto& [key, cell] : found) hashes.push_back(data::string_data_hash(key));
  NestedBuilder whole;
  for (const std::size_t i : data::hash_map_order(hashes)) {
    whole.add_bytes(found[i].first);
    whole.add(data::NestedView(found[i].second), 0);
  }
  out.add_bytes(whole.take());
  return true;
}

}  // namespace millrace::formats
