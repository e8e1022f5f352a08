#include "daemon/command/identity_command.hpp"

#include "daemon/command/open_visited_store.hpp"
#include "daemon/command/state_directory_of.hpp"
#include "daemon/text/standard_streams.hpp"
#include "model/words.hpp"
#include "outbox/visited_store.hpp"
#include "runtime/system_entropy.hpp"
#include "wire/json_writer.hpp"
#include "wire/uuid.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <utility>

namespace edge_rollup::daemon {
namespace {

std::string identity_lines(const outbox::overview& glance, const std::string& gateway,
                           const std::filesystem::path& directory) {
  auto text = fmt::format("gateway    {}\n", gateway);
  if (gateway != glance.gateway) text += fmt::format("kept       {}, but the settings name it\n", glance.gateway);
  text += fmt::format("stream     {}\n", glance.stream);
  if (glance.reason)
    text += fmt::format("reason     {}, the cloud does not know yet\n", model::to_string(*glance.reason));
  if (glance.previous_stream) text += fmt::format("previous   {}\n", *glance.previous_stream);
  return text + fmt::format("next       {}\ndirectory  {}\n", glance.next_sequence, directory.native());
}

std::string identity_json(const outbox::overview& glance, const std::string& gateway,
                          const std::filesystem::path& directory) {
  std::string text;
  wire::json_writer out(text);
  out.begin_object();
  out.key("gateway").text(gateway);
  out.key("kept_gateway").text(glance.gateway);
  out.key("stream").text(glance.stream);
  out.key("stream_reason");
  glance.reason ? out.text(model::to_string(*glance.reason)) : out.null();
  out.key("previous_stream");
  glance.previous_stream ? out.text(*glance.previous_stream) : out.null();
  out.key("next_sequence").integer(glance.next_sequence);
  out.key("directory").text(directory.native());
  out.end_object();
  return text + "\n";
}

model::result<void> carry_out(const show_identity&, outbox::visited_store&) {
  return {};
}

model::result<void> carry_out(const new_identity& asked, outbox::visited_store& store) {
  if (asked.confirmed == confirmation::missing) {
    return model::fail(model::error_kind::usage,
                       "a new stream makes a new source of this gateway for the cloud: add --yes if that is meant");
  }
  runtime::system_entropy chance;
  return store.begin_stream(wire::uuid_v4(chance.next(), chance.next()));
}

std::string what_follows(const identity_command& asked) {
  if (!std::holds_alternative<new_identity>(asked.action)) return "";
  return "\na running daemon goes on in it with its next round; no restart is needed\n";
}

}  // namespace

model::result<exit_code> look_after_identity(const identity_command& asked) {
  const auto named = gateway_of(asked.visit.settings);
  if (!named) return std::unexpected(named.error());
  auto store = open_visited_store(asked.visit.settings);
  if (!store) return std::unexpected(std::move(store.error()));
  const auto done = std::visit([&](const auto& action) { return carry_out(action, *store); }, asked.action);
  if (!done) return std::unexpected(done.error());
  const auto glance = store->look();
  if (!glance) return std::unexpected(glance.error());
  const auto directory = store->file().parent_path();
  const auto gateway = named->value_or(glance->gateway);
  const auto text = asked.visit.form == output_form::json
                        ? identity_json(*glance, gateway, directory)
                        : identity_lines(*glance, gateway, directory) + what_follows(asked);
  const auto printed = print(text);
  if (!printed) return std::unexpected(printed.error());
  return exit_code::ok;
}

}  // namespace edge_rollup::daemon
