#include "emulator/engine/resources.hpp"

#include <algorithm>

#include <mutex>

namespace millrace::engine {

std::string_view to_text(ResourceStatus status) {
  switch (status) {
    case ResourceStatus::creating:
      return "CREATING";
    case ResourceStatus::active:
      return "ACTIVE";
    case ResourceStatus::updating:
      return "UPDATING";
    case ResourceStatus::deleting:
      return "DELETING";
    case ResourceStatus::failed:
      return "FAILED";
    case ResourceStatus::gone:
      return "GONE";
  }
  return "";
}

ResourceStatus Resource::status(std::int64_t now_ms) const {
  const bool under_way = now_ms < row.transition_until_ms;
  if (row.transition == "DELETING") {
    return under_way ? ResourceStatus::deleting : ResourceStatus::gone;
  }
  if (under_way && row.transition == "CREATING") return ResourceStatus::creating;
  if (under_way && row.transition == "UPDATING") return ResourceStatus::updating;
  return row.failed.empty() ? ResourceStatus::active : ResourceStatus::failed;
}

std::string Resource::arn() const {
  auto text = arn_prefix({row.account, row.region});
  if (kind == ResourceKind::consumer) {
    return text + "stream/" + row.owner + "/consumer/" + row.name + ":" +
           std::to_string(row.created_ms / 1000);
  }
  return text + std::string{to_text(kind)} + "/" + row.name;
}

const Resource* Resources::find(const Arn& arn, std::int64_t now_ms) const {
  if (!arn.kind) return nullptr;
  const auto at =
      resources_.find(Key{arn.scope.account, arn.scope.region, *arn.kind, arn.owner, arn.name});
  if (at == resources_.end() || at->second->status(now_ms) == ResourceStatus::gone) return nullptr;
  if (arn.created_s && *arn.created_s != at->second->row.created_ms / 1000) return nullptr;
  return at->second.get();
}

std::vector<const Resource*> Resources::list(const Scope& scope, ResourceKind kind,
                                             std::string_view owner, std::string_view after,
                                             std::size_t limit, std::int64_t now_ms) const {
  std::vector<const Resource*> found;
  for (auto at = resources_.upper_bound(
           Key{scope.account, scope.region, kind, std::string{owner}, std::string{after}});
       at != resources_.end() && found.size() < limit; ++at) {
    const auto& row = at->second->row;
    if (row.account != scope.account || row.region != scope.region || at->second->kind != kind ||
        row.owner != owner) {
      break;
    }
    if (at->second->status(now_ms) != ResourceStatus::gone) found.push_back(at->second.get());
  }
  return found;
}

std::vector<const Resource*> Resources::of_stream(std::int64_t stream_id, ResourceKind kind,
                                                  std::int64_t now_ms) const {
  auto found = all(kind, now_ms);
  std::erase_if(found, [&](const Resource* one) { return one->row.stream_id != stream_id; });
  return found;
}

std::vector<const Resource*> Resources::all(ResourceKind kind, std::int64_t now_ms) const {
  std::vector<const Resource*> found;
  for (const auto& [key, resource] : resources_) {
    if (resource->kind == kind && resource->status(now_ms) != ResourceStatus::gone) {
      found.push_back(resource.get());
    }
  }
  return found;
}

base::Result<const Resource*> Resources::create(store::ResourceRow row, std::int64_t now_ms,
                                                std::int64_t creating_ms) {
  const auto kind = parse_resource_kind(row.kind);
  KS_ASSERT(kind.has_value());
  row.created_ms = now_ms;
  row.transition = creating_ms > 0 ? "CREATING" : "";
  row.transition_until_ms = now_ms + creating_ms;
  const auto key = key_of(row, *kind);
  const auto old = resources_.find(key);  // deleted, only not tidied up yet
  if (old != resources_.end()) {
    KS_ASSERT(old->second->status(now_ms) == ResourceStatus::gone);
    BOOST_OUTCOME_TRY(store_.delete_resource(old->second->row.id));
  }
  BOOST_OUTCOME_TRY(store_.insert_resource(row));
  const std::unique_lock guard{mutex_};
  auto& kept = resources_[key];
  kept = std::make_unique<Resource>(Resource{*kind, std::move(row)});
  return kept.get();
}

base::Status Resources::update(store::ResourceRow row) {
  const auto kind = parse_resource_kind(row.kind);
  KS_ASSERT(kind.has_value());
  const auto at = resources_.find(key_of(row, *kind));
  KS_ASSERT(at != resources_.end() && at->second->row.id == row.id);
  BOOST_OUTCOME_TRY(store_.update_resource(row));
  const std::unique_lock guard{mutex_};
  at->second->row = std::move(row);
  return base::success();
}

base::Status Resources::remove(const Resource& resource, std::int64_t now_ms,
                               std::int64_t deleting_ms) {
  auto row = resource.row;
  if (row.transition == "DELETING") return base::success();
  row.transition = "DELETING";
  row.transition_until_ms = now_ms + deleting_ms;
  return update(std::move(row));
}

base::Status Resources::shift_transitions(std::int64_t now_ms, std::int64_t back_ms) {
  for (const auto& [key, resource] : resources_) {
    auto row = resource->row;
    if (row.transition.empty()) continue;
    if (now_ms < row.transition_until_ms || row.transition == "DELETING") {
      row.transition_until_ms -= back_ms;
    } else {
      row.transition.clear();
    }
    BOOST_OUTCOME_TRY(update(std::move(row)));
  }
  return base::success();
}

void Resources::bound_transitions(std::int64_t latest_ms) {
  for (const auto& [key, resource] : resources_) {
    auto& until = resource->row.transition_until_ms;
    until = std::min(until, latest_ms);
  }
}

base::Status Resources::tidy(std::int64_t now_ms) {
  for (auto at = resources_.begin(); at != resources_.end();) {
    if (at->second->status(now_ms) != ResourceStatus::gone) {
      ++at;
      continue;
    }
    BOOST_OUTCOME_TRY(store_.delete_resource(at->second->row.id));
    const std::unique_lock guard{mutex_};
    at = resources_.erase(at);
  }
  return base::success();
}

void Resources::forget_stream(std::int64_t stream_id) {
  const std::unique_lock guard{mutex_};
  std::erase_if(resources_,
                [&](const auto& entry) { return entry.second->row.stream_id == stream_id; });
}

base::Status Resources::load() {
  BOOST_OUTCOME_TRY(auto rows, store_.load_resources());
  std::map<Key, std::unique_ptr<Resource>> loaded;
  for (auto& row : rows) {
    const auto kind = parse_resource_kind(row.kind);
    if (!kind) {
      return base::Error{base::ErrorCode::io, "the data file is damaged: resource " +
                                                  std::to_string(row.id) + " is of the kind '" +
                                                  row.kind + "'"};
    }
    auto key = key_of(row, *kind);
    loaded[std::move(key)] = std::make_unique<Resource>(Resource{*kind, std::move(row)});
  }
  const std::unique_lock guard{mutex_};
  resources_ = std::move(loaded);
  return base::success();
}

}  // namespace millrace::engine
