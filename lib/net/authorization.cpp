#include "net/authorization.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <utility>

namespace edge_rollup::net {
namespace {

using model::error_kind;

bool is_visible(char c) {
  return c > ' ' && c <= '~';
}

/// RFC 7617 §2 allows everything else, UTF-8 included.
bool is_control(char c) {
  return (c >= '\0' && c < ' ') || c == '\x7f';
}

std::string base64(const std::string& plain) {
  std::string coded((plain.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock ends it with a NUL
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(coded.data()),
                      reinterpret_cast<const unsigned char*>(plain.data()), static_cast<int>(plain.size()));
  coded.resize(static_cast<std::size_t>(size));
  return coded;
}

}  // namespace

model::result<std::string> authorization_value(const model::credentials& who, runtime::secret_files& secrets) {
  auto word = secrets.value_of(who.word);
  if (!word) return word;
  if (who.scheme == model::auth_scheme::bearer) {
    if (word->empty()) return model::fail(error_kind::bad_data, "the bearer token is empty");
    if (!std::ranges::all_of(*word, is_visible)) {
      return model::fail(error_kind::bad_data, "the bearer token has blanks or bytes that are not visible ASCII");
    }
    return "Bearer " + *word;
  }
  auto user = secrets.value_of(who.user);
  if (!user) return user;
  if (user->contains(':')) return model::fail(error_kind::bad_data, "the user name of basic authentication has a ':'");
  const auto pair = *user + ':' + *word;
  if (std::ranges::any_of(pair, is_control)) {
    return model::fail(error_kind::bad_data,
                       "the user name or password of basic authentication has control characters");
  }
  return "Basic " + base64(pair);
}

}  // namespace edge_rollup::net
