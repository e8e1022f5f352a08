// Every problem with a file is told at the start, by its name; nothing is asked on a terminal.
#include "net/tls_context.hpp"

#include "net/http_text.hpp"
#include "net/tls_certificate_text.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <boost/asio/ip/address.hpp>

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <ranges>
#include <string_view>
#include <system_error>
#include <utility>

namespace edge_rollup::net {
namespace {

using model::error;
using model::error_kind;

enum class key_lock { none, passphrase };

std::string reason() {
  const char* const text = ERR_reason_error_string(ERR_peek_last_error());
  return text == nullptr ? "unknown" : text;
}

/// Why a file cannot be read at all; `what` is what it was to hold.
std::optional<error> unreadable(std::string_view what, const std::string& path) {
  if (::access(path.c_str(), R_OK) == 0) {
    std::error_code unknown;
    if (!std::filesystem::is_other(std::filesystem::status(path, unknown))) return std::nullopt;
    // A pipe would block until somebody writes.
    return error{error_kind::config, fmt::format("{} {}: not a regular file", what, path)};
  }
  const int why = errno;
  const auto text = fmt::format("{} {}: {}", what, path, std::system_category().message(why));
  if (why == ENOENT || why == ENOTDIR) return error{error_kind::no_input, text};
  if (why == EACCES) return error{error_kind::permission, text + "; let the user of this process read it"};
  return error{error_kind::config, text};
}

std::optional<error> trust(SSL_CTX& context, std::string_view what, const std::string& ca) {
  if (auto problem = unreadable(what, ca)) return problem;
  const bool is_directory = std::filesystem::is_directory(ca);
  const int loaded =
      is_directory ? SSL_CTX_load_verify_dir(&context, ca.c_str()) : SSL_CTX_load_verify_file(&context, ca.c_str());
  if (loaded == 1) return std::nullopt;
  return error{error_kind::config,
               fmt::format("{} {}: no certificate in PEM form is in there ({})", what, ca, reason())};
}

/// Where the environment moves the system's store, OpenSSL passes in silence over what it cannot read: every peer would
/// have an unknown issuer then.
std::optional<error> trust_system(SSL_CTX& context) {
  if (const char* const file = ::secure_getenv(X509_get_default_cert_file_env())) {
    if (auto problem = trust(context, "trusted authorities of SSL_CERT_FILE", file)) return problem;
  }
  if (const char* const directories = ::secure_getenv(X509_get_default_cert_dir_env())) {
    for (const auto each : std::views::split(std::string_view(directories), ':')) {
      const std::string directory(each.begin(), each.end());
      if (auto problem = unreadable("trusted authorities of SSL_CERT_DIR", directory)) return problem;
    }
  }
  if (SSL_CTX_set_default_verify_paths(&context) == 1) return std::nullopt;
  return error{error_kind::config, fmt::format("the system's store of authorities cannot be used: {}", reason())};
}

/// OpenSSL asks here for the passphrase of a key. Nobody sits at a daemon's terminal, so it only takes a note.
int note_passphrase(char*, int, int, void* lock) {
  *static_cast<key_lock*>(lock) = key_lock::passphrase;
  return -1;
}

std::optional<error> use_key(SSL_CTX& context, const model::tls_options& options) {
  if (auto problem = unreadable("client key", options.key)) return problem;
  auto lock = key_lock::none;
  SSL_CTX_set_default_passwd_cb(&context, note_passphrase);
  SSL_CTX_set_default_passwd_cb_userdata(&context, &lock);
  const bool loaded = SSL_CTX_use_PrivateKey_file(&context, options.key.c_str(), SSL_FILETYPE_PEM) == 1;
  SSL_CTX_set_default_passwd_cb_userdata(&context, nullptr);
  if (loaded) return std::nullopt;
  if (lock == key_lock::passphrase) {
    return error{error_kind::config,
                 fmt::format("client key {}: it is encrypted, and there is nobody to ask for the passphrase; "
                             "`openssl pkey` takes the encryption off",
                             options.key)};
  }
  if (ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH ||
      ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_TYPE_MISMATCH) {
    return error{error_kind::config, fmt::format("client key {}: it does not belong to the certificate {}", options.key,
                                                 options.certificate)};
  }
  return error{error_kind::config,
               fmt::format("client key {}: no private key in PEM form is in there ({})", options.key, reason())};
}

std::optional<error> identify(SSL_CTX& context, const model::tls_options& options) {
  if (options.certificate.empty() && options.key.empty()) return std::nullopt;
  if (options.certificate.empty() || options.key.empty()) {
    return error{error_kind::config, fmt::format("a client certificate needs its key and a key its certificate: only "
                                                 "{} is given",
                                                 options.key.empty() ? options.certificate : options.key)};
  }
  if (auto problem = unreadable("client certificate", options.certificate)) return problem;
  if (SSL_CTX_use_certificate_chain_file(&context, options.certificate.c_str()) != 1) {
    return error{error_kind::config, fmt::format("client certificate {}: no usable certificate in PEM form is in "
                                                 "there ({})",
                                                 options.certificate, reason())};
  }
  return use_key(context, options);
}

tls_handshake& handshake_of(const SSL* connection) {
  return *static_cast<tls_handshake*>(SSL_get_app_data(connection));
}

int note_distrust(int accepted, X509_STORE_CTX* verification) {
  if (accepted == 1) return 1;
  const auto* const connection =
      static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx()));
  tls_handshake& handshake = handshake_of(connection);
  handshake.distrust = why_distrusted(*verification, handshake.host);
  return 0;
}

/// Called where the peer asks for a client certificate and there is none.
int note_missing_certificate(SSL* connection, X509**, EVP_PKEY**) {
  handshake_of(connection).certificate = tls_handshake::client_certificate::asked_in_vain;
  return 0;
}

void set_rules(SSL_CTX& context) {
  // A system that asks for more is left alone.
  if (SSL_CTX_get_min_proto_version(&context) < TLS1_2_VERSION) SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION);
  SSL_CTX_set_options(&context, SSL_OP_NO_RENEGOTIATION);
  // In the kernel a read would end with each record, and tell nothing of what follows.
  SSL_CTX_clear_options(&context, SSL_OP_ENABLE_KTLS);
  // An idle connection holds no buffers, and a call returns after each record, so that no peer keeps the loop busy.
  SSL_CTX_set_mode(&context,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_clear_mode(&context, SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_read_ahead(&context, 1);  // a record's head and body in one system call
  SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_set_verify(&context, SSL_VERIFY_PEER, note_distrust);
  SSL_CTX_set_client_cert_cb(&context, note_missing_certificate);
}

/// A name is asked for and must be in the certificate; an address only the latter (RFC 6066 §3).
bool expect_host(SSL& connection, std::string& host) {
  SSL_set_hostflags(&connection, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  boost::system::error_code is_a_name;
  const auto address = boost::asio::ip::make_address(host, is_a_name);
  if (!is_a_name) {
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(&connection), address.to_string().c_str()) == 1;
  }
  return SSL_ctrl(&connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data()) == 1 &&
         SSL_set1_host(&connection, host.c_str()) == 1;
}

}  // namespace

tls_handshake::tls_handshake(const model::url& peer) : host(peer.host.substr(0, peer.host.find('%'))) {
  if (host.ends_with('.')) host.pop_back();  // the root's dot, which no certificate has
  server = host_field(peer);
}

model::result<std::shared_ptr<tls_context>> tls_context::open(const model::tls_options& options) {
  ERR_clear_error();
  ssl_ctx_handle context(SSL_CTX_new(TLS_client_method()));
  if (!context) return model::fail(error_kind::internal, fmt::format("OpenSSL cannot be used: {}", reason()));
  set_rules(*context);
  if (auto problem = options.ca.empty() ? trust_system(*context) : trust(*context, "trusted authorities", options.ca))
    return std::unexpected(std::move(*problem));
  if (auto problem = identify(*context, options)) return std::unexpected(std::move(*problem));
  return std::shared_ptr<tls_context>(new tls_context(std::move(context)));
}

tls_context::tls_context(ssl_ctx_handle context) : context_(std::move(context)) {
  SSL_CTX_set_app_data(context_.get(), this);
  SSL_CTX_sess_set_new_cb(context_.get(), keep_session);
}

int tls_context::keep_session(ssl_st* connection, ssl_session_st* session) {
  auto& self = *static_cast<tls_context*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(connection)));
  self.sessions_.keep(handshake_of(connection).server, *session);
  return 0;  // it stays OpenSSL's
}

ssl_handle tls_context::connection(tls_handshake& handshake) {
  ssl_handle connection(SSL_new(context_.get()));
  if (!connection || !expect_host(*connection, handshake.host)) return nullptr;
  SSL_set_app_data(connection.get(), &handshake);
  if (const auto session = sessions_.session_for(handshake.server)) SSL_set_session(connection.get(), session.get());
  SSL_set_connect_state(connection.get());
  return connection;
}

void tls_context::established(const ssl_st& connection, const tls_handshake& handshake) {
  const X509* const certificate = SSL_get0_peer_certificate(&connection);
  const auto expiry = certificate == nullptr ? std::nullopt : certificate_expiry(*certificate);
  const bool has_room = expiries_.size() < tls_sessions::max_sessions || expiries_.contains(handshake.server);
  if (expiry && has_room) expiries_.insert_or_assign(handshake.server, *expiry);
}

}  // namespace edge_rollup::net
