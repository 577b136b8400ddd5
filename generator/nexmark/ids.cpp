#include "generator/nexmark/ids.hpp"

#include <algorithm>

namespace millrace::nexmark {
namespace {

// One in how many is not the hot one.
constexpr std::size_t hot_sellers = 4;
constexpr std::size_t hot_bidders = 4;
constexpr std::size_t hot_auctions = 2;
// Of how many in a row the first (bidders: the second) is the hot one.
constexpr std::int64_t hot_batch = 100;
// How many that do not exist yet may be referred to.
constexpr std::int64_t ids_ahead = 10;

std::int64_t below(market::Random& random, std::int64_t bound) {
  return static_cast<std::int64_t>(random.index(static_cast<std::size_t>(bound)));
}

std::int64_t any_person(std::int64_t event, market::Random& random) {
  const std::int64_t made = last_person(event) + 1;
  const std::int64_t active = std::min(made, active_persons);
  return made - active + below(random, active + ids_ahead);
}

std::int64_t any_auction(std::int64_t event, market::Random& random) {
  const std::int64_t last = last_auction(event);
  const std::int64_t first = std::max<std::int64_t>(last - auctions_in_flight, 0);
  return first + below(random, last - first + 1 + ids_ahead);
}

std::int64_t hot(std::int64_t last) {
  return last / hot_batch * hot_batch;
}

}  // namespace

Kind kind_of(std::int64_t event) {
  const std::int64_t place = event % group_size;
  if (place < persons_a_group) return Kind::person;
  return place < persons_a_group + auctions_a_group ? Kind::auction : Kind::bid;
}

std::int64_t last_person(std::int64_t event) {
  const std::int64_t place = std::min(event % group_size, persons_a_group - 1);
  return event / group_size * persons_a_group + place;
}

std::int64_t last_auction(std::int64_t event) {
  const std::int64_t made_before = event / group_size * auctions_a_group;
  // -1 while the group's person is due: the last auction of the group before.
  const std::int64_t place = std::min(event % group_size - persons_a_group, auctions_a_group - 1);
  return made_before + std::max<std::int64_t>(place, -1);
}

std::int64_t pick_seller(std::int64_t event, market::Random& random) {
  const bool is_hot = random.index(hot_sellers) > 0;
  return first_person + (is_hot ? hot(last_person(event)) : any_person(event, random));
}

std::int64_t pick_bidder(std::int64_t event, market::Random& random) {
  const bool is_hot = random.index(hot_bidders) > 0;
  return first_person + (is_hot ? hot(last_person(event)) + 1 : any_person(event, random));
}

std::int64_t pick_auction(std::int64_t event, market::Random& random) {
  const bool is_hot = random.index(hot_auctions) > 0;
  return first_auction + (is_hot ? hot(last_auction(event)) : any_auction(event, random));
}

}  // namespace millrace::nexmark
