#include "sim/fake_disk.hpp"

#include "outbox/sqlite_store.hpp"
#include "outbox/visited_store.hpp"

#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>

namespace edge_rollup::sim {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t total_bytes = 1ULL << 40;
constexpr std::uint64_t tight_bytes = 1ULL << 20;
constexpr std::uint64_t page_bytes = 4'096;
constexpr std::uint64_t description_page = 3;  // of `meta`, behind the header and the pointer map

std::string bytes_of(const fs::path& file) {
  std::ifstream read(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(read), {}};
}

fs::path log_of(const fs::path& database) {
  return database.native() + "-wal";
}

}  // namespace

fake_disk::fake_disk(std::uint64_t seed) : chance_(seed), platter_(static_cast<std::uint32_t>(seed)) {}

fs::path fake_disk::database() const {
  return room_.path() / outbox::store_file_name;
}

runtime::disk_space fake_disk::space() const {
  const bool is_tight = mood_ == disk_mood::tight || mood_ == disk_mood::full;
  return {is_tight ? tight_bytes : total_bytes / 2, total_bytes};
}

std::vector<outbox::stored_entry> fake_disk::entries() const {
  auto visit = outbox::visited_store::open(room_.path());
  if (!visit) throw std::runtime_error("the store cannot be looked at: " + visit.error().text);
  return visit->list().value();
}

void fake_disk::become(disk_mood mood) {
  mood_ = mood;
  if (!cutting_) apply_mood();
}

void fake_disk::apply_mood() {
  files_.allow_growth(mood_ != disk_mood::full && mood_ != disk_mood::over_quota);
  files_.allow_changes();
  if (mood_ == disk_mood::read_only) files_.refuse_changes(SQLITE_READONLY);
  if (mood_ == disk_mood::broken) files_.refuse_changes(SQLITE_IOERR_WRITE);
}

void fake_disk::decay() {
  std::error_code none;
  const auto size = fs::file_size(database(), none);
  if (none || size <= description_page * page_bytes) return;
  const auto place = chance_() % size;
  const bool spared = place / page_bytes + 1 == description_page;
  const auto from = spared ? 0 : place;
  const auto to_spared = from < page_bytes * (description_page - 1) ? page_bytes * (description_page - 1) : size;
  std::string noise(std::min<std::size_t>(1 + chance_() % 1'024, to_spared - from), '\0');
  for (auto& byte : noise) byte = static_cast<char>(chance_());
  std::fstream file(database(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(from));
  file.write(noise.data(), static_cast<std::streamsize>(noise.size()));
  file.close();
  platter_.becomes(image());
}

void fake_disk::cut_off(std::size_t after) {
  cutting_ = true;
  files_.refuse_changes(SQLITE_IOERR, after);
}

void fake_disk::let_write() {
  note_changes();
  cutting_ = false;
  apply_mood();
}

void fake_disk::lose_power() {
  note_changes();
  constexpr std::array fates = {tests::unsynced::all_lost, tests::unsynced::all_kept, tests::unsynced::some_torn};
  auto left = platter_.after_power_cut(fates.at(chance_() % fates.size()));
  for (const auto& file : {database(), log_of(database())}) {
    const auto found = left.find(file.filename());
    if (found == left.end()) {
      fs::remove(file);
    } else {
      std::ofstream(file, std::ios::binary | std::ios::trunc) << found->second;
    }
  }
  fs::remove(database().native() + "-shm");
  platter_.becomes(std::move(left));
  let_write();
}

void fake_disk::note_changes() {
  for (const auto& event : files_.take_events()) platter_.take(event);
  struct stat found {};
  if (::stat(database().c_str(), &found) != 0 || found.st_ino == database_inode_) return;
  database_inode_ = found.st_ino;
  platter_.becomes(image());
}

tests::disk_image fake_disk::image() const {
  tests::disk_image files;
  for (const auto& file : {database(), log_of(database())}) {
    if (fs::exists(file)) files[file.filename()] = bytes_of(file);
  }
  return files;
}

}  // namespace edge_rollup::sim
