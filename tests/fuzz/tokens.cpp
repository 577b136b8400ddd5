// Shard iterators and page tokens: as a client sends them, and what a seal may hold.
#include "emulator/engine/token.hpp"
#include "tests/fuzz/target.hpp"

using namespace millrace;

FUZZ_TARGET(tokens) {
  static const engine::Seal seal{std::string(engine::Seal::key_bytes, 'k')};
  (void)seal.open(input);
  (void)engine::parse_iterator(input, seal);
  (void)engine::parse_page_token(input, seal);

  // An older version's content, or that of the other kind.
  const auto sealed = seal.close(input);
  const auto opened = seal.open(sealed);
  FUZZ_CHECK(opened && *opened == input);
  if (const auto iterator = engine::parse_iterator(sealed, seal)) {
    const auto again = engine::parse_iterator(engine::to_text(*iterator, seal), seal);
    FUZZ_CHECK(again && again->index == iterator->index && again->stream == iterator->stream &&
               again->shard == iterator->shard && again->stream_id == iterator->stream_id);
  }
  if (const auto page = engine::parse_page_token(sealed, seal)) {
    const auto again = engine::parse_page_token(engine::to_text(*page, seal), seal);
    FUZZ_CHECK(again && again->after == page->after && again->filter == page->filter &&
               again->operation == page->operation);
  }
}
