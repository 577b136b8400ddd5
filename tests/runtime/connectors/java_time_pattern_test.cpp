#include "runtime/connectors/java_time_pattern.hpp"

#include <doctest/doctest.h>

using namespace millrace;

TEST_CASE("Java time patterns: the connector's default and others") {
  struct Case {
    const char* text;
    const char* pattern;
    std::int64_t ms;
  };
  for (const auto& item : {
           Case{"2016-04-04T19:58:46.480-00:00", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", 1'459'799'926'480},
           Case{"2016-04-04T21:58:46.480+02:00", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", 1'459'799'926'480},
           Case{"2016-04-04T19:58:46.480Z", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", 1'459'799'926'480},
           Case{"20160404195846", "yyyyMMddHHmmss", 1'459'799'926'000},
           Case{"2016-04-04 19:58:46 +0000", "yyyy-MM-dd HH:mm:ss Z", 1'459'799'926'000},
           Case{"4/4/2016", "d/M/yyyy", 1'459'728'000'000},
           Case{"at '2016'", "'at '''yyyy''", 1'451'606'400'000},
       }) {
    CAPTURE(item.text);
    const auto parsed = connectors::parse_java_time(item.text, item.pattern);
    REQUIRE_MESSAGE(parsed, parsed.error().message());
    CHECK(parsed.value() == item.ms);
  }
}

TEST_CASE("Java time patterns: misfits and letters that are not served") {
  for (const auto& [text, pattern] : std::initializer_list<std::pair<const char*, const char*>>{
           {"", "yyyy"},
           {"2016-13-01", "yyyy-MM-dd"},
           {"2016-02-30", "yyyy-MM-dd"},
           {"2016-02-03x", "yyyy-MM-dd"},
           {"2016-02-03", "yyyy-MMM-dd"},
           {"2016", "EEE"},
           {"2016", "yyyy'open"},
           {"2016+", "yyyyX"},
           {"2016+1", "yyyyX"},
           {"2016+01:", "yyyyXXX"},
           {"99999999999999999999", "yyyy"}}) {
    CAPTURE(text);
    CAPTURE(pattern);
    CHECK_FALSE(connectors::parse_java_time(text, pattern));
  }
}
