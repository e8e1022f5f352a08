// The certificate and key with which a stub speaks https.
#pragma once

#include "model/result.hpp"
#include "net/tls_handles.hpp"

#include <string>
#include <utility>

namespace edge_rollup::stub {

/// Names of PEM files: a certificate, with what stands between it and its root, and its key. Both or none.
struct tls_files {
  std::string certificate;
  std::string key;

  [[nodiscard]] bool empty() const noexcept { return certificate.empty(); }
};

class tls_identity {
 public:
  /// Errors: no_input and permission for a file that cannot be read, config for what is in it.
  [[nodiscard]] static model::result<tls_identity> open(const tls_files& files);

  /// A server's side of one connection, on its descriptor. Empty where memory is out.
  [[nodiscard]] net::ssl_handle connection(int descriptor) const;

 private:
  explicit tls_identity(net::ssl_ctx_handle context) : context_(std::move(context)) {}

  net::ssl_ctx_handle context_;
};

}  // namespace edge_rollup::stub
