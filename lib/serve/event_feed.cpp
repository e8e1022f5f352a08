#include "serve/event_feed.hpp"

#include "wire/rfc3339.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace edge_rollup::serve {
namespace {

/// How long a client waits before it comes again.
constexpr std::string_view first_words = "retry: 2000\n\n";

}  // namespace

class event_feed::listener final : public net::live_body {
 public:
  /// `next` is the number of the first event to be told; one that is no longer there resets.
  listener(event_feed& feed, std::uint64_t next) : feed_(feed), next_(next) { feed_.listeners_.push_back(this); }
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;
  ~listener() override { std::erase(feed_.listeners_, this); }

  std::string take() override {
    const auto& ring = feed_.ring_;
    std::string text(std::exchange(greeting_, {}));
    if (next_ < ring.oldest()) {
      next_ = feed_.begin_of_replay();
      text += fmt::format("id: {}\nevent: reset\ndata: {{}}\n\n", ring.id_of(next_ - 1));
    }
    while (next_ <= ring.newest() && text.size() < piece_bytes) text += ring.text_of(next_++);
    is_waiting_ = text.empty();
    return text;
  }

  std::string sign_of_life(model::wall_time now) override {
    return fmt::format("event: alive\ndata: {{\"at\":\"{}\"}}\n\n", wire::format_timestamp(now));
  }

  void when_more(std::function<void()> wake) override { wake_ = std::move(wake); }

  void look() {
    if (std::exchange(is_waiting_, false) && wake_) wake_();
  }

 private:
  event_feed& feed_;
  std::uint64_t next_;
  std::string_view greeting_ = first_words;
  bool is_waiting_ = false;
  std::function<void()> wake_;
};

void event_feed::tell(const std::vector<live_event>& events) {
  if (events.empty()) return;
  for (const auto& each : events) ring_.add(each);
  for (listener* const each : listeners_) each->look();
}

std::shared_ptr<net::live_body> event_feed::listen(std::optional<std::string_view> last_event_id) {
  if (listeners_.size() >= most_listeners) return nullptr;
  constexpr std::uint64_t nowhere = 0;
  const auto last = last_event_id ? ring_.number_of(*last_event_id) : std::nullopt;
  const auto next = last ? *last + 1 : last_event_id ? nowhere : begin_of_replay();
  return std::make_shared<listener>(*this, next);
}

std::uint64_t event_feed::begin_of_replay() const noexcept {
  const auto newest = ring_.newest();
  return newest < most_replayed ? 1 : newest - most_replayed + 1;
}

}  // namespace edge_rollup::serve
