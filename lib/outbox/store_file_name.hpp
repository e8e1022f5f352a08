// The name of the store in the state directory.
#pragma once

namespace edge_rollup::outbox {

inline constexpr const char* store_file_name = "outbox.db";

}  // namespace edge_rollup::outbox
