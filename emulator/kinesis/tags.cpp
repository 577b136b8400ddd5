#include "emulator/kinesis/tags.hpp"

#include <algorithm>
#include <map>

#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis {
namespace {

// Letters, digits and spaces of any script, and a few signs; neither tabs nor line ends nor commas,
// as recorded from AWS in 2015 (kinesalite's tests). The colon has been allowed since.
const wire::Pattern tag_text{"[\\p{L}\\p{N}\\p{Z}_.:/=+\\-%@]*"};

// A per cent sign passes the first check and is refused by a second one: recorded as well, and the
// newest documentation (of TagResource) does not list it either.
base::Status check_characters(std::string_view text, std::string_view failed, const Tagged& whose) {
  if (!tag_text.matches(text)) {
    return invalid_argument(
        "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white "
        "space, _ . / = + - % @.");
  }
  if (text.find('%') != std::string_view::npos) {
    return invalid_argument("Failed to " + std::string{failed} + " " + std::string{whose.kind} +
                            " " + std::string{whose.name} + " under account " +
                            std::string{whose.account} +
                            " because some tags contained illegal characters. The allowed "
                            "characters are Unicode letters, white-spaces, "
                            "'_',',','/','=','+','-','@'.");
  }
  return base::success();
}

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
    BOOST_OUTCOME_TRY(check_characters(key, "add tags to", whose));
    BOOST_OUTCOME_TRY(check_characters(value, "add tags to", whose));
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

base::Status check_tag_keys(const std::vector<std::string_view>& keys, const Tagged& whose) {
  for (const auto& key : keys) {
    BOOST_OUTCOME_TRY(check_characters(key, "remove tags from", whose));
  }
  return base::success();
}

}  // namespace millrace::kinesis
