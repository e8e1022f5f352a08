#include "config/read_map.hpp"

#include "net/http_text.hpp"
#include "serve/listen_address.hpp"
#include "wire/excerpt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace edge_rollup::config {
namespace {

// What the request has anyway, or what would change where it ends (RFC 9110, RFC 9112).
constexpr std::array<std::string_view, 16> own_headers = {"accept-encoding",
                                                          "authorization",
                                                          "connection",
                                                          "content-encoding",
                                                          "content-length",
                                                          "content-type",
                                                          "date",
                                                          "expect",
                                                          "host",
                                                          "idempotency-key",
                                                          "te",
                                                          "trailer",
                                                          "transfer-encoding",
                                                          "upgrade",
                                                          "user-agent",
                                                          "proxy-authorization"};

bool is_letter(char c) {
  return net::lower_case(c) >= 'a' && net::lower_case(c) <= 'z';
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, net::is_token_char);
}

/// Whether `from` is a map; null counts as an empty one.
bool is_map(const std::string& shown_name, const yaml_value& from, const char* example, const reading& with) {
  if (from.is == yaml_value::type::map || from.is == yaml_value::type::null) return true;
  with.complain(shown_name, from.where(), "this is no map", fmt::format("write it as {}", example));
  return false;
}

struct plain_text {
  std::string text;   ///< references replaced
  std::string shown;  ///< as YAML; with its references where they lead to files
};

/// Empty after a mistake.
std::optional<plain_text> read_text(const std::string& shown_name, const yaml_value& from, const reading& with) {
  if (from.is_refused) return std::nullopt;
  if (from.is != yaml_value::type::text) {
    with.complain(shown_name, from.where(), "this is no single text", "write a text, in quotes if it is empty");
    return std::nullopt;
  }
  from.source->reveal(from.at);
  const auto expanded = expand(from.text, file_use::read_now, with.references);
  if (!expanded) {
    with.complain(shown_name, from.where(), expanded.error().what, expanded.error().remedy);
    return std::nullopt;
  }
  auto text = text_of(*expanded);
  auto shown = yaml_text(expanded->is_private ? from.text : text);
  return plain_text{std::move(text), std::move(shown)};
}

/// What is wrong with a text, and what to do; empty where nothing is.
struct complaint {
  std::string_view what;
  std::string_view remedy;
};

struct list_rules {
  std::string_view item;  ///< what one is called in an example
  std::size_t most;
  complaint (*check)(const std::string&);
};

/// A list of texts, or one text alone. Empty after a mistake.
std::optional<setting> read_list(const std::string& shown_name, const yaml_value& from, const reading& with,
                                 const list_rules& rules) {
  std::vector<std::string> texts;
  std::string shown;
  const std::size_t before = with.wrong.count();
  const auto add = [&](const yaml_value& each) {
    auto read = read_text(shown_name, each, with);
    if (!read) return;
    const auto wrong = rules.check(read->text);
    if (!wrong.what.empty()) with.complain(shown_name, each.where(), wrong.what, std::string(wrong.remedy));
    shown += fmt::format("{}{}", shown.empty() ? "" : ", ", read->shown);
    texts.push_back(std::move(read->text));
  };
  if (from.is == yaml_value::type::list) {
    for (const yaml_value& each : from.items) add(each);
  } else if (from.is == yaml_value::type::text) {
    add(from);
  } else if (from.is == yaml_value::type::map) {
    with.complain(shown_name, from.where(), "a map stands here where a list belongs",
                  fmt::format("write it as [{0}, {0}]", rules.item));
  }
  if (texts.size() > rules.most) {
    with.complain(shown_name, from.where(), "the list is too long", fmt::format("at most {}", rules.most));
  }
  if (with.wrong.count() != before) return std::nullopt;
  return setting{std::move(texts), fmt::format("[{}]", shown), from.where()};
}

std::string shown_label(std::string_view label) {
  return wire::excerpt(label, max_label_name_bytes);
}

std::string why_no_label(const std::string& label, const std::string& value) {
  if (label.starts_with("__")) return "names that begin with __ are not passed on";
  if (label.size() > max_label_name_bytes) return fmt::format("the name is over {} bytes", max_label_name_bytes);
  if (value.size() > max_label_value_bytes) return fmt::format("the value is over {} bytes", max_label_value_bytes);
  return {};
}

std::string why_no_header(const std::string& header, const secret_pairs& before) {
  if (!is_token(header)) return "this is no name of a header";
  const auto name = net::lower_case(header);
  if (name == "authorization") return "this header has a setting of its own, cloud.auth";
  if (std::ranges::find(own_headers, name) != own_headers.end()) return "this header is written by edge-rollup itself";
  const auto same = [&name](const auto& each) { return net::equal_ignoring_case(each.first, name); };
  if (std::ranges::any_of(before, same)) return "this header stands here a second time";
  return before.size() == max_headers ? fmt::format("there are more than {} headers", max_headers) : std::string{};
}

}  // namespace

std::optional<setting> read_paths(const std::string& shown_name, const yaml_value& from, const reading& with) {
  const auto check = [](const std::string& path) {
    return path.starts_with('/') ? complaint{} : complaint{"this is no absolute path", "begin it with '/'"};
  };
  return read_list(shown_name, from, with, {"PATH", max_paths, check});
}

std::optional<setting> read_hosts(const std::string& shown_name, const yaml_value& from, const reading& with) {
  const auto check = [](const std::string& host) {
    const auto is_host_char = [](char c) {
      return c == '.' || c == '-' || c == '_' || net::is_digit(c) || is_letter(c);
    };
    const auto name = serve::canonical_host(host);
    const bool is_host = !name.empty() && (std::ranges::all_of(name, is_host_char) || serve::is_address_literal(name));
    return is_host ? complaint{} : complaint{"this is no host name", "write the name alone, without scheme and port"};
  };
  auto made = read_list(shown_name, from, with, {"NAME", max_hosts, check});
  if (!made) return made;
  for (auto& host : std::get<std::vector<std::string>>(made->value)) host = serve::canonical_host(host);
  return made;
}

std::optional<setting> read_labels(const std::string& shown_name, const yaml_value& from, const reading& with) {
  if (!is_map(shown_name, from, "{site: north}", with)) return std::nullopt;
  text_pairs labels;
  std::string shown;
  const std::size_t before = with.wrong.count();
  for (std::size_t i = 0; i < from.items.size(); ++i) {
    const std::string& label = from.keys[i].text;
    auto value = read_text(fmt::format("{}.{}", shown_name, shown_label(label)), from.items[i], with);
    if (!value || label.empty() || from.keys[i].is_refused) continue;
    if (auto why = why_no_label(label, value->text); !why.empty()) {
      with.complain(fmt::format("{}.{}", shown_name, shown_label(label)), from.keys[i].where(), why,
                    "choose another one");
      continue;
    }
    shown += fmt::format("{}{}: {}", shown.empty() ? "" : ", ", yaml_text(label), value->shown);
    labels.emplace_back(label, std::move(value->text));
  }
  if (labels.size() > max_labels) {
    with.complain(shown_name, from.where(), "these are too many labels", fmt::format("at most {}", max_labels));
  }
  if (with.wrong.count() != before) return std::nullopt;
  return setting{std::move(labels), fmt::format("{{{}}}", shown), from.where()};
}

std::optional<setting> read_headers(const std::string& shown_name, const yaml_value& from, const reading& with) {
  if (!is_map(shown_name, from, "{x-api-key: \"${cred:key}\"}", with)) return std::nullopt;
  secret_pairs headers;
  std::string shown;
  const std::size_t before = with.wrong.count();
  for (std::size_t i = 0; i < from.items.size(); ++i) {
    const std::string& header = from.keys[i].text;
    if (header.empty() || from.keys[i].is_refused) continue;
    if (auto why = why_no_header(header, headers); !why.empty()) {
      with.complain(shown_name, from.keys[i].where(), why, "leave it out");
      continue;
    }
    auto value = read_secret(fmt::format("{}.{}", shown_name, header), from.items[i], with);
    if (!value) continue;
    shown += fmt::format("{}{}: {}", shown.empty() ? "" : ", ", yaml_text(header), shown_secret(*value));
    headers.emplace_back(header, std::move(*value));
  }
  if (with.wrong.count() != before) return std::nullopt;
  return setting{std::move(headers), fmt::format("{{{}}}", shown), from.where()};
}

}  // namespace edge_rollup::config
