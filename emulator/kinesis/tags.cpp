#include "emulator/kinesis/tags.hpp"

#include <algorithm>
#include <map>

#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis {
namespace {

// The rule of AWS's tagging API: letters, digits and spaces of any script, and a few signs; white
// space that ASCII knows as well.
const wire::Pattern tag_text{"[\\p{L}\\p{N}\\p{Z}\\t\\n\\r_.:/=+\\-%@]*"};

bool is_reserved(std::string_view key) {
  constexpr std::string_view prefix = "aws:";
  return key.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), key.begin(),
                    [](char wanted, char c) { return c == wanted || c == wanted - 'a' + 'A'; });
}

base::Error cannot_add(const Tagged& whose, const std::string& why) {
  return invalid_argument("Failed to add tags to " + std::string{whose.kind} + " " +
                          std::string{whose.name} + " under account " + std::string{whose.account} +
                          " because " + why);
}

}  // namespace

std::vector<TagShape> shapes_of(const store::Tags& tags) {
  std::vector<TagShape> shapes;
  shapes.reserve(tags.size());
  for (const auto& [key, value] : tags) shapes.push_back({key, value});
  return shapes;
}

base::Result<store::Tags> with_tags(const store::Tags& kept, const wire::TextEntries& added,
                                    const Tagged& whose) {
  std::map<std::string, std::string> merged(kept.begin(), kept.end());
  for (const auto& [key, value] : added) {
    if (!tag_text.matches(key) || !tag_text.matches(value)) {
      return invalid_argument(
          "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white "
          "space, _ . / = + - % @.");
    }
    if (is_reserved(key)) {
      return cannot_add(whose, "the tag key " + std::string{key} +
                                   " begins with the prefix aws:, which is reserved for AWS.");
    }
    merged[std::string{key}] = value;
  }
  if (merged.size() > most_tags) {
    return cannot_add(whose, "a given " + std::string{whose.kind} + " cannot have more than " +
                                 std::to_string(most_tags) + " tags associated with it.");
  }
  return store::Tags{merged.begin(), merged.end()};
}

store::Tags without_tags(store::Tags kept, const std::vector<std::string_view>& keys) {
  std::erase_if(kept, [&](const auto& tag) {
    return std::find(keys.begin(), keys.end(), tag.first) != keys.end();
  });
  return kept;
}

}  // namespace millrace::kinesis
