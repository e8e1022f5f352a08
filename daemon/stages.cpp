// Descriptors are shared out here: the store, the cloud, the log and the loop keep their reserve before any node is
// asked.
#include "daemon/stages.hpp"

#include "outbox/default_directory.hpp"
#include "runtime/descriptor_limit.hpp"
#include "wire/uuid.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace edge_rollup::daemon {
namespace {

constexpr std::size_t reserved_descriptors = 32;
constexpr std::size_t least_for_nodes = 8;

std::size_t descriptors_for_nodes() {
  const auto limit = runtime::raise_descriptor_limit();
  return limit > reserved_descriptors + least_for_nodes ? limit - reserved_descriptors : least_for_nodes;
}

std::optional<std::string> from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

net::http_limits limits_of(const config::cloud_options& cloud) {
  net::http_limits limits;
  limits.progress_timeout = cloud.timeout;
  limits.total_timeout = cloud.total_timeout;
  return limits;
}

pipeline_parts parts_of(stages& all, keeping* kept, observe::log& messages) {
  auto tell_delivery = [&all] {
    if (all.delivery) all.delivery->notify();
  };
  return {all.time,
          all.chance,
          messages,
          all.numbers,
          all.nodes,
          kept ? kept->store.get() : nullptr,
          std::move(tell_delivery)};
}

}  // namespace

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  return name.data();
}

model::result<keeping> open_store(const std::optional<std::string>& asked, runtime::entropy& chance) {
  const auto wanted =
      outbox::default_state_directory({asked, from_environment("STATE_DIRECTORY"), from_environment("XDG_STATE_HOME"),
                                       from_environment("HOME"), ::geteuid()});
  if (!wanted) return std::unexpected(wanted.error());
  auto directory = outbox::state_directory::claim(*wanted);
  if (!directory) return std::unexpected(std::move(directory.error()));
  auto store =
      outbox::sqlite_outbox::open(directory->path(), {host_name(), wire::uuid_v4(chance.next(), chance.next())});
  if (!store) return std::unexpected(std::move(store.error()));
  return keeping{std::move(*directory), std::move(*store)};
}

stages::stages(const config::config& settings, keeping* kept, observe::log& messages)
    : time(loop.get_executor()),
      numbers(registry),
      network(loop.get_executor(), time),
      nodes(loop.get_executor(), time, network, settings.poll, descriptors_for_nodes(), settings.nodes),
      rounds(parts_of(*this, kept, messages), settings, kept ? kept->store->at_a_glance().gateway : host_name(),
             kept ? kept->directory.path() : std::filesystem::path("/")) {
  if (kept == nullptr || !settings.cloud) return;
  connection.emplace(loop.get_executor(), time, network, limits_of(*settings.cloud));
  cloud.emplace(*connection, time, settings.cloud->url);
  auto tried = [this, kept](const deliver::delivery_try& ended, const deliver::delivery_state& state) {
    numbers.try_ended(ended, state, time.wall_now());
    numbers.outbox_changed(kept->store->at_a_glance());
  };
  deliver::deliverer_parts parts{time, chance, messages, *kept->store, *cloud, std::move(tried)};
  delivery.emplace(std::move(parts), settings.deliver, deliver::trust_in(settings.cloud->url));
}

}  // namespace edge_rollup::daemon
