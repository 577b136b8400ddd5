#include "runtime/sql/properties.hpp"

namespace millrace::sql {

namespace {

std::string list_of_keys(const std::map<std::string, std::string>& group) {
  std::string list;
  for (const auto& [key, value] : group) list += (list.empty() ? "" : ", ") + key;
  return list;
}

class Filler {
 public:
  Filler(std::string_view text, const PropertyGroups& groups) : text_(text), groups_(groups) {}

  Result<Script> run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
      if (mode_ == '-') {
        if (c == '\n') mode_ = 0;
      } else if (mode_ == '*') {
        if (c == '*' && next == '/') {
          copy();
          mode_ = 0;
        }
      } else {
        if (c == '$' && next == '{') {
          BOOST_OUTCOME_TRY(reference());
          continue;
        }
        if (mode_ != 0) {
          if (c == mode_) mode_ = 0;  // a doubled quote closes and opens again: no harm done
        } else if (c == '\'' || c == '`') {
          mode_ = c;
        } else if (c == '-' && next == '-') {
          mode_ = '-';
        } else if (c == '/' && next == '*' && text_.substr(at_ + 2, 1) != "+") {
          mode_ = '*';
          copy();
        }
      }
      copy();
    }
    return std::move(script_);
  }

 private:
  void copy() {
    const char c = text_[at_++];
    script_.text += c;
    if (c == '\n') {
      ++here_.line;
      here_.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++here_.column;
    }
  }

  Status reference() {
    const std::size_t close = text_.find('}', at_);
    const std::size_t line_end = text_.find('\n', at_);
    if (close == std::string_view::npos || line_end < close) {
      return plain_error(here_, "a property reference ${ has no closing }");
    }
    const std::string name(text_.substr(at_ + 2, close - at_ - 2));
    BOOST_OUTCOME_TRY(auto value, look_up(name));
    std::string filled;
    for (const char c : value) {
      if (mode_ != 0 && c == mode_) filled += c;
      filled += c;
    }
    const int columns = static_cast<int>(close + 1 - at_);
    script_.replacements.push_back({script_.text.size(), filled.size(), columns});
    script_.text += filled;
    here_.column += columns;
    at_ = close + 1;
    return base::success();
  }

  Result<std::string> look_up(const std::string& name) const {
    for (std::size_t dot = name.rfind('.'); dot != std::string::npos && dot > 0;
         dot = name.rfind('.', dot - 1)) {
      const auto group = groups_.find(name.substr(0, dot));
      if (group == groups_.end()) continue;
      const auto found = group->second.find(name.substr(dot + 1));
      if (found != group->second.end()) return found->second;
    }
    for (std::size_t dot = name.find('.'); dot != std::string::npos;
         dot = name.find('.', dot + 1)) {
      const auto group = groups_.find(name.substr(0, dot));
      if (group == groups_.end()) continue;
      return plain_error(here_, "unknown property ${" + name + "}: the group '" + group->first +
                                    "' has " + list_of_keys(group->second));
    }
    if (name.find('.') == std::string::npos) {
      return plain_error(here_, "unknown property ${" + name +
                                    "}: a reference is ${group.key}, as in the property groups");
    }
    std::string known;
    for (const auto& [group, keys] : groups_) known += (known.empty() ? "" : ", ") + group;
    return plain_error(here_,
                       "unknown property ${" + name + "}: there is no group '" +
                           name.substr(0, name.find('.')) + "'" +
                           (known.empty() ? "; no property groups are given (--properties FILE)"
                                          : "; known groups: " + known));
  }

  std::string_view text_;
  const PropertyGroups& groups_;
  std::size_t at_ = 0;
  char mode_ = 0;  // 0, an open quote, '-' line comment, '*' block comment
  Position here_;
  Script script_;
};

}  // namespace

Result<Script> fill_properties(std::string_view text, const PropertyGroups& groups) {
  return Filler(text, groups).run();
}

Result<Script> fill_properties(std::string_view text) {
  return fill_properties(text, {});
}

}  // namespace millrace::sql
