#include "runtime/connectors/part_writer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <random>
#include <utility>

#include "common/base/digest.hpp"

namespace millrace::connectors {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;

PartNames PartNames::of_run(int subtask) {
  std::random_device device;
  std::array<char, 8> bytes{};
  for (auto& byte : bytes) byte = static_cast<char>(device());
  return {base::hex({bytes.data(), bytes.size()}), subtask, 0};
}

PartWriter::~PartWriter() {
  if (file_ >= 0) ::close(file_);
  if (hidden_.empty()) return;
  std::error_code ignored;
  fs::remove(hidden_, ignored);  // the job failed: nothing unfinished becomes visible
}

Error PartWriter::failure(const char* doing) const {
  return {ErrorCode::io, std::string{doing} + " " + hidden_ + ": " + std::strerror(errno)};
}

base::Status PartWriter::append(std::string_view record, base::Timestamp now) {
  if (hidden_.empty()) {
    name_ = "part-" + names_.run + "-" + std::to_string(names_.subtask) + "-" +
            std::to_string(names_.next++);
    hidden_ = directory_ + "/." + name_ + ".inprogress";
    began_ = now;
    if (auto opened = open(); !opened) {
      hidden_.clear();
      return opened;
    }
  }
  pending_ += record;
  pending_ += '\n';
  touched_ = now;
  return base::success();
}

base::Status PartWriter::open() {
  if (file_ >= 0) return base::success();
  const int how = part_bytes_ == 0 ? O_CREAT | O_EXCL : O_APPEND;
  file_ = ::open(hidden_.c_str(), O_WRONLY | O_CLOEXEC | how, 0644);
  return file_ < 0 ? base::Status{failure("making")} : base::success();
}

base::Status PartWriter::flush() {
  if (pending_.empty()) return base::success();
  BOOST_OUTCOME_TRY(open());
  std::string_view left = pending_;
  while (!left.empty()) {
    const auto wrote = ::write(file_, left.data(), left.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return failure("writing");
    left.remove_prefix(static_cast<std::size_t>(wrote));
  }
  part_bytes_ += static_cast<std::int64_t>(pending_.size());
  pending_.clear();
  return base::success();
}

base::Status PartWriter::rest() {
  if (file_ < 0) return base::success();
  BOOST_OUTCOME_TRY(flush());
  if (::close(std::exchange(file_, -1)) != 0) return failure("closing");
  return base::success();
}

base::Status PartWriter::end() {
  if (hidden_.empty()) return base::success();
  BOOST_OUTCOME_TRY(flush());
  BOOST_OUTCOME_TRY(open());
  if (::fsync(file_) != 0) return failure("writing");
  if (::close(std::exchange(file_, -1)) != 0) return failure("closing");
  const std::string visible = directory_ + "/" + name_;
  std::error_code failed;
  fs::rename(hidden_, visible, failed);
  if (failed) return Error{ErrorCode::io, "naming " + visible + ": " + failed.message()};
  hidden_.clear();
  part_bytes_ = 0;
  return base::success();
}

}  // namespace millrace::connectors
