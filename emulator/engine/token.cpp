#include "emulator/engine/token.hpp"

#include <cstring>

namespace millrace::engine {
namespace {

// Fixed-width numbers and length-prefixed texts; the seal guarantees that only our own come back.
class Packer {
 public:
  explicit Packer(char kind) { out_ += kind; }
  Packer& add(std::int64_t value) {
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    out_.append(raw, sizeof raw);
    return *this;
  }
  Packer& add(const std::string& text) {
    add(static_cast<std::int64_t>(text.size()));
    out_ += text;
    return *this;
  }
  [[nodiscard]] const std::string& bytes() const { return out_; }

 private:
  std::string out_;
};

class Unpacker {
 public:
  Unpacker(std::string_view bytes, char kind) : left_(bytes) {
    good_ = !left_.empty() && left_.front() == kind;
    if (good_) left_.remove_prefix(1);
  }
  Unpacker& take(std::int64_t& value) {
    good_ = good_ && left_.size() >= sizeof value;
    if (!good_) return *this;
    std::memcpy(&value, left_.data(), sizeof value);
    left_.remove_prefix(sizeof value);
    return *this;
  }
  Unpacker& take(std::string& text) {
    std::int64_t size = 0;
    take(size);
    good_ = good_ && size >= 0 && static_cast<std::size_t>(size) <= left_.size();
    if (!good_) return *this;
    text = left_.substr(0, static_cast<std::size_t>(size));
    left_.remove_prefix(static_cast<std::size_t>(size));
    return *this;
  }
  [[nodiscard]] bool done() const { return good_ && left_.empty(); }

 private:
  std::string_view left_;
  bool good_ = false;
};

constexpr char iterator_kind = 'i';
constexpr char page_kind = 'p';

}  // namespace

std::string to_text(const ShardIterator& iterator, const Seal& seal) {
  Packer packer{iterator_kind};
  packer.add(iterator.issued_ms).add(iterator.stream_id).add(iterator.account);
  packer.add(iterator.region).add(iterator.stream);
  packer.add(std::int64_t{iterator.shard}).add(iterator.index);
  return seal.close(packer.bytes());
}

std::string to_text(const PageToken& token, const Seal& seal) {
  Packer packer{page_kind};
  packer.add(token.issued_ms).add(token.operation);
  packer.add(token.account).add(token.region).add(token.stream);
  packer.add(token.after).add(token.filter);
  return seal.close(packer.bytes());
}

std::optional<ShardIterator> parse_iterator(std::string_view text, const Seal& seal) {
  const auto bytes = seal.open(text);
  if (!bytes) return std::nullopt;
  ShardIterator found;
  std::int64_t shard = 0;
  Unpacker unpacker{*bytes, iterator_kind};
  unpacker.take(found.issued_ms).take(found.stream_id).take(found.account);
  unpacker.take(found.region).take(found.stream).take(shard).take(found.index);
  found.shard = static_cast<std::uint32_t>(shard);
  return unpacker.done() ? std::optional{found} : std::nullopt;
}

std::optional<PageToken> parse_page_token(std::string_view text, const Seal& seal) {
  const auto bytes = seal.open(text);
  if (!bytes) return std::nullopt;
  PageToken found;
  Unpacker unpacker{*bytes, page_kind};
  unpacker.take(found.issued_ms).take(found.operation);
  unpacker.take(found.account).take(found.region).take(found.stream);
  unpacker.take(found.after).take(found.filter);
  return unpacker.done() ? std::optional{found} : std::nullopt;
}

}  // namespace millrace::engine
