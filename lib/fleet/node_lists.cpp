#include "fleet/node_lists.hpp"

#include "fleet/list_file.hpp"
#include "fleet/make_nodes.hpp"
#include "fleet/read_list.hpp"
#include "model/grouped.hpp"
#include "model/invariant.hpp"
#include "wire/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

namespace edge_rollup::fleet {
namespace {

/// The store is told so often that a list is good still: often enough for an age in hours, seldom enough for flash.
constexpr model::milliseconds confirm_every = std::chrono::hours{1};

void warn(fleet_news& news, std::string message) {
  news.lines.push_back({observe::log_level::warn, std::move(message), {}});
}

}  // namespace

node_lists::node_lists(fleet_options options, std::optional<list_store> store, directory_watch* watch)
    : options_(std::move(options)), store_(std::move(store)), watch_(watch) {
  for (named_file& file : options_.named_files) {
    order_.push_back(file.path);
    files_.emplace(file.path, list{list_state(file.path, std::move(file.nodes))});
  }
  for (const std::string& text : options_.node_files) patterns_.push_back({text});
  if (options_.node_http) {
    http_.emplace(list{list_state(wire::to_string(options_.node_http->url), options_.node_http->empty)});
  }
  if (options_.has_lists()) return;
  fleet_news unsaid;  // all of it was checked with the settings
  put_together(unsaid);
}

fleet_news node_lists::look_at_files(model::wall_time now) {
  fleet_news news;
  watch_directories();
  find_files(news);
  for (const std::string& path : order_) {
    if (path == "-") continue;
    const auto text = read_list_file(path);
    take(files_.at(path), text, read_list, now, news);
  }
  put_together(news);
  return news;
}

fleet_news node_lists::take_http(const model::result<std::string>& answer, model::wall_time now) {
  EDGE_ROLLUP_INVARIANT(http_.has_value());
  fleet_news news;
  take(*http_, answer, read_http_list, now, news);
  put_together(news);
  return news;
}

/// Before the files are read, so that no change falls between.
void node_lists::watch_directories() {
  if (watch_ == nullptr) return;
  std::vector<std::string> all;
  const auto add = [&all](const std::string& path) {
    std::ranges::copy(directories_of(path), std::back_inserter(all));
  };
  for (const named_file& file : options_.named_files) {
    if (file.path != "-") add(file.path);
  }
  for (const pattern& each : patterns_) add(each.text);
  watch_->watch(all);
}

void node_lists::find_files(fleet_news& news) {
  std::vector<std::string> present;
  std::set<std::string_view> seen;
  const auto add = [&](const std::string& path) {
    if (seen.insert(path).second) present.push_back(path);
  };
  for (const named_file& file : options_.named_files) add(file.path);
  for (pattern& each : patterns_) {
    auto found = matching_files(each.text);
    if (found) {
      each.found = *std::move(found);
      each.told.clear();
    } else if (std::exchange(each.told, found.error().text) != found.error().text) {
      warn(news, fmt::format("the files of before stay: {}", each.told));
    }
    for (const std::string& path : each.found) add(path);
  }
  drop_files_not_in(present, news);
  for (const std::string& path : present) {
    files_.try_emplace(path, list{list_state(path, empty_list::refused)});
  }
  order_ = std::move(present);
}

void node_lists::drop_files_not_in(const std::vector<std::string>& present, fleet_news& news) {
  const std::set<std::string_view> here(present.begin(), present.end());
  std::erase_if(files_, [&](const auto& file) {
    const auto& [path, known] = file;
    if (here.contains(path)) return false;
    news.lines.push_back({observe::log_level::info,
                          fmt::format("the nodes file {} is gone, and with it its {} nodes", path,
                                      model::grouped(known.state.nodes().size())),
                          {{"list", path}}});
    if (store_) store_->forget(path);
    changed_ = true;
    return true;
  });
}

void node_lists::take(list& from, const model::result<std::string>& text, reader read, model::wall_time now,
                      fleet_news& news) {
  const auto fingerprint = text ? std::optional{std::hash<std::string>{}(*text)} : std::nullopt;
  if (!text || fingerprint != from.fingerprint) {
    auto line = from.state.take(text ? read(*text, from.state.name()) : std::unexpected(text.error()));
    if (line) news.lines.push_back(*std::move(line));
    from.confirmed_at = {};
    changed_ = changed_ || from.state.is_good();
  }
  from.fingerprint = fingerprint;
  if (from.state.is_good()) {
    keep(from, *text, now, news);
  } else if (!from.state.is_known()) {
    fall_back(from, read, now, news);
  }
}

void node_lists::keep(list& from, const std::string& text, model::wall_time now, fleet_news& news) {
  if (!store_ || now < from.confirmed_at + confirm_every) return;
  const bool is_new = from.confirmed_at == model::wall_time{};
  from.confirmed_at = now;
  if (!is_new) {
    store_->confirm(from.state.name());
  } else if (const auto kept = store_->keep(from.state.name(), text); !kept) {
    if (!std::exchange(told_store_, true))
      warn(news, "node lists are not kept for the next start: " + kept.error().text);
  } else {
    told_store_ = false;
  }
}

void node_lists::fall_back(list& from, reader read, model::wall_time now, fleet_news& news) {
  const auto kept = store_ ? store_->find(from.state.name()) : std::nullopt;
  if (!kept) return;
  auto nodes = read(kept->text, from.state.name());
  if (!nodes || nodes->empty()) return;
  news.lines.push_back(from.state.fall_back({*std::move(nodes), kept->good_at}, now));
  changed_ = true;
}

void node_lists::put_together(fleet_news& news) {
  for (const auto& [path, known] : files_) ++(known.state.is_good() ? news.good : news.broken);
  news.http_is_good = !http_ || http_->state.is_good();
  if (http_) ++(news.http_is_good ? news.good : news.broken);
  if (!std::exchange(changed_, false) && nodes_) return;

  std::vector<node_source> sources{{options_.fixed, twin_rule::refuse}};
  for (const std::string& path : order_) sources.push_back({files_.at(path).state.nodes(), twin_rule::keep_first});
  if (http_) sources.push_back({http_->state.nodes(), twin_rule::keep_first});
  auto made = make_nodes(sources, options_.defaults);
  EDGE_ROLLUP_INVARIANT(made.has_value());  // fixed nodes were checked with the settings
  if (std::exchange(told_left_out_, made->left_out) != made->left_out) {
    for (const std::string& why : made->left_out) warn(news, why + "; the first counts");
    if (made->left_out_untold > 0) {
      warn(news, fmt::format("and {} more nodes are left out", model::grouped(made->left_out_untold)));
    }
  }
  if (made->nodes.empty() && !may_be_empty()) {
    if (nodes_ && !std::exchange(told_empty_, true)) {
      warn(news,
           fmt::format("the lists name no node any more; the {} nodes of before stay", model::grouped(nodes_->size())));
    }
    return;
  }
  told_empty_ = false;
  if (nodes_ && *nodes_ == made->nodes) return;
  if (nodes_) {
    news.changes = compare(*nodes_, made->nodes);
    if (!news.changes.none()) news.lines.push_back(line_of(news.changes));
  } else {
    news.lines.push_back({observe::log_level::info,
                          fmt::format("the lists are read: {} nodes", model::grouped(made->nodes.size())),
                          {{"nodes", std::uint64_t{made->nodes.size()}}}});
  }
  nodes_ = std::make_shared<const std::vector<model::node>>(std::move(made->nodes));
  news.nodes = nodes_;
}

bool node_lists::may_be_empty() const noexcept {
  return http_ && http_->state.is_good() && http_->state.empty() == empty_list::allowed;
}

}  // namespace edge_rollup::fleet
