// Result<T>: a value or an Error; the one way a failure travels (docs/decisions/0002).
//
//   Result<int> parse(std::string_view text);
//   Result<int> twice(std::string_view text) {
//     BOOST_OUTCOME_TRY(auto number, parse(text));
//     return 2 * number;
//   }
#pragma once

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>
#include <boost/outcome/try.hpp>

#include "common/base/error.hpp"

namespace millrace::base {

template <class T>
using Result = boost::outcome_v2::basic_result<T, Error, boost::outcome_v2::policy::terminate>;

using Status = Result<void>;

inline Status success() {
  return boost::outcome_v2::success();
}

// A broken invariant of ours; never for user input.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace millrace::base

#define KS_ASSERT(condition) \
  ((condition) ? void(0) : ::millrace::base::assertion_failed(#condition, __FILE__, __LINE__))
