#include <cbor/callbacks.h>
#include <cbor/streaming.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "common/cbor/cbor.hpp"
#include "common/cbor/utf8.hpp"

namespace millrace::cbor {
namespace {

using wire::Value;

// One item's head as libcbor saw it. Its callbacks only fill this in: they are called from C, so
// nothing may throw in them.
struct Token {
  enum Kind {
    natural,   // number
    negative,  // -1 - number
    real,
    boolean,
    null,
    bytes,
    text,
    bytes_open,  // chunks follow
    text_open,
    list,  // number: entries
    list_open,
    map,  // number: pairs
    map_open,
    tag,
    end,  // "break"
  };
  Kind kind = null;
  std::uint64_t number = 0;
  double fraction = 0;
  std::string_view view;
};

void set(void* token, Token::Kind kind, std::uint64_t number = 0) {
  static_cast<Token*>(token)->kind = kind;
  static_cast<Token*>(token)->number = number;
}

template <class Number, Token::Kind kind>
void on_number(void* token, Number value) {
  set(token, kind, value);
}

template <class Number>
void on_real(void* token, Number value) {
  set(token, Token::real);
  static_cast<Token*>(token)->fraction = static_cast<double>(value);
}

template <Token::Kind kind>
void on_view(void* token, cbor_data at, std::size_t size) {
  set(token, kind);
  static_cast<Token*>(token)->view = {reinterpret_cast<const char*>(at), size};
}

template <Token::Kind kind>
void on_mark(void* token) {
  set(token, kind);
}

constexpr cbor_callbacks callbacks = {
    .uint8 = on_number<std::uint8_t, Token::natural>,
    .uint16 = on_number<std::uint16_t, Token::natural>,
    .uint32 = on_number<std::uint32_t, Token::natural>,
    .uint64 = on_number<std::uint64_t, Token::natural>,
    .negint64 = on_number<std::uint64_t, Token::negative>,
    .negint32 = on_number<std::uint32_t, Token::negative>,
    .negint16 = on_number<std::uint16_t, Token::negative>,
    .negint8 = on_number<std::uint8_t, Token::negative>,
    .byte_string_start = on_mark<Token::bytes_open>,
    .byte_string = on_view<Token::bytes>,
    .string = on_view<Token::text>,
    .string_start = on_mark<Token::text_open>,
    .indef_array_start = on_mark<Token::list_open>,
    .array_start = on_number<std::size_t, Token::list>,
    .indef_map_start = on_mark<Token::map_open>,
    .map_start = on_number<std::size_t, Token::map>,
    .tag = on_number<std::uint64_t, Token::tag>,
    .float2 = on_real<float>,
    .float4 = on_real<float>,
    .float8 = on_real<double>,
    .undefined = on_mark<Token::null>,
    .null = on_mark<Token::null>,
    .boolean = on_number<bool, Token::boolean>,
    .indef_break = on_mark<Token::end>,
};

// What is open around the item being read.
struct Frame {
  Token::Kind kind;        // list, map, bytes, text or tag
  bool open_ended;         // until "break"
  std::uint64_t left;      // entries still to come, unless open-ended; of a tag: its number
  std::size_t first;       // of its values on the stack
  std::size_t first_name;  // of its names
  bool wants_name;         // a map's next item is a name
};

class Reader {
 public:
  explicit Reader(wire::Document& document) : document_(document) {}

  base::Status run() {
    const std::string_view text{document_.body()};
    while (!done_) {
      if (at_ == text.size()) return refuse("the body ends inside an item");
      Token token;
      const auto read = cbor_stream_decode(reinterpret_cast<cbor_data>(text.data()) + at_,
                                           text.size() - at_, &callbacks, &token);
      if (read.status == CBOR_DECODER_NEDATA) return refuse("an item is longer than the body");
      if (read.status != CBOR_DECODER_FINISHED) return refuse("no item begins like that");
      BOOST_OUTCOME_TRY(take(token));
      at_ += read.read;
    }
    if (at_ != text.size()) return refuse("something follows the item");
    document_.set_root(values_.back());
    return base::success();
  }

 private:
  [[nodiscard]] base::Error refuse(const std::string& why) const {
    return {base::ErrorCode::serialization,
            "not CBOR: " + why + ", at offset " + std::to_string(at_)};
  }

  base::Status take(const Token& token) {
    if (++items_ > max_items) {
      return refuse("not served: more than " + std::to_string(max_items) + " items");
    }
    if (!frames_.empty()) {
      const auto& frame = frames_.back();
      const bool in_chunks = frame.kind == Token::bytes || frame.kind == Token::text;
      if (in_chunks && token.kind != frame.kind && token.kind != Token::end) {
        return refuse("a chunk is of another kind than its string");
      }
      const bool is_text = token.kind == Token::text || token.kind == Token::text_open;
      if (frame.wants_name && !is_text && token.kind != Token::end) {
        return refuse("not served: a name that is no text");
      }
    }
    switch (token.kind) {
      case Token::natural:
        return finish(natural(token.number));
      case Token::negative:
        return finish(negative(token.number));
      case Token::real:
        return finish(Value::real(token.fraction));
      case Token::boolean:
        return finish(Value::boolean(token.number != 0));
      case Token::null:
        return finish(Value{});
      case Token::bytes:
        return finish(Value::bytes(token.view));
      case Token::text:
        if (!is_utf8(token.view)) return refuse("a text that is no UTF-8");
        return finish(Value::text(token.view));
      case Token::bytes_open:
        return open(Token::bytes, true);
      case Token::text_open:
        return open(Token::text, true);
      case Token::list:
        return open(Token::list, false, token.number);
      case Token::list_open:
        return open(Token::list, true);
      case Token::map:
        return open(Token::map, false, token.number);
      case Token::map_open:
        return open(Token::map, true);
      case Token::tag:
        return open(Token::tag, false, token.number);
      case Token::end:
        if (frames_.empty() || !frames_.back().open_ended ||
            (frames_.back().kind == Token::map && !frames_.back().wants_name)) {
          return refuse("a break where nothing can end");
        }
        return close();
    }
    return refuse("no item begins like that");
  }

  base::Status open(Token::Kind kind, bool open_ended, std::uint64_t left = 0) {
    if (frames_.size() >= static_cast<std::size_t>(max_depth)) {
      return refuse("not served: nested deeper than " + std::to_string(max_depth));
    }
    frames_.push_back({kind, open_ended, left, values_.size(), names_.size(), kind == Token::map});
    const bool empty = !open_ended && left == 0 && kind != Token::tag;
    return empty ? close() : base::success();
  }

  // Takes the innermost frame off and hands what it held to the one around it.
  base::Status close() {
    const auto frame = frames_.back();
    frames_.pop_back();
    const std::span<const Value> parts{values_.data() + frame.first, values_.size() - frame.first};
    Value made;
    if (frame.kind == Token::list) {
      made = Value::list(document_.keep(parts));
    } else if (frame.kind == Token::map) {
      members_.clear();
      for (std::size_t i = 0; i < parts.size(); ++i) {
        members_.push_back({names_[frame.first_name + i], parts[i]});
      }
      made = Value::map(document_.keep(std::span<const wire::Member>{members_}));
    } else if (frame.kind == Token::tag) {
      auto meant = tagged(frame.left, parts.front());
      if (!meant) return refuse("a tag does not fit what it stands before");
      made = *meant;
    } else {
      joined_.clear();
      for (const auto& part : parts) joined_ += part.as_text();
      const auto whole = document_.keep(std::string_view{joined_});
      made = frame.kind == Token::text ? Value::text(whole) : Value::bytes(whole);
    }
    values_.resize(frame.first);
    names_.resize(frame.first_name);
    return finish(made);
  }

  // An item is complete: it belongs to the innermost frame, and may complete that one too. A tag
  // in front of a tag ... recurses, as deep as frames may be.
  base::Status finish(Value value) {
    if (frames_.empty()) {
      values_.push_back(value);
      done_ = true;
      return base::success();
    }
    auto& frame = frames_.back();
    if (frame.kind == Token::map && frame.wants_name) {
      names_.push_back(value.as_text());
      frame.wants_name = false;
      return base::success();
    }
    values_.push_back(value);
    if (frame.kind == Token::tag) return close();
    frame.wants_name = frame.kind == Token::map;
    if (!frame.open_ended && --frame.left == 0) return close();
    return base::success();
  }

  static Value natural(std::uint64_t number) {
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (number > most) return Value::real(static_cast<double>(number));
    return Value::integer(static_cast<std::int64_t>(number));
  }
  static Value negative(std::uint64_t number) {
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (number > most) return Value::real(-1.0 - static_cast<double>(number));
    return Value::integer(-1 - static_cast<std::int64_t>(number));
  }

  static std::optional<Value> tagged(std::uint64_t tag, Value value) {
    if (tag == 1) {
      if (value.kind() == wire::Kind::integer) return Value::time(value.as_integer());
      if (value.kind() != wire::Kind::real || !std::isfinite(value.as_real())) return std::nullopt;
      constexpr double far = 9e15;  // further than any clock goes, well inside 64 bits
      return Value::time(std::llround(std::clamp(value.as_real(), -far, far)));
    }
    if (tag == 2 || tag == 3) {
      if (value.kind() != wire::Kind::bytes) return std::nullopt;
      double number = 0;
      for (const char byte : value.as_text()) {
        number = number * 256 + static_cast<unsigned char>(byte);
      }
      return Value::real(tag == 2 ? number : -1 - number);
    }
    return value;
  }

  wire::Document& document_;
  std::vector<Frame> frames_;
  std::vector<Value> values_;
  std::vector<std::string_view> names_;
  std::vector<wire::Member> members_;
  std::string joined_;
  std::size_t at_ = 0;
  std::size_t items_ = 0;
  bool done_ = false;
};

}  // namespace

base::Result<std::unique_ptr<wire::Document>> parse(std::string text) {
  auto document = std::make_unique<wire::Document>(std::move(text));
  Reader reader{*document};
  BOOST_OUTCOME_TRY(reader.run());
  return document;
}

}  // namespace millrace::cbor
