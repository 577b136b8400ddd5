// Version 4 of the data file: records lie packed, several in a row. packed.hpp says how,
// records.hpp when.
#include "emulator/store/records.hpp"
#include "emulator/store/schema.hpp"

namespace millrace::store {
namespace {

constexpr const char* tables = R"sql(
-- Records of one shard whose indexes follow one another.
CREATE TABLE chunk (
  id INTEGER PRIMARY KEY,             -- shard.id * 2^40 + index of the first
  count INTEGER NOT NULL,
  first_ms INTEGER NOT NULL,          -- arrival of the first and the last
  last_ms INTEGER NOT NULL,
  head TEXT NOT NULL,                 -- [[ms after the first, place, size of key, size of data],...]
  body BLOB NOT NULL                  -- at each place a key and behind it the data
);
-- The newest records, in the order in which they came; they are in no chunk yet. A commit is a row.
CREATE TABLE journal (
  id INTEGER PRIMARY KEY,
  head TEXT NOT NULL,                 -- [[shard.id, index, ms since 1970, place, size, size],...]
  body BLOB NOT NULL
);
DROP VIEW records;
)sql";

// Both tables taken apart; what `records` is made of. A shard's records are in order: those in
// chunks are the older ones.
constexpr const char* unpacked = R"sql(
CREATE VIEW unpacked AS
  SELECT id, time_ms, CAST(substr(body, at + 1, key_size) AS TEXT) AS partition_key,
    substr(body, at + coalesce(key_size, 0) + 1, data_size) AS data
  FROM (
    SELECT chunk.id + one.key AS id, first_ms + json_extract(one.value, '$[0]') AS time_ms,
      json_extract(one.value, '$[1]') AS at, json_extract(one.value, '$[2]') AS key_size,
      json_extract(one.value, '$[3]') AS data_size, body
    FROM chunk CROSS JOIN json_each(chunk.head) AS one
    UNION ALL
    SELECT (json_extract(one.value, '$[0]') << 40) + json_extract(one.value, '$[1]'),
      json_extract(one.value, '$[2]'), json_extract(one.value, '$[3]'),
      json_extract(one.value, '$[4]'), json_extract(one.value, '$[5]'), body
    FROM journal CROSS JOIN json_each(journal.head) AS one
  );
)sql";

base::Status pack_records(Connection& connection) {
  BOOST_OUTCOME_TRY(auto chunks, ChunkWriter::open(connection));
  BOOST_OUTCOME_TRY(auto row, connection.prepare("SELECT id, time_ms, partition_key, data "
                                                 "FROM record ORDER BY id"));
  RecordBatch one;
  ShardKey shard;
  for (;;) {
    BOOST_OUTCOME_TRY(const bool found, row.step());
    if (!found) return chunks.finish();
    if (shard_of(row.integer(0)) != shard) {
      BOOST_OUTCOME_TRY(chunks.finish());
      shard = shard_of(row.integer(0));
    }
    one.clear();
    one.append(index_of(row.integer(0)), row.integer(1), !row.is_null(2), row.text(2), row.blob(3));
    BOOST_OUTCOME_TRY(chunks.add(shard, one, one.entries.front()));
  }
}

}  // namespace

base::Status make_version_4(Connection& connection) {
  BOOST_OUTCOME_TRY(connection.run(tables));
  BOOST_OUTCOME_TRY(pack_records(connection));
  BOOST_OUTCOME_TRY(connection.run("DROP TABLE record"));
  BOOST_OUTCOME_TRY(connection.run(unpacked));
  return connection.run(records_view("unpacked").c_str());
}

}  // namespace millrace::store
