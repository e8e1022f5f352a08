#include "serve/event_ring.hpp"

#include <fmt/format.h>

#include <charconv>
#include <iterator>
#include <system_error>

namespace edge_rollup::serve {

void event_ring::add(const live_event& event) {
  ++newest_;
  auto& text = texts_[newest_ % most_events];
  text.reserve(max_event_bytes);  // once for ever
  text.clear();
  fmt::format_to(std::back_inserter(text), "id: {}\nevent: {}\ndata: {}\n\n", id_of(newest_), to_string(event.kind),
                 event.data);
}

std::string event_ring::id_of(std::uint64_t number) const {
  return fmt::format("{}-{}", prefix_, number);
}

std::optional<std::uint64_t> event_ring::number_of(std::string_view id) const {
  if (!id.starts_with(prefix_ + "-")) return std::nullopt;
  id.remove_prefix(prefix_.size() + 1);
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (failed != std::errc{} || end != id.data() + id.size()) return std::nullopt;
  if (number > newest_ || number + 1 < oldest()) return std::nullopt;
  return number;
}

}  // namespace edge_rollup::serve
