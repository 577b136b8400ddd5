#include "generator/nexmark/text.hpp"

#include <array>
#include <cmath>
#include <cstdio>

namespace millrace::nexmark {
namespace {

constexpr std::size_t shortest = 3;
constexpr std::size_t letters = 26;

char any_letter(market::Random& random) {
  return static_cast<char>('a' + random.index(letters));
}

}  // namespace

std::string any_text(market::Random& random, std::size_t longest, char gap) {
  std::string out(shortest + random.index(longest - shortest), ' ');
  for (char& c : out) c = random.index(13) == 0 ? gap : any_letter(random);
  const auto first = out.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return out.substr(first, out.find_last_not_of(' ') - first + 1);
}

std::string filler(market::Random& random, std::size_t size, std::size_t average) {
  if (size > average) return {};
  const std::size_t missing = average - size;
  const auto spread = static_cast<std::size_t>(std::lround(static_cast<double>(missing) * 0.2));
  std::string out(missing - spread + (spread == 0 ? 0 : random.index(2 * spread)), 'a');
  // Twelve letters of 64 bits.
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i % 12 == 0) bits = random.bits();
    out[i] = static_cast<char>('a' + bits % letters);
    bits /= letters;
  }
  return out;
}

std::int64_t any_price(market::Random& random) {
  return std::llround(std::pow(10.0, random.real() * 6.0) * 100.0);
}

void TimeText::append(std::string& out, std::int64_t ms) {
  if (ms / 1000 != second_) {
    second_ = ms / 1000;
    text_ = market::iso_text(second_ * 1'000'000);
    text_[10] = ' ';
    text_ += '.';
  }
  out += text_;
  for (std::int64_t unit = 100; unit > 0; unit /= 10) {
    out += static_cast<char>('0' + ms % 1000 / unit % 10);
  }
}

std::string any_email(market::Random& random) {
  std::string out = any_text(random, 7);
  out += '@';
  out += any_text(random, 5);
  return out + ".com";
}

std::string any_card(market::Random& random) {
  std::array<unsigned, 4> groups{};
  for (auto& group : groups) group = static_cast<unsigned>(random.index(10'000));
  std::array<char, 24> out{};
  const int size = std::snprintf(out.data(), out.size(), "%04u %04u %04u %04u", groups[0],
                                 groups[1], groups[2], groups[3]);
  return {out.data(), static_cast<std::size_t>(size)};
}

std::string any_url(market::Random& random) {
  std::string out = "https://www.nexmark.com/";
  for (int i = 0; i < 3; ++i) {
    out += any_text(random, 5, '_');
    out += '/';
  }
  return out + "item.htm?query=1";
}

}  // namespace millrace::nexmark
