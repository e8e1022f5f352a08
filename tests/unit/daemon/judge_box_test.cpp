#include "daemon/check/box_facts.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <functional>
#include <iterator>
#include <string>
#include <utility>

using namespace edge_rollup;
using namespace edge_rollup::daemon;

namespace {

constexpr std::uint64_t mebibyte = 1024ULL * 1024;

box_facts good_box() {
  box_facts facts;
  facts.gateway = "north-7.example.com";
  facts.state.directory = "/var/lib/edge-rollup";
  facts.state.disk = runtime::disk_space{8'000 * mebibyte, 16'000 * mebibyte};
  facts.descriptors_for_nodes = 1'000;
  facts.nodes = 12;
  facts.clock = model::clock_state::synchronized;
  return facts;
}

struct row {
  const char* label;
  std::function<void(box_facts&)> is_wrong;
  finding_level level;
  const char* topic;
  const char* says;
  const char* remedy;
  exit_code code = exit_code::ok;
};

const row rows[] = {
    {"a name of every image", [](box_facts& box) { box.gateway = "raspberrypi"; }, finding_level::warning, "gateway",
     "raspberrypi for the cloud, and so may be others", "the host name"},
    {"a configured name of every image",
     [](box_facts& box) {
       box.gateway = "localhost";
       box.gateway_is_configured = true;
     },
     finding_level::warning, "gateway", "localhost", "a `gateway` of its own"},
    {"a name of every image with a domain, in capitals", [](box_facts& box) { box.gateway = "RaspberryPi.local"; },
     finding_level::warning, "gateway", "RaspberryPi.local for the cloud, and so may be others", "the host name"},
    {"a name of every image in a domain of every home", [](box_facts& box) { box.gateway = "gateway.home.arpa"; },
     finding_level::warning, "gateway", "gateway.home.arpa for the cloud, and so may be others", "the host name"},
    {"a secret that everybody may read", [](box_facts& box) { box.rights.open_secrets = {"/etc/token"}; },
     finding_level::warning, "secrets", "every user of this machine may read /etc/token",
     "a credential (LoadCredential=, ${cred:NAME}), or chown it"},
    {"a secret in settings that everybody may read",
     [](box_facts& box) { box.rights.open_places = {"/etc/gw.yaml:3:5"}; }, finding_level::warning, "secrets",
     "may read the secret in /etc/gw.yaml:3:5", "write ${cred:NAME} there"},
    {"a secret of root", [](box_facts& box) { box.rights.closed_secrets = {"/etc/token"}; }, finding_level::warning,
     "secrets", "root alone may read /etc/token, the service's user cannot", "a credential (LoadCredential="},
    {"settings of root", [](box_facts& box) { box.rights.closed_files = {"/etc/gw.yaml"}; }, finding_level::warning,
     "files", "root alone may read /etc/gw.yaml, the service's user cannot", "chmod a+r '/etc/gw.yaml'"},
    {"settings of root with a secret", [](box_facts& box) { box.rights.closed_settings = "/etc/gw.yaml"; },
     finding_level::warning, "secrets", "root alone may read /etc/gw.yaml, the service's user cannot",
     "chown it to the user"},
    {"a credential that was passed over", [](box_facts& box) { box.passed_over = {"cloud.auth.bearer_token"}; },
     finding_level::warning, "secrets", "the credential of cloud.auth.bearer_token is not here",
     "CREDENTIALS_DIRECTORY=/etc/edge-rollup"},
    {"a file of TLS that is not there",
     [](box_facts& box) {
       box.unreadable = {{model::error_kind::no_input, "cannot read /x: No such file or directory"}};
     },
     finding_level::error, "tls", "cannot read /x", "mend the path", exit_code::no_input},
    {"a list that is broken", [](box_facts& box) { box.list_troubles = {"a node list cannot be used: /a.json:1: x"}; },
     finding_level::warning, "lists", "a node list cannot be used: /a.json:1: x", "mend the list"},
    {"a list that is not there", [](box_facts& box) { box.empty_lists = {"/etc/*.json"}; }, finding_level::warning,
     "lists", "no file is there for /etc/*.json", "mend the path"},
    {"an address that is taken",
     [](box_facts& box) {
       box.no_listening = model::error{model::error_kind::unavailable, "cannot listen on 127.0.0.1:9464"};
     },
     finding_level::error, "listen", "cannot listen on 127.0.0.1:9464", "if it is the service, check with sudo",
     exit_code::unavailable},
    {"a directory that is refused",
     [](box_facts& box) {
       box.state.refused = model::error{model::error_kind::state, "/x belongs to user 7"};
     },
     finding_level::error, "state", "/x belongs to user 7", "state_dir", exit_code::state},
    {"a directory that cannot be made",
     [](box_facts& box) {
       box.state.refused = model::error{model::error_kind::permission, "/x cannot be made"};
     },
     finding_level::error, "state", "/x cannot be made", "state_dir", exit_code::permission},
    {"a directory of somebody else", [](box_facts& box) { box.state.owner = 977; }, finding_level::warning, "state",
     "/var/lib/edge-rollup belongs to user 977", "as the service does"},
    {"a full disk", [](box_facts& box) { box.state.disk->free = 100 * mebibyte; }, finding_level::error, "disk",
     "nothing can be stored", "free some space", exit_code::disk},
    {"a disk that is nearly full", [](box_facts& box) { box.state.disk->free = 101 * mebibyte; },
     finding_level::warning, "disk", "cannot grow to its 256.0 MiB", "outbox.max_bytes"},
    {"less free than is left to others by the settings",
     [](box_facts& box) { box.outbox.min_free_disk = 9'000 * mebibyte; }, finding_level::error, "disk",
     "nothing can be stored", "outbox.min_free_disk", exit_code::disk},
    {"more kept connections than descriptors",
     [](box_facts& box) {
       box.poll.keep_alive = true;
       box.nodes = 1'001;
     },
     finding_level::warning, "descriptors", "1 000 connections may be open to nodes at a time, 1 001 would be",
     "LimitNOFILE="},
    {"more polls in flight than descriptors",
     [](box_facts& box) {
       box.descriptors_for_nodes = 10;
       box.nodes = 5'000;
     },
     finding_level::warning, "descriptors", "1 024 would be", "poll.parallel"},
    {"a clock that runs free", [](box_facts& box) { box.clock = model::clock_state::unsynchronized; },
     finding_level::warning, "clock", "not synchronized", "NTP"},
};

}  // namespace

TEST_CASE("each thing that is wrong with a box is one finding with its remedy") {
  for (const auto& [label, is_wrong, level, topic, says, remedy, code] : rows) {
    INFO(label);
    auto box = good_box();
    is_wrong(box);
    const auto all = judge_box(box);
    findings found;
    std::ranges::copy_if(all, std::back_inserter(found),
                         [](const finding& each) { return each.level != finding_level::ok; });
    REQUIRE(found.size() == 1);
    CHECK(found[0].level == level);
    CHECK(found[0].topic == topic);
    INFO(found[0].what << " -> " << found[0].remedy);
    CHECK(found[0].what.contains(says));
    CHECK(found[0].remedy.contains(remedy));
    CHECK(found[0].code == code);
  }
}

TEST_CASE("a good box gives nothing to mend") {
  for (const auto& [label, is_fine] :
       {std::pair<const char*, std::function<void(box_facts&)>>{"as it is", [](box_facts&) {}},
        {"a common name in a domain of its own", [](box_facts& box) { box.gateway = "gateway.site-7.example.com"; }},
        {"a daemon runs there",
         [](box_facts& box) {
           box.state.used_by = 4'711;
           box.state.owner = 977;
         }},
        {"a directory to be made", [](box_facts& box) { box.state.is = state_facts::presence::to_be_made; }},
        {"a clock in a sandbox", [](box_facts& box) { box.clock = model::clock_state::unknown; }},
        {"a disk that tells nothing", [](box_facts& box) { box.state.disk.reset(); }},
        {"many nodes without kept connections", [](box_facts& box) {
           box.nodes = 50'000;
           box.descriptors_for_nodes = 1'024;
         }}}) {
    INFO(label);
    auto box = good_box();
    is_fine(box);
    for (const auto& each : judge_box(box)) {
      INFO(each.what);
      CHECK(each.level == finding_level::ok);
      CHECK(each.remedy.empty());
    }
  }
}
