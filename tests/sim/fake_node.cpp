#include "sim/fake_node.hpp"

#include "wire/url.hpp"

#include <fmt/format.h>

#include <utility>

namespace edge_rollup::sim {
namespace {

using tests::http_text;
using tests::piece;
using tests::piece_end;

constexpr std::uint16_t port = 8080;
constexpr std::uint64_t qualities = 64;  // a power of two, so that every quality and their sums are exact

std::string address_of(std::size_t number) {
  return fmt::format("10.0.{}.{}", number / 250, number % 250 + 1);
}

model::node describe(std::size_t number) {
  model::node made;
  made.base = wire::parse_node_url(fmt::format("http://{}:{}", address_of(number), port)).value();
  made.url = wire::to_string(made.base);
  made.name = wire::default_node_name(made.base);
  made.path = "/data/summary";
  return made;
}

std::vector<piece> drips() {
  std::vector<piece> drops(100, piece{model::milliseconds{200}, "x"});
  drops.insert(drops.begin(), piece{model::milliseconds{1}, "HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n"});
  return drops;
}

}  // namespace

fake_node::fake_node(tests::fake_network& network, tests::virtual_clock& time, std::size_t number, std::uint64_t seed)
    : time_(time), described_(describe(number)), host_(network.hosts[{address_of(number), port}]), random_(seed) {
  host_.answer = [this](const std::string&) { return answer(); };
}

void fake_node::become(node_mood mood) {
  mood_ = mood;
  host_.connecting = tests::on_connect::accept;
  if (mood == node_mood::refuses) host_.connecting = tests::on_connect::refuse;
  if (mood == node_mood::ignores) host_.connecting = tests::on_connect::ignore;
}

std::vector<piece> fake_node::answer() {
  if (mood_ != node_mood::flaky) return answer_in(mood_);
  constexpr std::array flaky_moods = {node_mood::healthy, node_mood::resets, node_mood::busy, node_mood::silent};
  return answer_in(flaky_moods[random_() % flaky_moods.size()]);
}

std::vector<piece> fake_node::answer_in(node_mood mood) {
  const auto soon = model::milliseconds{3};
  switch (mood) {
    case node_mood::healthy: return tell_summary();
    case node_mood::drips: return drips();
    case node_mood::resets: return {{soon, "HTTP/1.1 200 OK\r\n", piece_end::reset}};
    case node_mood::busy: return {{soon, http_text(503, "busy")}};
    case node_mood::garbles: return {{soon, "SSH-2.0-OpenSSH_9.2\r\n"}};
    case node_mood::forgets_a_field: return {{soon, http_text(200, R"({"record_count": 5})")}};
    case node_mood::refuses:
    case node_mood::ignores:
    case node_mood::silent:
    case node_mood::flaky: break;
  }
  return {};
}

std::vector<piece> fake_node::tell_summary() {
  constexpr std::uint64_t most_records = std::uint64_t{1} << 58;  // beyond what a double counts exactly
  const auto after = model::milliseconds{1 + random_() % 50};
  const auto quality = static_cast<double>(random_() % (qualities + 1)) / qualities;
  told.push_back({time_.now(), time_.now() + after, random_() % most_records, quality});
  const auto body = tests::summary_text(told.back().records, fmt::format("{}", quality));
  const auto cut = body.size() / 2;
  const auto text = http_text(200, body);
  return {{after / 2, text.substr(0, cut)}, {after - after / 2, text.substr(cut)}};
}

}  // namespace edge_rollup::sim
