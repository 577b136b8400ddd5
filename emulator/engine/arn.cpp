#include "emulator/engine/arn.hpp"

#include <array>

#include "common/base/result.hpp"

namespace millrace::engine {
namespace {

constexpr std::array kinds = {std::pair{ResourceKind::consumer, std::string_view{"consumer"}},
                              std::pair{ResourceKind::channel, std::string_view{"channel"}},
                              std::pair{ResourceKind::queue, std::string_view{"queue"}}};

// Takes "prefix" off the front; false when it is not there.
bool strip(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::optional<std::int64_t> parse_seconds(std::string_view text) {
  if (text.empty() || text.size() > 15) return std::nullopt;
  std::int64_t seconds = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    seconds = seconds * 10 + (c - '0');
  }
  return seconds;
}

}  // namespace

std::string_view to_text(ResourceKind kind) {
  for (const auto& [one, text] : kinds) {
    if (one == kind) return text;
  }
  return "";
}

std::optional<ResourceKind> parse_resource_kind(std::string_view text) {
  for (const auto& [kind, name] : kinds) {
    if (name == text) return kind;
  }
  return std::nullopt;
}

std::optional<Arn> parse_arn(std::string_view text) {
  std::array<std::string_view, 5> parts;
  for (auto& part : parts) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    part = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (parts[0] != "arn" || parts[2] != "kinesis") return std::nullopt;
  Arn arn;
  arn.scope = {.account = std::string{parts[4]}, .region = std::string{parts[3]}};
  if (strip(text, "channel/")) {
    arn.kind = ResourceKind::channel;
  } else if (strip(text, "queue/")) {
    arn.kind = ResourceKind::queue;
  } else if (!strip(text, "stream/")) {
    return std::nullopt;
  }
  const auto slash = text.find('/');
  if (!arn.kind && slash != std::string_view::npos) {
    arn.owner = text.substr(0, slash);
    text.remove_prefix(slash + 1);
    if (!strip(text, "consumer/")) return std::nullopt;
    arn.kind = ResourceKind::consumer;
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    arn.created_s = parse_seconds(text.substr(colon + 1));
    if (!arn.created_s) return std::nullopt;
    text = text.substr(0, colon);
  }
  arn.name = text;
  if (arn.name.empty()) return std::nullopt;
  return arn;
}

std::string arn_prefix(const Scope& scope) {
  std::string partition = "aws";
  if (scope.region.starts_with("cn-")) partition = "aws-cn";
  if (scope.region.starts_with("us-gov-")) partition = "aws-us-gov";
  return "arn:" + partition + ":kinesis:" + scope.region + ":" + scope.account + ":";
}

}  // namespace millrace::engine
