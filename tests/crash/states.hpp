// The states a data file has been in, told apart by a digest of every row of every table. A
// transaction leads from one to the next; what a cut or a kill leaves must be one of them, never
// something between.
#pragma once

#include <set>
#include <string>

#include "emulator/store/database.hpp"

namespace millrace::test {

// Of all tables as the connection sees them, what it has not committed included.
base::Result<std::string> digest_of(store::Connection& connection);

struct States {
  std::string last;           // after the last transaction that was acknowledged
  std::set<std::string> all;  // after any of them
  // Of the transaction under way, and of those that failed since the last one that did not: one
  // of them may be there after a cut or a kill.
  std::set<std::string> possible;

  void acknowledged(std::string state) {
    possible.clear();
    all.insert(state);
    last = std::move(state);
  }
};

}  // namespace millrace::test
