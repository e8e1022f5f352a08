// The two files in the state directory by which the commands beside a daemon find it: where it listens, and the token
// that lets them in.
#pragma once

#include "model/result.hpp"
#include "runtime/entropy.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace edge_rollup::daemon {

inline constexpr std::string_view admin_address_file = "admin-address";  ///< one line, http://ADDR:PORT
inline constexpr std::string_view admin_token_file = "admin-token";      ///< one line

/// Operation:   the files (0600) are there from `tell` on, and go with the object.
/// Concurrency: one thread at a time.
class admin_files {
 public:
  explicit admin_files(std::filesystem::path directory) : directory_(std::move(directory)) {}
  admin_files(const admin_files&) = delete;
  admin_files& operator=(const admin_files&) = delete;
  ~admin_files();

  /// `token` is left out where it is empty: there is one in the settings then. Errors: those of runtime::new_file;
  /// after `disk` it may be called again.
  [[nodiscard]] model::result<void> tell(std::string_view url, std::string_view token) const;

 private:
  std::filesystem::path directory_;
};

/// A daemon that was killed leaves its files: they would lead to whoever has its port now.
void remove_admin_files(const std::filesystem::path& directory) noexcept;

/// 256 bits of chance in hexadecimal digits.
[[nodiscard]] std::string make_admin_token(runtime::entropy& chance);

}  // namespace edge_rollup::daemon
