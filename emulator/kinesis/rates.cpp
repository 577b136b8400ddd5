#include "emulator/kinesis/rates.hpp"

#include "emulator/engine/arn.hpp"

namespace millrace::kinesis {
namespace {

std::string_view text_of(const wire::Value& root, std::string_view member) {
  const auto& value = root[member];
  return value.kind() == wire::Kind::text ? value.as_text() : std::string_view{};
}

// The stream a request is about; an empty name: it is about none.
struct Subject {
  engine::Scope scope;
  std::string stream;
};

Subject subject_of(const engine::Scope& scope, const wire::Value& root) {
  for (const auto* member : {"StreamARN", "ConsumerARN", "ResourceARN"}) {
    const auto arn = engine::parse_arn(text_of(root, member));
    if (!arn) continue;
    if (!arn->kind) return {arn->scope, arn->name};
    if (*arn->kind == engine::ResourceKind::consumer) return {arn->scope, arn->owner};
  }
  return {scope, std::string{text_of(root, "StreamName")}};
}

bool limits_on(engine::Engine& engine, const Subject& subject) {
  const auto lock = engine.lock();
  const auto* stream =
      subject.stream.empty() ? nullptr : engine.find(subject.scope, subject.stream);
  return stream == nullptr ? engine.options().aws_limits : engine.limits_on(*stream);
}

}  // namespace

base::Status admit_call(engine::Engine& engine, const engine::Scope& scope,
                        const Operation& operation, const wire::Value& root) {
  const auto rate = operation.rate;
  if (rate.per_s == 0) return base::success();
  const auto subject = subject_of(scope, root);
  if (!limits_on(engine, subject)) return base::success();
  std::string key{operation.name};
  key += ' ' + subject.scope.account + ' ' + subject.scope.region;
  if (rate.of == Rate::Of::stream) key += ' ' + subject.stream;
  if (engine.call_rates().admit(key, engine.now_ms(), rate.per_s)) return base::success();
  // Both recorded from AWS: DescribeStream, counted by account, names the stream all the same.
  const auto stream =
      subject.stream.empty() ? std::string{} : "stream " + subject.stream + " under ";
  return base::Error{base::ErrorCode::limit_exceeded,
                     "Rate exceeded for " + stream + "account " + subject.scope.account + "."};
}

}  // namespace millrace::kinesis
