#include "emulator/delivery/compressor.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <limits>

namespace millrace::delivery {
namespace {

constexpr std::size_t chunk = 64 * 1024;

class Plain final : public Compressor {
 public:
  base::Status add(std::string_view bytes, std::string& out) override {
    out += bytes;
    return base::success();
  }
  base::Status finish(std::string&) override { return base::success(); }
};

class Gzip final : public Compressor {
 public:
  Gzip() {
    constexpr int gzip_header = 16;  // added to the window's bits; the header carries no time
    good_ = deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + gzip_header, 8,
                         Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~Gzip() override { deflateEnd(&stream_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  base::Status add(std::string_view bytes, std::string& out) override {
    while (!bytes.empty()) {
      const auto size = std::min<std::size_t>(bytes.size(), std::numeric_limits<uInt>::max());
      // zlib does not write through next_in; its type is older than const.
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
      stream_.avail_in = static_cast<uInt>(size);
      BOOST_OUTCOME_TRY(run(Z_NO_FLUSH, out));
      bytes.remove_prefix(size);
    }
    return base::success();
  }
  base::Status finish(std::string& out) override { return run(Z_FINISH, out); }

 private:
  base::Status run(int flush, std::string& out) {
    if (!good_) return base::Error{base::ErrorCode::internal, "zlib could not be started"};
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
      stream_.avail_out = static_cast<uInt>(buffer_.size());
      if (deflate(&stream_, flush) == Z_STREAM_ERROR) {
        return base::Error{base::ErrorCode::internal, "zlib could not compress"};
      }
      out.append(buffer_.data(), buffer_.size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
    return base::success();
  }

  z_stream stream_{};
  bool good_ = false;
  std::array<char, chunk> buffer_{};
};

class Zstd final : public Compressor {
 public:
  Zstd() : context_(ZSTD_createCCtx()) {
    if (context_) ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
  }
  base::Status add(std::string_view bytes, std::string& out) override {
    return run(bytes, ZSTD_e_continue, out);
  }
  base::Status finish(std::string& out) override { return run({}, ZSTD_e_end, out); }

 private:
  base::Status run(std::string_view bytes, ZSTD_EndDirective mode, std::string& out) {
    if (!context_) return base::Error{base::ErrorCode::internal, "zstd could not be started"};
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    for (;;) {
      ZSTD_outBuffer to{buffer_.data(), buffer_.size(), 0};
      const auto left = ZSTD_compressStream2(context_.get(), &to, &in, mode);
      if (ZSTD_isError(left)) {
        return base::Error{base::ErrorCode::internal,
                           std::string{"zstd could not compress: "} + ZSTD_getErrorName(left)};
      }
      out.append(buffer_.data(), to.pos);
      if (mode == ZSTD_e_end ? left == 0 : in.pos == in.size) return base::success();
    }
  }

  struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  };
  std::unique_ptr<ZSTD_CCtx, Free> context_;
  std::array<char, chunk> buffer_{};
};

}  // namespace

std::unique_ptr<Compressor> Compressor::make(std::string_view type) {
  if (type == "GZIP") return std::make_unique<Gzip>();
  if (type == "ZSTD") return std::make_unique<Zstd>();
  return std::make_unique<Plain>();
}

}  // namespace millrace::delivery
