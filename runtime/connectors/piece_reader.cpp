#include "runtime/connectors/piece_reader.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace millrace::connectors {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t piece_bytes = 1 << 18;
// A longer line is no record but a file of another kind.
constexpr std::size_t longest_line = std::size_t{256} << 20;
constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

// Finds the line feeds that end records where fields may be quoted.
class QuotedLines {
 public:
  explicit QuotedLines(const formats::LineRules& rules) : rules_(rules) {}

  // The first such line feed at or behind `at`; nowhere when there is none. What was seen is not
  // looked at again: the next call continues where this one ended.
  std::size_t find(std::string_view bytes, std::size_t at) {
    for (; at < bytes.size(); ++at) {
      const char c = bytes[at];
      if (escaped_) {
        escaped_ = false;
      } else if (rules_.escape != 0 && c == rules_.escape) {
        escaped_ = true;
        begins_ = false;
      } else if (inside_) {
        inside_ = c != rules_.quote;  // a doubled one closes and opens
        begins_ = !inside_;
      } else if (c == '\n') {
        begins_ = true;
        return at;
      } else if (c == rules_.quote && begins_) {
        inside_ = true;
      } else if (c == rules_.delimiter) {
        begins_ = true;
      } else {
        begins_ = false;
      }
    }
    return nowhere;
  }

 private:
  formats::LineRules rules_;
  bool inside_ = false;
  bool begins_ = true;  // a field may begin here
  bool escaped_ = false;
};

std::size_t last_line_feed(std::string_view bytes, std::size_t from) {
  const void* last = ::memrchr(bytes.data() + from, '\n', bytes.size() - from);
  return last == nullptr ? nowhere
                         : static_cast<std::size_t>(static_cast<const char*>(last) - bytes.data());
}

}  // namespace

base::Status PieceReader::open(const std::string& path) {
  close();
  path_ = path;
  file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file_ < 0) {
    return Error{ErrorCode::io, "cannot read " + path + ": " + std::strerror(errno)};
  }
  rest_.clear();
  return base::success();
}

void PieceReader::close() {
  if (file_ >= 0) ::close(file_);
  file_ = -1;
}

base::Result<RawPiece> PieceReader::next() {
  RawPiece piece;
  piece.name = path_;
  std::size_t capacity = rest_.size() + piece_bytes;
  piece.buffer = std::make_unique_for_overwrite<char[]>(capacity);
  std::memcpy(piece.buffer.get(), rest_.data(), rest_.size());
  std::size_t filled = rest_.size();
  std::size_t scanned = 0;
  QuotedLines quoted(rules_);
  rest_.clear();
  for (;;) {
    const auto got = ::read(file_, piece.buffer.get() + filled, capacity - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return Error{ErrorCode::io, "reading " + path_ + ": " + std::strerror(errno)};
    }
    if (got == 0) {
      close();
      piece.size = filled;
      return piece;
    }
    const std::size_t fresh = filled;
    filled += static_cast<std::size_t>(got);
    const std::string_view bytes{piece.buffer.get(), filled};
    std::size_t last = nowhere;
    if (rules_.quote == 0) {
      last = last_line_feed(bytes, fresh);
    } else {
      for (std::size_t found = quoted.find(bytes, scanned); found != nowhere;
           found = quoted.find(bytes, found + 1)) {
        last = found;
      }
      scanned = filled;
    }
    if (last != nowhere) {
      piece.size = last + 1;
      rest_ = bytes.substr(piece.size);
      return piece;
    }
    if (filled > longest_line) {
      return Error{ErrorCode::io, path_ + ": a line is longer than 256 MiB"};
    }
    if (filled == capacity) {
      auto bigger = std::make_unique_for_overwrite<char[]>(capacity * 2);
      std::memcpy(bigger.get(), bytes.data(), filled);
      piece.buffer = std::move(bigger);
      capacity *= 2;
    }
  }
}

void split_lines(std::string_view bytes, const formats::LineRules& rules,
                 std::vector<std::string_view>& lines) {
  QuotedLines quoted(rules);
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::size_t found = rules.quote == 0 ? bytes.find('\n', at) : quoted.find(bytes, at);
    const std::size_t end = found == nowhere ? bytes.size() : found;
    auto line = bytes.substr(at, end - at);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    lines.push_back(line);
    at = end + 1;
  }
}

}  // namespace millrace::connectors
