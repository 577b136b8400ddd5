#include "emulator/kinesis/targets.hpp"

#include "emulator/kinesis/consumers.hpp"
#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis {

using base::Error;
using base::ErrorCode;
using engine::ResourceKind;
using engine::ResourceStatus;

namespace {

// "Queue work under account 000000000000"
std::string titled(std::string_view kind, std::string_view name, std::string_view account) {
  std::string text{kind};
  if (!text.empty()) text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text + " " + std::string{name} + " under account " + std::string{account};
}

}  // namespace

const store::Tags& Target::tags() const {
  return stream != nullptr ? stream->row.tags : resource->row.tags;
}

const std::string& Target::policy() const {
  return stream != nullptr ? stream->row.policy : resource->row.policy;
}

Tagged Target::tagged() const {
  if (stream != nullptr) return {"stream", stream->row.name, stream->row.account};
  return {to_text(resource->kind), resource->row.name, resource->row.account};
}

base::Result<Target> find_target(const Context& context, const ResourceRef& ref) {
  const auto arn = engine::parse_arn(*ref.resource_arn);
  if (!arn) {
    return Error{ErrorCode::not_found, "Resource " + std::string{*ref.resource_arn} +
                                           " under account " + context.scope.account +
                                           " not found."};
  }
  if (!arn->kind) {
    BOOST_OUTCOME_TRY(const auto* stream, find_stream(context, StreamName{arn->scope, arn->name}));
    return Target{.stream = stream};
  }
  if (*arn->kind == ResourceKind::consumer) {
    BOOST_OUTCOME_TRY(const auto* consumer, find_consumer(context, *ref.resource_arn));
    return Target{.resource = consumer};
  }
  const auto* found = context.engine.resources().find(*arn, context.engine.now_ms());
  // A deleted stream takes along what read from it, also before it is tidied up.
  if (found == nullptr || context.engine.find(found->row.stream_id) == nullptr) {
    return Error{ErrorCode::not_found,
                 titled(to_text(*arn->kind), arn->name, arn->scope.account) + " not found."};
  }
  return Target{.resource = found};
}

base::Status expect_alterable(const Context& context, const Target& target) {
  const auto now = context.engine.now_ms();
  if (target.stream != nullptr) {
    if (target.stream->status(now) == engine::StreamStatus::updating) return base::success();
    return expect_active(context, *target.stream);
  }
  if (target.resource->kind == ResourceKind::consumer) {
    return expect_active(context, *target.resource);
  }
  const auto status = target.resource->status(now);
  if (status != ResourceStatus::creating && status != ResourceStatus::deleting) {
    return base::success();
  }
  const auto& row = target.resource->row;
  return Error{ErrorCode::in_use, titled(row.kind, row.name, row.account) +
                                      " not ACTIVE, instead in state " +
                                      std::string{to_text(status)}};
}

base::Status set_tags(Context& context, const Target& target, store::Tags tags) {
  if (target.stream != nullptr) return context.engine.set_tags(*target.stream, std::move(tags));
  return context.engine.alter_resource(*target.resource,
                                       [&](auto& row) { row.tags = std::move(tags); });
}

base::Status set_policy(Context& context, const Target& target, std::string_view policy) {
  const auto put = [&](auto& row) { row.policy = policy; };
  if (target.stream != nullptr) return context.engine.alter_stream(*target.stream, put);
  return context.engine.alter_resource(*target.resource, put);
}

}  // namespace millrace::kinesis
