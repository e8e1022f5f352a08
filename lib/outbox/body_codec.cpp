#include "outbox/body_codec.hpp"

#include "model/invariant.hpp"

#include <algorithm>
#include <climits>
#include <new>

#define ZLIB_CONST  // zlib then takes its input as const
#include <zlib.h>

namespace edge_rollup::outbox {
namespace {

constexpr int gzip_framing = 16;  // added to the window bits, zlib reads and writes gzip headers (zlib.h, deflateInit2)
constexpr int window_bits = MAX_WBITS + gzip_framing;
constexpr int default_memory_level = 8;
/// A rollup of 10 000 nodes takes 40 % of the time that zlib's default level does, and 20 % more room.
constexpr int compression_level = 2;
constexpr std::size_t least_packed_room = 1024;  // bytes
constexpr std::size_t usual_shrinking = 8;

const Bytef* bytes_of(std::string_view text) {
  return reinterpret_cast<const Bytef*>(text.data());
}
Bytef* bytes_of(std::string& text) {
  return reinterpret_cast<Bytef*>(text.data());
}

/// A z_stream and its end function.
template <int (*End)(z_stream*)>
struct zlib_stream : z_stream {
  zlib_stream() : z_stream{} {}
  zlib_stream(const zlib_stream&) = delete;
  zlib_stream& operator=(const zlib_stream&) = delete;
  ~zlib_stream() { End(this); }
};

void set_buffers(z_stream& stream, std::string_view input, std::string& output) {
  stream.next_in = bytes_of(input);
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = bytes_of(output);
  stream.avail_out = static_cast<uInt>(output.size());
}

}  // namespace

std::string gzip(std::string_view raw) {
  EDGE_ROLLUP_INVARIANT(raw.size() <= max_body_bytes);
  zlib_stream<deflateEnd> stream;
  if (deflateInit2(&stream, compression_level, Z_DEFLATED, window_bits, default_memory_level, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    throw std::bad_alloc{};
  }
  // Grown as it is needed: rollups shrink to a tenth, and room for the worst case would be as large as the body.
  std::string packed(std::min(deflateBound(&stream, raw.size()), least_packed_room + raw.size() / usual_shrinking),
                     '\0');
  set_buffers(stream, raw, packed);
  while (deflate(&stream, Z_FINISH) != Z_STREAM_END) {
    EDGE_ROLLUP_INVARIANT(stream.avail_out == 0);
    packed.resize(2 * packed.size());
    stream.next_out = bytes_of(packed) + stream.total_out;
    stream.avail_out = static_cast<uInt>(packed.size() - stream.total_out);
  }
  packed.resize(stream.total_out);
  return packed;
}

std::optional<std::string> gunzip(std::string_view packed, std::size_t raw_bytes) {
  if (raw_bytes > max_body_bytes || packed.size() > UINT_MAX) return std::nullopt;
  zlib_stream<inflateEnd> stream;
  if (inflateInit2(&stream, window_bits) != Z_OK) throw std::bad_alloc{};
  std::string raw(raw_bytes, '\0');
  set_buffers(stream, packed, raw);
  // The output is never longer than told: a member that holds more ends with Z_BUF_ERROR instead of its end.
  const bool whole = inflate(&stream, Z_FINISH) == Z_STREAM_END;
  if (!whole || stream.total_out != raw_bytes || stream.avail_in != 0) return std::nullopt;
  return raw;
}

std::uint32_t checksum(const stored_form& form) {
  uLong sum = crc32_z(0, nullptr, 0);
  const auto add_number = [&sum](std::uint64_t number) {
    std::string little_endian;
    for (int shift = 0; shift < 64; shift += 8) little_endian.push_back(static_cast<char>((number >> shift) & 0xff));
    sum = crc32_z(sum, bytes_of(std::string_view{little_endian}), little_endian.size());
  };
  const auto add_text = [&](std::string_view text) {
    add_number(text.size());  // so that no byte can move from one field to the next unseen
    sum = crc32_z(sum, bytes_of(text), text.size());
  };
  add_number(form.sequence);
  add_text(form.id);
  add_number(static_cast<std::uint64_t>(form.stored_at.time_since_epoch().count()));
  add_number(form.raw_bytes);
  add_text(form.packed);
  return static_cast<std::uint32_t>(sum);
}

}  // namespace edge_rollup::outbox
