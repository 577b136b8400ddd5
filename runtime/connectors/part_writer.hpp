// The part files of one directory.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/clock.hpp"
#include "common/base/result.hpp"

namespace millrace::connectors {

// What all parts of one sink share.
struct PartNames {
  std::string run;  // so that two runs never write one name
  int subtask = 0;
  int next = 0;  // number of the next part

  static PartNames of_run(int subtask);
};

// Writes a hidden file and gives it its name when it is finished, so that a reader only ever sees
// whole part files: part-<run>-<subtask>-<number>. The destructor without end() throws the
// unfinished one away. One thread.
class PartWriter {
 public:
  PartWriter(std::string directory, PartNames& names)
      : directory_(std::move(directory)), names_(names) {}
  PartWriter(const PartWriter&) = delete;
  PartWriter& operator=(const PartWriter&) = delete;
  ~PartWriter();

  // One record; kept until flush().
  base::Status append(std::string_view record, base::Timestamp now);
  // What was appended is in the file.
  base::Status flush();
  // Closes the file's descriptor; it is opened again when there is something to write.
  base::Status rest();
  // The part is whole and gets its name. Nothing when there is none.
  base::Status end();

  [[nodiscard]] bool has_part() const { return !hidden_.empty(); }
  [[nodiscard]] bool is_open() const { return file_ >= 0; }
  [[nodiscard]] std::size_t pending() const { return pending_.size(); }
  // Of the part, with what is pending.
  [[nodiscard]] std::int64_t size() const {
    return part_bytes_ + static_cast<std::int64_t>(pending_.size());
  }
  [[nodiscard]] base::Timestamp began() const { return began_; }
  // When something was last appended.
  [[nodiscard]] base::Timestamp touched() const { return touched_; }
  [[nodiscard]] const std::string& directory() const { return directory_; }

 private:
  [[nodiscard]] base::Error failure(const char* doing) const;
  base::Status open();

  std::string directory_;
  PartNames& names_;
  std::string name_;
  std::string hidden_;  // empty: no part was begun
  int file_ = -1;
  std::int64_t part_bytes_ = 0;  // in the file
  base::Timestamp began_{};
  base::Timestamp touched_{};
  std::string pending_;
};

}  // namespace millrace::connectors
