// A process around a store that a test damages, or takes the power from, between its lives.
#pragma once

#include "model/invariant.hpp"
#include "model/result.hpp"
#include "outbox/resilient_store.hpp"

#include "support/memory_log.hpp"
#include "support/seeded_entropy.hpp"
#include "support/virtual_clock.hpp"

#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <utility>

namespace edge_rollup::tests {

inline constexpr const char* first_stream = "919108f7-52d1-4320-9bac-f847db4148a8";

/// With it a stream begins where there is none.
inline const outbox::store_parameters first_start{.gateway = "gateway-1", .new_stream_id = first_stream};

struct store_process {
  boost::asio::io_context loop;
  virtual_clock time{loop};
  seeded_entropy chance{7};
  memory_log messages;

  outbox::store_surroundings around() { return {time, chance, messages}; }

  model::result<outbox::resilient_store> try_open(const std::filesystem::path& directory) {
    return outbox::resilient_store::open(directory, first_start, around());
  }

  /// As `try_open`, where nothing may go wrong.
  outbox::resilient_store open(const std::filesystem::path& directory) {
    auto store = try_open(directory);
    EDGE_ROLLUP_INVARIANT(store.has_value());
    return std::move(*store);
  }
};

}  // namespace edge_rollup::tests
