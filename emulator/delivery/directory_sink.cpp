#include "emulator/delivery/directory_sink.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "emulator/kinesis/key_template.hpp"

namespace millrace::delivery {
namespace {

using base::Error;
using base::ErrorCode;

Error failed(const std::string& doing, const std::string& path) {
  return {ErrorCode::io, doing + " " + path + ": " + std::strerror(errno)};
}

// A file descriptor that is closed in time.
class File {
 public:
  File(const std::string& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] bool good() const { return fd_ >= 0; }
  [[nodiscard]] bool sync() const { return ::fsync(fd_) == 0; }
  [[nodiscard]] bool write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto wrote = ::write(fd_, bytes.data(), bytes.size());
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(wrote));
    }
    return true;
  }

 private:
  int fd_;
};

base::Status sync_directory(const std::string& path) {
  const File directory{path, O_RDONLY | O_DIRECTORY};
  if (!directory.good() || !directory.sync()) return failed("syncing", path);
  return base::success();
}

// Makes `path` and what leads to it; what was made is synced into what it lies in.
base::Status make_directories(const std::string& path) {
  if (path.empty() || path == "/") return base::success();
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0) {
    if (S_ISDIR(found.st_mode)) return base::success();
    return Error{ErrorCode::io, path + " is no directory: an object has that name"};
  }
  const auto slash = path.rfind('/');
  const auto parent = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  BOOST_OUTCOME_TRY(make_directories(parent));
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) return failed("making", path);
  return sync_directory(parent);
}

}  // namespace

base::Status DirectorySink::put(const Object& object) {
  const auto name = object.bucket + "/" + object.key;
  // CreateChannel has refused such names; here they would be files elsewhere.
  if (const auto why = kinesis::wrong_with_key(name); !why.empty() || name.ends_with('/')) {
    return Error{ErrorCode::validation, "the object name " + name + " cannot be a file's"};
  }
  const auto path = directory_ + "/" + name;
  const auto slash = path.rfind('/');
  const auto parent = path.substr(0, slash);
  BOOST_OUTCOME_TRY(make_directories(parent));
  const auto part = parent + "/." + path.substr(slash + 1) + ".part";
  {
    const File file{part, O_WRONLY | O_CREAT | O_TRUNC};
    if (!file.good()) return failed("opening", part);
    if (!file.write(object.body)) return failed("writing", part);
    if (!file.sync()) return failed("syncing", part);
  }
  if (::rename(part.c_str(), path.c_str()) != 0) return failed("naming", path);
  return sync_directory(parent);
}

}  // namespace millrace::delivery
