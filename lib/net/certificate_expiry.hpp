// Until when certificates are valid, for those who renew them in time.
#pragma once

#include "model/result.hpp"
#include "model/time.hpp"

#include <map>
#include <optional>
#include <string>

struct x509_st;

namespace edge_rollup::net {

/// By server as in a Host field: "10.0.0.5:8443", "ingest.example.com".
using certificate_expiries = std::map<std::string, model::wall_time>;

/// The end of the validity (RFC 5280 §4.1.2.5). Empty where it is none that a calendar has.
[[nodiscard]] std::optional<model::wall_time> certificate_expiry(const x509_st& certificate);

/// Of the first certificate in a PEM file, which is the client's own in the files of tls_options. Errors: no_input or
/// permission where the file cannot be read; bad_data where it holds no certificate.
[[nodiscard]] model::result<model::wall_time> certificate_file_expiry(const std::string& path);

}  // namespace edge_rollup::net
