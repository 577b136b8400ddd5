#include "emulator/store/log_file.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace millrace::store {
namespace {

using base::Error;
using base::ErrorCode;

// SQLite writes at most 128 KiB at once.
constexpr std::size_t piece = 1 << 16;

// A file opened through SQLite's own layer, so that tests with a disk of their own see it.
class File {
 public:
  File(sqlite3_vfs& vfs, const char* name)
      : memory_(std::make_unique<char[]>(static_cast<std::size_t>(vfs.szOsFile))) {
    std::fill_n(memory_.get(), vfs.szOsFile, '\0');
    code_ = vfs.xOpen(&vfs, name, handle(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL, nullptr);
  }
  ~File() {
    if (handle()->pMethods != nullptr) handle()->pMethods->xClose(handle());
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int write_again() {
    if (code_ != SQLITE_OK) return code_;
    const auto& methods = *handle()->pMethods;
    sqlite3_int64 size = 0;
    if (const int code = methods.xFileSize(handle(), &size)) return code;
    std::vector<char> bytes(std::min<std::size_t>(piece, static_cast<std::size_t>(size)));
    for (sqlite3_int64 at = 0; at < size; at += static_cast<sqlite3_int64>(bytes.size())) {
      const auto some = static_cast<int>(
          std::min<sqlite3_int64>(static_cast<sqlite3_int64>(bytes.size()), size - at));
      if (const int code = methods.xRead(handle(), bytes.data(), some, at)) return code;
      if (const int code = methods.xWrite(handle(), bytes.data(), some, at)) return code;
    }
    return size == 0 ? SQLITE_OK : methods.xSync(handle(), SQLITE_SYNC_NORMAL);
  }

 private:
  sqlite3_file* handle() { return reinterpret_cast<sqlite3_file*>(memory_.get()); }
  std::unique_ptr<char[]> memory_;
  int code_ = SQLITE_OK;
};

}  // namespace

base::Status write_log_again(const std::string& database) {
  if (sqlite3_initialize() != SQLITE_OK) {
    return Error{ErrorCode::internal, "SQLite does not start"};
  }
  auto* vfs = sqlite3_vfs_find(nullptr);
  const auto log = database + "-wal";
  std::vector<char> full(static_cast<std::size_t>(vfs->mxPathname) + 1);
  int found = 0;
  if (vfs->xFullPathname(vfs, log.c_str(), static_cast<int>(full.size()), full.data()) !=
          SQLITE_OK ||
      vfs->xAccess(vfs, full.data(), SQLITE_ACCESS_EXISTS, &found) != SQLITE_OK) {
    return Error{ErrorCode::io, "cannot look for " + log};
  }
  if (found == 0) return base::success();
  // SQLite's own layer wants names made by it.
  const std::string main{full.data(), std::string{full.data()}.size() - 4};
  const auto* names = sqlite3_create_filename(main.c_str(), "", full.data(), 0, nullptr);
  if (names == nullptr) return Error{ErrorCode::internal, "out of memory"};
  const int code = File{*vfs, sqlite3_filename_wal(names)}.write_again();
  sqlite3_free_filename(const_cast<char*>(names));
  if (code == SQLITE_OK) return base::success();
  return Error{ErrorCode::io, log + ": " + sqlite3_errstr(code)};
}

}  // namespace millrace::store
