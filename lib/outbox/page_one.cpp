#include "outbox/page_one.hpp"

#include <algorithm>
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

std::error_code copy_with_first_page(const fs::path& damaged, const fs::path& fresh, const fs::path& copy) {
  std::error_code failed;
  fs::copy_file(damaged, copy, fs::copy_options::overwrite_existing, failed);
  if (failed) return failed;
  const fs::path log = damaged.native() + "-wal";
  if (fs::exists(log, failed)) {
    fs::copy_file(log, copy.native() + "-wal", fs::copy_options::overwrite_existing, failed);
    if (failed) return failed;
  }
  auto page = first_page(fresh);
  for (const auto& unknown : {size_in_pages, free_pages, last_writer}) blank(page, unknown);
  page[change_counter.from] = '\1';  // not what the last writer saw: the size is that of the file
  std::fstream mended(copy, std::ios::in | std::ios::out | std::ios::binary);
  mended.write(page.data(), page_bytes);
  return mended.flush() ? std::error_code{} : std::make_error_code(std::errc::no_space_on_device);
}

}  // namespace edge_rollup::outbox
