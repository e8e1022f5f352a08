#include "outbox/page_one.hpp"

#include "runtime/descriptor.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>
#include <system_error>

namespace edge_rollup::outbox {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t page_bytes = 4096;

// Of the header (sqlite.org/fileformat.html §1.3).
struct field {
  std::size_t from;
  std::size_t bytes;
};
constexpr field change_counter{24, 4};
constexpr field size_in_pages{28, 4};
constexpr field free_pages{32, 8};
constexpr field schema_cookie{40, 4};
constexpr field user_version{60, 4};
constexpr field last_writer{92, 8};  // the change counter it saw and its version

void blank(std::string& page, const field& which) {
  std::fill_n(page.begin() + static_cast<std::ptrdiff_t>(which.from), which.bytes, '\0');
}

std::uint64_t number_in(const std::string& page, const field& which) {
  std::uint64_t number = 0;
  for (std::size_t at = 0; at < which.bytes; ++at) {
    number = number << 8U | static_cast<unsigned char>(page[which.from + at]);
  }
  return number;
}

/// Filled up with zeros where the file is shorter.
std::string first_page(const fs::path& file) {
  std::string page(page_bytes, '\0');
  std::ifstream(file, std::ios::binary).read(page.data(), page_bytes);
  return page;
}

/// The beginning of `file`, which is made where it is missing; synced.
std::error_code overwrite(const fs::path& file, const std::string& page) {
  constexpr mode_t ours_alone = 0600;
  const runtime::descriptor opened{::open(file.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, ours_alone)};
  const bool written = opened.is_open() &&
                       ::pwrite(opened.get(), page.data(), page.size(), 0) == static_cast<ssize_t>(page.size()) &&
                       ::fsync(opened.get()) == 0;
  return written ? std::error_code{} : std::error_code{errno, std::generic_category()};
}

/// What is the same in every store.
std::string constant_part(std::string page) {
  for (const auto& changing : {change_counter, size_in_pages, free_pages, schema_cookie, last_writer}) {
    blank(page, changing);
  }
  return page;
}

}  // namespace

bool has_sound_first_page(const fs::path& damaged, const fs::path& fresh) {
  const auto page = first_page(damaged);
  std::error_code unknown;
  const auto pages = fs::file_size(damaged, unknown) / page_bytes;
  if (number_in(page, user_version) == 1) return true;  // nothing to compare it with
  return !unknown && number_in(page, size_in_pages) == pages && constant_part(page) == constant_part(first_page(fresh));
}

std::error_code mend_first_page(const fs::path& damaged, const fs::path& fresh) {
  std::error_code unknown;
  const auto size = fs::file_size(damaged, unknown);
  if (unknown || size < 2 * page_bytes || has_sound_first_page(damaged, fresh)) return {};
  if (const auto failed = overwrite(damaged.native() + first_page_suffix, first_page(damaged))) return failed;
  auto page = first_page(fresh);
  for (const auto& blanked : {size_in_pages, free_pages, last_writer}) blank(page, blanked);
  page[change_counter.from] = '\1';  // not what the last writer saw: the size is that of the file
  return overwrite(damaged, page);
}

}  // namespace edge_rollup::outbox
