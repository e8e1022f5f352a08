// The headers of an offer that stand in the settings: who this gateway is, and what else the cloud asks for.
#pragma once

#include "deliver/cloud_options.hpp"
#include "model/result.hpp"
#include "runtime/secret_files.hpp"

#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::deliver {

using header_list = std::vector<std::pair<std::string, std::string>>;

/// `Authorization` from cloud.auth, then cloud.headers, with secrets as their files are now.
/// Errors: those of secret_files and of net::authorization_value, and bad_data where a value cannot stand in a header;
///         the text names the setting and shows no secret.
[[nodiscard]] model::result<header_list> cloud_headers(const cloud_options& cloud, runtime::secret_files& files);

}  // namespace edge_rollup::deliver
