// Double.toString and Float.toString as JDK 17 computes them. Its algorithm (digits are produced
// one by one until the rest is within half a unit in the last place) differs from "shortest text
// that reads back" in known ways, which Flink's output shows: the gap below a power of two is
// applied on both sides, integers up to 2^62 are written with all significant digits, and a text
// with an exponent has at least two digits.
#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#include "common/base/result.hpp"
#include "runtime/data/natural.hpp"
#include "runtime/data/text.hpp"

namespace millrace::data {

namespace {

struct Digits {
  std::array<char, 32> text{};
  int count = 0;
  int exponent = 0;  // the value is 0.DIGITS * 10^exponent

  void push(int digit) { text[static_cast<std::size_t>(count++)] = static_cast<char>('0' + digit); }
  void round_up() {
    int i = count - 1;
    while (i >= 0 && text[static_cast<std::size_t>(i)] == '9')
      text[static_cast<std::size_t>(i--)] = '0';
    if (i >= 0) {
      ++text[static_cast<std::size_t>(i)];
    } else {
      text[0] = '1';
      ++exponent;
    }
  }
};

// value = fraction / 2^52 * 2^exponent, with bit 52 of the fraction set.
struct Parts {
  std::uint64_t fraction = 0;
  int exponent = 0;
  int significant_bits = 0;
};

int bits_of_power_of_five(int exponent) {
  if (exponent == 0) return 0;
  if (exponent >= 27) return exponent * 3;
  std::uint64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 5;
  return static_cast<int>(std::bit_width(power));
}

Digits integer_digits(const Parts& parts, std::uint64_t value) {
  Digits digits;
  int dropped = 0;
  if (parts.exponent > parts.significant_bits) {
    const int bits = parts.exponent - parts.significant_bits - 1;
    dropped = bits > 1 ? static_cast<int>(bits * 0.30102999566398120) : 0;
  }
  if (dropped > 0) {
    std::uint64_t power = 1;
    for (int i = 0; i < dropped; ++i) power *= 10;
    const std::uint64_t rest = value % power;
    value = value / power + (rest >= power / 2 ? 1 : 0);
  }
  const auto [end, error] = std::to_chars(digits.text.data(), digits.text.data() + 24, value);
  digits.count = static_cast<int>(end - digits.text.data());
  digits.exponent = digits.count + dropped;
  while (digits.count > 1 && digits.text[static_cast<std::size_t>(digits.count - 1)] == '0')
    --digits.count;
  return digits;
}

// The value is B/S * 10^decimal, half a unit in its last place M/S; each of B, S, M is `factor`
// times a power of five times a power of two.
struct Scaled {
  std::uint64_t fraction = 0;  // B's factor; that of S and M is 1
  int five_b = 0;              // M's too
  int five_s = 0;
  int two_b = 0;
  int two_s = 0;
  int two_m = 0;
};

struct Loop {
  bool low = false;   // the rest is less than half a unit: what is written reads back
  bool high = false;  // one more in the last digit would read back, too
  bool more_than_half = false;
  bool half = false;
};

// Java's loop on machine integers, overflow and all: it shows in a few floats near 10^25.
template <class Int, class Unsigned>
Loop produce_small(const Scaled& scaled, int& decimal, Digits& digits) {
  const auto five = [](int exponent) {
    Unsigned power = 1;
    for (; exponent > 0; --exponent) power *= 5;
    return power;
  };
  auto b = static_cast<Int>(static_cast<Unsigned>(scaled.fraction) * five(scaled.five_b)
                            << static_cast<unsigned>(scaled.two_b));
  const auto s = static_cast<Int>(five(scaled.five_s) << static_cast<unsigned>(scaled.two_s));
  auto m = static_cast<Int>(five(scaled.five_b) << static_cast<unsigned>(scaled.two_m));
  const auto tens = static_cast<Int>(s * 10);
  Loop loop;
  const auto step = [&] {
    const auto digit = static_cast<int>(b / s);
    b = static_cast<Int>(10 * (b % s));
    m = static_cast<Int>(static_cast<Unsigned>(m) * 10U);
    const auto sum = static_cast<Int>(static_cast<Unsigned>(b) + static_cast<Unsigned>(m));
    loop.low = m <= 0 || b < m;
    loop.high = m <= 0 || sum > tens;
    return digit;
  };
  const int first = step();
  if (first == 0 && !loop.high) {
    decimal -= 1;
  } else {
    digits.push(first);
  }
  if (decimal < -3 || decimal >= 8) loop.low = loop.high = false;
  while (!loop.low && !loop.high) digits.push(step());
  const auto difference =
      static_cast<Int>((static_cast<Unsigned>(b) << 1U) - static_cast<Unsigned>(tens));
  loop.half = difference == 0;
  loop.more_than_half = difference > 0;
  return loop;
}

Loop produce_big(const Scaled& scaled, int& decimal, Digits& digits) {
  Natural b(scaled.fraction);
  b.multiply_power_of_five(scaled.five_b);
  b.shift_left(scaled.two_b);
  Natural s(1);
  s.multiply_power_of_five(scaled.five_s);
  s.shift_left(scaled.two_s);
  Natural m(1);
  m.multiply_power_of_five(scaled.five_b);
  m.shift_left(scaled.two_m);
  Natural tens = s;
  tens.multiply(10);
  Loop loop;
  const auto step = [&] {
    const int digit = b.take_digit(s);
    b.multiply(10);
    m.multiply(10);
    loop.low = b.compare(m) < 0;
    Natural sum = b;
    sum.add(m);
    loop.high = sum.compare(tens) >= 0;  // here Java counts the boundary itself as reached
    return digit;
  };
  const int first = step();
  if (first == 0 && !loop.high) {
    decimal -= 1;
  } else {
    digits.push(first);
  }
  if (decimal < -3 || decimal >= 8) loop.low = loop.high = false;
  while (!loop.low && !loop.high) digits.push(step());
  b.multiply(2);
  const int difference = b.compare(tens);
  loop.half = difference == 0;
  loop.more_than_half = difference > 0;
  return loop;
}

Digits make_digits(const Parts& parts) {
  const int tail = std::countr_zero(parts.fraction);
  const int fraction_bits = 53 - tail;
  const int tiny_bits = std::max(0, fraction_bits - parts.exponent - 1);
  if (parts.exponent <= 62 && parts.exponent >= -21 && tiny_bits == 0) {
    return integer_digits(parts, parts.exponent >= 52 ? parts.fraction << (parts.exponent - 52)
                                                      : parts.fraction >> (52 - parts.exponent));
  }
  const double mantissa = std::bit_cast<double>((std::uint64_t{1023} << 52U) |
                                                (parts.fraction & ((std::uint64_t{1} << 52U) - 1)));
  // An estimate of the decimal exponent, at most one too high.
  int decimal = static_cast<int>(std::floor((mantissa - 1.5) * 0.289529654 + 0.176091259 +
                                            parts.exponent * 0.301029995663981));
  Scaled scaled;
  scaled.fraction = parts.fraction >> static_cast<unsigned>(tail);
  scaled.five_b = std::max(0, -decimal);
  scaled.five_s = std::max(0, decimal);
  scaled.two_b = scaled.five_b + tiny_bits + parts.exponent;
  scaled.two_s = scaled.five_s + tiny_bits;
  scaled.two_m = scaled.two_b - parts.significant_bits;
  scaled.two_b -= fraction_bits - 1;
  const int common = std::min(scaled.two_b, scaled.two_s);
  scaled.two_b -= common;
  scaled.two_s -= common;
  scaled.two_m -= common;
  if (fraction_bits == 1) scaled.two_m -= 1;  // the number below is only half as far away
  if (scaled.two_m < 0) {
    scaled.two_b -= scaled.two_m;
    scaled.two_s -= scaled.two_m;
    scaled.two_m = 0;
  }
  const int bits_b = fraction_bits + scaled.two_b + bits_of_power_of_five(scaled.five_b);
  const int bits_tens = scaled.two_s + 1 + bits_of_power_of_five(scaled.five_s + 1);
  Digits digits;
  Loop loop;
  if (bits_b < 32 && bits_tens < 32) {
    loop = produce_small<std::int32_t, std::uint32_t>(scaled, decimal, digits);
  } else if (bits_b < 64 && bits_tens < 64) {
    loop = produce_small<std::int64_t, std::uint64_t>(scaled, decimal, digits);
  } else {
    loop = produce_big(scaled, decimal, digits);
  }
  digits.exponent = decimal + 1;
  if (loop.high) {
    const bool odd = (digits.text[static_cast<std::size_t>(digits.count - 1)] & 1) != 0;
    if (!loop.low || loop.more_than_half || (loop.half && odd)) digits.round_up();
  }
  return digits;
}

void append_digits(std::string& out, const Digits& digits) {
  const auto count = static_cast<std::size_t>(digits.count);
  const std::string_view text(digits.text.data(), count);
  if (digits.exponent > 0 && digits.exponent < 8) {
    const auto whole = static_cast<std::size_t>(digits.exponent);
    out.append(text.substr(0, std::min(whole, count)));
    if (whole >= count) {
      out.append(whole - count, '0');
      out.append(".0");
    } else {
      out.push_back('.');
      out.append(text.substr(whole));
    }
  } else if (digits.exponent <= 0 && digits.exponent > -3) {
    out.append("0.");
    out.append(static_cast<std::size_t>(-digits.exponent), '0');
    out.append(text);
  } else {
    out.push_back(text[0]);
    out.push_back('.');
    if (count > 1) {
      out.append(text.substr(1));
    } else {
      out.push_back('0');
    }
    out.push_back('E');
    append_int64(out, digits.exponent - 1);
  }
}

bool append_special(std::string& out, double value) {
  if (std::isnan(value)) {
    out.append("NaN");
    return true;
  }
  if (std::signbit(value)) out.push_back('-');
  if (std::isinf(value)) {
    out.append("Infinity");
    return true;
  }
  if (value == 0) {
    out.append("0.0");
    return true;
  }
  return false;
}

// The shortest text that reads back, if it has so few digits that Java's loop must end there, too:
// any number of `safe` digits is nearer to its double than half a unit. False: compute it as Java
// does.
template <class Float>
bool append_short(std::string& out, Float value, int safe) {
  std::array<char, 64> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                          std::chars_format::scientific);
  // d.ddde+xx
  Digits digits;
  const char* at = buffer.data();
  for (; at != end && *at != 'e'; ++at) {
    if (*at == '.') continue;
    if (digits.count == safe) return false;
    digits.text[static_cast<std::size_t>(digits.count++)] = *at;
  }
  int exponent = 0;
  ++at;
  if (*at == '+') ++at;
  std::from_chars(at, end, exponent);
  digits.exponent = exponent + 1;
  append_digits(out, digits);
  return true;
}

}  // namespace

void append_java_double(std::string& out, double value) {
  if (append_special(out, value)) return;
  value = std::fabs(value);
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const auto raw = static_cast<int>(bits >> 52U);
  Parts parts{bits & ((std::uint64_t{1} << 52U) - 1), raw - 1023, 53};
  if (parts.fraction != 0 && raw != 0 && value < 0x1p53 && append_short(out, value, 15)) return;
  if (raw == 0) {
    const int zeros = std::countl_zero(parts.fraction);
    parts.fraction <<= zeros - 11;
    parts.exponent = 1 - (zeros - 11) - 1023;
    parts.significant_bits = 64 - zeros;
  } else {
    parts.fraction |= std::uint64_t{1} << 52U;
  }
  append_digits(out, make_digits(parts));
}

void append_java_float(std::string& out, float value) {
  if (append_special(out, value)) return;
  value = std::fabs(value);
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto raw = static_cast<int>(bits >> 23U);
  Parts parts{bits & ((1U << 23U) - 1), raw - 127, 24};
  if (parts.fraction != 0 && raw != 0 && value < 0x1p24F && append_short(out, value, 6)) return;
  if (raw == 0) {
    const int zeros = std::countl_zero(static_cast<std::uint32_t>(parts.fraction));
    parts.fraction <<= zeros - 8;
    parts.exponent = 1 - (zeros - 8) - 127;
    parts.significant_bits = 32 - zeros;
  } else {
    parts.fraction |= std::uint64_t{1} << 23U;
  }
  parts.fraction <<= 29U;
  append_digits(out, make_digits(parts));
}

void append_int64(std::string& out, std::int64_t value) {
  std::array<char, 24> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  out.append(buffer.data(), end);
}

}  // namespace millrace::data
