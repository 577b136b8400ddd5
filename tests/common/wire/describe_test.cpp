#include "common/wire/describe.hpp"

#include <doctest/doctest.h>

#include "common/json/json.hpp"

using namespace millrace;
using namespace millrace::wire;

namespace {

const Pattern name_pattern{"[a-z]+"};
constexpr std::string_view colours[] = {"RED", "GREEN"};

struct Place {
  Time when;
  static void members(auto& visit, auto& self) { visit("When", self.when); }
};

struct Input {
  Text name;
  Integer limit;
  Blob data;
  Boolean flag;
  std::optional<Place> place;
  std::optional<std::vector<Place>> places;
  std::optional<std::vector<std::string_view>> colour_list;
  TextMap tags;
  static void members(auto& visit, auto& self) {
    static const Rules one_colour{.values = colours};
    static const Rules key{.min = 1, .max = 2};
    static const Rules value{.max = 3};
    visit("Name", self.name, Rules{.required = true, .min = 1, .max = 5, .pattern = &name_pattern});
    visit("Limit", self.limit, Rules{.min = 1, .max = 10});
    visit("Data", self.data, Rules{.min = 0});
    visit("Flag", self.flag);
    visit("Place", self.place);
    visit("Places", self.places, Rules{.required = true, .max = 2});
    visit("Colours", self.colour_list, Rules{.elements = &one_colour});
    visit("Tags", self.tags, Rules{.elements = &value, .keys = &key});
  }
};

struct Listed {
  using Described = std::vector<Place>;
  static void encode(Encoder& out) {
    out.begin_list();
    out.end_list();
  }
};

struct Output {
  std::string text;
  std::int64_t number = 0;
  std::optional<std::string> maybe;
  Listed list;
  static void members(auto& visit, auto& self) {
    visit("Text", self.text);
    visit("Number", self.number);
    visit("Maybe", self.maybe);
    visit("List", self.list);
  }
};

template <class T>
std::string described() {
  json::Writer out;
  describe<T>(out);
  return out.take();
}

}  // namespace

TEST_CASE("describe: every kind of member and every rule of a request is told") {
  CHECK(described<Input>() ==
        R"({"type":"structure","members":{)"
        R"("Name":{"type":"string","required":true,"min":1,"max":5,"pattern":"[a-z]+"},)"
        R"("Limit":{"type":"integer","min":1,"max":10},)"
        R"("Data":{"type":"blob","min":0},)"
        R"("Flag":{"type":"boolean"},)"
        R"("Place":{"type":"structure","members":{"When":{"type":"timestamp"}}},)"
        R"("Places":{"type":"list","required":true,"max":2,)"
        R"("element":{"type":"structure","members":{"When":{"type":"timestamp"}}}},)"
        R"("Colours":{"type":"list","element":{"type":"string","enum":["RED","GREEN"]}},)"
        R"("Tags":{"type":"map","key":{"type":"string","min":1,"max":2},)"
        R"("value":{"type":"string","max":3}}}})");
}

TEST_CASE("describe: an answer's members that are always there are required") {
  CHECK(described<Output>() ==
        R"({"type":"structure","members":{)"
        R"("Text":{"type":"string","required":true},)"
        R"("Number":{"type":"long","required":true},)"
        R"("Maybe":{"type":"string"},)"
        R"("List":{"type":"list","required":true,)"
        R"("element":{"type":"structure","members":{"When":{"type":"timestamp"}}}}}})");
}
