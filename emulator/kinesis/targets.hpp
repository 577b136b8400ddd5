// What the operations on tags and policies work on: whatever an ARN names.
#pragma once

#include <string>
#include <string_view>

#include "emulator/kinesis/operation.hpp"
#include "emulator/kinesis/shapes.hpp"
#include "emulator/kinesis/tags.hpp"

namespace millrace::kinesis {

inline const wire::Pattern resource_arn_pattern{
    "arn:aws.*:kinesis:.*:\\d{12}:.*(stream|channel|queue)/\\S+"};

// The input of most of them.
struct ResourceRef {
  wire::Text resource_arn;
  wire::Text stream_id;  // accepted and ignored, as documented
  static void members(auto& visit, auto& self) {
    visit("ResourceARN", self.resource_arn,
          Rules{.required = true, .min = 1, .max = 2048, .pattern = &resource_arn_pattern});
    visit("StreamId", self.stream_id, stream_id_rules);
  }
};

// A stream, or else a consumer, channel or queue. Valid while the engine's lock is held.
struct Target {
  const engine::Stream* stream = nullptr;
  const engine::Resource* resource = nullptr;

  [[nodiscard]] const store::Tags& tags() const;
  [[nodiscard]] const std::string& policy() const;
  [[nodiscard]] Tagged tagged() const;
};

// In whatever state. Looked up under the ARN's own account and region. Error:
// ResourceNotFoundException.
base::Result<Target> find_target(const Context& context, const ResourceRef& ref);
// What is CREATING or DELETING keeps its tags and policy as they are; a policy wants a consumer
// that is ACTIVE. Error: ResourceInUseException.
base::Status expect_alterable(const Context& context, const Target& target);

base::Status set_tags(Context& context, const Target& target, store::Tags tags);
// Empty: none.
base::Status set_policy(Context& context, const Target& target, std::string_view policy);

}  // namespace millrace::kinesis
