#include "outbox/log_damage.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace edge_rollup::outbox {
namespace {

constexpr std::size_t header_bytes = 32;
constexpr std::size_t checked_header_bytes = 24;
constexpr std::size_t frame_header_bytes = 24;
constexpr std::size_t checked_frame_bytes = 8;  // of its header; then follows the page
constexpr std::size_t page_bytes = 4096;        // of all our stores
constexpr std::uint32_t magic = 0x377f'0682;    // its last bit says how the words under the checksum are written
constexpr std::uint32_t log_version = 3'007'000;

std::uint32_t word_at(std::string_view bytes, std::size_t from, std::endian order = std::endian::big) {
  std::uint32_t word = 0;
  for (std::size_t at = 0; at < 4; ++at) {
    const auto place = order == std::endian::big ? from + at : from + 3 - at;
    word = word << 8U | static_cast<unsigned char>(bytes[place]);
  }
  return word;
}

/// Of all that stands before it; each frame has the sum that it ends with.
struct running_checksum {
  std::uint32_t first = 0, second = 0;

  void add(std::string_view bytes, std::endian order) {
    for (std::size_t at = 0; at < bytes.size(); at += 8) {
      first += word_at(bytes, at, order) + second;
      second += word_at(bytes, at + 4, order) + first;
    }
  }
  friend bool operator==(const running_checksum&, const running_checksum&) = default;
};

/// What is the same in every frame since the log last began anew; frames from before have another one.
using salts = std::array<std::uint32_t, 2>;

class log_file {
 public:
  explicit log_file(const std::filesystem::path& log) : bytes_(log, std::ios::binary) {}

  /// Empty where it ends before.
  std::optional<std::string> read(std::size_t count) {
    std::string read(count, '\0');
    bytes_.read(read.data(), static_cast<std::streamsize>(count));
    return bytes_ ? std::optional(std::move(read)) : std::nullopt;
  }
  std::optional<std::string> read_frame() { return read(frame_header_bytes + page_bytes); }
  void go_to_frame(std::size_t number) {
    bytes_.clear();
    bytes_.seekg(static_cast<std::streamoff>(header_bytes + number * (frame_header_bytes + page_bytes)));
  }

 private:
  std::ifstream bytes_;
};

salts salts_of(std::string_view frame) {
  return {word_at(frame, 8), word_at(frame, 12)};
}

/// Goes through the frames in order.
class commit_count {
 public:
  /// `sum`: that of the header; empty where it is damaged.
  commit_count(salts now, std::optional<running_checksum> sum, std::endian order)
      : now_{now}, before_{sum.value_or(running_checksum{})}, is_whole_so_far_{sum.has_value()}, order_{order} {}

  void pass(std::string_view frame) {
    const bool is_of_now = salts_of(frame) == now_;
    const bool is_whole = is_of_now && continues(frame);
    is_whole_so_far_ = is_whole_so_far_ && is_whole;
    const bool is_commit = is_of_now && word_at(frame, 4) != 0 && !repeats_last_commit(frame, is_whole);
    if (is_whole_so_far_) return;
    if (!is_of_now) {
      illegible_ += 1;
      return;
    }
    behind_ += is_commit && is_whole ? 1U : 0U;
    lost_ += (is_commit ? 1U : 0U) + illegible_;
    illegible_ = 0;
  }
  [[nodiscard]] std::uint64_t result() const { return behind_ > 1 ? lost_ : 0; }

 private:
  /// Whether the frame has the sum that it says, if the one before it has.
  bool continues(std::string_view frame) {
    auto sum = std::exchange(before_, {word_at(frame, 16), word_at(frame, 20)});
    sum.add(frame.substr(0, checked_frame_bytes), order_);
    sum.add(frame.substr(frame_header_bytes), order_);
    return sum == before_;
  }

  /// Where sectors may be torn, SQLite fills the last one of a commit with more of its last frame.
  bool repeats_last_commit(std::string_view frame, bool is_whole) {
    const auto page = frame.substr(frame_header_bytes);
    if (page == last_commit_) return true;
    if (is_whole) last_commit_ = page;
    return false;
  }

  salts now_;
  running_checksum before_;  ///< as the last frame has it
  bool is_whole_so_far_;
  std::endian order_;
  std::string last_commit_;      ///< the last page of the last whole one
  std::uint64_t illegible_ = 0;  ///< frames since the last one of this log: damaged, or what was there before
  std::uint64_t behind_ = 0;     ///< whole commits that stand behind the damage
  std::uint64_t lost_ = 0;
};

/// Empty where there is nothing to count.
std::optional<commit_count> begin(log_file& log) {
  const auto header = log.read(header_bytes);
  if (!header) return std::nullopt;
  const bool is_header = (word_at(*header, 0) & ~1U) == magic && word_at(*header, 4) == log_version;
  if (!is_header) {  // the second frame is beyond what may have damaged the first, and of this log if it has two
    log.go_to_frame(1);
    const auto second = log.read_frame();
    log.go_to_frame(0);
    return second ? std::optional(commit_count(salts_of(*second), std::nullopt, std::endian::native)) : std::nullopt;
  }
  const auto order = (word_at(*header, 0) & 1U) != 0 ? std::endian::big : std::endian::little;
  running_checksum sum;
  sum.add(std::string_view(*header).substr(0, checked_header_bytes), order);
  // A log that began anew as the power went: all that stood in it stands in the store.
  const running_checksum noted{word_at(*header, checked_header_bytes), word_at(*header, checked_header_bytes + 4)};
  if (sum != noted || word_at(*header, 8) != page_bytes) return std::nullopt;
  return commit_count({word_at(*header, 16), word_at(*header, 20)}, sum, order);
}

}  // namespace

std::uint64_t unreadable_commits(const std::filesystem::path& log) {
  log_file opened(log);
  auto commits = begin(opened);
  while (commits) {
    const auto frame = opened.read_frame();
    if (!frame) return commits->result();
    commits->pass(*frame);
  }
  return 0;
}

}  // namespace edge_rollup::outbox
