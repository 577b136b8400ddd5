#include "runtime/connectors/kpl.hpp"

#include <algorithm>

#include "common/base/digest.hpp"

namespace millrace::connectors {
namespace {

constexpr std::string_view magic{"\xF3\x89\x9A\xC2", 4};
constexpr std::size_t digest_size = 16;

// Protobuf's wire format, as far as this message uses it.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  [[nodiscard]] bool at_end() const { return bytes_.empty(); }
  [[nodiscard]] bool failed() const { return failed_; }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !bytes_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if ((byte & 0x80U) == 0) return value;
    }
    return fail();
  }

  std::string_view bytes() {
    const std::uint64_t size = varint();
    if (failed_ || size > bytes_.size()) {
      fail();
      return {};
    }
    const auto out = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return out;
  }

  void skip(unsigned wire_type) {
    const std::size_t fixed = wire_type == 1 ? 8 : 4;
    switch (wire_type) {
      case 0:
        varint();
        return;
      case 2:
        bytes();
        return;
      case 1:
      case 5:
        if (bytes_.size() >= fixed) {
          bytes_.remove_prefix(fixed);
          return;
        }
        break;
      default:
        break;
    }
    fail();
  }

 private:
  std::uint64_t fail() {
    failed_ = true;
    bytes_ = {};
    return 0;
  }

  std::string_view bytes_;
  bool failed_ = false;
};

struct Field {
  std::uint64_t number = 0;
  unsigned wire_type = 0;
};

Field next_field(Reader& in) {
  const std::uint64_t tag = in.varint();
  return {tag >> 3U, static_cast<unsigned>(tag & 7U)};
}

struct Packed {
  std::uint64_t key_index = 0;
  std::optional<std::uint64_t> hash_index;
  std::string_view data;
};

std::optional<Packed> read_packed(std::string_view bytes) {
  Reader in{bytes};
  Packed out;
  while (!in.at_end()) {
    const auto field = next_field(in);
    if (field.number == 1 && field.wire_type == 0) {
      out.key_index = in.varint();
    } else if (field.number == 2 && field.wire_type == 0) {
      out.hash_index = in.varint();
    } else if (field.number == 3 && field.wire_type == 2) {
      out.data = in.bytes();
    } else {
      in.skip(field.wire_type);
    }
  }
  return in.failed() ? std::nullopt : std::optional{out};
}

bool is_packed(const aws::Record& record) {
  return record.data.starts_with(magic);
}

base::Uint128 hash_of(std::string_view partition_key) {
  base::Uint128 hash = 0;
  for (const auto byte : base::md5(partition_key)) hash = hash << 8 | byte;
  return hash;
}

}  // namespace

std::optional<std::vector<PackedRecord>> unpack(std::string_view bytes) {
  if (!bytes.starts_with(magic) || bytes.size() < magic.size() + digest_size) return std::nullopt;
  const auto message = bytes.substr(magic.size(), bytes.size() - magic.size() - digest_size);
  if (base::as_view(base::md5(message)) != bytes.substr(bytes.size() - digest_size)) {
    return std::nullopt;
  }
  std::vector<std::string_view> keys;
  std::vector<base::Uint128> key_hashes;
  std::vector<std::string_view> hash_keys;
  std::vector<Packed> packed;
  Reader in{message};
  while (!in.at_end()) {
    const auto field = next_field(in);
    if (field.number == 1 && field.wire_type == 2) {
      keys.push_back(in.bytes());
      key_hashes.push_back(hash_of(keys.back()));
    } else if (field.number == 2 && field.wire_type == 2) {
      hash_keys.push_back(in.bytes());
    } else if (field.number == 3 && field.wire_type == 2) {
      const auto one = read_packed(in.bytes());
      if (!one) return std::nullopt;
      packed.push_back(*one);
    } else {
      in.skip(field.wire_type);
    }
  }
  if (in.failed()) return std::nullopt;
  std::vector<PackedRecord> out;
  out.reserve(packed.size());
  for (const auto& one : packed) {
    if (one.key_index >= keys.size()) return std::nullopt;
    auto hash = key_hashes[one.key_index];
    if (one.hash_index) {
      if (*one.hash_index >= hash_keys.size()) return std::nullopt;
      const auto given = base::parse_uint128(hash_keys[*one.hash_index]);
      if (!given) return std::nullopt;
      hash = *given;
    }
    out.push_back({one.data, keys[one.key_index], hash});
  }
  return out;
}

std::size_t deaggregate(std::vector<aws::Record>& records, HashRange shard) {
  if (std::none_of(records.begin(), records.end(), is_packed)) return 0;
  std::size_t left_out = 0;
  std::vector<aws::Record> out;
  out.reserve(records.size());
  for (auto& record : records) {
    const auto unpacked = is_packed(record) ? unpack(record.data) : std::nullopt;
    if (!unpacked) {
      out.push_back(std::move(record));
      continue;
    }
    if (!std::all_of(unpacked->begin(), unpacked->end(),
                     [&](const PackedRecord& one) { return shard.contains(one.hash); })) {
      ++left_out;
      continue;
    }
    for (const auto& one : *unpacked) {
      out.push_back({std::string{one.data}, std::string{one.partition_key}, record.sequence_number,
                     record.arrival_ms});
    }
  }
  records = std::move(out);
  return left_out;
}

}  // namespace millrace::connectors
