#include "emulator/transfer/backup.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "emulator/store/database.hpp"
#include "emulator/store/schema.hpp"

namespace millrace::transfer {
namespace {

using base::Error;
using base::ErrorCode;
namespace fs = std::filesystem;

// A descriptor that is closed at the end of a scope.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

Error io_error(const std::string& what) {
  return {ErrorCode::io, what + ": " + std::strerror(errno)};
}

base::Status sync(const std::string& path) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.number() < 0 || ::fsync(file.number()) != 0) return io_error("cannot sync " + path);
  return base::success();
}

// Gives `made` its name unless there is a file of that name, and sees to it that both survive a
// power cut.
base::Status publish(const std::string& made, const std::string& name) {
  BOOST_OUTCOME_TRY(sync(made));
  if (::link(made.c_str(), name.c_str()) != 0) {
    if (errno != EEXIST) return io_error("cannot write " + name);
    return Error{ErrorCode::in_use, name + " exists already, and is left as it is"};
  }
  const auto folder = fs::path{name}.parent_path();
  return sync(folder.empty() ? "." : folder.string());
}

// Removes a file that is only half of something.
struct Scrap {
  const std::string path;
  ~Scrap() {
    std::error_code ignored;  // it was not made, or is gone
    fs::remove(path, ignored);
    fs::remove(path + "-journal", ignored);
  }
};

base::Result<std::string> first_text(store::Connection& connection, const char* sql) {
  BOOST_OUTCOME_TRY(auto row, connection.prepare(sql));
  BOOST_OUTCOME_TRY(const bool found, row.step());
  return std::string{found ? row.text(0) : ""};
}

// A file that this program can serve, from the first page to the last.
base::Status check(const std::string& file) {
  BOOST_OUTCOME_TRY(auto connection,
                    store::Connection::open(file, store::Connection::Access::read_only));
  auto version = first_text(connection, "PRAGMA user_version");
  if (!version) return version.error().in(file);
  const auto number = std::stoi("0" + version.value());
  if (number < 1 || number > store::schema_version) {
    return Error{ErrorCode::io, file + " is no data file that this version knows (its schema is " +
                                    version.value() + ", this program knows 1 to " +
                                    std::to_string(store::schema_version) + ")"};
  }
  auto whole = first_text(connection, "PRAGMA integrity_check(1)");
  if (!whole) return whole.error().in(file);
  if (whole.value() != "ok") {
    return Error{ErrorCode::io, file + " is damaged: " + whole.value()};
  }
  return base::success();
}

}  // namespace

base::Result<std::int64_t> back_up(const std::string& directory, const std::string& file) {
  const auto database = directory + "/millrace.db";
  if (!fs::exists(database)) {
    return Error{ErrorCode::not_found, "there is no data file " + database};
  }
  if (fs::exists(file)) {
    return Error{ErrorCode::in_use, file + " exists already, and is left as it is"};
  }
  const Scrap half{file + ".part-" + std::to_string(::getpid())};
  {
    BOOST_OUTCOME_TRY(auto connection,
                      store::Connection::open(database, store::Connection::Access::read_write));
    // Who closes last would fold the log into the file: that is the emulator's to do.
    sqlite3_db_config(connection.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    BOOST_OUTCOME_TRY(auto copy, connection.prepare("VACUUM INTO ?"));
    auto copied = copy.bind(0, half.path).run();
    if (!copied)
      return Error{ErrorCode::io,
                   "cannot write " + file + ": " + sqlite3_errmsg(connection.handle())};
  }
  BOOST_OUTCOME_TRY(check(half.path));
  BOOST_OUTCOME_TRY(publish(half.path, file));
  std::error_code failed;
  const auto size = fs::file_size(file, failed);
  return failed ? std::int64_t{0} : static_cast<std::int64_t>(size);
}

base::Status restore(const std::string& file, const std::string& directory) {
  if (!fs::is_regular_file(file)) {
    return Error{ErrorCode::not_found, "there is no file " + file};
  }
  BOOST_OUTCOME_TRY(check(file));
  std::error_code failed;
  fs::create_directories(directory, failed);
  if (failed) {
    return Error{ErrorCode::io, "cannot make " + directory + ": " + failed.message()};
  }
  const Descriptor lock{::open((directory + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)};
  if (lock.number() < 0) return io_error("cannot write to " + directory);
  if (::flock(lock.number(), LOCK_EX | LOCK_NB) != 0) {
    return Error{ErrorCode::in_use, directory + " is in use by a millrace-emulator"};
  }
  const auto database = directory + "/millrace.db";
  for (const char* part : {"", "-wal"}) {
    if (fs::exists(database + part)) {
      return Error{ErrorCode::in_use, database + part + " exists already, and is left as it is"};
    }
  }
  const Scrap half{database + ".part"};
  fs::copy_file(file, half.path, fs::copy_options::overwrite_existing, failed);
  if (failed) {
    return Error{ErrorCode::io, "cannot copy to " + database + ": " + failed.message()};
  }
  return publish(half.path, database);
}

}  // namespace millrace::transfer
