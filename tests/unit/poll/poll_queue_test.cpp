#include "poll/poll_queue.hpp"

#include "support/property.hpp"

#include <map>
#include <set>

using namespace edge_rollup::poll;
using edge_rollup::tests::holds_for_all;

namespace {

std::vector<node_index> all_that_may_start(poll_queue& queue) {
  std::vector<node_index> started;
  while (const auto ticket = queue.next()) started.push_back(ticket->node);
  return started;
}

using indices = std::vector<node_index>;

poll_ticket of(node_record record) {
  return {0, record};
}

}  // namespace

TEST_CASE("as many polls start as there are slots, in the order of the list") {
  poll_queue queue({2, 100});
  for (node_index node = 0; node < 5; ++node) queue.add({node, node_record::healthy});
  CHECK(all_that_may_start(queue) == indices{0, 1});
  queue.ended(of(node_record::healthy), slot_hold::held);
  CHECK(all_that_may_start(queue) == indices{2});
}

TEST_CASE("a poll that gave its slot up lets the next one start and takes nothing away at its end") {
  poll_queue queue({1, 100});
  for (node_index node = 0; node < 3; ++node) queue.add({node, node_record::healthy});
  CHECK(all_that_may_start(queue) == indices{0});
  queue.slot_given_up(of(node_record::healthy));
  CHECK(all_that_may_start(queue) == indices{1});
  queue.ended(of(node_record::healthy), slot_hold::given_up);
  CHECK(all_that_may_start(queue).empty());
  queue.ended(of(node_record::healthy), slot_hold::held);
  CHECK(all_that_may_start(queue) == indices{2});
}

TEST_CASE("suspects have slots of their own and start after the healthy") {
  poll_queue queue({2, 100});
  for (node_index node = 0; node < 6; ++node) queue.add({node, node < 3 ? node_record::suspect : node_record::healthy});
  CHECK(all_that_may_start(queue) == indices{3, 4, 0, 1});
  queue.ended(of(node_record::suspect), slot_hold::held);
  CHECK(all_that_may_start(queue) == indices{2});
  queue.ended(of(node_record::healthy), slot_hold::held);
  CHECK(all_that_may_start(queue) == indices{5});
}

TEST_CASE("descriptors bound both kinds together, and the healthy come first") {
  poll_queue queue({10, 3});
  for (node_index node = 0; node < 6; ++node)
    queue.add({node, node % 2 == 0 ? node_record::suspect : node_record::healthy});
  CHECK(all_that_may_start(queue) == indices{1, 3, 5});
  queue.slot_given_up(of(node_record::healthy));
  CHECK(all_that_may_start(queue).empty());
  queue.ended(of(node_record::healthy), slot_hold::given_up);
  CHECK(all_that_may_start(queue) == indices{0});
}

TEST_CASE("what waits can be dropped") {
  poll_queue queue({1, 100});
  for (node_index node = 0; node < 4; ++node) queue.add({node, node < 2 ? node_record::healthy : node_record::suspect});
  CHECK(all_that_may_start(queue) == indices{0, 2});
  CHECK(queue.drop_waiting() == indices{1, 3});
  queue.ended(of(node_record::healthy), slot_hold::held);
  CHECK(all_that_may_start(queue).empty());
}

TEST_CASE("every node is started once, and no limit is ever passed") {
  holds_for_all("random ends and lost slots", [](const std::vector<bool>& suspects) {
    const std::size_t slots = *rc::gen::inRange<std::size_t>(1, 5);
    const std::size_t descriptors = *rc::gen::inRange<std::size_t>(1, 8);
    poll_queue queue({slots, descriptors});
    for (node_index node = 0; node < suspects.size(); ++node) {
      queue.add({node, suspects[node] ? node_record::suspect : node_record::healthy});
    }
    std::map<node_index, bool> flying;  // holds its slot
    std::set<node_index> started;
    for (;;) {
      for (const auto node : all_that_may_start(queue)) {
        RC_ASSERT(started.insert(node).second);
        flying[node] = true;
      }
      RC_ASSERT(flying.size() == queue.in_flight());
      RC_ASSERT(flying.size() <= descriptors);
      std::map<bool, std::size_t> held;
      for (const auto& [node, holds] : flying) held[suspects[node]] += holds ? 1 : 0;
      RC_ASSERT(held[false] <= slots);
      RC_ASSERT(held[true] <= slots);
      if (flying.empty()) break;
      auto picked = flying.begin();
      std::advance(picked, *rc::gen::inRange<int>(0, static_cast<int>(flying.size())));
      const auto record = suspects[picked->first] ? node_record::suspect : node_record::healthy;
      if (picked->second && *rc::gen::arbitrary<bool>()) {
        queue.slot_given_up(of(record));
        picked->second = false;
      } else {
        queue.ended(of(record), picked->second ? slot_hold::held : slot_hold::given_up);
        flying.erase(picked);
      }
    }
    RC_ASSERT(started.size() == suspects.size());
  });
}

TEST_CASE("of the nodes at one server only so many are asked at once, and they hold up no other node") {
  constexpr auto shared = static_cast<node_index>(most_at_one_server) + 10;
  poll_queue queue({10 * most_at_one_server, 10 * most_at_one_server});
  for (node_index node = 0; node < shared; ++node) queue.add({node, node_record::healthy, first_shared_server});
  queue.add({shared, node_record::healthy, no_shared_server});
  queue.add({shared + 1, node_record::suspect, first_shared_server + 1});
  auto started = all_that_may_start(queue);
  CHECK(started.size() == most_at_one_server + 2);
  CHECK(started[most_at_one_server] == shared);
  CHECK(started[most_at_one_server + 1] == shared + 1);

  queue.ended({shared, node_record::healthy, no_shared_server}, slot_hold::held);
  CHECK(all_that_may_start(queue).empty());
  queue.ended({0, node_record::healthy, first_shared_server}, slot_hold::held);
  CHECK(all_that_may_start(queue).size() == 1);
  queue.slot_given_up({1, node_record::healthy, first_shared_server});
  CHECK(all_that_may_start(queue).size() == 1);
  queue.ended({1, node_record::healthy, first_shared_server}, slot_hold::given_up);
  CHECK(all_that_may_start(queue).empty());
  CHECK(queue.drop_waiting().size() == 8);
}

TEST_CASE("handshakes of TLS are begun so many at once, and those of suspects do not count with the others") {
  constexpr auto many = static_cast<node_index>(most_tls_handshakes) + 10;
  poll_queue queue({10 * most_tls_handshakes, 10 * most_tls_handshakes});
  for (node_index node = 0; node < many; ++node) queue.add({node, node_record::healthy, tls_handshakes});
  queue.add({many, node_record::healthy, no_shared_server});
  queue.add({many + 1, node_record::suspect, tls_handshakes_of_suspects});
  const auto started = all_that_may_start(queue);
  CHECK(started.size() == most_tls_handshakes + 2);
  CHECK(started[most_tls_handshakes] == many);
  CHECK(started[most_tls_handshakes + 1] == many + 1);
  queue.ended({0, node_record::healthy, tls_handshakes}, slot_hold::held);
  CHECK(all_that_may_start(queue).size() == 1);
}

TEST_CASE("whatever shares a server with whom, every node is started once") {
  holds_for_all("random servers and ends", [](const std::vector<std::uint8_t>& servers) {
    poll_queue queue({2 * most_at_one_server, 2 * most_at_one_server});
    std::vector<poll_ticket> tickets;
    for (const auto server : servers) {
      for (std::size_t copy = 0; copy < most_at_one_server / 3; ++copy) {
        const auto record = copy % 2 == 0 ? node_record::healthy : node_record::suspect;
        tickets.push_back({static_cast<node_index>(tickets.size()), record, server % 3U});
        queue.add(tickets.back());
      }
    }
    std::set<node_index> started;
    std::vector<node_index> flying;
    for (;;) {
      for (const auto node : all_that_may_start(queue)) {
        RC_ASSERT(started.insert(node).second);
        flying.push_back(node);
      }
      std::map<server_index, std::size_t> asked;
      for (const auto node : flying) RC_ASSERT(++asked[tickets[node].server] <= most_at_one_server);
      if (flying.empty()) break;
      for (const auto node : flying) queue.ended(tickets[node], slot_hold::held);
      flying.clear();
    }
    RC_ASSERT(started.size() == tickets.size());
  });
}
