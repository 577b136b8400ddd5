// Tags of streams, consumers, channels and queues: AWS's rules for them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/kinesis/shapes.hpp"

namespace millrace::kinesis {

// Source: the service model. A request may carry more tags than a resource keeps.
inline constexpr std::size_t most_tags = 50;
inline const Rules tag_key_rules{.min = 1, .max = 128};
inline const Rules tag_value_rules{.min = 0, .max = 256};
inline const Rules tag_map_rules{
    .min = 1, .max = 200, .elements = &tag_value_rules, .keys = &tag_key_rules};
inline const Rules required_tag_map_rules{
    .required = true, .min = 1, .max = 200, .elements = &tag_value_rules, .keys = &tag_key_rules};
inline const Rules required_tag_keys_rules{
    .required = true, .min = 1, .max = 50, .elements = &tag_key_rules};

// One tag in an answer.
struct TagShape {
  std::string key;
  std::string value;
  static void members(auto& visit, auto& self) {
    visit("Key", self.key);
    visit("Value", self.value);
  }
};
std::vector<TagShape> shapes_of(const store::Tags& tags);

// Whose tags they are, for messages.
struct Tagged {
  std::string_view kind;  // "stream", "consumer"
  std::string_view name;
  std::string_view account;
};

// The tags after some were added; a key that is there gets the new value. Sorted by key. Error:
// InvalidArgumentException about characters, the reserved prefix "aws:" or more than 50 tags.
base::Result<store::Tags> with_tags(const store::Tags& kept, const wire::TextEntries& added,
                                    const Tagged& whose);
// The tags without some keys; keys that are not there are ignored.
store::Tags without_tags(store::Tags kept, const std::vector<std::string_view>& keys);
// Before they are taken off. Error: InvalidArgumentException about characters.
base::Status check_tag_keys(const std::vector<std::string_view>& keys, const Tagged& whose);

}  // namespace millrace::kinesis
