#include "edge-stub/tls_identity.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string_view>
#include <system_error>

namespace edge_rollup::stub {
namespace {

using model::error;
using model::error_kind;

std::optional<error> unreadable(const std::string& path) {
  if (::access(path.c_str(), R_OK) == 0) return std::nullopt;
  const int why = errno;
  const auto kind = why == EACCES ? error_kind::permission : error_kind::no_input;
  return error{kind, fmt::format("cannot read {}: {}", path, std::system_category().message(why))};
}

error useless(const std::string& path, std::string_view what) {
  if (ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH)
    return {error_kind::config, fmt::format("{} does not belong to the certificate", path)};
  return {error_kind::config, fmt::format("{}: no {} in PEM form is in there", path, what)};
}

/// In place of a question on the terminal; an encrypted key is none that can be used.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

std::optional<error> load(SSL_CTX& context, const tls_files& files) {
  if (auto problem = unreadable(files.certificate)) return problem;
  if (auto problem = unreadable(files.key)) return problem;
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(&context, files.certificate.c_str()) != 1)
    return useless(files.certificate, "certificate");
  SSL_CTX_set_default_passwd_cb(&context, no_passphrase);
  if (SSL_CTX_use_PrivateKey_file(&context, files.key.c_str(), SSL_FILETYPE_PEM) != 1)
    return useless(files.key, "unencrypted key");
  return std::nullopt;
}

}  // namespace

model::result<tls_identity> tls_identity::open(const tls_files& files) {
  net::ssl_ctx_handle context(SSL_CTX_new(TLS_server_method()));
  if (!context) return model::fail(error_kind::internal, "OpenSSL cannot be used");
  if (auto problem = load(*context, files)) return std::unexpected(std::move(*problem));
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return tls_identity(std::move(context));
}

net::ssl_handle tls_identity::connection(int descriptor) const {
  net::ssl_handle made(SSL_new(context_.get()));
  if (!made || SSL_set_fd(made.get(), descriptor) != 1) return nullptr;
  SSL_set_accept_state(made.get());
  return made;
}

}  // namespace edge_rollup::stub
