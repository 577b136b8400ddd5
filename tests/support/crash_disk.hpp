// A disk that can lose its power: files in memory behind SQLite's VFS interface, for tests.
//
// A write is kept apart until the file is synced. image() tells what a machine could find after a
// power cut at this moment: of the writes since the last sync any may have reached the disk, in
// units of 512-byte sectors, in any order, and a file's growth or shrinking with them or not.
// Renames and directories are not modelled: SQLite creates, writes, syncs and deletes files.
//
// A sync that fails is as bad as Linux makes it: what was to be synced counts as clean afterwards,
// so no later sync writes it, and programs may still read it (or, where the disk `evicts`, do not).
// Every handle that was open then is told once.
//
// Not thread-safe: connections of one thread only. One of them may be used within an action of
// another, from an observer or a fault.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace millrace::test {

class CrashDisk {
 public:
  // What is about to be done when an observer or a fault is asked.
  enum class Action { open, read, write, truncate, sync, remove };

  // Serves every path below `directory`, for all of SQLite in this process, until its end.
  explicit CrashDisk(std::string directory);
  ~CrashDisk();
  CrashDisk(const CrashDisk&) = delete;
  CrashDisk& operator=(const CrashDisk&) = delete;

  struct Write {
    std::int64_t offset = 0;  // of a truncation: the new size
    std::string bytes;
    bool truncation = false;
  };
  struct File {
    std::string bytes;    // as programs see it
    std::string durable;  // as of the last sync
    bool created_durably = false;
    int failed_syncs = 0;
    std::vector<Write> unsynced;
    std::map<const void*, int> locks;  // of open handles; for the VFS
  };
  using Files = std::map<std::string, std::shared_ptr<File>>;

  // Whether sync keeps its promise; a disk that lies is the control that the test can fail.
  bool syncs = true;
  // After a failed sync the page cache has forgotten what was not written.
  bool evicts = false;
  // The process is dead, but for its destructors: everything fails and changes nothing.
  bool dead = false;
  // A test looks at the files for its own ends: no observer, no fault.
  bool quiet = false;
  // Called before every action that changes something; may look at the disk.
  std::function<void(Action)> observer;
  // Asked before every action; an SQLite code other than 0 makes it fail with that code.
  std::function<int(Action)> fault;

  // The files by name within the directory.
  [[nodiscard]] const Files& files() const { return files_; }
  // What a power cut now could leave behind.
  [[nodiscard]] std::map<std::string, std::string> image(std::mt19937_64& random) const;
  // Writes zeros behind a file up to a size, as a program may that does not go through SQLite.
  void lengthen(const std::string& name, std::int64_t size);
  // Starts over with these files, synced.
  void load(const std::map<std::string, std::string>& files);

  [[nodiscard]] const std::string& directory() const { return directory_; }
  // For the VFS.
  Files& mutable_files() { return files_; }

 private:
  std::string directory_;
  Files files_;
};

}  // namespace millrace::test
