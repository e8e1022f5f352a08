#include "config/key_table.hpp"

#include "config/duration.hpp"
#include "config/size.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <utility>

namespace edge_rollup::config {
namespace {

constexpr std::int64_t second = 1'000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;
constexpr std::int64_t kib = 1024;
constexpr std::int64_t mib = 1024 * kib;
constexpr std::int64_t gib = 1024 * mib;

using enum value_type;

constexpr std::array settings_keys = {
    key{"gateway", text, "null", "name of this box in every rollup; the host name at first start, kept with the store",
        "null"},
    key{"nodes", nodes, "[]", "nodes to ask: URLs, or maps with url, name, labels, timeout, max_age, path, auth, tls"},
    key{"node_files", paths, "[]",
        "lists of nodes in Prometheus file_sd form, watched for changes, e.g. [/etc/edge-rollup/nodes.d/*.json]"},
    key{"node_http.url", url, "null", "a list of nodes in Prometheus http_sd form; the last good one is kept", "null"},
    key{"node_http.refresh", duration, "60s", "time between two looks at that list", "", second, day},
    key{"node_http.allow_empty", boolean, "false", "whether an empty list is believed"},

    key{"poll.path", url_path, "/data/summary", "what is appended to a node's URL"},
    key{"poll.interval", duration, "300s",
        "time between rounds, which start on the clock (:00, :05); 0s runs them back to back, for tests", "", 0,
        365 * day},
    key{"poll.timeout", duration, "5s",
        "for each node, name lookup included; unless set, the lesser of 5s and the interval", "", 1, day},
    key{"poll.parallel", integer, "1024", "polls in flight", "", 1, 100'000},
    key{"poll.retries", integer, "1", "further tries on connect errors and resets, within the timeout", "", 0, 10},
    key{"poll.max_body", size, "64KiB", "largest summary", "", kib, 16 * mib},
    key{"poll.keep_alive", word, "auto", "hold connections to nodes open; auto: with intervals up to 60s",
        "auto|on|off"},
    key{"poll.breaker", word, "auto", "only probe nodes that failed 5 times in a row; auto: with intervals below 60s",
        "auto|on|off"},
    key{"poll.max_age", duration, "15m", "an older last_updated is stale", "", second, 3650 * day},
    key{"poll.record_kind", word, "level", "what counts mean; only those of an interval may be summed over rounds",
        "level|interval|counter"},
    key{"poll.auth.bearer_token", secret, "null", "what nodes are told; or user and password", "null"},
    key{"poll.auth.user", secret, "null", "for basic authentication", "null"},
    key{"poll.auth.password", secret, "null", "for basic authentication", "null"},
    key{"poll.tls.ca", path, "system", "authorities to trust in place of the system's, PEM file or directory",
        "system"},
    key{"poll.tls.cert", path, "null", "client certificate, PEM", "null"},
    key{"poll.tls.key", path, "null", "its key, PEM", "null"},

    key{"report.node_data", word, "all", "entries of nodes in a rollup: all, those in trouble, or none",
        "all|errors|none"},
    key{"report.node_url", word, "full", "what names a node in the rollup: its URL or its name", "full|name"},
    key{"report.max_body", size, "8MiB", "largest rollup; a larger one steps down to less detail", "", 4 * kib,
        64 * mib},

    key{"cloud.url", url, "null", "where rollups are POSTed", "null"},
    key{"cloud.auth.bearer_token", secret, "null", "what the cloud is told; or user and password", "null"},
    key{"cloud.auth.user", secret, "null", "for basic authentication", "null"},
    key{"cloud.auth.password", secret, "null", "for basic authentication", "null"},
    key{"cloud.headers", headers, "{}", "further headers, e.g. {x-api-key: \"${cred:key}\"}"},
    key{"cloud.timeout", duration, "30s", "longest time without progress", "", 100, hour},
    key{"cloud.total_timeout", duration, "10m", "longest time of a whole try", "", 100, day},
    key{"cloud.spread", duration, "auto",
        "this gateway's own delay within the interval; auto: up to a tenth of it and 30s, none below 60s", "auto", 0,
        hour},
    key{"cloud.retry.first", duration, "1s", "wait after the first failure, doubled with each one", "", 50, hour},
    key{"cloud.retry.max", duration, "5m", "longest wait between two tries", "", 50, day},
    key{"cloud.retry.retry_after_max", duration, "1h", "longest Retry-After that is obeyed", "", 0, 7 * day},
    key{"cloud.gzip", word, "auto", "compress rollups; auto: once the cloud says it takes that (RFC 7694)",
        "auto|on|off"},
    key{"cloud.proxy", proxy_url, "null", "http proxy; unless set, https_proxy, http_proxy and no_proxy", "null"},
    key{"cloud.tls.ca", path, "system", "authorities to trust in place of the system's, PEM file or directory",
        "system"},
    key{"cloud.tls.cert", path, "null", "client certificate, PEM", "null"},
    key{"cloud.tls.key", path, "null", "its key, PEM", "null"},

    key{"outbox.max_bytes", size, "256MiB", "room for rollups that wait; the oldest go first", "", mib, 1024 * gib},
    key{"outbox.max_age", duration, "30d", "older rollups are discarded, and told as lost", "", hour, 3650 * day},
    key{"outbox.min_free_disk", size, "auto", "left free for others; auto: the lesser of 100MiB and 5 %", "auto", 0,
        1024 * gib},

    key{"state_dir", path, "null", "where rollups wait; unless set, see --state-dir", "null"},
    key{"listen", listen, "127.0.0.1:9464",
        "ADDR:PORT where the daemon itself is asked: page, API, metrics, health; without a file off unless set", "off"},
    key{"listen_token", secret, "null",
        "what it must be told then, as bearer token or password; a must where listen is not loopback", "null"},
    key{"listen_hosts", hosts, "[]", "more names it may be reached by, e.g. [gateway-1.example.com]"},
    key{"shutdown_grace", duration, "10s", "for the open round and its delivery at the end", "", 0, hour},
    key{"log.level", word, "info", "messages from this level on; once: error", "debug|info|warn|error"},
    key{"log.format", word, "auto", "how messages look", "auto|text|json|journald"},
};

constexpr std::array entry_keys = {
    key{"url", node_url, "", "where the node is"},
    key{"name", name, "", "the cloud's key for the node; else host, port and base path"},
    key{"labels", labels, "{}", "passed on in its entry"},
    key{"timeout", duration, "", "in place of poll.timeout", "", 1, day},
    key{"max_age", duration, "", "in place of poll.max_age", "", second, 3650 * day},
    key{"path", url_path, "", "in place of poll.path"},
    key{"auth.bearer_token", secret, "", "in place of poll.auth", "null"},
    key{"auth.user", secret, "", "in place of poll.auth", "null"},
    key{"auth.password", secret, "", "in place of poll.auth", "null"},
    key{"tls.ca", path, "", "in place of poll.tls", "system"},
    key{"tls.cert", path, "", "in place of poll.tls", "null"},
    key{"tls.key", path, "", "in place of poll.tls", "null"},
};

}  // namespace

std::span<const key> keys() {
  return settings_keys;
}

std::span<const key> node_keys() {
  return entry_keys;
}

const key* find_key(std::span<const key> table, std::string_view name) {
  const auto found = std::ranges::find(table, name, &key::name);
  return found == table.end() ? nullptr : &*found;
}

bool is_section(std::span<const key> table, std::string_view name) {
  return std::ranges::any_of(table, [name](const key& each) {
    return each.name.size() > name.size() && each.name.starts_with(name) && each.name[name.size()] == '.';
  });
}

bool is_key_word(std::string_view word) {
  static const auto words = [] {  // asked for every value of every node
    std::set<std::string, std::less<>> all;
    const auto add = [&all](const key& each) {
      for (auto& part : split_words(each.name)) all.insert(std::move(part));
    };
    std::ranges::for_each(settings_keys, add);
    std::ranges::for_each(entry_keys, add);
    return all;
  }();
  return words.contains(word);
}

std::vector<std::string> split_words(std::string_view words) {
  std::vector<std::string> found;
  while (!words.empty()) {
    const std::size_t end = std::min(words.find_first_of("|."), words.size());
    found.emplace_back(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return found;
}

std::string range_text(const key& of) {
  const auto written = [&of](std::int64_t number) {
    if (of.type == duration) return to_string(model::milliseconds{number});
    return of.type == size ? size_text(number) : std::to_string(number);
  };
  return fmt::format("{}..{}", written(of.least), written(of.most));
}

std::string environment_name(std::string_view key_name) {
  std::string made = "EDGE_ROLLUP_";
  for (const char c : key_name) {
    if (c == '.') {
      made += "__";
    } else {
      made += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
  }
  return made;
}

}  // namespace edge_rollup::config
