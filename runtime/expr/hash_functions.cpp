// Digests of text, as lower-case hexadecimal digits.
#include <openssl/evp.h>

#include <array>

#include "runtime/expr/kernels.hpp"
#include "runtime/expr/signatures.hpp"

namespace millrace::expr {

namespace {

using Text = std::string_view;

// "SHA2-256" and so on; a null algorithm is the caller's to avoid.
void append_digest(std::string& out, const EVP_MD* algorithm, Text text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  const int done = EVP_Digest(text.data(), text.size(), bytes.data(), &size, algorithm, nullptr);
  KS_ASSERT(done == 1);
  constexpr Text digits = "0123456789abcdef";
  for (unsigned int i = 0; i < size; ++i) {
    out += digits[bytes[i] >> 4U];
    out += digits[bytes[i] & 15U];
  }
}

const EVP_MD* sha2_of(std::int64_t bits) {
  switch (bits) {
    case 224:
      return EVP_sha224();
    case 256:
      return EVP_sha256();
    case 384:
      return EVP_sha384();
    case 512:
      return EVP_sha512();
    default:
      return nullptr;
  }
}

template <const EVP_MD* (*algorithm)()>
Result<Column> digest(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                      Context&) {
  std::string buffer;
  return map_text<Text>(call.type, args, rows, [&](data::Arena& arena, Text text) {
    buffer.clear();
    append_digest(buffer, algorithm(), text);
    return arena.copy(buffer);
  });
}

template <int length>
Result<Signature> infer_digest(std::span<const ExprPtr> args) {
  if (!is_text(args[0])) return no_match();
  return Signature{{text_of(args[0])}, nullable_as(LogicalType::character(length), args)};
}

Result<Column> sha2(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows, Context&) {
  std::optional<std::int64_t> unknown;
  std::string buffer;
  Column out = map_text<Text, std::int64_t>(
      call.type, args, rows,
      [&](data::Arena& arena, Text text, std::int64_t bits) -> std::optional<Text> {
        const EVP_MD* algorithm = sha2_of(bits);
        if (algorithm == nullptr) {
          unknown = bits;
          return std::nullopt;
        }
        buffer.clear();
        append_digest(buffer, algorithm, text);
        return arena.copy(buffer);
      });
  if (unknown) {
    return runtime_error("SHA-" + std::to_string(*unknown) + " MessageDigest not available");
  }
  return out;
}

Result<Signature> infer_sha2(std::span<const ExprPtr> args) {
  if (!is_text(args[0])) return no_match();
  if (!is_whole(args[1])) return no_match();
  return Signature{{text_of(args[0]), LogicalType::integer()},
                   nullable_as(LogicalType::varchar(128), args)};
}

constexpr Function row(std::string_view name, Infer infer, Kernel kernel, std::string_view forms) {
  return {
      .name = name, .min_args = 1, .max_args = 1, .infer = infer, .kernel = kernel, .forms = forms};
}

constexpr std::array functions = {
    row("MD5", infer_digest<32>, digest<EVP_md5>, "MD5(<STRING>)"),
    row("SHA1", infer_digest<40>, digest<EVP_sha1>, "SHA1(<STRING>)"),
    row("SHA224", infer_digest<56>, digest<EVP_sha224>, "SHA224(<STRING>)"),
    row("SHA256", infer_digest<64>, digest<EVP_sha256>, "SHA256(<STRING>)"),
    row("SHA384", infer_digest<96>, digest<EVP_sha384>, "SHA384(<STRING>)"),
    row("SHA512", infer_digest<128>, digest<EVP_sha512>, "SHA512(<STRING>)"),
    Function{.name = "SHA2",
             .min_args = 2,
             .max_args = 2,
             .infer = infer_sha2,
             .kernel = sha2,
             .forms = "SHA2(<STRING>, <INTEGER>)",
             .can_fail = true},
};

}  // namespace

std::span<const Function> hash_functions() {
  return functions;
}

}  // namespace millrace::expr
