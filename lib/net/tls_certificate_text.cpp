// Names in a certificate are the peer's bytes, and least to be believed in one that was refused.
#include "net/tls_certificate_text.hpp"

#include "wire/excerpt.hpp"

#include <fmt/format.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>

#include <array>
#include <chrono>
#include <ctime>
#include <memory>

namespace edge_rollup::net {
namespace {

constexpr std::size_t name_bytes = 48;
constexpr int most_names = 3;

struct release_names {
  void operator()(GENERAL_NAMES* names) const noexcept { GENERAL_NAMES_free(names); }
};

std::string_view bytes_of(const ASN1_STRING* text) {
  const auto* const bytes = reinterpret_cast<const char*>(ASN1_STRING_get0_data(text));
  return {bytes, static_cast<std::size_t>(ASN1_STRING_length(text))};
}

/// The name a person knows it by: its common name, else its organisation.
std::string shown(const X509_NAME* name) {
  for (const int part : {NID_commonName, NID_organizationName}) {
    const int at = X509_NAME_get_index_by_NID(name, part, -1);
    if (at < 0) continue;
    const auto* const value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
    return fmt::format("\"{}\"", wire::excerpt(bytes_of(value), name_bytes));
  }
  return "somebody without a name";
}

std::string shown(const ASN1_TIME* time) {
  std::tm utc{};
  if (ASN1_TIME_to_tm(time, &utc) != 1) return "a time nobody can read";
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} UTC", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour,
                     utc.tm_min);
}

/// A host name or an address of the certificate; empty for names of other kinds.
std::string shown(const GENERAL_NAME& name) {
  if (name.type == GEN_DNS) return wire::excerpt(bytes_of(name.d.dNSName), name_bytes);
  if (name.type != GEN_IPADD) return {};
  const auto address = bytes_of(name.d.iPAddress);
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = address.size() == sizeof(::in6_addr) ? AF_INET6 : AF_INET;
  if (family == AF_INET && address.size() != sizeof(::in_addr)) return {};
  return ::inet_ntop(family, address.data(), text.data(), text.size()) == nullptr ? "" : text.data();
}

/// "a, b, c and more"; empty where the certificate names no host. The common name does not count (RFC 9110 §4.3.4).
std::string shown_hosts(const X509& certificate) {
  const std::unique_ptr<GENERAL_NAMES, release_names> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::string list;
  int seen = 0;
  for (int at = 0; at < sk_GENERAL_NAME_num(names.get()); ++at) {
    const auto name = shown(*sk_GENERAL_NAME_value(names.get(), at));
    if (name.empty()) continue;
    if (++seen > most_names) return list + " and more";
    list += (list.empty() ? "" : ", ") + name;
  }
  return list;
}

std::string wrong_host(const X509& certificate, std::string_view host) {
  const auto hosts = shown_hosts(certificate);
  if (hosts.empty())
    return fmt::format("the certificate is not for {}: it names no host as a subject alternative name", host);
  return fmt::format("the certificate is not for {} but for {}", host, hosts);
}

}  // namespace

std::string doubt_of_clock(model::wall_time now) {
  if (now >= model::oldest_plausible_time) return "is the clock right?";
  const std::chrono::year_month_day today{std::chrono::floor<std::chrono::days>(now)};
  return fmt::format("the clock of this machine is not set, it shows the year {}", static_cast<int>(today.year()));
}

std::string why_distrusted(x509_store_ctx_st& verification, std::string_view host) {
  const int error = X509_STORE_CTX_get_error(&verification);
  const X509* const at_fault = X509_STORE_CTX_get_current_cert(&verification);
  if (at_fault == nullptr)
    return fmt::format("the certificate is not trusted: {}", X509_verify_cert_error_string(error));
  const bool is_its_own = X509_STORE_CTX_get_error_depth(&verification) == 0;
  const auto what = is_its_own ? "the certificate"
                               : fmt::format("the issuer's certificate {}", shown(X509_get_subject_name(at_fault)));
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED: return fmt::format("{} expired at {}", what, shown(X509_get0_notAfter(at_fault)));
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return fmt::format("{} is not yet valid, only from {} on: {}", what, shown(X509_get0_notBefore(at_fault)),
                         doubt_of_clock(model::wall_time{model::seconds{std::time(nullptr)}}));
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return "the certificate is self-signed and not a trusted one";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return fmt::format("unknown issuer: the certificate comes from {}, which is not trusted",
                         shown(X509_get_issuer_name(at_fault)));
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return wrong_host(*at_fault, host);
    default: return fmt::format("{} is not accepted: {}", what, X509_verify_cert_error_string(error));
  }
}

}  // namespace edge_rollup::net
