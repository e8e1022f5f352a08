#include "config/make_config.hpp"

#include "config/duration.hpp"
#include "config/read_nodes.hpp"
#include "fleet/make_nodes.hpp"
#include "model/invariant.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace edge_rollup::config {
namespace {

using model::milliseconds;

/// The values of one config. Every key has at least its default, so what is asked for is there.
class config_maker {
 public:
  config_maker(layers& from, request asked) : from_(from), values_(from.effective()), asked_(std::move(asked)) {}

  model::result<config> make() {
    settle_timeout();
    made_.rounds = asked_.rounds;
    made_.shutdown_grace = duration("shutdown_grace");
    if (const auto* name = values_.get<std::string>("gateway")) made_.gateway = *name;
    if (const auto* path = values_.get<std::string>("state_dir")) made_.state_dir = *path;
    fill_poll();
    fill_report();
    fill_log();
    fill_outbox();
    fill_cloud();
    fill_fleet();
    fill_admin();
    if (from_.wrong().count() > 0) return std::unexpected(from_.wrong().as_error());
    made_.values = values_of(values_);
    made_.held = std::move(from_.held());
    if (are_nodes_named_) hold_lists();
    if (asked_.for_what == purpose::show) return std::move(made_);
    if (const auto nodes = fleet::static_nodes(made_.fleet); !nodes) return std::unexpected(nodes.error());
    return std::move(made_);
  }

 private:
  [[nodiscard]] const setting& at(std::string_view name) const {
    const setting* const found = values_.find(name);
    EDGE_ROLLUP_INVARIANT(found != nullptr);
    return *found;
  }

  [[nodiscard]] milliseconds duration(std::string_view name) const { return *values_.duration(name); }
  [[nodiscard]] std::int64_t number(std::string_view name) const { return *values_.get<std::int64_t>(name); }
  [[nodiscard]] std::size_t bytes(std::string_view name) const { return static_cast<std::size_t>(number(name)); }
  [[nodiscard]] const std::string& word(std::string_view name) const { return *values_.get<std::string>(name); }

  /// The value that a word stands for.
  template <class Value, std::size_t count>
  [[nodiscard]] Value chosen(std::string_view name,
                             const std::array<std::pair<std::string_view, Value>, count>& words) const {
    const auto found = std::ranges::find(words, word(name), &std::pair<std::string_view, Value>::first);
    EDGE_ROLLUP_INVARIANT(found != words.end());
    return found->second;
  }

  /// Empty where the word is "auto".
  [[nodiscard]] std::optional<bool> switched(std::string_view name) const {
    return word(name) == "auto" ? std::nullopt : std::optional(word(name) == "on");
  }

  void complain(std::string_view name, std::string what, std::string remedy) {
    from_.wrong().add(at(name).where, std::move(what), std::move(remedy));
  }

  void settle_timeout() {
    const auto interval = duration("poll.interval");
    auto timeout = at("poll.timeout");
    if (!timeout.is_default() || interval == milliseconds::zero() || duration("poll.timeout") <= interval) return;
    timeout.value = interval.count();
    timeout.shown = to_string(interval);
    values_.set("poll.timeout", std::move(timeout));
  }

  void fill_poll() {
    auto& poll = made_.poll;
    poll.interval = duration("poll.interval");
    poll.parallel = bytes("poll.parallel");
    poll.retries = static_cast<int>(number("poll.retries"));
    poll.max_body = bytes("poll.max_body");
    const bool back_to_back = poll.interval == milliseconds::zero();
    poll.keep_alive = switched("poll.keep_alive").value_or(poll.interval <= keep_alive_up_to);
    poll.breaker = switched("poll.breaker").value_or(poll.interval < breaker_below && !back_to_back);
    made_.record_kind = chosen<model::record_kind, 3>("poll.record_kind", {{{"level", model::record_kind::level},
                                                                            {"interval", model::record_kind::interval},
                                                                            {"counter", model::record_kind::counter}}});
    if (!back_to_back && poll.interval < min_interval) {
      complain("poll.interval", fmt::format("the interval {} is too short", to_string(poll.interval)),
               fmt::format("at least {}, or 0s to run rounds back to back", to_string(min_interval)));
      return;
    }
    const auto timeout = duration("poll.timeout");
    if (is_above_interval(timeout)) {
      complain(at("poll.timeout").is_default() ? "poll.interval" : "poll.timeout", above_interval(timeout),
               "shorten the timeout or lengthen the interval: rounds would run into each other");
    }
  }

  [[nodiscard]] bool is_above_interval(milliseconds timeout) const {
    return made_.poll.interval != milliseconds::zero() && timeout > made_.poll.interval;
  }

  [[nodiscard]] std::string above_interval(milliseconds timeout) const {
    return fmt::format("the timeout {} is above the interval {}", to_string(timeout), to_string(made_.poll.interval));
  }

  void fill_report() {
    using model::node_detail;
    made_.report.node_data = chosen<node_detail, 3>(
        "report.node_data",
        {{{"all", node_detail::full}, {"errors", node_detail::errors}, {"none", node_detail::totals}}});
    made_.report.node_url =
        word("report.node_url") == "name" ? model::node_url_content::name : model::node_url_content::url;
    made_.report.max_body = bytes("report.max_body");
  }

  void fill_log() {
    using observe::log_format;
    using observe::log_level;
    const auto level = chosen<log_level, 4>("log.level", {{{"debug", log_level::debug},
                                                           {"info", log_level::info},
                                                           {"warn", log_level::warn},
                                                           {"error", log_level::error}}});
    if (!at("log.level").is_default()) made_.log.level = level;
    made_.log.format = chosen<log_format, 4>("log.format", {{{"auto", log_format::automatic},
                                                             {"text", log_format::text},
                                                             {"json", log_format::json},
                                                             {"journald", log_format::journald}}});
  }

  void fill_outbox() {
    made_.outbox.max_bytes = bytes("outbox.max_bytes");
    made_.outbox.max_age = duration("outbox.max_age");
    if (values_.get<std::int64_t>("outbox.min_free_disk") != nullptr) {
      made_.outbox.min_free_disk = bytes("outbox.min_free_disk");
    }
  }

  void fill_retry() {
    made_.deliver.retry = {duration("cloud.retry.first"), duration("cloud.retry.max")};
    made_.deliver.retry_after_max = duration("cloud.retry.retry_after_max");
    if (made_.deliver.retry.first > made_.deliver.retry.max) {
      complain("cloud.retry.first", "the first wait is above the longest one",
               "raise cloud.retry.max or lower this one");
    }
    if (duration("cloud.timeout") > duration("cloud.total_timeout")) {
      complain("cloud.timeout", "the time without progress is above that of a whole try",
               "raise cloud.total_timeout or lower this one");
    }
  }

  void fill_cloud() {
    fill_retry();
    auto auth = credentials_in(values_, "cloud", from_.wrong());
    auto tls = tls_in(values_, "cloud", from_.wrong());
    const auto* const url = values_.get<model::url>("cloud.url");
    if (url == nullptr) return miss_cloud();
    auto& cloud = made_.cloud.emplace();
    cloud.url = *url;
    cloud.auth = std::move(auth);
    cloud.tls = std::move(tls);
    cloud.headers = *values_.get<secret_pairs>("cloud.headers");
    cloud.timeout = duration("cloud.timeout");
    cloud.total_timeout = duration("cloud.total_timeout");
    cloud.spread = values_.duration("cloud.spread");
    cloud.gzip = chosen<deliver::gzip_use, 3>(
        "cloud.gzip",
        {{{"auto", deliver::gzip_use::automatic}, {"on", deliver::gzip_use::on}, {"off", deliver::gzip_use::off}}});
    if (const auto* proxy = values_.get<net::proxy_address>("cloud.proxy")) {
      cloud.proxy = proxy->url;
      if (!proxy->user_info.empty()) cloud.proxy_user_info = proxy->user_info;
    }
  }

  void miss_cloud() {
    if (asked_.for_what == purpose::dry_run || asked_.for_what == purpose::show) return;
    if (values_.is_mistaken("cloud.url") || from_.is_cut_off()) return;
    const bool one_shot = asked_.for_what == purpose::once;
    const auto* const remedy = one_shot
                                   ? "say with --cloud URL where the rollup is delivered, or only look with --dry-run"
                                   : "say with --cloud URL where rollups are delivered";
    from_.wrong().add(
        values_.parent_of("cloud.url"), "no cloud",
        fmt::format("{}, or {}", from_.has_file() ? "set cloud.url" : "name the settings with -c FILE", remedy));
  }

  void fill_fleet() {
    auto& defaults = asked_.named.defaults;
    defaults.path = word("poll.path");
    defaults.timeout = duration("poll.timeout");
    defaults.max_age = duration("poll.max_age");
    defaults.auth = credentials_in(values_, "poll", from_.wrong());
    defaults.tls = tls_in(values_, "poll", from_.wrong());
    are_nodes_named_ = !asked_.named.fixed.empty() || !asked_.named.named_files.empty();
    made_.fleet = std::move(asked_.named);
    if (!are_nodes_named_) fill_lists();
    check_nodes();
  }

  /// What a command line alone describes is tried out, maybe beside a service that listens already.
  void fill_admin() {
    auto listen = at("listen");
    if (listen.is_default() && !from_.has_file() && asked_.for_what != purpose::show) {
      listen.value = no_value{};
      listen.shown = "off";
      values_.set("listen", std::move(listen));
    }
    auto& admin = made_.admin;
    if (const auto* address = values_.get<std::string>("listen")) admin.listen = serve::parse_listen_address(*address);
    if (const auto* token = values_.get<model::secret>("listen_token")) admin.token = *token;
    admin.hosts = *values_.get<std::vector<std::string>>("listen_hosts");
    if (!admin.listen || admin.listen->is_loopback() || admin.token || values_.is_mistaken("listen_token")) return;
    complain("listen",
             fmt::format("others than this machine reach {}, and no listen_token is set", to_string(*admin.listen)),
             "set listen_token, or listen on 127.0.0.1");
  }

  void fill_lists() {
    made_.fleet.fixed = *values_.get<std::vector<fleet::node_setting>>("nodes");
    made_.fleet.node_files = *values_.get<std::vector<std::string>>("node_files");
    const auto* const url = values_.get<model::url>("node_http.url");
    if (url != nullptr) {
      const auto empty = number("node_http.allow_empty") != 0 ? fleet::empty_list::allowed : fleet::empty_list::refused;
      made_.fleet.node_http = fleet::http_list{*url, duration("node_http.refresh"), empty};
    } else if (at("node_http.url").is_default() &&
               !(at("node_http.refresh").is_default() && at("node_http.allow_empty").is_default())) {
      from_.wrong().add(values_.parent_of("node_http.url"), "node_http.url is missing", "say where the list is");
    }
  }

  /// Nodes on the command line are in the place of every list of the settings.
  void hold_lists() {
    for (const key& each : keys()) {
      if (each.name != "nodes" && each.name != "node_files" && !each.name.starts_with("node_http.")) continue;
      made_.values.erase(each.name);
      auto [held, is_first] = made_.held.try_emplace(each.name);
      if (is_first) held->second.below = {at(each.name).value, at(each.name).shown};
      held->second.by = "the command line";
    }
  }

  void check_nodes() {
    for (const auto& node : made_.fleet.fixed) {
      if (!node.timeout || !is_above_interval(*node.timeout)) continue;
      complain("nodes", fmt::format("{}: {}", node.place, above_interval(*node.timeout)),
               "shorten the timeout or lengthen the interval");
    }
    const bool none = made_.fleet.fixed.empty() && made_.fleet.named_files.empty() && !made_.fleet.has_lists();
    const bool is_told = from_.is_cut_off() || values_.is_mistaken("nodes") || values_.is_mistaken("node_files") ||
                         values_.is_mistaken("node_http.url");
    if (!none || is_told || asked_.for_what == purpose::show || !from_.has_file()) return;
    from_.wrong().add(values_.parent_of("nodes"), "no nodes",
                      "name them under nodes, node_files or node_http, or give them on the command line");
  }

  layers& from_;
  settings& values_;
  request asked_;
  bool are_nodes_named_ = false;
  config made_;
};

}  // namespace

model::result<config> make_config(layers& from, request asked) {
  return config_maker(from, std::move(asked)).make();
}

}  // namespace edge_rollup::config
