#include "tests/support/crash_disk.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace millrace::test {
namespace {

constexpr std::int64_t sector = 512;

std::vector<CrashDisk*>& disks() {
  static std::vector<CrashDisk*> all;
  return all;
}

struct Place {
  CrashDisk* disk = nullptr;
  std::string name;
};

Place place_of(const char* path) {
  const std::string text{path};
  for (auto* disk : disks()) {
    const auto prefix = disk->directory() + "/";
    if (text.starts_with(prefix)) return {disk, text.substr(prefix.size())};
  }
  return {};
}

// Memory shared by the connections to one file (the WAL index), with its eight locks.
struct Shared {
  std::vector<std::unique_ptr<std::array<char, 32768>>> regions;
  std::array<int, SQLITE_SHM_NLOCK> readers{};
  std::array<bool, SQLITE_SHM_NLOCK> writer{};
  int users = 0;
};

struct Handle {
  sqlite3_file base;
  CrashDisk* disk;
  std::shared_ptr<CrashDisk::File>* file;
  std::string* name;
  Shared* shared;
  unsigned shared_held;
  unsigned exclusive_held;
  int failures_seen;
};

Handle& of(sqlite3_file* file) {
  return *reinterpret_cast<Handle*>(file);
}

std::map<std::pair<CrashDisk*, std::string>, Shared>& shared_of_all() {
  static std::map<std::pair<CrashDisk*, std::string>, Shared> all;
  return all;
}

int before(CrashDisk& disk, CrashDisk::Action action) {
  if (disk.dead) return SQLITE_IOERR;
  if (disk.quiet) return SQLITE_OK;
  if (disk.fault) {
    if (const int code = disk.fault(action); code != SQLITE_OK) return code;
  }
  if (disk.observer && action != CrashDisk::Action::read && action != CrashDisk::Action::open) {
    disk.observer(action);
  }
  return SQLITE_OK;
}

int unmap(sqlite3_file* file, int) {
  auto& handle = of(file);
  if (handle.shared == nullptr) return SQLITE_OK;
  if (--handle.shared->users == 0) shared_of_all().erase({handle.disk, *handle.name});
  handle.shared = nullptr;
  return SQLITE_OK;
}

int close(sqlite3_file* file) {
  unmap(file, 0);
  (*of(file).file)->locks.erase(file);
  delete of(file).file;
  delete of(file).name;
  return SQLITE_OK;
}

int read(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
  auto& handle = of(file);
  if (const int code = before(*handle.disk, CrashDisk::Action::read)) return code;
  const auto& bytes = (*handle.file)->bytes;
  const auto from = std::min<std::size_t>(static_cast<std::size_t>(offset), bytes.size());
  const auto got = std::min<std::size_t>(static_cast<std::size_t>(size), bytes.size() - from);
  std::memcpy(to, bytes.data() + from, got);
  if (got == static_cast<std::size_t>(size)) return SQLITE_OK;
  std::memset(static_cast<char*>(to) + got, 0, static_cast<std::size_t>(size) - got);
  return SQLITE_IOERR_SHORT_READ;
}

void put(std::string& bytes, std::int64_t offset, const char* from, std::size_t size) {
  const auto end = static_cast<std::size_t>(offset) + size;
  if (bytes.size() < end) bytes.resize(end, '\0');
  std::memcpy(bytes.data() + offset, from, size);
}

int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  auto& handle = of(file);
  if (const int code = before(*handle.disk, CrashDisk::Action::write)) return code;
  auto& kept = **handle.file;
  const auto* bytes = static_cast<const char*>(from);
  put(kept.bytes, offset, bytes, static_cast<std::size_t>(size));
  kept.unsynced.push_back({offset, std::string{bytes, static_cast<std::size_t>(size)}, false});
  return SQLITE_OK;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  auto& handle = of(file);
  if (const int code = before(*handle.disk, CrashDisk::Action::truncate)) return code;
  auto& kept = **handle.file;
  kept.bytes.resize(static_cast<std::size_t>(size), '\0');
  kept.unsynced.push_back({size, {}, true});
  return SQLITE_OK;
}

// All that was written since the last sync, on top of what the disk has.
void write_back(CrashDisk::File& kept) {
  for (const auto& one : kept.unsynced) {
    if (one.truncation) {
      kept.durable.resize(static_cast<std::size_t>(one.offset), '\0');
    } else {
      put(kept.durable, one.offset, one.bytes.data(), one.bytes.size());
    }
  }
  kept.unsynced.clear();
  kept.created_durably = true;  // SQLite syncs the directory with the file's first sync
}

int sync(sqlite3_file* file, int) {
  auto& handle = of(file);
  auto& kept = **handle.file;
  if (handle.disk->dead) return SQLITE_IOERR_FSYNC;
  if (const int code = before(*handle.disk, CrashDisk::Action::sync)) {
    kept.unsynced.clear();
    if (handle.disk->evicts) kept.bytes = kept.durable;
    handle.failures_seen = ++kept.failed_syncs;
    return code;
  }
  if (handle.failures_seen != kept.failed_syncs) {
    handle.failures_seen = kept.failed_syncs;
    return SQLITE_IOERR_FSYNC;
  }
  if (handle.disk->syncs) write_back(kept);
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>((*of(file).file)->bytes.size());
  return SQLITE_OK;
}

// The locks of whole files. In WAL mode every connection holds a shared one, and who closes last
// knows it by getting the exclusive one.
int lock(sqlite3_file* file, int level) {
  auto& handle = of(file);
  auto& held = (*handle.file)->locks;
  const auto others = [&](int least) {
    return std::any_of(held.begin(), held.end(),
                       [&](const auto& one) { return one.first != file && one.second >= least; });
  };
  if (held[file] >= level) return SQLITE_OK;
  if (level == SQLITE_LOCK_SHARED && others(SQLITE_LOCK_EXCLUSIVE)) return SQLITE_BUSY;
  if (level == SQLITE_LOCK_RESERVED && others(SQLITE_LOCK_RESERVED)) return SQLITE_BUSY;
  if (level == SQLITE_LOCK_EXCLUSIVE && others(SQLITE_LOCK_SHARED)) return SQLITE_BUSY;
  held[file] = level;
  return SQLITE_OK;
}
int unlock(sqlite3_file* file, int level) {
  auto& held = (*of(file).file)->locks;
  held[file] = std::min(held[file], level);
  return SQLITE_OK;
}
int check_reserved(sqlite3_file* file, int* held) {
  const auto& locks = (*of(file).file)->locks;
  *held = std::any_of(locks.begin(), locks.end(),
                      [](const auto& one) { return one.second >= SQLITE_LOCK_RESERVED; });
  return SQLITE_OK;
}
int control(sqlite3_file*, int, void*) {
  return SQLITE_NOTFOUND;
}
int sector_size(sqlite3_file*) {
  return static_cast<int>(sector);
}
int characteristics(sqlite3_file*) {
  // As SQLite's own VFS for Unix says of every disk.
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

int map_region(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  auto& handle = of(file);
  *out = nullptr;
  if (handle.shared == nullptr) {
    handle.shared = &shared_of_all()[{handle.disk, *handle.name}];
    ++handle.shared->users;
  }
  auto& regions = handle.shared->regions;
  if (size != static_cast<int>(sizeof(std::array<char, 32768>))) return SQLITE_IOERR_SHMSIZE;
  while (static_cast<int>(regions.size()) <= region) {
    if (!extend) return SQLITE_OK;
    regions.push_back(std::make_unique<std::array<char, 32768>>());
  }
  *out = regions[static_cast<std::size_t>(region)]->data();
  return SQLITE_OK;
}

int lock_region(sqlite3_file* file, int from, int count, int flags) {
  auto& handle = of(file);
  if (handle.shared == nullptr) return SQLITE_IOERR_SHMLOCK;
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  auto& held = exclusive ? handle.exclusive_held : handle.shared_held;
  for (int pass = 0; pass < 2; ++pass) {  // first look, then take
    for (int i = from; i < from + count; ++i) {
      const auto at = static_cast<std::size_t>(i);
      const unsigned bit = 1U << i;
      auto& readers = handle.shared->readers[at];
      auto writer = handle.shared->writer[at];
      if (flags & SQLITE_SHM_UNLOCK) {
        if (pass == 0 || !(held & bit)) continue;
        if (exclusive) {
          handle.shared->writer[at] = false;
        } else {
          --readers;
        }
        held &= ~bit;
        continue;
      }
      if (held & bit) continue;
      if (pass == 0) {
        if (writer || (exclusive && readers > 0)) return SQLITE_BUSY;
        continue;
      }
      if (exclusive) {
        handle.shared->writer[at] = true;
      } else {
        ++readers;
      }
      held |= bit;
    }
  }
  return SQLITE_OK;
}

void barrier(sqlite3_file*) {}

const sqlite3_io_methods methods = {
    2,      close,          read,    write,       truncate,        sync,       file_size,   lock,
    unlock, check_reserved, control, sector_size, characteristics, map_region, lock_region, barrier,
    unmap,  nullptr,        nullptr};

sqlite3_vfs* usual = nullptr;

int open(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  const auto place = path ? place_of(path) : Place{};
  if (place.disk == nullptr) return usual->xOpen(usual, path, file, flags, out_flags);
  file->pMethods = nullptr;
  if (const int code = before(*place.disk, CrashDisk::Action::open)) return code;
  auto& files = place.disk->mutable_files();
  auto& kept = files[place.name];
  if (!kept) {
    if (!(flags & SQLITE_OPEN_CREATE)) {
      files.erase(place.name);
      return SQLITE_CANTOPEN;
    }
    kept = std::make_shared<CrashDisk::File>();
  }
  auto& handle = of(file);
  handle.disk = place.disk;
  handle.file = new std::shared_ptr<CrashDisk::File>{kept};
  handle.name = new std::string{place.name};
  handle.shared = nullptr;
  handle.shared_held = handle.exclusive_held = 0;
  handle.failures_seen = kept->failed_syncs;
  handle.base.pMethods = &methods;
  if (out_flags) *out_flags = flags;
  return SQLITE_OK;
}

int remove(sqlite3_vfs*, const char* path, int sync_directory) {
  const auto place = place_of(path);
  if (place.disk == nullptr) return usual->xDelete(usual, path, sync_directory);
  if (const int code = before(*place.disk, CrashDisk::Action::remove)) return code;
  place.disk->mutable_files().erase(place.name);
  return SQLITE_OK;
}

int access(sqlite3_vfs*, const char* path, int flags, int* yes) {
  const auto place = place_of(path);
  if (place.disk == nullptr) return usual->xAccess(usual, path, flags, yes);
  const auto at = place.disk->files().find(place.name);
  // As SQLite's own VFS: an empty file counts as none.
  *yes = at != place.disk->files().end() &&
         !(flags == SQLITE_ACCESS_EXISTS && at->second->bytes.empty());
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* path, int size, char* out) {
  const auto place = place_of(path);
  if (place.disk == nullptr) return usual->xFullPathname(usual, path, size, out);
  sqlite3_snprintf(size, out, "%s", path);
  return SQLITE_OK;
}

sqlite3_vfs vfs;

void install() {
  if (usual != nullptr) return;
  usual = sqlite3_vfs_find(nullptr);
  vfs = *usual;
  vfs.iVersion = 2;
  vfs.szOsFile = std::max(usual->szOsFile, static_cast<int>(sizeof(Handle)));
  vfs.pNext = nullptr;
  vfs.zName = "crash";
  vfs.xOpen = open;
  vfs.xDelete = remove;
  vfs.xAccess = access;
  vfs.xFullPathname = full_path;
  sqlite3_vfs_register(&vfs, 1);
}

std::string survived(const CrashDisk::File& file, std::mt19937_64& random) {
  std::string bytes = file.durable;
  // Between syncs the cut is sometimes all or nothing, sometimes a prefix, mostly a mixture.
  const auto kind = random() % 8;
  const auto prefix = file.unsynced.empty() ? 0 : random() % (file.unsynced.size() + 1);
  // Sectors that never reach the disk, whatever is written to them.
  const auto drop_one_in = 2 + random() % 3;
  for (std::size_t i = 0; i < file.unsynced.size(); ++i) {
    const auto& one = file.unsynced[i];
    const auto kept = [&] {
      if (kind == 0) return false;
      if (kind == 1) return true;
      if (kind == 2) return i < prefix;
      return random() % drop_one_in != 0;
    };
    if (one.truncation) {
      if (kept()) bytes.resize(static_cast<std::size_t>(one.offset), '\0');
      continue;
    }
    const auto end = one.offset + static_cast<std::int64_t>(one.bytes.size());
    for (auto from = one.offset; from < end;) {
      const auto to = std::min(end, (from / sector + 1) * sector);
      if (kept()) {
        put(bytes, from, one.bytes.data() + (from - one.offset),
            static_cast<std::size_t>(to - from));
      }
      from = to;
    }
  }
  // A file system may keep a file's growth without its bytes.
  if (bytes.size() < file.bytes.size() && random() % 4 == 0) bytes.resize(file.bytes.size(), '\0');
  return bytes;
}

}  // namespace

CrashDisk::CrashDisk(std::string directory) : directory_(std::move(directory)) {
  install();
  disks().push_back(this);
}

CrashDisk::~CrashDisk() {
  std::erase(disks(), this);
}

std::map<std::string, std::string> CrashDisk::image(std::mt19937_64& random) const {
  std::map<std::string, std::string> left;
  for (const auto& [name, file] : files_) {
    if (!file->created_durably && random() % 2 == 0) continue;  // its name was not written yet
    left[name] = survived(*file, random);
  }
  return left;
}

void CrashDisk::lengthen(const std::string& name, std::int64_t size) {
  const auto at = files_.find(name);
  if (at == files_.end()) return;
  auto& file = *at->second;
  const auto now = static_cast<std::int64_t>(file.bytes.size());
  if (now >= size) return;
  const std::string zeros(static_cast<std::size_t>(size - now), '\0');
  put(file.bytes, now, zeros.data(), zeros.size());
  file.unsynced.push_back({now, zeros, false});
}

void CrashDisk::load(const std::map<std::string, std::string>& files) {
  files_.clear();
  for (const auto& [name, bytes] : files) {
    auto file = std::make_shared<File>();
    file->bytes = file->durable = bytes;
    file->created_durably = true;
    files_[name] = std::move(file);
  }
}

}  // namespace millrace::test
