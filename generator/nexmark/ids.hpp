// Which persons, auctions and bids there are: event numbers 0, 1, 2 ... go round in groups of 50,
// of which the first is a person, the next three are auctions and the other 46 bids.
//
// Source of every number here: the public Nexmark generator (nexmark-flink, GeneratorConfig and the
// generators in its folder model).
#pragma once

#include <cstdint>

#include "generator/market/random.hpp"

namespace millrace::nexmark {

enum class Kind { person, auction, bid };

constexpr std::int64_t persons_a_group = 1;
constexpr std::int64_t auctions_a_group = 3;
constexpr std::int64_t bids_a_group = 46;
constexpr std::int64_t group_size = persons_a_group + auctions_a_group + bids_a_group;

constexpr std::int64_t first_person = 1000;
constexpr std::int64_t first_auction = 1000;
constexpr std::int64_t first_category = 10;
constexpr std::int64_t categories = 5;

// How many auctions run at a time, and how many of the latest persons act.
constexpr std::int64_t auctions_in_flight = 100;
constexpr std::int64_t active_persons = 1000;

Kind kind_of(std::int64_t event);

// The last one made when `event` is due (itself, if it is one), counted from 0; -1: none yet.
std::int64_t last_person(std::int64_t event);
std::int64_t last_auction(std::int64_t event);

// Ids, that is with first_person or first_auction added. Three sellers of four are the "hot" one of
// the last hundred persons, likewise three bidders of four (another one) and half of the auctions
// that are bid for. The others are any of those active or in flight, or one of the next ten still
// to come, so that some events are ahead of what they refer to.
std::int64_t pick_seller(std::int64_t event, market::Random& random);
std::int64_t pick_bidder(std::int64_t event, market::Random& random);
std::int64_t pick_auction(std::int64_t event, market::Random& random);

}  // namespace millrace::nexmark
