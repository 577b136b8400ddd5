#include "emulator/store/schema.hpp"

#include <array>
#include <iterator>
#include <string>

namespace millrace::store {
namespace {

// record.id = shard.id * 2^40 + the record's index in its shard: one b-tree holds all shards, a
// shard's records lie side by side in order, and a read from any position is one seek.
constexpr const char* version_1 = R"sql(
CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE stream (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  mode TEXT NOT NULL,                 -- PROVISIONED or ON_DEMAND
  distribution TEXT NOT NULL,         -- USER_PARTITION_KEY or AUTO
  created_ms INTEGER NOT NULL,
  transition TEXT NOT NULL,           -- CREATING, UPDATING, DELETING; empty: none
  transition_until_ms INTEGER NOT NULL,
  retention_hours INTEGER NOT NULL,
  max_record_kib INTEGER NOT NULL,
  UNIQUE (account, region, name)
);
CREATE TABLE tag (
  stream_id INTEGER NOT NULL REFERENCES stream (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (stream_id, key)
) WITHOUT ROWID;
CREATE TABLE shard (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  stream_id INTEGER NOT NULL REFERENCES stream (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,            -- of shardId-000000000000
  hash_start TEXT NOT NULL,           -- decimal
  hash_end TEXT NOT NULL,
  created_s INTEGER NOT NULL,
  parent INTEGER,                     -- numbers of the parents, of a split or merge
  adjacent_parent INTEGER,
  closed_ms INTEGER,                  -- null: open
  next_index INTEGER NOT NULL,        -- at least this, also when all records are trimmed
  last_ms INTEGER NOT NULL,           -- arrival times do not go below this
  UNIQUE (stream_id, number)
);
CREATE TABLE record (
  id INTEGER PRIMARY KEY,
  time_ms INTEGER NOT NULL,
  partition_key TEXT,
  data BLOB NOT NULL
);
-- Shards of deleted streams; their records are erased little by little.
CREATE TABLE doomed_shard (id INTEGER PRIMARY KEY);
)sql";

// The `records` view writes a sequence number as AWS does. It is a 186-bit number, a sum of fields
// times powers of 16, so it is added up here in limbs of six decimal digits with carries.
// Columns: the constant part, and the factors of creation time, shard nibble, index, time and
// shard.
constexpr std::array<std::array<int, 6>, 10> limbs = {{{269634, 686656, 980416, 706176, 476736, 16},
                                                       {909875, 784095, 361505, 629174, 68719, 0},
                                                       {799651, 362373, 272648, 819614, 0, 0},
                                                       {893875, 571492, 535718, 208925, 0, 0},
                                                       {868809, 970264, 623141, 1, 0, 0},
                                                       {467104, 176489, 198530, 0, 0, 0},
                                                       {443467, 811923, 300745, 0, 0, 0},
                                                       {307708, 356, 22, 0, 0, 0},
                                                       {39857, 0, 0, 0, 0, 0},
                                                       {49, 0, 0, 0, 0, 0}}};

base::Status apply(Connection& connection, int version) {
  if (version == 1) {
    BOOST_OUTCOME_TRY(connection.run(version_1));
    BOOST_OUTCOME_TRY(connection.run(records_view("record").c_str()));
  }
  if (version == 2) {
    BOOST_OUTCOME_TRY(connection.run(version_2));
  }
  if (version == 3) {
    BOOST_OUTCOME_TRY(connection.run(version_3));
  }
  if (version == 4) {
    BOOST_OUTCOME_TRY(make_version_4(connection));
  }
  const auto set = "PRAGMA user_version = " + std::to_string(version);
  return connection.run(set.c_str());
}

base::Result<int> current_version(Connection& connection) {
  BOOST_OUTCOME_TRY(auto statement, connection.prepare("PRAGMA user_version"));
  BOOST_OUTCOME_TRY(const bool found, statement.step());
  return found ? static_cast<int>(statement.integer(0)) : 0;
}

base::Result<bool> is_empty(Connection& connection) {
  BOOST_OUTCOME_TRY(auto statement, connection.prepare("SELECT count(*) FROM sqlite_schema"));
  BOOST_OUTCOME_TRY(statement.step());
  return statement.integer(0) == 0;
}

}  // namespace

std::string records_view(const std::string& source) {
  constexpr std::array<const char*, 6> fields = {
      "", "created_s", "(number & 15)", "(id & 1099511627775)", "time_s", "number"};
  std::string sums;
  for (std::size_t i = 0; i < limbs.size(); ++i) {
    sums += ", " + std::to_string(limbs[i][0]);
    for (std::size_t f = 1; f < fields.size(); ++f) {
      if (limbs[i][f] != 0)
        sums += std::string{" + "} + fields[f] + " * " + std::to_string(limbs[i][f]);
    }
    sums += " AS l" + std::to_string(i);
  }
  std::string from =
      "(SELECT *" + sums +
      " FROM (SELECT record.id, stream.account, stream.region, stream.name AS stream, "
      "shard.number, "
      "shard.created_s, record.time_ms, max(record.time_ms / 1000, shard.created_s) AS time_s, "
      "partition_key, data FROM " +
      source +
      " AS record CROSS JOIN shard ON shard.id = record.id >> 40 "
      "CROSS JOIN stream ON stream.id = shard.stream_id))";
  std::string format = "%d";
  std::string arguments = ", l9";
  for (std::size_t i = 1; i < limbs.size(); ++i) {
    const auto to = "l" + std::to_string(i);
    const auto by = "l" + std::to_string(i - 1);
    std::string kept = "id, account, region, stream, number, time_ms, partition_key, data";
    for (std::size_t k = 0; k < limbs.size(); ++k) {
      if (k != i) kept += ", l" + std::to_string(k);
    }
    from =
        "(SELECT " + kept + ", " + to + " + " + by + " / 1000000 AS " + to + " FROM " + from + ")";
    format += "%06d";
    arguments += ", l" + std::to_string(limbs.size() - 1 - i) + " % 1000000";
  }
  return "CREATE VIEW records AS SELECT account, region, stream, "
         "printf('shardId-%012d', number) AS shard, printf('" +
         format + "'" + arguments +
         ") AS sequence_number, strftime('%Y-%m-%dT%H:%M:%fZ', time_ms / 1000.0, 'unixepoch') AS "
         "time, "
         "partition_key, data FROM " +
         from + ";";
}

base::Status migrate(Connection& connection) {
  BOOST_OUTCOME_TRY(const int found, current_version(connection));
  if (found > schema_version) {
    return base::Error{base::ErrorCode::io,
                       "the data file was written by a newer version (its schema is " +
                           std::to_string(found) + ", this program knows up to " +
                           std::to_string(schema_version) + ")"};
  }
  if (found == schema_version) return base::success();
  if (found == 0) {
    BOOST_OUTCOME_TRY(const bool empty, is_empty(connection));
    if (!empty) {
      return base::Error{base::ErrorCode::io,
                         "the file is an SQLite database, but not one of Millrace"};
    }
  }
  BOOST_OUTCOME_TRY(connection.run("BEGIN IMMEDIATE"));
  for (int version = found + 1; version <= schema_version; ++version) {
    auto applied = apply(connection, version);
    if (!applied) {
      // The error that counts is the first one.
      (void)connection.run("ROLLBACK");
      return applied;
    }
  }
  return connection.run("COMMIT");
}

}  // namespace millrace::store
