#include "daemon/admin/admin.hpp"

#include "daemon/admin/first_to_end.hpp"
#include "net/http_text.hpp"
#include "runtime/disk_thread.hpp"

#include <set>
#include <utility>

namespace edge_rollup::daemon {

using runtime::task;

namespace {

constexpr model::seconds tell_pause{30};  // until a disk may take something again

model::mono_time idle_until(const pipeline& rounds) {
  const auto& planned = rounds.next_round();
  return planned ? planned->start : model::mono_time::min();
}

}  // namespace

admin::admin(admin_parts parts, const serve::admin_options& options)
    : parts_(std::move(parts)),
      has_own_token_(!options.token || options.listen->is_loopback()),
      view_({parts_.all, parts_.reloads, parts_.store, parts_.state_directory, parts_.settings_file}),
      lag_(parts_.all.time, [&rounds = parts_.all.rounds] { return idle_until(rounds); }),
      metrics_({parts_.all.time, parts_.all.registry, view_.nodes(), lag_, [this] { return certificates_of_peers(); },
                parts_.state_directory}),
      files_(parts_.state_directory),
      server_(served(), options),
      tell_again_(parts_.all.time.make_timer()),
      tasks_(parts_.all.loop, parts_.all.time) {}

serve::admin_parts admin::served() {
  return {parts_.all.loop,
          parts_.all.time,
          parts_.host_name,
          parts_.connections,
          [this] { return view_.look(); },
          [this] { return metrics_.text(); },
          view_.events(),
          {[this] { return parts_.reloads.reload(); }, [this] { return start_round(); }}};
}

model::result<void> admin::open() {
  const auto token = has_own_token_ ? make_admin_token(parts_.chance) : std::string();
  if (auto opened = server_.listen(token); !opened) return opened;
  auto told = files_.tell(server_.url(), token);
  if (!told && told.error().kind != model::error_kind::disk) return told;
  parts_.messages.info("listening on " + server_.url(), {{"address", server_.url()}});
  parts_.all.round_ended = [this](finished_round round) { view_.round_ended(std::move(round)); };
  parts_.all.try_ended = [this](const deliver::delivery_try& ended) { view_.try_ended(ended); };
  server_.start();
  tasks_.spawn(lag_.run());
  if (!told) {
    parts_.messages.warn("the commands beside the daemon do not find it: " + told.error().text);
    tasks_.spawn(tell_later(token));
  }
  return {};
}

void admin::stop() noexcept {
  server_.stop();
  lag_.stop();
  tell_again_->cancel();
}

task<void> admin::tell_later(std::string token) {
  runtime::disk_thread disk;
  auto write = [this, url = server_.url(), token = std::move(token)] { return files_.tell(url, token); };
  while (true) {
    const auto due = parts_.all.time.now() + tell_pause;
    const auto ended = co_await tell_again_->wait_until(due);
    if (ended == runtime::wait_result::cancelled) co_return;
    const auto told = co_await disk.run(write);
    if (!told) continue;
    parts_.messages.info("the commands beside the daemon find it now");
    co_return;
  }
}

/// Those of nodes that went are no longer anybody's concern. A fleet of any size leaves room for the cloud's.
net::certificate_expiries admin::certificates_of_peers() const {
  auto shown = parts_.certificates();
  const auto& in_effect = parts_.reloads.in_effect();
  const auto cloud = in_effect.cloud ? net::host_field(in_effect.cloud->url) : std::string();
  std::set<std::string> peers{cloud};
  if (in_effect.fleet.node_http) peers.insert(net::host_field(in_effect.fleet.node_http->url));
  if (const auto& nodes = parts_.all.rounds.nodes()) {
    for (const auto& each : *nodes) {
      if (each.base.scheme == model::url_scheme::https) peers.insert(net::host_field(each.base));
    }
  }
  std::erase_if(shown, [&peers](const auto& each) { return !peers.contains(each.first); });
  return first_to_end(std::move(shown), cloud, scrape::max_labelled);
}

task<model::result<std::uint64_t>> admin::start_round() {
  co_return parts_.all.rounds.ask_for_round();
}

}  // namespace edge_rollup::daemon
