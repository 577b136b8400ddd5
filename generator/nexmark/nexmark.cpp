#include "generator/nexmark/nexmark.hpp"

#include <algorithm>
#include <array>
#include <charconv>
namespace millrace::nexmark {
namespace {

constexpr std::size_t channel_count = 10'000;
constexpr std::size_t person_bytes = 200;
constexpr std::size_t auction_bytes = 500;
constexpr std::size_t bid_bytes = 100;
// What the public generator counts for a number or a time.
constexpr std::size_t number_bytes = 8;

constexpr std::array<std::string_view, 11> first_names{
    "Peter", "Paul", "Luke", "John", "Saul", "Vicky", "Kate", "Julie", "Sarah", "Deiter", "Walter"};
constexpr std::array<std::string_view, 9> last_names{
    "Shultz", "Abrams", "Spencer", "White", "Bartels", "Walton", "Smith", "Jones", "Noris"};
constexpr std::array<std::string_view, 10> cities{
    "Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland",
    "Bend",    "Redmond",     "Seattle",       "Kent",  "Cheyenne"};
constexpr std::array<std::string_view, 6> states{"AZ", "CA", "ID", "OR", "WA", "WY"};
constexpr std::array<std::string_view, 4> hot_names{"Google", "Facebook", "Baidu", "Apple"};

template <std::size_t N>
std::string_view any_of(const std::array<std::string_view, N>& choices, market::Random& random) {
  return choices[random.index(N)];
}

// Appends the fields of one event's object.
class Fields {
 public:
  Fields(std::string& out, TimeText& times) : out_(out), times_(times) { out_ += '{'; }

  Fields& number(std::string_view name, std::int64_t value) {
    key(name);
    std::array<char, 24> text{};
    const auto done = std::to_chars(text.data(), text.data() + text.size(), value);
    out_.append(text.data(), done.ptr);
    return *this;
  }
  Fields& text(std::string_view name, std::string_view value) {
    key(name);
    out_ += '"';
    out_ += value;
    out_ += '"';
    return *this;
  }
  Fields& time(std::string_view name, std::int64_t ms) {
    key(name);
    out_ += '"';
    times_.append(out_, ms);
    out_ += '"';
    return *this;
  }
  void end() { out_ += '}'; }

 private:
  void key(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    out_ += '"';
    out_ += name;
    out_ += R"(":)";
  }

  std::string& out_;
  TimeText& times_;
  bool first_ = true;
};

std::int32_t reversed_bits(std::uint32_t value) {
  std::uint32_t out = 0;
  for (int i = 0; i < 32; ++i) out = (out << 1U) | ((value >> static_cast<unsigned>(i)) & 1U);
  return static_cast<std::int32_t>(out);
}

}  // namespace

Nexmark::Nexmark(const Options& options)
    : options_(options), random_(options.seed), channels_(channel_count) {
  market::Random random{options.seed ^ 0x75726c73ULL};
  for (const auto name : hot_names) hot_channels_.push_back({std::string{name}, any_url(random)});
}

std::int64_t Nexmark::time_of(std::int64_t event) const {
  const double delay_us = 1e6 / options_.rate;
  return options_.start / 1000 +
         static_cast<std::int64_t>(static_cast<double>(event) * delay_us) / 1000;
}

std::int64_t Nexmark::append_next(std::string& out) {
  const std::int64_t group = options_.out_of_order;
  const std::int64_t event = count_ / group * group + count_ * 953 % group;
  const std::int64_t time = time_of(event);
  ++count_;
  switch (kind_of(event)) {
    case Kind::person:
      return append_person(out, event, time);
    case Kind::auction:
      return append_auction(out, event, time);
    case Kind::bid:
      break;
  }
  return append_bid(out, event, time);
}

std::int64_t Nexmark::append_person(std::string& out, std::int64_t event, std::int64_t time) {
  const std::int64_t id = first_person + last_person(event);
  std::string name{any_of(first_names, random_)};
  name += ' ';
  name += any_of(last_names, random_);
  const std::string email = any_email(random_);
  const std::string card = any_card(random_);
  const auto city = any_of(cities, random_);
  const auto state = any_of(states, random_);
  const std::size_t size =
      number_bytes + name.size() + email.size() + card.size() + city.size() + state.size();
  out += R"({"event_type":0,"person":)";
  Fields{out, times_}
      .number("id", id)
      .text("name", name)
      .text("emailAddress", email)
      .text("creditCard", card)
      .text("city", city)
      .text("state", state)
      .time("dateTime", time)
      .text("extra", filler(random_, size, person_bytes))
      .end();
  out += R"(,"auction":null,"bid":null})";
  return id;
}

std::int64_t Nexmark::append_auction(std::string& out, std::int64_t event, std::int64_t time) {
  const std::int64_t id = first_auction + last_auction(event);
  const std::int64_t seller = pick_seller(event, random_);
  const std::int64_t category =
      first_category +
      static_cast<std::int64_t>(random_.index(static_cast<std::size_t>(categories)));
  const std::int64_t initial = any_price(random_);
  // On average, until as many auctions as run at a time have begun.
  const std::int64_t events_ahead = auctions_in_flight * group_size / auctions_a_group;
  const std::int64_t horizon =
      std::max<std::int64_t>(2 * (time_of(event + events_ahead) - time), 1);
  const std::int64_t length =
      1 + static_cast<std::int64_t>(random_.index(static_cast<std::size_t>(horizon)));
  const std::string name = any_text(random_, 20);
  const std::string description = any_text(random_, 100);
  const std::int64_t reserve = initial + any_price(random_);
  const std::size_t size = 6 * number_bytes + name.size() + description.size();
  out += R"({"event_type":1,"person":null,"auction":)";
  Fields{out, times_}
      .number("id", id)
      .text("itemName", name)
      .text("description", description)
      .number("initialBid", initial)
      .number("reserve", reserve)
      .time("dateTime", time)
      .time("expires", time + length)
      .number("seller", seller)
      .number("category", category)
      .text("extra", filler(random_, size, auction_bytes))
      .end();
  out += R"(,"bid":null})";
  return id;
}

std::int64_t Nexmark::append_bid(std::string& out, std::int64_t event, std::int64_t time) {
  const std::int64_t auction = pick_auction(event, random_);
  const std::int64_t bidder = pick_bidder(event, random_);
  const std::int64_t price = any_price(random_);
  const Channel& channel = any_channel();
  out += R"({"event_type":2,"person":null,"auction":null,"bid":)";
  Fields{out, times_}
      .number("auction", auction)
      .number("bidder", bidder)
      .number("price", price)
      .text("channel", channel.name)
      .text("url", channel.url)
      .time("dateTime", time)
      .text("extra", filler(random_, 4 * number_bytes, bid_bytes))
      .end();
  out += '}';
  return auction;
}

const Nexmark::Channel& Nexmark::any_channel() {
  if (random_.index(2) > 0) return hot_channels_[random_.index(hot_channels_.size())];
  const std::size_t number = random_.index(channel_count);
  Channel& channel = channels_[number];
  if (channel.name.empty()) {
    // Of its own sequence, so that it does not matter when it is first asked for.
    market::Random random{options_.seed * 31 + 0x6368616eULL + number};
    channel.name = "channel-" + std::to_string(number);
    channel.url = any_url(random);
    if (random.index(10) > 0) {
      // The number's bits reversed, as a signed number without its sign (the least one keeps it).
      const std::int32_t bits = reversed_bits(static_cast<std::uint32_t>(number));
      const bool keeps_sign = bits >= 0 || bits == INT32_MIN;
      channel.url += "&channel_id=" + std::to_string(keeps_sign ? bits : -bits);
    }
  }
  return channel;
}

}  // namespace millrace::nexmark
