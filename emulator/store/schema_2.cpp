// Version 2 of the data file: the rest of what the API keeps.
#include "emulator/store/schema.hpp"

namespace millrace::store {

// Consumers, channels and queues are alike: they read from one stream, have a life cycle, tags and
// a policy. What is special to a kind is JSON in `settings`.
const char* const version_2 = R"sql(
ALTER TABLE stream ADD COLUMN encryption_key TEXT NOT NULL DEFAULT '';  -- KMS key id; empty: none
ALTER TABLE stream ADD COLUMN metrics TEXT NOT NULL DEFAULT '';    -- shard-level, with commas between
ALTER TABLE stream ADD COLUMN warm_mibps INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stream ADD COLUMN limits TEXT NOT NULL DEFAULT '';     -- aws or off; empty: the server's
ALTER TABLE stream ADD COLUMN policy TEXT NOT NULL DEFAULT '';     -- JSON; empty: none
CREATE TABLE resource (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,                 -- consumer, channel, queue
  stream_id INTEGER NOT NULL REFERENCES stream (id) ON DELETE CASCADE,  -- that it reads from
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  owner TEXT NOT NULL,                -- stream name of a consumer; empty otherwise
  name TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  transition TEXT NOT NULL,           -- CREATING, UPDATING, DELETING; empty: none
  transition_until_ms INTEGER NOT NULL,
  failed TEXT NOT NULL,               -- why it is FAILED; empty: it is not
  settings TEXT NOT NULL,
  policy TEXT NOT NULL,
  UNIQUE (account, region, kind, owner, name)
);
CREATE TABLE resource_tag (
  resource_id INTEGER NOT NULL REFERENCES resource (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (resource_id, key)
) WITHOUT ROWID;
CREATE INDEX resource_stream ON resource (stream_id);
-- How far a channel has delivered each shard.
CREATE TABLE channel_progress (
  resource_id INTEGER NOT NULL REFERENCES resource (id) ON DELETE CASCADE,
  shard_id INTEGER NOT NULL,
  next_index INTEGER NOT NULL,        -- of the record that is delivered next
  PRIMARY KEY (resource_id, shard_id)
) WITHOUT ROWID;
-- What is set for an account in a region as a whole: one row a setting.
CREATE TABLE account_setting (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (account, region, key)
) WITHOUT ROWID;
-- Calls that are counted over a day (UpdateShardCount, mode switches, encryption).
CREATE TABLE stream_event (
  stream_id INTEGER NOT NULL REFERENCES stream (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  time_ms INTEGER NOT NULL
);
CREATE INDEX stream_event_at ON stream_event (stream_id, kind, time_ms);
-- How far a queue has got in a shard. No row: it has not begun with it.
CREATE TABLE queue_shard (
  queue_id INTEGER NOT NULL REFERENCES resource (id) ON DELETE CASCADE,
  shard_id INTEGER NOT NULL REFERENCES shard (id) ON DELETE CASCADE,
  next_index INTEGER NOT NULL,
  PRIMARY KEY (queue_id, shard_id)
) WITHOUT ROWID;
CREATE INDEX queue_shard_shard ON queue_shard (shard_id);
-- Records that were received from a queue and not acknowledged.
CREATE TABLE queue_record (
  record_id INTEGER NOT NULL,
  queue_id INTEGER NOT NULL REFERENCES resource (id) ON DELETE CASCADE,
  receives INTEGER NOT NULL,          -- since it came or was restored
  deliveries INTEGER NOT NULL,        -- ever; only the newest one's receipt handle is valid
  first_ms INTEGER NOT NULL,
  visible_ms INTEGER NOT NULL,        -- in flight until then
  dead INTEGER NOT NULL,              -- 1: a dead letter, or one as soon as it is visible
  taken_dead INTEGER NOT NULL,        -- 1: last received as a dead letter
  PRIMARY KEY (record_id, queue_id)   -- by the record: trimming takes whole ranges
) WITHOUT ROWID;
CREATE INDEX queue_record_visible ON queue_record (queue_id, dead, visible_ms);
CREATE TRIGGER queue_record_shard AFTER DELETE ON shard BEGIN
  DELETE FROM queue_record WHERE record_id >= old.id << 40 AND record_id < (old.id + 1) << 40;
END;
)sql";

}  // namespace millrace::store
