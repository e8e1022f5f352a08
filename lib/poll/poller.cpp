// A flight is a coroutine that asks one node after the other as long as it holds a slot. A node that stays silent loses
// its slot to a new flight; one watcher for the whole round looks at the flights when slot_rule says so.
#include "poll/poller.hpp"

#include "model/invariant.hpp"
#include "net/exchange_driver.hpp"
#include "poll/read_answer.hpp"
#include "poll/request_text.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace edge_rollup::poll {
namespace {

using model::failure_kind;
using runtime::task;

constexpr std::size_t read_buffer_bytes = 64 * 1024;

bool worth_another_try(const model::failure& why) {
  return why.kind == failure_kind::connect || why.kind == failure_kind::reset;
}

net::response_limits limits_of(const poll_options& options) {
  net::response_limits limits;
  limits.body_bytes = options.max_body;
  return limits;
}

}  // namespace

poller::poller(runtime::asio::any_io_executor loop, runtime::clock& time, net::network& network,
               const poll_options& options, std::size_t descriptors, node_list nodes)
    : loop_(std::move(loop)),
      time_(time),
      network_(network),
      options_(options),
      descriptors_(descriptors),
      nodes_(std::move(nodes)),
      buffer_(read_buffer_bytes),
      flights_(loop_, time),
      look_timer_(time.make_timer()) {
  // Kept connections must leave room for fresh ones, so they are kept only where every node can have one.
  if (nodes_->size() > descriptors_) options_.keep_alive = false;
  const auto use = options_.keep_alive ? connection_use::keep : connection_use::close;
  peers_.reserve(nodes_->size());
  for (const model::node& node : *nodes_) {
    peer& added = peers_.emplace_back();
    added.request = request_text(node, use);
    added.literal = net::literal_endpoint(node.base);
  }
}

task<std::vector<model::poll_outcome>> poller::ask_all() {
  EDGE_ROLLUP_INVARIANT(round_ == round_state::none);
  round_ = round_state::open;
  queue_ = poll_queue({options_.parallel, descriptors_});
  outcomes_.assign(nodes_->size(), {});
  for (node_index node = 0; node < peers_.size(); ++node) {
    if (!skips(node)) queue_.add(node, peers_[node].record);
  }
  start_what_may_start();
  if (in_air_ > 0) flights_.spawn(watch());
  co_await flights_.join();
  round_ = round_state::none;
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
  while (const auto node = queue_.next()) {
    ++in_air_;
    flights_.spawn(fly(*node));
  }
}

task<void> poller::fly(node_index first) {
  flight poll{};
  poll.reader = net::response_reader(limits_of(options_));
  std::optional<node_index> node = first;
  while (node) {
    take_off(poll, *node);
    auto came = co_await ask(poll);
    land(poll, std::move(came));
    node = queue_.next();
  }
  start_what_may_start();  // a descriptor that came free may serve the other kind of node
  if (--in_air_ == 0) look_timer_->cancel();
}

void poller::take_off(flight& poll, node_index node) {
  const auto now = time_.now();
  poll.node = node;
  poll.progress = {now, now, (*nodes_)[node].timeout, true, queue_.hurry(peers_[node].record)};
  poll.over.reset();
  if (round_ == round_state::cut) poll.over = model::cut_by_shutdown();
  watch_for(poll);
}

void poller::land(flight& poll, answer came) {
  looks_.erase({poll.look, &poll});
  peer& asked = peers_[poll.node];
  queue_.ended(asked.record, poll.progress.holds_slot ? slot_hold::held : slot_hold::given_up);
  note_record(asked, came, poll.progress.started);
  outcomes_[poll.node] = {std::move(came), time_.now() - poll.progress.started};
}

void poller::note_record(peer& asked, const answer& came, model::mono_time started) {
  if (came) {
    asked.record = node_record::healthy;
    asked.breaker.succeeded();
    asked.last_error.clear();
    return;
  }
  if (came.error().kind == failure_kind::cancelled) return;  // says nothing about the node
  asked.record = node_record::suspect;
  if (!options_.breaker) return;
  asked.breaker.failed(started, options_.interval);
  asked.last_error = came.error().message;
}

bool poller::skips(node_index node) {
  const peer& asked = peers_[node];
  const auto now = time_.now();
  if (asked.breaker.allows(now)) return false;
  const auto pause = std::chrono::ceil<model::seconds>(asked.breaker.next_probe() - now);
  outcomes_[node].answer = std::unexpected(
      model::failure{failure_kind::skipped,
                     fmt::format("not asked for another {} s, it keeps failing: {}", pause.count(), asked.last_error),
                     {}});
  return true;
}

task<poller::answer> poller::ask(flight& poll) {
  peer& asked = peers_[poll.node];
  if (poll.over) co_return std::unexpected(*poll.over);
  answer came = std::unexpected(model::cut_by_shutdown());
  // Bytes that nobody asked for, or a close, make a kept connection useless.
  if (asked.kept && asked.kept->try_read(buffer_).state != net::io_state::want_read) asked.kept.reset();
  if (asked.kept) {
    auto kept = std::move(asked.kept);
    came = co_await run_exchange(poll, std::move(kept), net::connection_age::reused);
    if (!poll.stale_connection) co_return came;
  }
  for (int tries_left = options_.retries; !poll.over; --tries_left) {
    came = co_await ask_on_fresh_connection(poll);
    if (came || !worth_another_try(came.error()) || tries_left == 0) break;
  }
  // A failure that came in the same tick as the end of time is not what ended the poll.
  if (!came && poll.over && worth_another_try(came.error())) came = std::unexpected(*poll.over);
  co_return came;
}

task<poller::answer> poller::ask_on_fresh_connection(flight& poll) {
  const model::url& where = (*nodes_)[poll.node].base;
  net::address_list addresses;
  if (const auto& literal = peers_[poll.node].literal) {
    addresses.push_back(*literal);
  } else {
    const auto deadline = poll.progress.started + poll.progress.timeout;
    auto found = co_await network_.resolve(where, deadline);
    if (!found) co_return std::unexpected(std::move(found.error()));
    if (poll.over) co_return std::unexpected(*poll.over);  // the addresses came in the tick in which time was up
    addresses = std::move(*found);
  }
  answer came = std::unexpected(model::cut_by_shutdown());
  for (const auto& address : addresses) {
    auto stream = network_.open(address, where);
    came = co_await run_exchange(poll, std::move(stream), net::connection_age::fresh);
    if (came || poll.over || came.error().kind != failure_kind::connect) break;
  }
  co_return came;
}

task<poller::answer> poller::run_exchange(flight& poll, std::unique_ptr<net::byte_stream> stream,
                                          net::connection_age age) {
  EDGE_ROLLUP_INVARIANT(!poll.over);  // nobody would end it
  peer& asked = peers_[poll.node];
  net::http_exchange exchange(poll.reader, asked.request, age, time_.now());
  poll.exchange = &exchange;
  poll.stream = stream.get();
  co_await net::drive(exchange, *stream, buffer_, time_);
  poll.exchange = nullptr;
  poll.stream = nullptr;
  poll.stale_connection = exchange.was_stale();
  received_bytes_ += exchange.received_bytes();
  if (exchange.failure()) co_return std::unexpected(*exchange.failure());
  const auto coding = poll.reader.encoded() ? body_coding::encoded : body_coding::plain;
  auto read = read_answer(poll.reader.status(), poll.reader.reason(), coding, poll.reader.body());
  if (options_.keep_alive && poll.reader.reusable()) asked.kept = std::move(stream);
  co_return read;
}

task<void> poller::watch() {
  while (in_air_ > 0) {
    look_timer_due_ = looks_.empty() ? runtime::never : looks_.begin()->first;
    [[maybe_unused]] auto ended = co_await look_timer_->wait_until(look_timer_due_);
    look_at_due();
  }
}

void poller::watch_for(flight& poll) {
  poll.look = next_look(poll.progress);
  looks_.insert({poll.look, &poll});
  if (poll.look < look_timer_due_) look_timer_->cancel();
}

void poller::look_at_due() {
  const auto now = time_.now();
  while (!looks_.empty() && looks_.begin()->first <= now) {
    flight& poll = *looks_.begin()->second;
    looks_.erase(looks_.begin());
    if (poll.exchange != nullptr) poll.progress.last_byte = poll.exchange->last_progress();
    switch (look_at(poll.progress, now)) {
      case poll_look::time_is_up: end(poll, failure_kind::timeout); continue;
      case poll_look::give_slot_up:
        poll.progress.holds_slot = false;
        queue_.slot_given_up(peers_[poll.node].record);
        break;
      case poll_look::nothing: break;
    }
    watch_for(poll);
  }
  start_what_may_start();
}

void poller::end(flight& poll, failure_kind why) {
  if (why == failure_kind::timeout) {
    const auto allowed = std::chrono::duration<double>(poll.progress.timeout).count();
    poll.over = model::failure{why, fmt::format("timed out after {:g} s", allowed), {}};
  } else {
    poll.over = model::cut_by_shutdown();
  }
  if (poll.exchange == nullptr) return;  // in a name lookup, which bounds itself
  if (why == failure_kind::timeout) {
    poll.exchange->expired(poll.progress.timeout);
  } else {
    poll.exchange->cancelled();
  }
  poll.stream->cancel();
}

}  // namespace edge_rollup::poll
