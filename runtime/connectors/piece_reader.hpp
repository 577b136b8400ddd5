// A file in pieces of whole lines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/connectors/ordered_decode.hpp"
#include "runtime/formats/traits.hpp"

namespace millrace::connectors {

// Reads one file after the other, from its beginning to its end. One thread at a time.
class PieceReader {
 public:
  explicit PieceReader(formats::LineRules rules) : rules_(rules) {}
  PieceReader(const PieceReader&) = delete;
  PieceReader& operator=(const PieceReader&) = delete;
  ~PieceReader() { close(); }

  // Error: the path and why it cannot be read.
  base::Status open(const std::string& path);
  [[nodiscard]] bool is_open() const { return file_ >= 0; }
  void close();

  // The next lines, about a quarter of a megabyte of them, of a pipe what has come; size 0 at the
  // end of the file, which it then closes. The last line may lack its line feed.
  base::Result<RawPiece> next();

 private:
  formats::LineRules rules_;
  std::string path_;
  int file_ = -1;
  std::string rest_;  // the beginning of a line
};

// The lines of a piece, without their line feeds and the returns before them.
void split_lines(std::string_view bytes, const formats::LineRules& rules,
                 std::vector<std::string_view>& lines);

}  // namespace millrace::connectors
