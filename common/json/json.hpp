// JSON text <-> wire. The only folder of the project that knows RapidJSON besides runtime/formats.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/wire/encoder.hpp"
#include "common/wire/value.hpp"

namespace millrace::json {

// Deepest nesting that is read; a request of AWS's API needs 8.
constexpr int max_depth = 128;

// Parses the whole text (in place: the document keeps it). Strict RFC 8259, UTF-8 checked; numbers
// that do not fit 64 bits become reals. Error: serialization, with the byte offset.
base::Result<std::unique_ptr<wire::Document>> parse(std::string text);

// Writes compact JSON as AWS does: no spaces, non-ASCII as it is, blobs base64, times in seconds
// with the milliseconds as fraction.
class Writer final : public wire::Encoder {
 public:
  Writer() = default;
  // A text of about `expected` bytes is coming.
  explicit Writer(std::size_t expected) { out_.reserve(expected); }

  void begin_map() override;
  void end_map() override;
  void begin_list() override;
  void end_list() override;
  void key(std::string_view name) override;
  void null() override;
  void boolean(bool value) override;
  void integer(std::int64_t value) override;
  void real(double value) override;
  void text(std::string_view utf8) override;
  void plain(std::string_view ascii) override;
  void bytes(std::string_view raw) override;
  void time(std::int64_t epoch_ms) override;

  [[nodiscard]] const std::string& str() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  void separate();
  std::string out_;
  bool need_comma_ = false;
};

}  // namespace millrace::json
