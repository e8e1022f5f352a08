// Writes the body that goes to the cloud: version 1 of the rollup format, described by docs/rollup.schema.json.
#pragma once

#include "model/node.hpp"
#include "model/poll_outcome.hpp"
#include "model/report_options.hpp"
#include "model/rollup.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace edge_rollup::wire {

inline constexpr int rollup_format_version = 1;
inline constexpr std::size_t max_error_message_bytes = 256;

/// The body as UTF-8 JSON. `nodes` and `outcomes` are those the rollup was made of, in the same order. Where the body
/// exceeds options.max_body, node entries are left out: first those without trouble, then all; what is left is sent
/// whatever its size. Without an identity `id`, `stream` and `sequence` are null.
[[nodiscard]] std::string to_json(const model::rollup& rollup, const model::rollup_label& label,
                                  std::span<const model::node> nodes, std::span<const model::poll_outcome> outcomes,
                                  const model::report_options& options);

/// The same body with `"test": true` as the first member of `rollup` and with an `id`: for trying out a set-up. `body`
/// is what to_json has made without an identity.
[[nodiscard]] std::string marked_as_test(std::string body, std::string_view id);

}  // namespace edge_rollup::wire
