#include "common/base/digest.hpp"

#include <doctest/doctest.h>

using namespace millrace::base;

TEST_CASE("digests: published vectors") {
  CHECK(hex(as_view(md5(""))) == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(hex(as_view(md5("message digest"))) == "f96b697d7cb7938d525a2f31aaf161d0");
  CHECK(hex(as_view(sha256("abc"))) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex(as_view(hmac_sha256("Jefe", "what do ya want for nothing?"))) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}
