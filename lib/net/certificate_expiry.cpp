#include "net/certificate_expiry.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <memory>
#include <system_error>

namespace edge_rollup::net {
namespace {

struct close_file {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

struct release_certificate {
  void operator()(X509* certificate) const noexcept { X509_free(certificate); }
};

}  // namespace

std::optional<model::wall_time> certificate_expiry(const x509_st& certificate) {
  std::tm utc{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &utc) != 1) return std::nullopt;
  // Not through system_clock, whose nanoseconds end in 2262: a certificate without an end says 9999 (RFC 5280
  // §4.1.2.5).
  return model::wall_time{std::chrono::seconds{::timegm(&utc)}};
}

model::result<model::wall_time> certificate_file_expiry(const std::string& path) {
  const std::unique_ptr<std::FILE, close_file> file(std::fopen(path.c_str(), "re"));
  if (!file) {
    const auto kind = errno == EACCES ? model::error_kind::permission : model::error_kind::no_input;
    return model::fail(kind, fmt::format("certificate {}: {}", path, std::system_category().message(errno)));
  }
  const std::unique_ptr<X509, release_certificate> first(PEM_read_X509(file.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  const auto expiry = first ? certificate_expiry(*first) : std::nullopt;
  if (!expiry)
    return model::fail(model::error_kind::bad_data, fmt::format("no certificate in PEM form is in {}", path));
  return *expiry;
}

}  // namespace edge_rollup::net
