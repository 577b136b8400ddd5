// Rows of consumers, channels and queues, of account settings, counted calls and named values.
#include "emulator/store/store.hpp"

namespace millrace::store {

base::Status Store::insert_resource(ResourceRow& resource) {
  BOOST_OUTCOME_TRY(
      auto insert,
      connection_.prepare("INSERT INTO resource (kind, stream_id, account, region, owner, name, "
                          "created_ms, transition, transition_until_ms, failed, settings, policy) "
                          "VALUES (?, ?, ?, ?, ?, ?, ?, '', 0, '', '', '')"));
  insert.bind(0, resource.kind).bind(1, resource.stream_id).bind(2, resource.account);
  insert.bind(3, resource.region).bind(4, resource.owner).bind(5, resource.name);
  BOOST_OUTCOME_TRY(insert.bind(6, resource.created_ms).run());
  resource.id = connection_.last_insert_id();
  return update_resource(resource);
}

base::Status Store::update_resource(const ResourceRow& resource) {
  BOOST_OUTCOME_TRY(auto update, connection_.prepare(
                                     "UPDATE resource SET transition = ?, transition_until_ms = ?, "
                                     "failed = ?, settings = ?, policy = ? WHERE id = ?"));
  update.bind(0, resource.transition).bind(1, resource.transition_until_ms);
  update.bind(2, resource.failed).bind(3, resource.settings).bind(4, resource.policy);
  BOOST_OUTCOME_TRY(update.bind(5, resource.id).run());
  BOOST_OUTCOME_TRY(auto remove,
                    connection_.prepare("DELETE FROM resource_tag WHERE resource_id = ?"));
  BOOST_OUTCOME_TRY(remove.bind(0, resource.id).run());
  BOOST_OUTCOME_TRY(auto tag, connection_.prepare("INSERT INTO resource_tag VALUES (?, ?, ?)"));
  for (const auto& [key, value] : resource.tags) {
    BOOST_OUTCOME_TRY(tag.bind(0, resource.id).bind(1, key).bind(2, value).run());
  }
  return base::success();
}

base::Status Store::delete_resource(std::int64_t resource_id) {
  BOOST_OUTCOME_TRY(auto remove, connection_.prepare("DELETE FROM resource WHERE id = ?"));
  return remove.bind(0, resource_id).run();
}

base::Result<std::vector<ResourceRow>> Store::load_resources() {
  BOOST_OUTCOME_TRY(
      auto row,
      connection_.prepare("SELECT id, kind, stream_id, account, region, owner, name, created_ms, "
                          "transition, transition_until_ms, failed, settings, policy "
                          "FROM resource ORDER BY id"));
  BOOST_OUTCOME_TRY(auto tag, connection_.prepare("SELECT key, value FROM resource_tag "
                                                  "WHERE resource_id = ? ORDER BY key"));
  std::vector<ResourceRow> resources;
  for (;;) {
    BOOST_OUTCOME_TRY(const bool found, row.step());
    if (!found) return resources;
    auto& resource = resources.emplace_back();
    resource.id = row.integer(0);
    resource.kind = row.text(1);
    resource.stream_id = row.integer(2);
    resource.account = row.text(3);
    resource.region = row.text(4);
    resource.owner = row.text(5);
    resource.name = row.text(6);
    resource.created_ms = row.integer(7);
    resource.transition = row.text(8);
    resource.transition_until_ms = row.integer(9);
    resource.failed = row.text(10);
    resource.settings = row.text(11);
    resource.policy = row.text(12);
    const ResetGuard guard{tag};
    tag.bind(0, resource.id);
    for (;;) {
      BOOST_OUTCOME_TRY(const bool tagged, tag.step());
      if (!tagged) break;
      resource.tags.emplace_back(tag.text(0), tag.text(1));
    }
  }
}

base::Status Store::set_account(const AccountSetting& setting) {
  BOOST_OUTCOME_TRY(
      auto write,
      connection_.prepare(setting.value.empty()
                              ? "DELETE FROM account_setting WHERE account = ? AND region = ? "
                                "AND key = ?"
                              : "INSERT OR REPLACE INTO account_setting VALUES (?, ?, ?, ?)"));
  write.bind(0, setting.account).bind(1, setting.region).bind(2, setting.key);
  if (!setting.value.empty()) write.bind(3, setting.value);
  return write.run();
}

base::Result<std::vector<AccountSetting>> Store::load_account_settings() {
  BOOST_OUTCOME_TRY(auto row,
                    connection_.prepare("SELECT account, region, key, value FROM account_setting"));
  std::vector<AccountSetting> settings;
  for (;;) {
    BOOST_OUTCOME_TRY(const bool found, row.step());
    if (!found) return settings;
    settings.push_back({std::string{row.text(0)}, std::string{row.text(1)},
                        std::string{row.text(2)}, std::string{row.text(3)}});
  }
}

base::Status Store::add_event(std::int64_t stream_id, std::string_view kind, std::int64_t time_ms,
                              std::int64_t forget_before_ms) {
  BOOST_OUTCOME_TRY(auto forget, connection_.prepare("DELETE FROM stream_event WHERE stream_id = ? "
                                                     "AND kind = ? AND time_ms < ?"));
  BOOST_OUTCOME_TRY(forget.bind(0, stream_id).bind(1, kind).bind(2, forget_before_ms).run());
  BOOST_OUTCOME_TRY(auto add, connection_.prepare("INSERT INTO stream_event VALUES (?, ?, ?)"));
  return add.bind(0, stream_id).bind(1, kind).bind(2, time_ms).run();
}

base::Result<std::int64_t> Store::count_events(std::int64_t stream_id, std::string_view kind,
                                               std::int64_t since_ms) {
  BOOST_OUTCOME_TRY(auto count,
                    connection_.prepare("SELECT count(*) FROM stream_event WHERE stream_id = ? "
                                        "AND kind = ? AND time_ms >= ?"));
  BOOST_OUTCOME_TRY(count.bind(0, stream_id).bind(1, kind).bind(2, since_ms).step());
  return count.integer(0);
}

base::Result<std::optional<std::string>> Store::meta(std::string_view key) {
  BOOST_OUTCOME_TRY(auto find, connection_.prepare("SELECT value FROM meta WHERE key = ?"));
  BOOST_OUTCOME_TRY(const bool found, find.bind(0, key).step());
  if (!found) return std::nullopt;
  return std::optional<std::string>{find.blob(0)};
}

base::Status Store::set_meta(std::string_view key, std::string_view value) {
  BOOST_OUTCOME_TRY(auto keep, connection_.prepare("INSERT OR REPLACE INTO meta VALUES (?, ?)"));
  return keep.bind(0, key).bind_blob(1, value).run();
}

}  // namespace millrace::store
