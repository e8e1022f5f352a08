// Values of keys with where each was written, before they become the options of the stages.
#pragma once

#include "config/key_table.hpp"
#include "config/mistakes.hpp"
#include "fleet/fleet_options.hpp"
#include "model/secret.hpp"
#include "model/time.hpp"
#include "model/url.hpp"
#include "net/proxy_choice.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace edge_rollup::config {

using text_pairs = std::vector<std::pair<std::string, std::string>>;
using secret_pairs = std::vector<std::pair<std::string, model::secret>>;

struct no_value {};

/// Durations in ms, sizes in bytes, booleans and integers are numbers; texts, paths and words are strings.
using setting_value =
    std::variant<no_value, std::int64_t, std::string, model::url, net::proxy_address, model::secret,
                 std::vector<std::string>, text_pairs, secret_pairs, std::vector<fleet::node_setting>>;

struct setting {
  setting_value value;
  std::string shown;  ///< as YAML, with nothing secret in it
  place where;

  [[nodiscard]] bool is_default() const noexcept { return where.text->kind() == source_kind::standard; }
};

/// Keys with values; of two texts that set a key, the one that is laid over the other counts.
class settings {
 public:
  void set(std::string_view key_name, setting made) { values_.insert_or_assign(key_name, std::move(made)); }
  /// The key is there, but its value is a mistake.
  void note_mistaken(std::string_view key_name) { mistaken_.insert(key_name); }
  void note_section(const std::string& name, place where) { sections_.insert_or_assign(name, where); }
  void lay_over(settings upper);

  [[nodiscard]] bool is_mistaken(std::string_view key_name) const { return mistaken_.contains(key_name); }
  [[nodiscard]] const setting* find(std::string_view key_name) const;

  /// Null where the key has no value.
  template <class T>
  [[nodiscard]] const T* get(std::string_view key_name) const {
    const setting* const found = find(key_name);
    return found == nullptr ? nullptr : std::get_if<T>(&found->value);
  }

  [[nodiscard]] std::optional<model::milliseconds> duration(std::string_view key_name) const;

  /// Where a key that is not set would stand: its section, or the section of that.
  [[nodiscard]] place parent_of(std::string_view key_name) const;

 private:
  std::map<std::string_view, setting> values_;  ///< by the names in the table
  std::set<std::string_view> mistaken_;
  std::map<std::string, place> sections_;  ///< the empty name is the whole text
};

}  // namespace edge_rollup::config
