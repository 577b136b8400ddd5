// What is kept for whole accounts, for resources, and of calls that are counted over a day.
#include "emulator/engine/engine.hpp"

namespace millrace::engine {
namespace {

constexpr std::int64_t day_ms = 86'400'000;

}  // namespace

base::Status Engine::load_account() {
  BOOST_OUTCOME_TRY(auto rows, store_.load_account_settings());
  const std::unique_lock guard{mutex_};
  account_settings_.clear();
  for (auto& row : rows) {
    account_settings_[{row.account, row.region, row.key}] = std::move(row.value);
  }
  return base::success();
}

std::string Engine::account_setting(const Scope& scope, std::string_view key) const {
  const auto at = account_settings_.find({scope.account, scope.region, std::string{key}});
  return at == account_settings_.end() ? std::string{} : at->second;
}

base::Status Engine::set_account(const Scope& scope, std::string_view key, std::string_view value) {
  BOOST_OUTCOME_TRY(
      store_.set_account({scope.account, scope.region, std::string{key}, std::string{value}}));
  const std::unique_lock guard{mutex_};
  account_settings_[{scope.account, scope.region, std::string{key}}] = value;
  return base::success();
}

base::Result<std::int64_t> Engine::events_today(const Stream& stream, std::string_view kind) {
  return store_.count_events(stream.row.id, kind, now_ms() - day_ms);
}

base::Status Engine::add_event(const Stream& stream, std::string_view kind) {
  return store_.add_event(stream.row.id, kind, now_ms(), now_ms() - day_ms);
}

base::Result<const Resource*> Engine::create_resource(const Stream& stream,
                                                      store::ResourceRow row) {
  row.stream_id = stream.row.id;
  row.account = stream.row.account;
  row.region = stream.row.region;
  const Resource* made = nullptr;
  BOOST_OUTCOME_TRY(atomically([&]() -> base::Status {
    BOOST_OUTCOME_TRY(made, resources_.create(std::move(row), now_ms(), options_.transition_ms));
    return base::success();
  }));
  signals_.note(stream.row.id);
  return made;
}

base::Status Engine::replace_row(const Resource& resource, store::ResourceRow row) {
  signals_.note(resource.row.stream_id);
  return atomically([&] { return resources_.update(std::move(row)); });
}

base::Status Engine::delete_resource(const Resource& resource) {
  signals_.note(resource.row.stream_id);
  return atomically([&] { return resources_.remove(resource, now_ms(), options_.transition_ms); });
}

}  // namespace millrace::engine
