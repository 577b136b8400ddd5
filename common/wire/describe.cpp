#include "common/wire/describe.hpp"

namespace millrace::wire {

void describe_rules(const Rules& rules, Encoder& out) {
  if (rules.required) {
    out.key("required");
    out.boolean(true);
  }
  if (rules.min != unbounded_below) {
    out.key("min");
    out.integer(rules.min);
  }
  if (rules.max != unbounded_above) {
    out.key("max");
    out.integer(rules.max);
  }
  if (rules.pattern != nullptr) {
    out.key("pattern");
    out.text(rules.pattern->text());
  }
  if (rules.values.empty()) return;
  out.key("enum");
  out.begin_list();
  for (const auto& value : rules.values) out.text(value);
  out.end_list();
}

}  // namespace millrace::wire
