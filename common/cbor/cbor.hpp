// CBOR <-> wire, as application/x-amz-cbor-1.1. The only folder of the project that knows libcbor.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/wire/encoder.hpp"
#include "common/wire/value.hpp"

namespace millrace::cbor {

// Deepest nesting that is read, tags and chunked strings included; as common/json.
constexpr int max_depth = 128;
// Most items of one body; the largest request of AWS's API has about 3,000. An item of one byte
// becomes a Value of 24, so without it a body could ask for many times its size.
constexpr std::size_t max_items = 250'000;

// Reads the whole text (the document keeps it; strings that came in one piece are views into it).
// Definite and indefinite lengths, chunked strings, all number formats. A number under tag 1 is a
// time in milliseconds; bytes under tags 2 and 3 are numbers; other tags are skipped. `undefined`
// is null. What a header claims is never allocated ahead.
// Error: serialization, with the byte offset. Refused as well: other simple values, names that are
// no text, texts that are no UTF-8, more than one item.
base::Result<std::unique_ptr<wire::Document>> parse(std::string text);

// Maps and lists of indefinite length, as AWS's own; times as tag 1 with integer milliseconds.
class Writer final : public wire::Encoder {
 public:
  Writer() = default;
  // About `expected` bytes are coming.
  explicit Writer(std::size_t expected) { out_.reserve(expected); }

  void begin_map() override;
  void end_map() override;
  void begin_list() override;
  void end_list() override;
  void key(std::string_view name) override { text(name); }
  void null() override;
  void boolean(bool value) override;
  void integer(std::int64_t value) override;
  void real(double value) override;
  void text(std::string_view utf8) override;
  void bytes(std::string_view raw) override;
  void time(std::int64_t epoch_ms) override;

  [[nodiscard]] const std::string& str() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

}  // namespace millrace::cbor
