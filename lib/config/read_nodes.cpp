#include "config/read_nodes.hpp"

#include "config/read_settings.hpp"
#include "wire/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace edge_rollup::config {
namespace {

class nodes_reader {
 public:
  nodes_reader(const std::string& shown_name, const reading& with) : prefix_(shown_name + "[]."), with_(with) {}

  void read(const yaml_value& entry) {
    if (entry.is_refused) return;
    settings values;
    if (entry.is == yaml_value::type::map) {
      values = read_settings(node_keys(), entry, prefix_, with_);
      const bool has_url = std::ranges::find(entry.keys, "url", &yaml_value::text) != entry.keys.end();
      if (!has_url) {
        with_.complain(prefix_ + "url", entry.where(), "this node has no URL", "add url: http://HOST:PORT");
      }
    } else {
      read_key(node_keys().front(), prefix_ + "url", entry, with_, values);
    }
    auto node = node_of(values);
    if (!node) return;
    node->place = entry.source->place(entry.at);
    const auto url = wire::to_string(node->url);
    const auto name = node->name.value_or(wire::default_node_name(node->url));
    if (!is_new(by_url_, url, url + " is listed twice", entry)) return;
    if (!is_new(by_name_, name, fmt::format("two nodes would both be called {}", name), entry)) return;
    show(values);
    nodes_.push_back(std::move(*node));
  }

  setting take(const yaml_value& from) && {
    return {std::move(nodes_), shown_.empty() ? "[]" : std::move(shown_), from.where()};
  }

 private:
  using places = std::unordered_map<std::string, std::string>;

  std::optional<fleet::node_setting> node_of(const settings& values) {
    const std::size_t before = with_.wrong.count();
    fleet::node_setting node;
    node.origin = fleet::node_origin::config;
    node.timeout = values.duration("timeout");
    node.max_age = values.duration("max_age");
    node.auth = credentials_in(values, "", with_.wrong);
    node.tls = tls_in(values, "", with_.wrong);
    if (const auto* name = values.get<std::string>("name")) node.name = *name;
    if (const auto* path = values.get<std::string>("path")) node.path = *path;
    if (const auto* labels = values.get<text_pairs>("labels")) node.labels = *labels;
    const auto* const url = values.get<model::url>("url");
    if (url == nullptr || with_.wrong.count() != before) return std::nullopt;
    node.url = *url;
    if (node.tls && node.url.scheme == model::url_scheme::http) {
      with_.wrong.add(values.parent_of("tls.ca"), "TLS is set for a node that is asked over plain http",
                      "write https:// in its URL, or take tls away");
      return std::nullopt;
    }
    return node;
  }

  bool is_new(places& seen, const std::string& key, const std::string& what, const yaml_value& entry) {
    const auto [first, added] = seen.emplace(key, entry.source->place(entry.at));
    if (added) return true;
    with_.complain("nodes", entry.where(), fmt::format("{}, first in {}", what, first->second), "remove one of them");
    return false;
  }

  void show(const settings& values) {
    std::string members;
    std::string_view open;  // the section that is being written
    for (const key& each : node_keys()) {
      const setting* const found = values.find(each.name);
      if (found == nullptr) continue;
      const auto dot = each.name.find('.');
      const auto section = dot == std::string_view::npos ? std::string_view{} : each.name.substr(0, dot);
      if (section != open && !open.empty()) members += '}';
      if (!members.empty()) members += ", ";
      if (section != open && !section.empty()) members += fmt::format("{}: {{", section);
      members += fmt::format("{}: {}", each.name.substr(section.empty() ? 0 : dot + 1), found->shown);
      open = section;
    }
    shown_ += fmt::format("\n  - {{{}{}}}", members, open.empty() ? "" : "}");
  }

  std::string prefix_;
  const reading& with_;
  std::vector<fleet::node_setting> nodes_;
  std::string shown_;
  places by_url_;
  places by_name_;
};

std::string joined(const std::string& section, std::string_view name) {
  return section.empty() ? std::string(name) : fmt::format("{}.{}", section, name);
}

place where_of(const settings& values, const std::string& name) {
  const setting* const found = values.find(name);
  return found == nullptr ? values.parent_of(name) : found->where;
}

}  // namespace

std::optional<setting> read_nodes(const std::string& shown_name, const yaml_value& from, const reading& with) {
  if (from.is != yaml_value::type::list && from.is != yaml_value::type::null) {
    with.complain(shown_name, from.where(), "this is no list",
                  "write each node on a line of its own: - http://HOST:PORT");
    return std::nullopt;
  }
  nodes_reader reader(shown_name, with);
  const std::size_t before = with.wrong.count();
  for (const yaml_value& entry : from.items) reader.read(entry);
  if (with.wrong.count() != before) return std::nullopt;
  return std::move(reader).take(from);
}

std::shared_ptr<const model::credentials> credentials_in(const settings& values, const std::string& section,
                                                         mistakes& wrong) {
  const auto bearer = joined(section, "auth.bearer_token");
  const auto user = joined(section, "auth.user");
  const auto password = joined(section, "auth.password");
  const auto* const token = values.get<model::secret>(bearer);
  const auto* const who = values.get<model::secret>(user);
  const auto* const word = values.get<model::secret>(password);
  if (token != nullptr && (who != nullptr || word != nullptr)) {
    wrong.add(where_of(values, who != nullptr ? user : password), "a bearer token is set, and user and password too",
              "keep the one that the other side asks for");
  } else if ((who == nullptr) != (word == nullptr)) {
    wrong.add(values.parent_of(user), fmt::format("{} is missing", who == nullptr ? user : password),
              "user and password belong together");
  } else if (token != nullptr) {
    return std::make_shared<const model::credentials>(model::auth_scheme::bearer, model::secret{}, *token);
  } else if (who != nullptr) {
    return std::make_shared<const model::credentials>(model::auth_scheme::basic, *who, *word);
  }
  return nullptr;
}

std::shared_ptr<const model::tls_options> tls_in(const settings& values, const std::string& section, mistakes& wrong) {
  const auto text = [&](const char* name) {
    const auto* const found = values.get<std::string>(joined(section, name));
    return found == nullptr ? std::string{} : *found;
  };
  model::tls_options made{text("tls.ca"), text("tls.cert"), text("tls.key")};
  if (made.certificate.empty() != made.key.empty()) {
    const auto missing = joined(section, made.key.empty() ? "tls.key" : "tls.cert");
    wrong.add(values.parent_of(missing), fmt::format("{} is missing", missing),
              "a client certificate and its key belong together");
    return nullptr;
  }
  if (made == model::tls_options{}) return nullptr;
  return std::make_shared<const model::tls_options>(std::move(made));
}

}  // namespace edge_rollup::config
