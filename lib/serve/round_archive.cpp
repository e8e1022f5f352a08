#include "serve/round_archive.hpp"

#include "wire/utf8.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

namespace edge_rollup::serve {
namespace {

constexpr std::size_t max_message_bytes = 256;  // as in the rollup
constexpr unsigned char first_error = 4;        // tags before it are the freshness of what came
constexpr unsigned bits_a_byte = 7;
constexpr unsigned char more_follow = 1U << bits_a_byte;

/// Seven bits a byte, the lowest first.
void append_number(std::string& out, std::uint64_t number) {
  for (; number >= more_follow; number >>= bits_a_byte) out += static_cast<char>(number | more_follow);
  out += static_cast<char>(number);
}

std::uint64_t take_number(std::string_view& from) {
  std::uint64_t number = 0;
  for (unsigned shift = 0;; shift += bits_a_byte) {
    const auto byte = static_cast<unsigned char>(from.front());
    from.remove_prefix(1);
    number |= std::uint64_t{byte & (more_follow - 1U)} << shift;
    if (byte < more_follow) return number;
  }
}

std::string_view take_text(std::string_view& from, std::size_t size) {
  const auto text = from.substr(0, size);
  from.remove_prefix(size);
  return text;
}

void append_part(std::string& out, const model::poll_outcome& outcome, model::freshness age) {
  if (outcome.ok()) {
    out += static_cast<char>(age);
    append_number(out, outcome.answer->record_count);
    const auto bits = std::bit_cast<std::array<char, sizeof(double)>>(outcome.answer->quality_score);
    out.append(bits.data(), bits.size());
    return;
  }
  const auto& failure = outcome.answer.error();
  const auto message = wire::to_valid_utf8(failure.message, max_message_bytes);
  out += static_cast<char>(first_error + static_cast<unsigned char>(failure.kind));
  append_number(out, message.size());
  out += message;
}

node_part take_part(std::string_view& from, std::string_view& names) {
  node_part made{take_text(names, names.find('\n')), node_part::success{}};
  names.remove_prefix(1);
  const auto tag = static_cast<unsigned char>(take_text(from, 1).front());
  if (tag >= first_error) {
    const auto size = take_number(from);
    made.gave =
        std::unexpected(node_part::error{static_cast<model::failure_kind>(tag - first_error), take_text(from, size)});
    return made;
  }
  node_part::success gave;
  gave.age = static_cast<model::freshness>(tag);
  gave.records = take_number(from);
  const auto bits = take_text(from, sizeof(double));
  std::memcpy(&gave.quality, bits.data(), bits.size());
  made.gave = gave;
  return made;
}

}  // namespace

void round_archive::keep(std::uint64_t sequence, const model::node_list& nodes,
                         std::span<const model::poll_outcome> outcomes, std::span<const model::freshness> freshness) {
  know_names_of(nodes);
  packed_rollup made{sequence, names_, {}};
  for (std::size_t i = 0; i < outcomes.size() && made.parts.size() <= most_bytes; ++i) {
    append_part(made.parts, outcomes[i], freshness[i]);
  }
  made.parts.shrink_to_fit();
  if (made.parts.size() + made.names->size() > most_bytes) return;
  newest_first_.push_front(std::move(made));
  while (newest_first_.size() > most_rollups || bytes() > most_bytes) newest_first_.pop_back();
}

void round_archive::know_names_of(const model::node_list& nodes) {
  if (nodes == nodes_) return;
  nodes_ = nodes;
  std::string names;
  for (const auto& each : *nodes) names.append(each.name).append(1, '\n');
  names_ = std::make_shared<const std::string>(std::move(names));
}

std::optional<std::vector<node_part>> round_archive::find(std::uint64_t sequence) const {
  const auto found = std::ranges::find(newest_first_, sequence, &packed_rollup::sequence);
  if (found == newest_first_.end()) return std::nullopt;
  std::string_view parts(found->parts), names(*found->names);
  std::vector<node_part> made;
  while (!parts.empty()) made.push_back(take_part(parts, names));
  return made;
}

/// Lists of nodes that are alike stand next to each other.
std::size_t round_archive::bytes() const noexcept {
  std::size_t all = 0;
  const std::string* counted = nullptr;
  for (const auto& each : newest_first_) {
    all += each.parts.size();
    if (std::exchange(counted, each.names.get()) != each.names.get()) all += each.names->size();
  }
  return all;
}

}  // namespace edge_rollup::serve
