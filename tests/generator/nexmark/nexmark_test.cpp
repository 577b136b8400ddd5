#include "generator/nexmark/nexmark.hpp"

#include <doctest/doctest.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

using namespace millrace;

namespace {

constexpr market::LocalMicros start = 1'436'918'400'000'000;  // 2015-07-15T00:00:00

std::vector<std::string> events(const nexmark::Options& options, int count) {
  nexmark::Nexmark source{options};
  std::vector<std::string> out;
  for (int i = 0; i < count; ++i) source.append_next(out.emplace_back());
  return out;
}

rapidjson::Document parsed(const std::string& text) {
  rapidjson::Document out;
  out.Parse(text.c_str());
  REQUIRE_MESSAGE(!out.HasParseError(), text);
  return out;
}

// The object of the event that `text` is.
const rapidjson::Value& body(const rapidjson::Document& event) {
  constexpr const char* names[] = {"person", "auction", "bid"};
  const int type = event["event_type"].GetInt();
  for (int i = 0; i < 3; ++i) CHECK(event[names[i]].IsNull() == (i != type));
  return event[names[type]];
}

}  // namespace

TEST_CASE("Nexmark: the same seed gives the same events, another one others") {
  CHECK(events({.seed = 7, .start = start}, 500) == events({.seed = 7, .start = start}, 500));
  CHECK(events({.seed = 7, .start = start}, 500) != events({.seed = 8, .start = start}, 500));
}

TEST_CASE("Nexmark: every event has the fields of its kind, and is about as large as meant") {
  std::vector<double> sizes(3);
  std::vector<int> counts(3);
  const std::vector<std::size_t> members{8, 10, 7};
  for (const auto& text : events({.seed = 1, .start = start}, 20'000)) {
    const auto event = parsed(text);
    const auto type = static_cast<std::size_t>(event["event_type"].GetInt());
    const auto& fields = body(event);
    CHECK(fields.MemberCount() == members[type]);
    double size = 0;
    for (const auto& field : fields.GetObject()) {
      const bool counted = field.value.IsString() &&
                           std::string_view{field.name.GetString()} != "dateTime" &&
                           std::string_view{field.name.GetString()} != "expires";
      // The public generator does not count a bid's channel and url.
      if (type == 2 && counted && std::string_view{field.name.GetString()} != "extra") continue;
      size += counted ? field.value.GetStringLength() : 8;
    }
    // A person's time is not counted either.
    sizes[type] += type == 0 ? size - 8 : size;
    ++counts[type];
  }
  CHECK(counts == std::vector<int>{400, 1200, 18'400});
  CHECK(sizes[0] / counts[0] == doctest::Approx(200).epsilon(0.03));
  CHECK(sizes[1] / counts[1] == doctest::Approx(500).epsilon(0.03));
  CHECK(sizes[2] / counts[2] == doctest::Approx(100).epsilon(0.03));
}

TEST_CASE("Nexmark: times go on at the rate from the start, to the millisecond") {
  const auto all = events({.seed = 1, .start = start, .rate = 10'000}, 25'000);
  CHECK(all[0].find(R"("dateTime":"2015-07-15 00:00:00.000")") != std::string::npos);
  CHECK(all[10].find(R"("dateTime":"2015-07-15 00:00:00.001")") != std::string::npos);
  CHECK(all[24'999].find(R"("dateTime":"2015-07-15 00:00:02.499")") != std::string::npos);
}

TEST_CASE("Nexmark: an auction expires after its begin, and reserves more than its first bid") {
  for (const auto& text : events({.seed = 3, .start = start}, 5'000)) {
    const auto event = parsed(text);
    if (event["event_type"].GetInt() != 1) continue;
    const auto& auction = body(event);
    CHECK(std::string_view{auction["expires"].GetString()} > auction["dateTime"].GetString());
    CHECK(auction["reserve"].GetInt64() >= auction["initialBid"].GetInt64() + 100);
    CHECK(auction["category"].GetInt() >= 10);
    CHECK(auction["category"].GetInt() < 15);
  }
}

TEST_CASE("Nexmark: prices are spread over six powers of ten") {
  double sum = 0;
  int count = 0;
  for (const auto& text : events({.seed = 4, .start = start}, 20'000)) {
    const auto event = parsed(text);
    if (event["event_type"].GetInt() != 2) continue;
    const auto price = static_cast<double>(body(event)["price"].GetInt64());
    CHECK(price >= 100);
    CHECK(price <= 100'000'000);
    sum += std::log10(price);
    ++count;
  }
  CHECK(sum / count == doctest::Approx(5).epsilon(0.01));
}

TEST_CASE("Nexmark: a channel always has the same address, half of the bids a well-known one") {
  std::set<std::string> addresses;
  std::set<std::string> channels;
  int hot = 0;
  int without_id = 0;
  int bids = 0;
  for (const auto& text : events({.seed = 5, .start = start}, 50'000)) {
    const auto event = parsed(text);
    if (event["event_type"].GetInt() != 2) continue;
    const std::string channel = body(event)["channel"].GetString();
    const std::string url = body(event)["url"].GetString();
    CHECK(url.starts_with("https://www.nexmark.com/"));
    channels.insert(channel);
    addresses.insert(channel + " " + url);
    const bool named = !channel.starts_with("channel-");
    hot += named ? 1 : 0;
    without_id += !named && url.find("channel_id=") == std::string::npos ? 1 : 0;
    ++bids;
  }
  CHECK(channels.size() == addresses.size());
  CHECK(hot / static_cast<double>(bids) == doctest::Approx(0.5).epsilon(0.03));
  CHECK(without_id / static_cast<double>(bids - hot) == doctest::Approx(0.1).epsilon(0.15));
}

TEST_CASE("Nexmark: out of order, the same events come shuffled within their group") {
  nexmark::Nexmark ordered{{.seed = 6, .start = start}};
  nexmark::Nexmark shuffled{{.seed = 6, .start = start, .out_of_order = 100}};
  for (int group = 0; group < 5; ++group) {
    std::multiset<std::string> of_ordered;
    std::multiset<std::string> of_shuffled;
    std::vector<std::string> order;
    for (int i = 0; i < 100; ++i) {
      std::string a;
      std::string b;
      ordered.append_next(a);
      shuffled.append_next(b);
      const auto time_of = [](const std::string& text) {
        const auto at = text.find(R"("dateTime":")") + 12;
        return text.substr(at, 23);
      };
      of_ordered.insert(time_of(a));
      of_shuffled.insert(time_of(b));
      order.push_back(time_of(b));
    }
    CHECK(of_ordered == of_shuffled);
    CHECK_FALSE(std::is_sorted(order.begin(), order.end()));
  }
}
