#include "daemon/check/peer_facts.hpp"
#include "daemon/text/age_text.hpp"
#include "model/grouped.hpp"
#include "wire/excerpt.hpp"
#include "wire/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace edge_rollup::daemon {
namespace {

using model::failure_kind;

constexpr std::size_t shown_message_bytes = 256;

finding ok(const char* topic, std::string what) {
  return {finding_level::ok, topic, std::move(what), ""};
}

std::string remedy_for_status(int status) {
  switch (status) {
    case 401:
    case 403: return "set poll.auth as the node wants it";
    case 404: return "set poll.path to where the node has its summary";
    default: return "the node's own log says more";
  }
}

/// What to do where a node, or the way to it, does not work.
std::string remedy_for(const model::failure& why) {
  switch (why.kind) {
    case failure_kind::dns: return "check the name, and the name servers of this machine";
    case failure_kind::connect: return "check that it is up, its address and port, and firewalls on the way";
    case failure_kind::tls: return "renew its certificate, or name its authority in poll.tls.ca";
    case failure_kind::timeout: return "raise poll.timeout if it is only slow";
    case failure_kind::reset:
    case failure_kind::protocol: return "check that an HTTP server is on this port, and that its scheme is right";
    case failure_kind::http_status: return remedy_for_status(why.http_status.value_or(0));
    case failure_kind::too_large: return "raise poll.max_body, or let the node say less";
    case failure_kind::bad_json:
    case failure_kind::bad_summary:
      return "the node has to answer with record_count and quality_score as the README says";
    case failure_kind::cancelled:
    case failure_kind::skipped: break;
  }
  return "check again";
}

finding judge_node(const model::node& node, const model::failure& why) {
  return {finding_level::warning, "nodes",
          fmt::format("{}: {}: {}", node.name, to_string(why.kind), wire::excerpt(why.message, shown_message_bytes)),
          remedy_for(why)};
}

/// "12 more nodes fail (connect 10, dns 2)"
finding judge_rest(const std::map<failure_kind, std::uint64_t>& kinds) {
  std::uint64_t all = 0;
  std::string list;
  for (const auto& [kind, count] : kinds) {
    all += count;
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", to_string(kind), model::grouped(count));
  }
  return {finding_level::warning, "nodes", fmt::format("{} fail, too ({})", model::counted(all, "other node"), list),
          "edge-rollup once --dry-run lists them all"};
}

finding judge_coverage(const model::rollup& made) {
  const auto& covered = made.coverage;
  auto what = fmt::format("{} of {} nodes ok, {}", model::grouped(covered.ok), model::grouped(covered.expected),
                          model::counted(made.total_records, "record"));
  if (covered.ok > 0 || covered.expected == 0) return ok("nodes", std::move(what));
  return {finding_level::error, "nodes", std::move(what),
          "check the network of this machine, then the settings under poll", exit_code::unavailable};
}

}  // namespace

findings judge_nodes(const model::rollup& made, std::span<const model::node> nodes,
                     std::span<const model::poll_outcome> outcomes) {
  findings found{judge_coverage(made)};
  std::map<failure_kind, std::uint64_t> rest;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (outcomes[i].ok()) continue;
    const auto& why = outcomes[i].answer.error();
    if (found.size() <= most_nodes_named) {
      found.push_back(judge_node(nodes[i], why));
    } else {
      ++rest[why.kind];
    }
  }
  if (!rest.empty()) found.push_back(judge_rest(rest));
  if (made.coverage.stale > 0) {
    found.push_back({finding_level::warning, "nodes",
                     fmt::format("{} with data older than poll.max_age", model::counted(made.coverage.stale, "node")),
                     "look why they have nothing new, or raise max_age"});
  }
  return found;
}

findings judge_certificates(std::vector<certificate_fact> certificates, model::wall_time now) {
  if (certificates.empty()) return {};
  std::ranges::sort(certificates, {}, &certificate_fact::expires);
  findings found;
  for (const auto& [whose, expires] : certificates) {
    if (expires - now >= certificate_notice || found.size() == most_nodes_named) break;
    const auto left = expires > now ? "ends in " + span_text(expires - now) : "has ended " + age_text(now - expires);
    found.push_back({finding_level::warning, "tls", fmt::format("the certificate of {} {}", whose, left), "renew it"});
  }
  if (!found.empty()) return found;
  const auto& first = certificates.front();
  return {
      ok("tls", fmt::format("{} good for {} or longer (first {})", model::counted(certificates.size(), "certificate"),
                            span_text(first.expires - now), first.whose))};
}

findings judge_cloud(const cloud_facts& cloud) {
  const auto url = wire::to_string(cloud.url);
  findings found;
  if (cloud.url.scheme == model::url_scheme::http && cloud.trust == deliver::endpoint_trust::open) {
    found.push_back({finding_level::warning, "cloud",
                     fmt::format("{} is plain http: who is on the way can read rollups and tokens, and answer", url),
                     "use an https URL"});
  }
  if (cloud.unreachable) {
    const auto& why = *cloud.unreachable;
    const auto remedy = why.kind == failure_kind::tls ? "renew its certificate, or name its authority in cloud.tls.ca"
                                                      : remedy_for(why);
    found.push_back(
        {finding_level::error, "cloud",
         fmt::format("{}: {}: {}", url, to_string(why.kind), wire::excerpt(why.message, shown_message_bytes)),
         why.kind == failure_kind::timeout ? "check the way to it; cloud.timeout can be raised" : remedy,
         exit_code::unavailable});
  } else if (cloud.network == network_use::offline) {
    found.push_back(ok("cloud", fmt::format("{}, not asked", url)));
  } else if (!cloud.test) {
    found.push_back(ok("cloud", fmt::format("{} can be reached; nothing was sent, --send-test does that", url)));
  } else if (cloud.test->verdict == deliver::verdict::delivered) {
    found.push_back(ok("cloud", fmt::format("{} accepts rollups: {}", url, cloud.test->sentence)));
  } else {
    found.push_back({finding_level::error, "cloud",
                     fmt::format("{} did not accept the test: {}", url, cloud.test->sentence),
                     cloud.test->verdict == deliver::verdict::hold ? "mend the set-up: delivery would hold"
                                                                   : "ask those who run the cloud",
                     exit_code::unavailable});
  }
  return found;
}

}  // namespace edge_rollup::daemon
