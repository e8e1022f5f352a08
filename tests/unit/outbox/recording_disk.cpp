#include "unit/outbox/recording_disk.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace edge_rollup::tests {

/// An open file: what SQLite sees of it, and behind it, in the same allocation, that of the real file system.
struct recorded_file {
  sqlite3_file seen;
  recording_disk* disk;
  std::string* name;  ///< null where nobody asks what survives: temporary files

  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  static recorded_file& of(sqlite3_file* file) { return *reinterpret_cast<recorded_file*>(file); }
  static sqlite3_file* real_of(sqlite3_file* file) { return of(file).real(); }

  [[nodiscard]] bool has_no_room_for_an_index() const {
    std::error_code gone;
    return !std::filesystem::is_empty(disk->filled_by_, gone) && !gone;
  }

  static int close(sqlite3_file* file) {
    delete of(file).name;
    return real_of(file)->pMethods->xClose(real_of(file));
  }

  static int read(sqlite3_file* file, void* bytes, int count, sqlite3_int64 offset) {
    auto& self = of(file);
    self.disk->bytes_read_ += static_cast<std::uint64_t>(count);
    return self.real()->pMethods->xRead(self.real(), bytes, count, offset);
  }

  static int write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
    auto& self = of(file);
    if (self.disk->refuses_changes()) return *self.disk->refusal_;
    if (self.name != nullptr && !self.disk->has_room_for(*self.name, offset + count)) return SQLITE_FULL;
    const int result = self.real()->pMethods->xWrite(self.real(), bytes, count, offset);
    if (result == SQLITE_OK && self.name != nullptr) {
      self.disk->note({disk_event::kind::write, *self.name, static_cast<std::size_t>(offset),
                       std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(count))});
    }
    return result;
  }

  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    auto& self = of(file);
    if (self.disk->refuses_changes()) return *self.disk->refusal_;
    const int result = self.real()->pMethods->xTruncate(self.real(), size);
    if (result == SQLITE_OK && self.name != nullptr) {
      self.disk->note({disk_event::kind::resize, *self.name, static_cast<std::size_t>(size), {}});
    }
    return result;
  }

  static int sync(sqlite3_file* file, int flags) {
    auto& self = of(file);
    if (self.disk->refuses_changes()) return *self.disk->refusal_;
    if (const auto time = std::chrono::microseconds{self.disk->sync_time_}.count(); time > 0) {
      ::usleep(static_cast<useconds_t>(time));
    }
    const bool fails = self.disk->next_sync_fails();
    if (self.name != nullptr) {
      self.disk->note({fails ? disk_event::kind::failed_sync : disk_event::kind::sync, *self.name, 0, {}});
    }
    return fails ? SQLITE_IOERR_FSYNC : self.real()->pMethods->xSync(self.real(), flags);
  }

  /// A connection's own "PRAGMA synchronous = FULL" is taken for done where NORMAL is to stay.
  static int control(sqlite3_file* file, int operation, void* argument) {
    auto& self = of(file);
    if (operation == SQLITE_FCNTL_PRAGMA && self.disk->asked_ == durability::normal) {
      char** words = static_cast<char**>(argument);
      const bool asks_for_full = words[2] != nullptr && std::string_view(words[2]) == "FULL";
      if (std::string_view(words[1]) == "synchronous" && asks_for_full) return SQLITE_OK;
    }
    return self.real()->pMethods->xFileControl(self.real(), operation, argument);
  }
};

namespace {

const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = recorded_file::close,
    .xRead = recorded_file::read,
    .xWrite = recorded_file::write,
    .xTruncate = recorded_file::truncate,
    .xSync = recorded_file::sync,
    .xFileSize =
        [](sqlite3_file* file, sqlite3_int64* size) {
          auto* real = recorded_file::real_of(file);
          return real->pMethods->xFileSize(real, size);
        },
    .xLock =
        [](sqlite3_file* file, int level) {
          auto* real = recorded_file::real_of(file);
          return real->pMethods->xLock(real, level);
        },
    .xUnlock =
        [](sqlite3_file* file, int level) {
          auto* real = recorded_file::real_of(file);
          return real->pMethods->xUnlock(real, level);
        },
    .xCheckReservedLock =
        [](sqlite3_file* file, int* held) {
          auto* real = recorded_file::real_of(file);
          return real->pMethods->xCheckReservedLock(real, held);
        },
    .xFileControl = recorded_file::control,
    .xSectorSize =
        [](sqlite3_file* file) {
          auto* real = recorded_file::real_of(file);
          return real->pMethods->xSectorSize(real);
        },
    // No promise of a modern disk is believed: SQLite then relies on nothing but syncs.
    .xDeviceCharacteristics = [](sqlite3_file*) { return 0; },
    .xShmMap =
        [](sqlite3_file* file, int page, int size, int extend, void volatile** mapped) {
          if (recorded_file::of(file).has_no_room_for_an_index()) return SQLITE_IOERR_SHMSIZE;
          auto* real = recorded_file::real_of(file);
          return real->pMethods->xShmMap(real, page, size, extend, mapped);
        },
    .xShmLock =
        [](sqlite3_file* file, int offset, int count, int flags) {
          auto* real = recorded_file::real_of(file);
          return real->pMethods->xShmLock(real, offset, count, flags);
        },
    .xShmBarrier =
        [](sqlite3_file* file) {
          auto* real = recorded_file::real_of(file);
          real->pMethods->xShmBarrier(real);
        },
    .xShmUnmap =
        [](sqlite3_file* file, int remove) {
          auto* real = recorded_file::real_of(file);
          return real->pMethods->xShmUnmap(real, remove);
        },
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

/// Runs in every new connection before its owner gets it.
int ask_for_normal(sqlite3* connection, char**, const sqlite3_api_routines*) {
  return sqlite3_exec(connection, "PRAGMA synchronous = NORMAL", nullptr, nullptr, nullptr);
}

void register_or_throw(sqlite3_vfs* vfs, int as_default) {
  if (sqlite3_vfs_register(vfs, as_default) != SQLITE_OK) throw std::runtime_error("SQLite refuses the file system");
}

using entry_point = void (*)();
entry_point normal_for_all() {
  return reinterpret_cast<entry_point>(ask_for_normal);
}

}  // namespace

struct recording_vfs {
  static recording_disk& disk_of(sqlite3_vfs* vfs) { return *static_cast<recording_disk*>(vfs->pAppData); }

  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* flags_given) {
    auto& disk = disk_of(vfs);
    auto* self = ::new (file) recorded_file{{nullptr}, &disk, nullptr};
    const int result = disk.real_->xOpen(disk.real_, path, self->real(), flags, flags_given);
    if (result != SQLITE_OK) return result;
    constexpr int lasting = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
    if (path != nullptr && (flags & lasting) != 0) {
      self->name = new std::string(std::filesystem::path(path).filename());
    }
    self->seen.pMethods = &methods;
    return result;
  }

  static int remove(sqlite3_vfs* vfs, const char* path, int sync_directory) {
    auto& disk = disk_of(vfs);
    if (disk.refuses_changes()) return *disk.refusal_;
    const int result = disk.real_->xDelete(disk.real_, path, sync_directory);
    if (result == SQLITE_OK) disk.note({disk_event::kind::remove, std::filesystem::path(path).filename(), 0, {}});
    return result;
  }
};

recording_disk::recording_disk(durability asked) : real_{sqlite3_vfs_find(nullptr)}, asked_{asked} {
  vfs_ = *real_;  // everything that is not said here is the real one's
  vfs_.zName = "recording";
  vfs_.pNext = nullptr;
  vfs_.pAppData = this;
  vfs_.szOsFile = static_cast<int>(sizeof(recorded_file)) + real_->szOsFile;
  vfs_.xOpen = recording_vfs::open;
  vfs_.xDelete = recording_vfs::remove;
  vfs_.xAccess = [](sqlite3_vfs* vfs, const char* path, int flags, int* answer) {
    auto* real = recording_vfs::disk_of(vfs).real_;
    return real->xAccess(real, path, flags, answer);
  };
  vfs_.xFullPathname = [](sqlite3_vfs* vfs, const char* path, int size, char* full) {
    auto* real = recording_vfs::disk_of(vfs).real_;
    return real->xFullPathname(real, path, size, full);
  };
  register_or_throw(&vfs_, 1);
  if (asked_ == durability::normal) sqlite3_auto_extension(normal_for_all());
}

recording_disk::~recording_disk() {
  if (asked_ == durability::normal) sqlite3_cancel_auto_extension(normal_for_all());
  sqlite3_vfs_unregister(&vfs_);
  sqlite3_vfs_register(real_, 1);
}

void recording_disk::note(disk_event event) {
  events_.push_back(std::move(event));
  if (events_before_refusal_ > 0) --events_before_refusal_;
  if (events_before_death_ && events_.size() > *events_before_death_) ::_exit(death);
}

bool recording_disk::has_room_for(const std::string& file, std::int64_t end) {
  auto& largest = largest_[file];
  if (may_grow_) largest = std::max(largest, end);
  return end <= largest;
}

bool recording_disk::next_sync_fails() {
  if (!syncs_before_failure_) return false;
  if (*syncs_before_failure_ > 0) {
    --*syncs_before_failure_;
    return false;
  }
  if (--failing_syncs_ == 0) syncs_before_failure_.reset();
  return true;
}

namespace {

constexpr std::size_t sector = 512;  // what a disk writes as a whole

void carry_out(disk_image& image, const disk_event& event) {
  if (event.what == disk_event::kind::remove) {
    image.erase(event.file);
    return;
  }
  auto& file = image[event.file];
  if (event.what == disk_event::kind::resize) file.resize(event.offset);
  if (event.what == disk_event::kind::write) {
    file.resize(std::max(file.size(), event.offset + event.bytes.size()));
    file.replace(event.offset, event.bytes.size(), event.bytes);
  }
}

}  // namespace

void platter::becomes(disk_image files) {
  durable_ = std::move(files);
  in_flight_.clear();
}

/// As on a file system with a journal, any sync makes earlier removals last.
void platter::take(const disk_event& event) {
  if (event.what == disk_event::kind::remove) {
    std::erase_if(in_flight_, [&event](const disk_event& each) { return each.file == event.file; });
  }
  if (event.what != disk_event::kind::sync && event.what != disk_event::kind::failed_sync) {
    in_flight_.push_back(event);
    return;
  }
  const auto others = std::ranges::stable_partition(in_flight_, [&event](const disk_event& each) {
    return each.file == event.file || each.what == disk_event::kind::remove;
  });
  const std::vector<disk_event> ended(in_flight_.begin(), others.begin());
  in_flight_.erase(in_flight_.begin(), others.begin());
  if (event.what == disk_event::kind::failed_sync) return lose_some(durable_, ended);
  for (const auto& each : ended) carry_out(durable_, each);
}

disk_image platter::after_power_cut(unsynced fate) {
  auto image = durable_;
  if (fate == unsynced::all_kept) {
    for (const auto& each : in_flight_) carry_out(image, each);
  }
  if (fate == unsynced::some_torn) lose_some(image, in_flight_);
  return image;
}

/// A subset in order is what any reordering by the disk comes to: of what is written to a place, the last wins.
void platter::lose_some(disk_image& image, const std::vector<disk_event>& events) {
  for (const auto& each : events) {
    const auto lot = chance_() % 3;
    if (lot == 0) continue;
    if (lot == 1 || each.what != disk_event::kind::write || each.bytes.size() <= sector) {
      carry_out(image, each);
      continue;
    }
    for (std::size_t from = 0; from < each.bytes.size(); from += sector) {
      if (chance_() % 2 == 0)
        carry_out(image, {each.what, each.file, each.offset + from, each.bytes.substr(from, sector)});
    }
  }
}

}  // namespace edge_rollup::tests
