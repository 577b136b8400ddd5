#include "emulator/kinesis/api.hpp"

#include <algorithm>
#include <array>

#include "emulator/kinesis/operation.hpp"

namespace millrace::kinesis {
namespace {

struct Note {
  std::string_view operation;
  std::string_view text;
};

constexpr auto notes = std::to_array<Note>({
#define NOTE(operation, text) {#operation, text},
#include "emulator/kinesis/notes.def"
#undef NOTE
});

// note_on() halves its way through.
static_assert(std::is_sorted(notes.begin(), notes.end(), [](const auto& left, const auto& right) {
  return left.operation < right.operation;
}));

constexpr auto served = std::to_array<std::string_view>({
#define OPERATION(name, file, lane) #name,
#include "emulator/kinesis/operations.def"
#undef OPERATION
});

static_assert(std::all_of(notes.begin(), notes.end(), [](const auto& note) {
  return std::binary_search(served.begin(), served.end(), note.operation);
}));

std::string_view note_on(std::string_view operation) {
  const auto* at = std::lower_bound(
      notes.begin(), notes.end(), operation,
      [](const Note& note, std::string_view wanted) { return note.operation < wanted; });
  return at != notes.end() && at->operation == operation ? at->text : "";
}

std::string_view to_text(Lane lane) {
  switch (lane) {
    case Lane::look:
      return "look";
    case Lane::read:
      return "read";
    case Lane::change:
      return "change";
  }
  return "";
}

}  // namespace

void describe_api(wire::Encoder& out) {
  out.begin_map();
  out.key("operations");
  out.begin_map();
  for (const auto& operation : operations()) {
    out.key(operation.name);
    out.begin_map();
    out.key("lane");
    out.text(to_text(operation.lane));
    if (const auto note = note_on(operation.name); !note.empty()) {
      out.key("note");
      out.text(note);
    }
    operation.make()->describe(out);
    out.end_map();
  }
  out.end_map();
  out.end_map();
}

}  // namespace millrace::kinesis
