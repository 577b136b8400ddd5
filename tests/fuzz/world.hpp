// An emulator without sockets that every input finds in the same state, without being made anew:
// to create the tables and whatever the inputs start from takes a hundred times as long as to put
// the rows back.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/fuzz/target.hpp"
#include "tests/support/queue.hpp"

namespace millrace::fuzz {

class World {
 public:
  // `prepare` makes what inputs start from; it puts no records, which are not all in tables.
  explicit World(const std::function<void(test::QueueFixture&)>& prepare) {
    prepare(at_);
    now_ms_ = base::to_epoch_ms(at_.service.clock.now());
    keep();
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // As after `prepare`.
  test::QueueFixture& begin() {
    if (!fresh_) put_back();
    fresh_ = false;
    return at_;
  }

 private:
  void run(const std::string& sql) {
    const auto done = at_.service.store().writer().run(sql.c_str());
    FUZZ_CHECK_SAY(done.has_value(), sql + ": " + done.error().message());
  }
  store::Statement prepare(const std::string& sql) {
    auto made = at_.service.store().writer().prepare(sql);
    FUZZ_CHECK_SAY(made.has_value(), sql + ": " + made.error().message());
    return std::move(made).value();
  }
  void run(store::Statement& statement) { FUZZ_CHECK(statement.run().has_value()); }

  // A copy of every table, and how to put it back.
  void keep() {
    run("ATTACH ':memory:' AS kept");
    std::vector<std::string> names{"sqlite_sequence"};
    {
      auto row = prepare(
          "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT "
          "LIKE 'sqlite%'");
      while (row.step().value()) names.emplace_back(row.text(0));
    }
    run("PRAGMA foreign_keys = OFF");
    for (const auto& name : names) {
      const auto copy = "kept.\"copy_of_" + name + "\"";
      run("CREATE TABLE " + copy + " AS SELECT * FROM main.\"" + name + '"');
      put_back_.push_back(prepare("DELETE FROM main.\"" + name + '"'));
      put_back_.push_back(prepare("INSERT INTO main.\"" + name + "\" SELECT * FROM " + copy));
    }
    run("PRAGMA foreign_keys = ON");
    begin_ = prepare("BEGIN");
    commit_ = prepare("COMMIT");
    last_shard_ = prepare(
        "SELECT coalesce(max(seq), 0) FROM main.sqlite_sequence WHERE name = "
        "'shard'");
    references_off_ = prepare("PRAGMA foreign_keys = OFF");
    references_on_ = prepare("PRAGMA foreign_keys = ON");
  }

  // The newest records are in memory only. Trimming makes them rows, all at once.
  void settle() {
    auto& store = at_.service.store();
    FUZZ_CHECK(last_shard_->step().value());
    const auto last = last_shard_->integer(0);
    last_shard_->reset();
    FUZZ_CHECK(store.begin().has_value());
    for (std::int64_t id = 1; id <= last; ++id) {
      store::ShardRow shard;
      shard.key = {id};
      FUZZ_CHECK(store.trim(shard, store::max_index, 1).has_value());
    }
    FUZZ_CHECK(store.commit().has_value());
  }

  void put_back() {
    at_.service.close_engine();
    settle();
    run(*references_off_);
    run(*begin_);
    for (auto& statement : put_back_) run(statement);
    run(*commit_);
    run(*references_on_);
    at_.service.clock.set(now_ms_);
    at_.service.open_engine();
  }

  test::QueueFixture at_;
  std::int64_t now_ms_ = 0;
  bool fresh_ = true;
  std::vector<store::Statement> put_back_;
  std::optional<store::Statement> begin_, commit_, last_shard_, references_off_, references_on_;
};

}  // namespace millrace::fuzz
