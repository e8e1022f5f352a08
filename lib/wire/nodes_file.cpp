#include "wire/nodes_file.hpp"

#include "model/invariant.hpp"
#include "wire/excerpt.hpp"
#include "wire/json_scanner.hpp"
#include "wire/json_text.hpp"
#include "wire/url.hpp"
#include "wire/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace edge_rollup::wire {
namespace {

constexpr std::string_view blanks = " \t\r";
constexpr std::size_t max_labels = 64;  ///< of one group
constexpr std::size_t max_label_name_bytes = 128;
constexpr std::size_t max_label_value_bytes = 1024;
constexpr std::size_t bytes_of_mebibyte = 1024 * 1024;
/// In memory, of all nodes: the labels of a group are written once, but each of its nodes has them.
constexpr std::size_t max_label_bytes = 256 * bytes_of_mebibyte;
constexpr std::size_t max_excerpt_bytes = 40;
constexpr std::string_view yaml_is_not_read =
    R"(this looks like YAML; write one URL a line, or JSON: [{"targets": ["10.0.0.5:8080"]}])";

/// What was read so far, and what was wrong with it.
class listing {
 public:
  explicit listing(std::string_view file_name) : file_name_(file_name) {}

  /// False once there is no room for more.
  bool add(listed_node node) {
    if (nodes_.size() == max_listed_nodes) {
      mistake(node.line, fmt::format("more than {} nodes; split them between gateways", max_listed_nodes));
      return false;
    }
    for (const auto& label : node.labels) label_bytes_ += sizeof label + label.first.size() + label.second.size();
    if (label_bytes_ > max_label_bytes) {
      mistake(node.line, fmt::format("the labels of all nodes together are over {} MiB; use fewer or shorter ones",
                                     max_label_bytes / bytes_of_mebibyte));
      return false;
    }
    nodes_.push_back(std::move(node));
    return true;
  }

  void mistake(std::size_t line, std::string_view what) {
    if (++mistakes_ > max_reported_lines) return;
    fmt::format_to(std::back_inserter(report_), "{}{}:{}: {}", report_.empty() ? "" : "\n", file_name_, line, what);
  }

  model::result<std::vector<listed_node>> finish() && {
    if (mistakes_ == 0) return std::move(nodes_);
    if (mistakes_ > max_reported_lines) {
      fmt::format_to(std::back_inserter(report_), "\n{}: {} more mistakes", file_name_, mistakes_ - max_reported_lines);
    }
    return model::fail(model::error_kind::bad_data, std::move(report_));
  }

 private:
  std::string_view file_name_;
  std::vector<listed_node> nodes_;
  std::size_t label_bytes_ = 0;
  std::string report_;
  std::size_t mistakes_ = 0;
};

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string_view without_comment(std::string_view line) {
  for (std::size_t at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
    if (at == 0 || blanks.contains(line[at - 1])) return line.substr(0, at);
  }
  return line;
}

void read_lines(std::string_view text, listing& list) {
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view entry = trimmed(without_comment(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (entry.empty()) continue;
    if (entry == "---" || entry == "-" || entry.starts_with("- ")) {
      return list.mistake(line, yaml_is_not_read);
    }
    auto url = parse_node_url(entry);
    if (!url) {
      list.mistake(line, url.error().text);
    } else if (!list.add({std::move(*url), {}, {}, line})) {
      return;
    }
  }
}

/// Finds the lines of offsets; quick where they are near each other.
class line_finder {
 public:
  explicit line_finder(std::string_view text) noexcept : text_(text) {}

  std::size_t line_of(std::size_t offset) noexcept {
    if (offset >= at_) {
      line_ += breaks(at_, offset);
    } else {
      line_ -= breaks(offset, at_);
    }
    at_ = offset;
    return line_;
  }

  std::size_t line_of(const json_value& value) noexcept {
    return line_of(static_cast<std::size_t>(value.raw.data() - text_.data()));
  }

 private:
  [[nodiscard]] std::size_t breaks(std::size_t from, std::size_t to) const noexcept {
    return static_cast<std::size_t>(std::ranges::count(text_.substr(from, to - from), '\n'));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

/// One object of the list; its labels apply to all its targets.
struct target_group {
  std::vector<json_value> targets;
  std::string scheme = "http";
  std::optional<std::string> path;
  std::vector<std::pair<std::string, std::string>> labels;
};

/// Reads the file_sd form. The whole text is scanned before, so that scanning a part of it again cannot fail.
class file_sd_reader {
 public:
  file_sd_reader(std::string_view text, listing& list) : text_(text), lines_(text), list_(&list) {}

  void read() {
    json_scanner in{text_};
    const auto groups = in.value();
    if (!groups) {
      list_->mistake(lines_.line_of(groups.error().at), fmt::format("this is not JSON: {}", groups.error().what));
    } else if (!in.at_end()) {
      list_->mistake(lines_.line_of(in.position()), "something follows the closing bracket of the list");
    } else {
      json_scanner elements{groups->raw};
      elements.enter_array();
      while (const auto group = known_valid(elements.next_element())) {
        if (!read_group(*group)) return;
      }
    }
  }

 private:
  template <class T>
  static T known_valid(scanned<T> found) {
    EDGE_ROLLUP_INVARIANT(found.has_value());
    return *std::move(found);
  }

  static std::optional<std::string> text_of(const json_value& value) {
    if (value.type != json_type::string) return std::nullopt;
    return unescape(value.raw.substr(1, value.raw.size() - 2));
  }

  void mistake(const json_value& where, std::string_view what) { list_->mistake(lines_.line_of(where), what); }

  /// False once the list is full.
  bool read_group(const json_value& value) {
    json_scanner members{value.raw};
    if (!members.enter_object()) {
      mistake(value, R"(a group is an object such as {"targets": ["10.0.0.5:8080"], "labels": {"site": "north"}})");
      return true;
    }
    target_group group;
    bool has_targets = false;
    while (const auto member = known_valid(members.next_member())) {
      if (member->key == "targets") {
        has_targets = true;
        read_targets(member->value, group);
      } else if (member->key == "labels") {
        read_labels(member->value, group);
      } else {
        mistake(member->value, fmt::format("a group has \"targets\" and \"labels\", but no \"{}\"",
                                           excerpt(member->key, max_excerpt_bytes)));
      }
    }
    if (!has_targets) mistake(value, "a group lacks its \"targets\"");
    return add_nodes(group);
  }

  void read_targets(const json_value& value, target_group& group) {
    json_scanner elements{value.raw};
    if (!elements.enter_array()) return mistake(value, "\"targets\" is a list of strings");
    while (const auto target = known_valid(elements.next_element())) group.targets.push_back(*target);
  }

  void read_labels(const json_value& value, target_group& group) {
    json_scanner members{value.raw};
    if (!members.enter_object()) return mistake(value, "\"labels\" is an object of strings");
    while (const auto member = known_valid(members.next_member())) {
      auto name = unescape(member->key);
      auto text = text_of(member->value);
      if (!name || name->empty() || !text) {
        mistake(member->value, "a label has a name, and a string as its value");
      } else {
        read_label(member->value, std::move(*name), std::move(*text), group);
      }
    }
  }

  void read_label(const json_value& where, std::string name, std::string text, target_group& group) {
    if (name == "__scheme__") {
      if (text != "http" && text != "https") return mistake(where, "__scheme__ is \"http\" or \"https\"");
      group.scheme = std::move(text);
    } else if (name == "__metrics_path__") {
      group.path = read_path(text);
      if (group.path) return;
      mistake(where, "__metrics_path__ is a path such as \"/data/summary\", percent-encoded, without a query");
    } else if (!name.starts_with("__")) {
      add_label(where, std::move(name), std::move(text), group);
    }
  }

  void add_label(const json_value& where, std::string name, std::string text, target_group& group) {
    const auto shown = excerpt(name, max_excerpt_bytes);
    if (name.size() > max_label_name_bytes) {
      return mistake(where, fmt::format("the name of label {} is over {} bytes", shown, max_label_name_bytes));
    }
    if (text.size() > max_label_value_bytes) {
      return mistake(where, fmt::format("the value of label {} is over {} bytes", shown, max_label_value_bytes));
    }
    if (std::ranges::any_of(group.labels, [&](const auto& label) { return label.first == name; })) {
      return mistake(where, fmt::format("the label {} is repeated", shown));
    }
    if (group.labels.size() == max_labels) return mistake(where, fmt::format("more than {} labels", max_labels));
    group.labels.emplace_back(std::move(name), std::move(text));
  }

  static std::optional<std::string> read_path(std::string_view text) {
    if (!text.starts_with('/')) return std::nullopt;
    const auto url = parse_url(fmt::format("http://host{}", text));
    if (!url || !url->query.empty()) return std::nullopt;
    return url->path.empty() ? "/" : url->path;
  }

  bool add_nodes(const target_group& group) {
    for (const auto& target : group.targets) {
      const auto text = text_of(target);
      if (!text) {
        mistake(target, "a target is a string, host:port or a URL");
        continue;
      }
      auto url = parse_node_url(text->contains("://") ? *text : fmt::format("{}://{}", group.scheme, *text));
      if (!url) {
        mistake(target, url.error().text);
      } else if (!list_->add({std::move(*url), group.path, group.labels, lines_.line_of(target)})) {
        return false;
      }
    }
    return true;
  }

  std::string_view text_;
  line_finder lines_;
  listing* list_;
};

}  // namespace

model::result<std::vector<listed_node>> parse_nodes_file(std::string_view text, std::string_view name) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  listing list{name};
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && text[first] == '[') {
    file_sd_reader{text, list}.read();
  } else {
    read_lines(text, list);
  }
  return std::move(list).finish();
}

}  // namespace edge_rollup::wire
