#include "tests/crash/states.hpp"

#include <openssl/evp.h>

#include <memory>
#include <vector>

namespace millrace::test {
namespace {

using base::Error;
using base::ErrorCode;

base::Result<std::vector<std::string>> tables(store::Connection& connection) {
  BOOST_OUTCOME_TRY(auto row, connection.prepare("SELECT name FROM sqlite_schema WHERE type = "
                                                 "'table' ORDER BY name"));
  std::vector<std::string> names;
  for (;;) {
    BOOST_OUTCOME_TRY(const bool found, row.step());
    if (!found) return names;
    names.emplace_back(row.text(0));
  }
}

}  // namespace

base::Result<std::string> digest_of(store::Connection& connection) {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> digest{EVP_MD_CTX_new(),
                                                                  &EVP_MD_CTX_free};
  EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr);
  const auto add = [&](std::string_view bytes) {
    const auto size = bytes.size();
    EVP_DigestUpdate(digest.get(), &size, sizeof size);
    EVP_DigestUpdate(digest.get(), bytes.data(), bytes.size());
  };
  BOOST_OUTCOME_TRY(const auto names, tables(connection));
  for (const auto& name : names) {
    add(name);
    BOOST_OUTCOME_TRY(auto columns,
                      connection.prepare("SELECT count(*) FROM pragma_table_info('" + name + "')"));
    BOOST_OUTCOME_TRY(columns.step());
    const auto width = static_cast<int>(columns.integer(0));
    // A table's scan is in the order of its key.
    BOOST_OUTCOME_TRY(auto row, connection.prepare("SELECT * FROM \"" + name + '"'));
    for (;;) {
      BOOST_OUTCOME_TRY(const bool found, row.step());
      if (!found) break;
      for (int i = 0; i < width; ++i) {
        add(row.is_null(i) ? std::string_view{"null"} : row.blob(i));
      }
    }
  }
  std::string out(32, '\0');
  EVP_DigestFinal_ex(digest.get(), reinterpret_cast<unsigned char*>(out.data()), nullptr);
  return out;
}

}  // namespace millrace::test
