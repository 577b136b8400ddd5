// ListTagsForStream: a stream's tags in the order of their keys, in pages.
#include "emulator/kinesis/streams.hpp"
#include "emulator/kinesis/tags.hpp"

namespace millrace::kinesis::list_tags_for_stream {
namespace {

struct ListTagsForStream {
  struct Input {
    StreamRef stream;
    wire::Text exclusive_start_tag_key;
    wire::Integer limit;
    static void members(auto& visit, auto& self) {
      StreamRef::members(visit, self.stream);
      visit("ExclusiveStartTagKey", self.exclusive_start_tag_key, tag_key_rules);
      visit("Limit", self.limit, Rules{.min = 1, .max = 50});
    }
  };
  struct Output {
    std::vector<TagShape> tags;
    bool has_more_tags = false;
    static void members(auto& visit, auto& self) {
      visit("Tags", self.tags);
      visit("HasMoreTags", self.has_more_tags);
    }
  };

  static base::Status run(Context& context, Input& input, Output& output) {
    BOOST_OUTCOME_TRY(const auto* stream, find_stream(context, input.stream));
    auto tags = stream->row.tags;
    std::sort(tags.begin(), tags.end());
    if (input.exclusive_start_tag_key) {
      std::erase_if(tags,
                    [&](const auto& tag) { return tag.first <= *input.exclusive_start_tag_key; });
    }
    const auto limit = static_cast<std::size_t>(input.limit.value_or(most_tags));
    output.has_more_tags = tags.size() > limit;
    if (output.has_more_tags) tags.resize(limit);
    output.tags = shapes_of(tags);
    return base::success();
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<ListTagsForStream>();
}

}  // namespace millrace::kinesis::list_tags_for_stream
