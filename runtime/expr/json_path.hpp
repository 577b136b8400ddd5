// JSON as a tree, and the paths that JSON_VALUE, JSON_QUERY and JSON_EXISTS follow in it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::expr {

// A JSON value. Objects keep the order of their members; of equal names the last counts.
struct Json {
  enum class Kind : unsigned char { null, boolean, number, text, array, object };

  Kind kind = Kind::null;
  bool flag = false;        // boolean
  std::string text;         // of a text; a number as BigDecimal.toString writes it: 1.50, 1E+5
  std::vector<Json> items;  // of an array, and the members' values
  std::vector<std::string> names;  // of an object's members

  [[nodiscard]] bool is_scalar() const { return kind != Kind::array && kind != Kind::object; }
};

// The value a text begins with (RFC 8259); what follows it is ignored, as Jackson does. nullopt: it
// is no JSON, or nested deeper than 500.
std::optional<Json> parse_json(std::string_view text);
// Compact; texts with Jackson's escapes; members as they came or in the order of their names.
enum class Members : unsigned char { kept, sorted };
void append_json(std::string& out, const Json& value, Members members = Members::kept);
// A number's text as BigDecimal.toString writes it: 1.50 stays, 1e5 is 1E+5, 0.00000012 is 1.2E-7.
std::string decimal_text(std::string_view number);
void append_json_quoted(std::string& out, std::string_view text);

// A path as JsonPath writes it: $.a.b['c d'][0][-1][*].*..d, with the names of several members or
// several indexes and ranges in brackets.
class JsonPath {
 public:
  // nullopt: malformed; `served` is then false for what JsonPath knows and this does not: filters
  // and functions.
  static std::optional<JsonPath> compile(std::string_view text, bool& served);

  // Whether it can say one value at most.
  [[nodiscard]] bool definite() const;
  // What it leads to in `root`, in order; `found` is false when a definite path ends nowhere.
  [[nodiscard]] std::vector<const Json*> read(const Json& root, bool& found) const;

 private:
  struct Range {
    std::optional<long> from, to;
  };
  struct Step {
    bool deep = false;  // ..
    bool all = false;   // *
    std::vector<std::string> names;
    std::vector<long> indexes;
    std::optional<Range> range;
  };
  static bool is_definite(const Step& step);
  static void apply(const Step& step, const Json& node, std::vector<const Json*>& out);

  std::vector<Step> steps_;
};

}  // namespace millrace::expr
