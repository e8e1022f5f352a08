// A flight asks one node. Where its connection is kept, or its address known, that is one exchange, which goes on
// whenever its stream is ready: ten thousand of them have no coroutine each. Polls by name are coroutines. One watcher
// for the whole round looks at the flights when slot_rule says so.
#include "poll/poller.hpp"

#include "model/invariant.hpp"
#include "net/address_share.hpp"
#include "net/exchange_driver.hpp"
#include "poll/read_answer.hpp"
#include "poll/request_text.hpp"

#include <fmt/format.h>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace edge_rollup::poll {
namespace {

using model::failure_kind;
using runtime::task;

constexpr std::size_t read_buffer_bytes = 64 * 1024;

/// Polls that start before the loop turns to what has come for others. Few, so that the first requests are on their way
/// before the last connections are begun.
constexpr std::size_t starts_a_turn = 32;

bool worth_another_try(const model::failure& why) {
  return why.kind == failure_kind::connect || why.kind == failure_kind::reset;
}

/// Whom the poll may have to wait for, to begin with.
server_index server_to_reach(const peer& asked) {
  if (asked.kept) return no_shared_server;
  const bool is_suspect = asked.record == node_record::suspect;
  return asked.server == tls_handshakes && is_suspect ? tls_handshakes_of_suspects : asked.server;
}

net::response_limits limits_of(const poll_options& options) {
  net::response_limits limits;
  limits.body_bytes = options.max_body;
  return limits;
}

}  // namespace

/// One poll in flight.
class poller::flight final : public net::ready_listener {
 public:
  explicit flight(poller& owner) : reader(limits_of(owner.options_)), owner_(owner) {}

  poll_ticket ticket{};
  poll_progress progress;
  look_list::node_type place;  ///< in looks_, while it is not there
  look_list::iterator look{};  ///< in looks_, while it is there
  net::response_reader reader;
  std::unique_ptr<net::byte_stream> stream;    ///< of the exchange
  std::optional<net::http_exchange> exchange;  ///< while one is under way
  std::optional<model::failure> over;          ///< time is up or the round was cut: nothing more is tried
  int tries_left = 0;                          ///< after the one under way

  void ready() override {
    exchange->ready();
    owner_.go_on(*this);
  }

 private:
  poller& owner_;
};

poller::poller(poller_parts parts, const poll_options& options, std::size_t descriptors, node_list nodes)
    : loop_(parts.loop),
      time_(parts.time),
      network_(parts.network),
      messages_(parts.messages),
      options_(options),
      descriptors_(descriptors),
      peers_(options, descriptors),
      buffer_(read_buffer_bytes),
      flights_(parts.loop, parts.time),
      look_timer_(parts.time.make_timer()) {
  peers_.change(std::move(nodes));
  warn_of_few_descriptors();
}

poller::~poller() = default;

/// Once: the limit does not change while the process runs.
void poller::warn_of_few_descriptors() {
  if (warned_of_descriptors_ || peers_.size() <= descriptors_) return;
  warned_of_descriptors_ = true;
  messages_.warn(
      fmt::format("the limit of open files leaves {} connections for {} nodes: nodes that stay silent then hold up the "
                  "others, and a round may take several timeouts; raise it (LimitNOFILE, ulimit -n)",
                  descriptors_, peers_.size()));
}

model::result<void> poller::prepare() {
  const auto troubles = peers_.read_logins();
  if (!troubles.empty()) return std::unexpected(troubles.front().why);
  const model::tls_options* last = nullptr;  // nodes that are configured alike stand together
  for (node_index index = 0; index < peers_.size(); ++index) {
    const model::node& node = peers_.node(index);
    if (node.base.scheme != model::url_scheme::https || &tls_of(node) == last) continue;
    last = &tls_of(node);
    if (auto ready = network_.prepare(*last); !ready) {
      return model::fail(ready.error().kind, fmt::format("tls of node {}: {}", node.name, ready.error().text));
    }
  }
  return {};
}

void poller::change_nodes(node_list nodes) {
  EDGE_ROLLUP_INVARIANT(round_ == round_state::none);
  peers_.change(std::move(nodes));
  warn_of_few_descriptors();
}

void poller::change_options(const poll_options& options) {
  EDGE_ROLLUP_INVARIANT(round_ == round_state::none);
  if (options == options_) return;
  options_ = options;
  peers_.change(options);
}

task<std::vector<model::poll_outcome>> poller::ask_all() {
  EDGE_ROLLUP_INVARIANT(round_ == round_state::none);
  round_ = round_state::open;
  for (const auto& trouble : peers_.read_logins()) {
    messages_.warn(
        fmt::format("credentials cannot be read, nodes are asked {}: {}", trouble.meanwhile, trouble.why.text));
  }
  queue_ = poll_queue({options_.parallel, peers_.in_use()});
  outcomes_.assign(peers_.size(), {});
  const auto now = time_.now();
  for (node_index node = 0; node < peers_.size(); ++node) {
    if (auto skipped = peers_.skipped(node, now)) {
      outcomes_[node].answer = std::unexpected(std::move(*skipped));
    } else {
      queue_.add({node, peers_[node].record, server_to_reach(peers_[node])});
    }
  }
  start_what_may_start();
  if (goes_on()) flights_.spawn(watch());
  co_await flights_.join();
  round_ = round_state::none;
  grounded_.clear();
  fleet_.clear();
  co_return std::exchange(outcomes_, {});
}

void poller::cut_short() {
  if (round_ != round_state::open) return;
  round_ = round_state::cut;
  for (const node_index node : queue_.drop_waiting())
    outcomes_[node].answer = std::unexpected(model::cut_by_shutdown());
  for (const auto& [when, poll] : looks_) end(*poll, failure_kind::cancelled);
  network_.cancel_lookups();
}

void poller::start_what_may_start() {
  for (std::size_t started = 0; started < starts_a_turn; ++started) {
    const auto ticket = queue_.next();
    if (!ticket) return;
    ask(take_off(*ticket));
  }
  start_soon();
}

/// Not at once: what has come for other polls goes first, and a poll that ends right away starts no other one from
/// within itself.
void poller::start_soon() {
  if (std::exchange(start_due_, true)) return;
  runtime::asio::post(loop_, [this] {
    start_due_ = false;
    start_what_may_start();
    if (!goes_on()) look_timer_->cancel();
  });
}

poller::flight& poller::take_off(const poll_ticket& ticket) {
  if (grounded_.empty()) grounded_.push_back(fleet_.emplace_back(std::make_unique<flight>(*this)).get());
  flight& poll = *grounded_.back();
  grounded_.pop_back();
  ++in_air_;
  const auto now = time_.now();
  poll.ticket = ticket;
  poll.progress = {now, now, peers_.node(ticket.node).timeout, true, queue_.hurry(ticket.record)};
  poll.over.reset();
  poll.tries_left = options_.retries;
  if (round_ == round_state::cut) poll.over = model::cut_by_shutdown();
  watch_for(poll);
  return poll;
}

/// Without a coroutine, unless a name has to be looked up.
void poller::ask(flight& poll) {
  if (poll.over) return land(poll, std::unexpected(*poll.over));
  peer& asked = peers_[poll.ticket.node];
  if (has_usable_connection(asked, poll.progress.started)) {
    begin_exchange(poll, std::move(asked.kept), net::connection_age::reused, poll.progress.started);
  } else if (asked.literal) {
    begin_exchange(poll, open(poll.ticket.node, *asked.literal), net::connection_age::fresh, time_.now());
  } else {
    return flights_.spawn(ask_by_name(poll));
  }
  go_on(poll);
}

void poller::go_on(flight& poll) {
  const auto step = net::advance(*poll.exchange, *poll.stream, buffer_, time_);
  if (step != net::exchange_step::finished) return poll.stream->tell_when_ready(net::awaited(step), poll);
  const bool stale = poll.exchange->was_stale();
  auto came = end_exchange(poll);
  if (stale || is_tried_again(poll, came)) return ask(poll);
  land(poll, std::move(came));
}

/// Counts the try.
bool poller::is_tried_again(flight& poll, answer& came) {
  if (came || !worth_another_try(came.error())) return false;
  if (poll.over) {  // what failed in the same tick as the end of time is not what ended the poll
    came = std::unexpected(*poll.over);
    return false;
  }
  return poll.tries_left-- > 0;
}

void poller::land(flight& poll, answer came) {
  watch_no_more(poll);
  queue_.ended(poll.ticket, poll.progress.holds_slot ? slot_hold::held : slot_hold::given_up);
  hide_secrets(poll.ticket.node, came);
  peers_.note(poll.ticket.node, came, poll.progress.started);
  outcomes_[poll.ticket.node] = {std::move(came), time_.now() - poll.progress.started};
  grounded_.push_back(&poll);
  --in_air_;
  start_soon();  // also the other kind of node may have waited for its descriptor
}

/// A node may send back what it was told.
void poller::hide_secrets(node_index node, answer& came) const {
  if (!came) {
    came.error().message = peers_.without_secrets(node, std::move(came.error().message));
  } else if (came->last_updated) {
    came->last_updated = peers_.without_secrets(node, std::move(*came->last_updated));
  }
}

bool poller::has_usable_connection(peer& asked, model::mono_time now) {
  if (!asked.kept) return false;
  const auto said = asked.kept->try_read(buffer_).state;
  if (net::judge_idle(asked.idle, said, now) == net::pool_action::reuse) return true;
  asked.kept.reset();
  return false;
}

task<void> poller::ask_by_name(flight& poll) {
  for (;;) {
    auto came = co_await ask_on_fresh_connection(poll);
    if (is_tried_again(poll, came)) continue;
    land(poll, std::move(came));
    co_return;
  }
}

task<poller::answer> poller::ask_on_fresh_connection(flight& poll) {
  if (poll.over) co_return std::unexpected(*poll.over);
  const peer& asked = peers_[poll.ticket.node];
  const auto deadline = poll.progress.started + poll.progress.timeout;
  const model::url& where = peers_.node(poll.ticket.node).base;
  auto found = co_await network_.resolve(where, deadline);
  if (!found) co_return std::unexpected(std::move(found.error()));
  if (poll.over) co_return std::unexpected(*poll.over);  // the addresses came in the tick in which time was up
  net::address_list& addresses = *found;
  const auto answered = std::ranges::find(addresses, asked.answered_at);
  if (answered != addresses.end()) std::rotate(addresses.begin(), answered, std::next(answered));
  auto came = co_await ask_one_of(poll, addresses);
  co_return came;
}

/// The first address that can be connected to, each within its share of the time that is left.
task<poller::answer> poller::ask_one_of(flight& poll, const net::address_list& addresses) {
  const auto deadline = poll.progress.started + poll.progress.timeout;
  answer came = std::unexpected(model::cut_by_shutdown());
  for (std::size_t next = 0; next < addresses.size(); ++next) {
    const auto left = addresses.size() - next;
    connect_until(poll, left > 1 ? std::optional(net::connect_by(time_.now(), deadline, left)) : std::nullopt);
    auto stream = open(poll.ticket.node, addresses[next]);
    begin_exchange(poll, std::move(stream), net::connection_age::fresh, time_.now());
    co_await net::drive(*poll.exchange, *poll.stream, buffer_, time_);
    came = end_exchange(poll);
    if (came || poll.over || came.error().kind != failure_kind::connect) {
      if (addresses.size() > 1) peers_[poll.ticket.node].answered_at = addresses[next];
      break;
    }
  }
  co_return came;
}

std::unique_ptr<net::byte_stream> poller::open(node_index index, const boost::asio::ip::tcp::endpoint& address) {
  const model::node& node = peers_.node(index);
  return network_.open(address, node.base, tls_of(node));
}

void poller::begin_exchange(flight& poll, std::unique_ptr<net::byte_stream> stream, net::connection_age age,
                            model::mono_time now) {
  EDGE_ROLLUP_INVARIANT(!poll.over);  // nobody would end it
  poll.stream = std::move(stream);
  poll.exchange.emplace(poll.reader, peers_[poll.ticket.node].request, age, now);
}

/// What came of it, once it has finished.
poller::answer poller::end_exchange(flight& poll) {
  peer& asked = peers_[poll.ticket.node];
  const net::response_reader& said = poll.reader;
  const auto& failure = poll.exchange->failure();
  const auto coding = said.encoded() ? body_coding::encoded : body_coding::plain;
  auto came =
      failure ? answer(std::unexpected(*failure)) : read_answer(said.status(), said.reason(), coding, said.body());
  received_bytes_ += poll.exchange->received_bytes();
  if (asked.use == connection_use::keep && said.reusable()) {
    asked.kept = std::move(poll.stream);
    asked.kept->probe_while_idle();
    asked.idle = {poll.exchange->last_progress(), said.waits()};
  }
  poll.exchange.reset();
  poll.stream.reset();
  return came;
}

task<void> poller::watch() {
  while (goes_on()) {
    look_timer_due_ = looks_.empty() ? runtime::never : looks_.begin()->first;
    [[maybe_unused]] auto ended = co_await look_timer_->wait_until(look_timer_due_);
    look_at_due();
  }
}

void poller::watch_for(flight& poll) {
  const look_list::value_type next{next_look(poll.progress), &poll};
  if (poll.place.empty()) {
    poll.look = looks_.insert(looks_.end(), next);
  } else {
    poll.place.value() = next;
    poll.look = looks_.insert(looks_.end(), std::move(poll.place));
  }
  if (next.first < look_timer_due_) look_timer_->cancel();
}

void poller::watch_no_more(flight& poll) {
  if (poll.place.empty()) poll.place = looks_.extract(poll.look);
}

void poller::connect_until(flight& poll, std::optional<model::mono_time> when) {
  watch_no_more(poll);
  poll.progress.connect_by = when;
  watch_for(poll);
}

void poller::turn_to_next_address(flight& poll) {
  poll.progress.connect_by.reset();
  if (!poll.exchange || !poll.exchange->connecting()) return;
  poll.exchange->broke({failure_kind::connect, "timed out while connecting", {}});
  poll.stream->cancel();
}

void poller::look_at_due() {
  const auto now = time_.now();
  while (!looks_.empty() && looks_.begin()->first <= now) {
    flight& poll = *looks_.begin()->second;
    watch_no_more(poll);
    if (poll.exchange) poll.progress.last_byte = poll.exchange->last_progress();
    switch (look_at(poll.progress, now)) {
      case poll_look::time_is_up: end(poll, failure_kind::timeout); continue;
      case poll_look::give_slot_up:
        poll.progress.holds_slot = false;
        queue_.slot_given_up(poll.ticket);
        break;
      case poll_look::next_address: turn_to_next_address(poll); break;
      case poll_look::nothing: break;
    }
    watch_for(poll);
    start_soon();  // in the place of one that gave its slot up
  }
}

void poller::end(flight& poll, failure_kind why) {
  if (why == failure_kind::timeout) {
    const auto allowed = std::chrono::duration<double>(poll.progress.timeout).count();
    poll.over = model::failure{why, fmt::format("timed out after {:g} s", allowed), {}};
  } else {
    poll.over = model::cut_by_shutdown();
  }
  if (!poll.exchange) return;  // in a name lookup, which bounds itself
  if (why == failure_kind::timeout) {
    poll.exchange->expired(poll.progress.timeout);
  } else {
    poll.exchange->cancelled();
  }
  poll.stream->cancel();
}

}  // namespace edge_rollup::poll
