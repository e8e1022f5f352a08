#include "outbox/write_anew.hpp"

#include "outbox/changeover.hpp"

#include <fmt/format.h>

#include <system_error>

namespace edge_rollup::outbox {

namespace fs = std::filesystem;

model::result<void> write_anew(std::optional<sqlite_store>& open, const fs::path& directory, const fs::path& aside) {
  const auto copy = directory / copy_file_name;
  std::error_code failed;
  fs::remove(copy, failed);  // of an attempt that stopped half-way
  auto copied = open->copy_to(copy);
  if (copied) {
    fs::rename(copy, directory / salvage_file_name, failed);
    if (!failed) {
      open.reset();
      return change_over(directory, aside);
    }
    copied = model::fail(model::error_kind::disk, fmt::format("cannot rename {}: {}", copy.native(), failed.message()));
  }
  fs::remove(copy, failed);
  return copied;
}

}  // namespace edge_rollup::outbox
