#include "deliver/cloud_headers.hpp"

#include "net/authorization.hpp"
#include "net/http_text.hpp"

#include <fmt/format.h>

namespace edge_rollup::deliver {

namespace {

std::unexpected<model::error> in_setting(std::string_view setting, const model::error& why) {
  return model::fail(why.kind, fmt::format("{}: {}", setting, why.text));
}

}  // namespace

model::result<header_list> cloud_headers(const cloud_options& cloud, runtime::secret_files& files) {
  header_list headers;
  if (cloud.auth) {
    auto value = net::authorization_value(*cloud.auth, files);
    if (!value) return in_setting("cloud.auth", value.error());
    headers.emplace_back("Authorization", std::move(*value));
  }
  for (const auto& [name, secret] : cloud.headers) {
    const auto setting = fmt::format("cloud.headers.{}", name);
    auto value = files.value_of(secret);
    if (!value) return in_setting(setting, value.error());
    if (!net::is_field_text(*value)) {
      return in_setting(setting, {model::error_kind::bad_data, "it has control characters, which no header can carry"});
    }
    headers.emplace_back(name, std::move(*value));
  }
  return headers;
}

}  // namespace edge_rollup::deliver
