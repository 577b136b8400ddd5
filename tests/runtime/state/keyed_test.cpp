#include "runtime/state/keyed.hpp"

#include <doctest/doctest.h>

using namespace millrace::state;

TEST_CASE("a table makes values for new keys and forgets erased ones") {
  Store store;
  auto& table = store.keyed<int>("n");
  CHECK(table.find("a") == nullptr);
  table.get("a") = 3;
  table.get(std::string_view("\0b", 2)) = 4;
  CHECK(*store.keyed<int>("n").find("a") == 3);
  CHECK(*table.find(std::string_view("\0b", 2)) == 4);
  CHECK(store.keys() == 2);
  table.erase("a");
  table.erase("a");
  CHECK(table.find("a") == nullptr);
  CHECK(table.size() == 1);
}

TEST_CASE("a value stays where it is while others come and go") {
  Store store;
  auto& table = store.keyed<std::string>("rows");
  std::string& kept = table.get("kept");
  kept = "x";
  for (int i = 0; i < 1000; ++i) table.get(std::to_string(i));
  for (int i = 0; i < 1000; ++i) table.erase(std::to_string(i));
  CHECK(&table.get("kept") == &kept);
  CHECK(kept == "x");
}

TEST_CASE("a value expires when nobody has changed it for so long, and is told of") {
  Store store;
  auto& table = store.keyed<int>("n");
  int told = 0;
  table.expire_after(100, [&told](int& value) { told += value; });
  table.set_now(0);
  table.get("a") = 1;
  table.get("b") = 2;
  table.set_now(99);
  CHECK(*table.find("a") == 1);
  table.get("b") = 3;
  table.set_now(100);
  CHECK(table.find("a") == nullptr);
  CHECK(told == 1);
  CHECK(*table.find("b") == 3);
  table.set_now(5000);
  CHECK(table.size() == 0);
  CHECK(told == 4);
}
