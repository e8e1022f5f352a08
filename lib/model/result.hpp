// Operational errors as values. Expected outcomes of a poll or a delivery are data of their own (failure.hpp).
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace edge_rollup::model {

/// What sort of thing went wrong; the command line turns it into a sysexits code.
enum class error_kind {
  usage,        ///< the command line cannot be understood
  bad_data,     ///< a line of a nodes file or another input is malformed
  no_input,     ///< a named file does not exist
  unavailable,  ///< something outside does not answer, or an address cannot be bound
  internal,     ///< a bug
  state,        ///< the state directory is refused or in use
  disk,         ///< reading or writing storage failed
  permission,   ///< the system does not allow it
  config,       ///< settings that are well-formed but wrong
};

/// An error a person can act on: `text` says what, where and how to mend it, in one line without a final period.
struct error {
  error_kind kind = error_kind::internal;
  std::string text;

  friend bool operator==(const error&, const error&) = default;
};

template <class T>
using result = std::expected<T, error>;

[[nodiscard]] inline std::unexpected<error> fail(error_kind kind, std::string text) {
  return std::unexpected(error{kind, std::move(text)});
}

}  // namespace edge_rollup::model
