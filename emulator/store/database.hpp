// A thin layer over SQLite: a connection, a statement that is kept, and errors as Results.
//
// Neither is thread-safe: each connection, with its statements, belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace millrace::store {

class Statement;

class Connection {
 public:
  enum class Access { read_write, read_only };
  // path: a file, or ":memory:".
  static base::Result<Connection> open(const std::string& path, Access access);

  // Runs literal SQL, several statements at once allowed.
  base::Status run(const char* sql);
  base::Result<Statement> prepare(std::string_view sql);
  // The error of the last failed call.
  [[nodiscard]] base::Error error(const char* doing) const;
  // Rows changed by the last INSERT, UPDATE or DELETE.
  [[nodiscard]] std::int64_t changes() const;
  [[nodiscard]] std::int64_t last_insert_id() const;
  [[nodiscard]] bool in_transaction() const;
  // Closing it does not move the write-ahead log into the data file.
  void keep_log();
  [[nodiscard]] sqlite3* handle() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  explicit Connection(sqlite3* handle) : handle_(handle) {}
  std::unique_ptr<sqlite3, Close> handle_;
};

// Prepared once, run often. Parameters and columns count from 0. Texts and blobs that are bound
// must live until reset() or run(); views of columns live until the next step() or reset().
class Statement {
 public:
  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, std::string_view text);
  Statement& bind_blob(int index, std::string_view bytes);
  Statement& bind_null(int index);

  // True while there is a row.
  base::Result<bool> step();
  // For statements without rows: steps to the end and resets.
  base::Status run();
  void reset();

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::string_view blob(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  friend class Connection;
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const;
  };
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

// Resets a statement at the end of a scope, so that a reader never keeps an old snapshot open.
class ResetGuard {
 public:
  explicit ResetGuard(Statement& statement) : statement_(statement) {}
  ~ResetGuard() { statement_.reset(); }
  ResetGuard(const ResetGuard&) = delete;
  ResetGuard& operator=(const ResetGuard&) = delete;

 private:
  Statement& statement_;
};

}  // namespace millrace::store
