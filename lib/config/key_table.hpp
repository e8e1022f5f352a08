// The one table of keys. What reads files, flags and the environment, and what shows, explains and describes settings,
// has its names, types, defaults, ranges and help from here.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace edge_rollup::config {

enum class value_type {
  text,
  path,       ///< of a file or directory, absolute
  url_path,   ///< what is appended to a URL
  url,        ///< http or https
  node_url,   ///< as url, without a query
  proxy_url,  ///< http, may hold user and password
  duration,
  size,
  integer,
  boolean,
  word,     ///< one of `words`
  secret,   ///< shown to nobody
  name,     ///< of a node
  listen,   ///< ADDR:PORT of this machine
  hosts,    ///< list of host names
  paths,    ///< list of paths or globs
  labels,   ///< map of texts
  headers,  ///< map of secrets
  nodes,    ///< list of URLs, or maps as node_keys() has them
};

struct key {
  std::string_view name;  ///< dotted
  value_type type = value_type::text;
  std::string_view standard;  ///< the default as it is written in a file
  std::string_view help;      ///< one sentence without a final period
  /// Of a word: all of them, separated by '|'. Of another type: the one word that stands for no value.
  std::string_view words = {};
  std::int64_t least = 0;  ///< range in ms, bytes or one
  std::int64_t most = 0;
};

/// Every key of the settings, in the order they are shown in.
[[nodiscard]] std::span<const key> keys();

/// The keys of an entry of `nodes`. Those without a default fall back to `poll`.
[[nodiscard]] std::span<const key> node_keys();

[[nodiscard]] const key* find_key(std::span<const key> table, std::string_view name);

/// Whether keys have names that begin with `name` and a dot.
[[nodiscard]] bool is_section(std::span<const key> table, std::string_view name);

/// Whether `word` is a part of any key's name.
[[nodiscard]] bool is_key_word(std::string_view word);

/// "auto|on|off" as its three words.
[[nodiscard]] std::vector<std::string> split_words(std::string_view words);

/// The lower and the upper end of a number's range as a person writes them: "1..100000", "1s..1h".
[[nodiscard]] std::string range_text(const key& of);

/// EDGE_ROLLUP_POLL__TIMEOUT for poll.timeout.
[[nodiscard]] std::string environment_name(std::string_view key_name);

}  // namespace edge_rollup::config
