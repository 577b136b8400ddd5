#include "runtime/sql/tree_text.hpp"

#include <map>

namespace millrace::sql {

namespace {

using Kind = Expression::Kind;

// How tightly an infix operator binds; 0: it is none.
int binds(const Expression& tree) {
  static const std::map<std::string, int> operators = {
      {"OR", 1}, {"AND", 2}, {"=", 4}, {"<>", 4}, {"<", 4}, {"<=", 4}, {">", 4},   {">=", 4},
      {"+", 5},  {"-", 5},   {"*", 6}, {"/", 6},  {"%", 6}, {"||", 6}, {"LIKE", 4}};
  if (tree.kind != Kind::call || tree.arguments.size() != 2) return 0;
  const auto found = operators.find(tree.name);
  return found == operators.end() ? 0 : found->second;
}

std::string list(const std::vector<ExpressionPtr>& items, std::size_t from = 0) {
  std::string out;
  for (std::size_t i = from; i < items.size(); ++i) {
    out += (i == from ? "" : ", ") + to_text(*items[i]);
  }
  return out;
}

std::string operand(const Expression& tree, int around, bool right) {
  const int own = binds(tree);
  const bool bare = own == 0 || own > around || (own == around && !right);
  return bare ? to_text(tree) : "(" + to_text(tree) + ")";
}

std::string type_text(const TypeName& type) {
  if (type.name == "INTERVAL MONTHS") return "INTERVAL YEAR TO MONTH";
  if (type.name == "INTERVAL MILLIS") return "INTERVAL DAY TO SECOND";
  std::string out = type.name == "INT" ? "INTEGER" : type.name;
  if (!type.children.empty()) {
    for (std::size_t i = 0; i < type.children.size(); ++i) {
      out += i == 0 ? "<" : ", ";
      if (i < type.names.size()) out += quote_name(type.names[i].text) + " ";
      out += type_text(type.children[i]) + (type.children[i].not_null ? " NOT NULL" : "");
    }
    return out + ">";
  }
  for (std::size_t i = 0; i < type.parameters.size(); ++i) {
    out += (i == 0 ? "(" : ", ") + std::to_string(type.parameters[i]);
  }
  return type.parameters.empty() ? out : out + ")";
}

std::string call_text(const Expression& tree) {
  if (const int own = binds(tree); own != 0) {
    return operand(*tree.arguments[0], own, false) + " " + tree.name + " " +
           operand(*tree.arguments[1], own, true);
  }
  if (tree.name == "UNARY -") return "-" + operand(*tree.arguments[0], 7, true);
  if (tree.name == "NOT") return "NOT " + operand(*tree.arguments[0], 3, true);
  if (tree.name.starts_with("IS ")) {
    const std::string first = operand(*tree.arguments[0], 4, false) + " " + tree.name;
    return tree.arguments.size() == 1 ? first : first + " " + operand(*tree.arguments[1], 4, true);
  }
  if (tree.name == "IN") {
    return operand(*tree.arguments[0], 4, false) + " IN (" + list(tree.arguments, 1) + ")";
  }
  if (tree.name == "BETWEEN") {
    return operand(*tree.arguments[0], 4, false) + " BETWEEN ASYMMETRIC " +
           operand(*tree.arguments[1], 4, true) + " AND " + operand(*tree.arguments[2], 4, true);
  }
  if (tree.name == "EXTRACT" && tree.arguments.size() == 2) {
    return "EXTRACT(" + tree.arguments[0]->name + " FROM " + to_text(*tree.arguments[1]) + ")";
  }
  if (tree.name == "ITEM" && tree.arguments.size() == 2) {
    return operand(*tree.arguments[0], 7, false) + "[" + to_text(*tree.arguments[1]) + "]";
  }
  if (tree.name == "DOT" && tree.arguments.size() == 2) {
    return operand(*tree.arguments[0], 7, false) + "." + quote_name(tree.arguments[1]->name);
  }
  if (tree.path.empty() && (tree.name == "ARRAY" || tree.name == "MAP")) {
    return tree.name + "[" + list(tree.arguments) + "]";
  }
  return tree.name + "(" + (tree.flag ? "DISTINCT " : "") + list(tree.arguments) + ")";
}

}  // namespace

std::string quote_name(const std::string& name) {
  std::string out = "`";
  for (const char c : name) out += c == '`' ? std::string("``") : std::string(1, c);
  return out + "`";
}

std::string quote_text(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

std::string to_text(const Expression& tree) {
  switch (tree.kind) {
    case Kind::null_literal:
      return "NULL";
    case Kind::boolean_literal:
      return tree.flag ? "TRUE" : "FALSE";
    case Kind::string_literal:
      return quote_text(tree.name);
    case Kind::number_literal:
      return tree.name;
    case Kind::interval_literal:
      return (tree.number < 0 ? "INTERVAL -" : "INTERVAL ") + quote_text(tree.name) + " " +
             tree.type.name;
    case Kind::timestamp_literal:
      return "TIMESTAMP " + quote_text(tree.name);
    case Kind::date_literal:
      return "DATE " + quote_text(tree.name);
    case Kind::time_literal:
      return "TIME " + quote_text(tree.name);
    case Kind::binary_literal: {
      std::string out = "X'";
      for (const char c : tree.name) {
        out += "0123456789ABCDEF"[static_cast<unsigned char>(c) >> 4U];
        out += "0123456789ABCDEF"[static_cast<unsigned char>(c) & 15U];
      }
      return out + "'";
    }
    case Kind::column: {
      std::string out;
      for (const auto& part : tree.path) out += (out.empty() ? "" : ".") + quote_name(part.text);
      return out;
    }
    case Kind::star:
      return tree.path.empty() ? "*" : quote_name(tree.path.back().text) + ".*";
    case Kind::cast:
      return std::string(tree.flag ? "TRY_CAST(" : "CAST(") + to_text(*tree.arguments[0]) + " AS " +
             type_text(tree.type) + ")";
    case Kind::case_when: {
      std::string out = "CASE";
      std::size_t i = 0;
      if (tree.flag) out += " " + to_text(*tree.arguments[i++]);
      for (; i + 1 < tree.arguments.size(); i += 2) {
        out += " WHEN " + to_text(*tree.arguments[i]) + " THEN " + to_text(*tree.arguments[i + 1]);
      }
      return out + " ELSE " + to_text(*tree.arguments.back()) + " END";
    }
    case Kind::call:
      return call_text(tree);
    default:
      // Not part of a column's expression.
      return tree.name;
  }
}

}  // namespace millrace::sql
