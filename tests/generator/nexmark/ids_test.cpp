#include "generator/nexmark/ids.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using nexmark::Kind;

TEST_CASE("Nexmark ids: one person, three auctions, 46 bids, and again") {
  for (std::int64_t group = 0; group < 3; ++group) {
    const std::int64_t first = group * 50;
    CHECK(nexmark::kind_of(first) == Kind::person);
    for (std::int64_t i = 1; i <= 3; ++i) CHECK(nexmark::kind_of(first + i) == Kind::auction);
    for (std::int64_t i = 4; i < 50; ++i) CHECK(nexmark::kind_of(first + i) == Kind::bid);
  }
}

TEST_CASE("Nexmark ids: the last person and auction are those counted event by event") {
  std::int64_t persons = 0;
  std::int64_t auctions = 0;
  for (std::int64_t event = 0; event < 500; ++event) {
    persons += nexmark::kind_of(event) == Kind::person ? 1 : 0;
    auctions += nexmark::kind_of(event) == Kind::auction ? 1 : 0;
    CHECK(nexmark::last_person(event) == persons - 1);
    CHECK(nexmark::last_auction(event) == auctions - 1);
  }
}

TEST_CASE("Nexmark ids: who is hot, and how often") {
  market::Random random{1};
  // After 1,000 persons and 3,000 auctions; the hot ones are the first of their hundreds.
  const std::int64_t event = 1000 * 50 - 1;
  int sellers = 0;
  int bidders = 0;
  int auctions = 0;
  constexpr int rounds = 20'000;
  for (int i = 0; i < rounds; ++i) {
    const auto seller = nexmark::pick_seller(event, random);
    const auto bidder = nexmark::pick_bidder(event, random);
    const auto auction = nexmark::pick_auction(event, random);
    CHECK(seller >= nexmark::first_person);
    CHECK(seller < nexmark::first_person + 1000 + 10);
    CHECK(bidder < nexmark::first_person + 1000 + 10);
    // Of those in flight or among the next ten.
    CHECK(auction >= nexmark::first_auction + 2899);
    CHECK(auction < nexmark::first_auction + 3000 + 10);
    sellers += seller == nexmark::first_person + 900 ? 1 : 0;
    bidders += bidder == nexmark::first_person + 901 ? 1 : 0;
    auctions += auction == nexmark::first_auction + 2900 ? 1 : 0;
  }
  CHECK(sellers / static_cast<double>(rounds) == doctest::Approx(0.75).epsilon(0.02));
  CHECK(bidders / static_cast<double>(rounds) == doctest::Approx(0.75).epsilon(0.02));
  CHECK(auctions / static_cast<double>(rounds) == doctest::Approx(0.505).epsilon(0.03));
}

TEST_CASE("Nexmark ids: at the very beginning everything is ahead") {
  market::Random random{1};
  for (int i = 0; i < 1000; ++i) {
    CHECK(nexmark::pick_seller(1, random) >= nexmark::first_person);
    CHECK(nexmark::pick_auction(0, random) >= nexmark::first_auction);
    CHECK(nexmark::pick_auction(0, random) < nexmark::first_auction + 10);
  }
}
