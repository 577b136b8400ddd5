// "did you mean ...": the known name that is nearest to one that nobody knows.
#pragma once

#include <string>
#include <vector>

namespace millrace::plan {

// "; did you mean 'x'?", or nothing when no candidate is near. Capitals do not count.
std::string did_you_mean(const std::string& name, const std::vector<std::string>& candidates);

// A connector's message about options that it does not know, with the nearest of those it does know
// behind it. Other messages stay as they are.
std::string with_near_options(const std::string& message);

}  // namespace millrace::plan
