// The daemon and its outbox as JSON, as docs/openapi.json describes them.
#pragma once

#include "serve/daemon_facts.hpp"
#include "wire/json_writer.hpp"

#include <string>

namespace edge_rollup::serve {

[[nodiscard]] std::string status_json(const daemon_facts& facts);
[[nodiscard]] std::string outbox_json(const daemon_facts& facts);

/// What is told of one round, inside an object.
wire::json_writer& write_round_members(wire::json_writer& out, const round_facts& round);

/// One round as an object.
void write_round(wire::json_writer& out, const round_facts& round);

}  // namespace edge_rollup::serve
