// Where something stands in a script.
#pragma once

namespace millrace::sql {

// Both count from 1; a column is one code point, a tab too.
struct Position {
  int line = 1;
  int column = 1;

  friend bool operator==(const Position&, const Position&) = default;
};

// First and last character, both inside.
struct Span {
  Position from;
  Position to;

  friend bool operator==(const Span&, const Span&) = default;
};

}  // namespace millrace::sql
