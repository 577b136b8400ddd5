#include "emulator/store/database.hpp"

#include <sqlite3.h>

namespace millrace::store {

using base::Error;
using base::ErrorCode;

void Connection::Close::operator()(sqlite3* handle) const {
  sqlite3_close_v2(handle);
}
void Statement::Finalize::operator()(sqlite3_stmt* handle) const {
  sqlite3_finalize(handle);
}

base::Result<Connection> Connection::open(const std::string& path, Access access) {
  // Counting what SQLite allocates costs a mutex an allocation. Too late once SQLite is in use (a
  // test may have been there first), and then it only is slower.
  static const int counted [[maybe_unused]] = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  sqlite3* handle = nullptr;
  // No mutex of SQLite's: a connection belongs to one thread at a time by design.
  const int flags = SQLITE_OPEN_NOMUTEX |
                    (access == Access::read_write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                                  : SQLITE_OPEN_READONLY);
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  Connection connection{handle};
  if (code != SQLITE_OK) {
    const char* why = handle ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
    return Error{ErrorCode::io, "cannot open the data file " + path + ": " + why};
  }
  sqlite3_busy_timeout(handle, 5000);
  return connection;
}

base::Error Connection::error(const char* doing) const {
  return {ErrorCode::io, std::string{doing} + ": " + sqlite3_errmsg(handle_.get())};
}

base::Status Connection::run(const char* sql) {
  if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) return error(sql);
  return base::success();
}

base::Result<Statement> Connection::prepare(std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  if (sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &handle, nullptr) != SQLITE_OK) {
    return error(std::string{sql}.c_str());
  }
  return Statement{handle};
}

std::int64_t Connection::changes() const {
  return sqlite3_changes64(handle_.get());
}
std::int64_t Connection::last_insert_id() const {
  return sqlite3_last_insert_rowid(handle_.get());
}
void Connection::keep_log() {
  sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}
bool Connection::in_transaction() const {
  return sqlite3_get_autocommit(handle_.get()) == 0;
}

Statement& Statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(handle_.get(), index + 1, value);
  return *this;
}

Statement& Statement::bind(int index, std::string_view text) {
  // A view of nothing has a null pointer, which SQLite would take for NULL.
  sqlite3_bind_text64(handle_.get(), index + 1, text.empty() ? "" : text.data(), text.size(),
                      SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_blob(int index, std::string_view bytes) {
  sqlite3_bind_blob64(handle_.get(), index + 1, bytes.empty() ? "" : bytes.data(), bytes.size(),
                      SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind_null(int index) {
  sqlite3_bind_null(handle_.get(), index + 1);
  return *this;
}

base::Result<bool> Statement::step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return Error{ErrorCode::io, std::string{sqlite3_sql(handle_.get())} + ": " +
                                  sqlite3_errmsg(sqlite3_db_handle(handle_.get()))};
}

base::Status Statement::run() {
  auto stepped = step();
  reset();
  if (!stepped) return stepped.error();
  return base::success();
}

void Statement::reset() {
  sqlite3_reset(handle_.get());
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}

std::string_view Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  return {text ? text : "", static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

std::string_view Statement::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
  return {bytes ? bytes : "",
          static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

}  // namespace millrace::store
