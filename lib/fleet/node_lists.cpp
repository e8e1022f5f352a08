#include "fleet/node_lists.hpp"

#include "fleet/list_file.hpp"
#include "fleet/make_nodes.hpp"
#include "fleet/read_list.hpp"
#include "model/grouped.hpp"
#include "model/invariant.hpp"
#include "wire/stable_hash.hpp"
#include "wire/url.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

namespace edge_rollup::fleet {
namespace {

/// The store is told so often that a list is good still: often enough for an age in hours, seldom enough for flash.
constexpr model::milliseconds confirm_every = std::chrono::hours{1};

/// Writers finish a line sooner than this. A list may well end without a newline, but then nothing follows.
constexpr model::milliseconds line_is_finished_after{1'000};

/// The last line of a text list may lack its end, and name another node without it: "http://10.0.0.1" of
/// "http://10.0.0.17". A JSON list tells by itself.
bool may_be_half_written(const std::string& path, std::string_view text, model::wall_time now) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || text[first] == '[' || text.ends_with('\n')) return false;
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0) return false;
  const auto since_1970 = std::chrono::seconds{about.st_mtim.tv_sec} + std::chrono::nanoseconds{about.st_mtim.tv_nsec};
  const auto age = now.time_since_epoch() - since_1970;
  // A time in the future is a clock that was set, and says nothing.
  return age > -line_is_finished_after && age < line_is_finished_after;
}

/// A list at another URL is another list, also where only its query differs, which is not shown.
std::string kept_name(const model::url& url) {
  return fmt::format("{} {:016x}", wire::to_string(url), wire::stable_hash(url.query));
}

void warn(fleet_news& news, std::string message) {
  news.lines.push_back({observe::log_level::warn, std::move(message), {}});
}

}  // namespace

node_lists::node_lists(fleet_options options, node_list known, std::optional<list_store> store,
                       std::shared_ptr<watched_directories> watch)
    : options_(std::move(options)), store_(std::move(store)), watch_(std::move(watch)), nodes_(std::move(known)) {
  for (const named_file& file : options_.named_files) {
    order_.push_back(file.path);
    files_.emplace(file.path, list{list_state(file.path, file.nodes), file.path, file.fingerprint});
  }
  for (const std::string& text : options_.node_files) patterns_.push_back({text});
  if (options_.node_http) {
    const auto& url = options_.node_http->url;
    http_.emplace(list{list_state(wire::to_string(url), options_.node_http->empty), kept_name(url)});
  }
  if (nodes_ || options_.has_lists()) return;
  fleet_news unsaid;  // all of it was checked with the settings
  put_together(unsaid);
}

fleet_news node_lists::look_at_files(model::wall_time now) {
  fleet_news news;
  watch_directories();
  find_files(news);
  for (const std::string& path : order_) {
    list& from = files_.at(path);
    if (!is_read_once(path)) {
      const auto text = read_list_file(path);
      const bool too_early = has_looked_ && text && may_be_half_written(path, *text, now);
      if (too_early) news.look_again = true;
      if (!too_early) take(from, text, read_list, now, news);
    } else if (!from.state.is_good()) {  // a good one was named, and read with the settings
      take(from, model::fail(model::error_kind::bad_data, path + " is no regular file"), read_list, now, news);
    }
  }
  has_looked_ = true;
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
    if (!is_read_once(file.path)) add(file.path);
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
    auto found = matching_files(each.text, each.found);
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
    files_.try_emplace(path, list{list_state(path, empty_list::refused), path});
  }
  order_ = std::move(present);
}

void node_lists::drop_files_not_in(const std::vector<std::string>& present, fleet_news& news) {
  const std::set<std::string_view> here(present.begin(), present.end());
  std::erase_if(files_, [&](const auto& file) {
    const auto& [path, known] = file;
    if (here.contains(path)) return false;
    news.lines.push_back({observe::log_level::info,
                          fmt::format("the nodes file {} is gone, and with it its {}", path,
                                      model::counted(known.state.nodes().size(), "node")),
                          {{"list", path}}});
    if (store_) store_->forget(path);
    changed_ = true;
    return true;
  });
}

void node_lists::take(list& from, const model::result<std::string>& text, reader read, model::wall_time now,
                      fleet_news& news) {
  const auto fingerprint = text ? std::optional{fingerprint_of(*text)} : std::nullopt;
  if (!text || fingerprint != from.fingerprint) {
    auto line = from.state.take(text ? read(*text, from.state.name()) : std::unexpected(text.error()));
    if (line) news.lines.push_back(*std::move(line));
    from.confirmed_at.reset();
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
  if (!store_ || (from.confirmed_at && now < *from.confirmed_at + confirm_every)) return;
  if (from.confirmed_at) {
    store_->confirm(from.kept_as);
  } else if (const auto kept = store_->keep(from.kept_as, text); !kept) {
    if (!std::exchange(told_store_, true)) {
      warn(news, "node lists are not kept for the next start: " + kept.error().text);
    }
    return;  // tried again at the next look
  } else {
    told_store_ = false;
  }
  from.confirmed_at = now;
}

void node_lists::fall_back(list& from, reader read, model::wall_time now, fleet_news& news) {
  const auto kept = store_ ? store_->find(from.kept_as) : std::nullopt;
  if (!kept) return;
  auto nodes = read(kept->text, from.state.name());
  if (!nodes || nodes->empty()) return;
  news.lines.push_back(from.state.fall_back({*std::move(nodes), kept->good_at}, now));
  changed_ = true;
}

void node_lists::put_together(fleet_news& news) {
  if (std::exchange(changed_, false) || !nodes_) make_fleet(news);
  for (const auto& [path, known] : files_) ++(known.state.is_good() ? news.good : news.broken);
  news.http_is_good = !http_ || http_->state.is_good();
  if (http_) ++(news.http_is_good ? news.good : news.broken);
  if (names_none_) news.broken = std::max(news.broken, std::size_t{1});
}

void node_lists::make_fleet(fleet_news& news) {
  std::vector<node_source> sources{{options_.fixed, twin_rule::refuse}};
  for (const std::string& path : order_) sources.push_back({files_.at(path).state.nodes(), twin_rule::keep_first});
  if (http_) sources.push_back({http_->state.nodes(), twin_rule::keep_first});
  auto made = make_nodes(sources, options_.defaults);
  EDGE_ROLLUP_INVARIANT(made.has_value());  // fixed nodes were checked with the settings
  if (std::exchange(told_left_out_, made->left_out) != made->left_out) {
    for (const std::string& why : made->left_out) warn(news, why + "; the first counts");
    if (made->left_out_untold > 0) {
      warn(news, fmt::format("left out besides: {}", model::counted(made->left_out_untold, "node")));
    }
  }
  const bool named_some = !std::exchange(names_none_, made->nodes.empty() && !may_be_empty());
  if (names_none_) {
    if (nodes_ && named_some) {
      warn(news, fmt::format("the lists name no node any more; the fleet of before stays ({})",
                             model::counted(nodes_->size(), "node")));
    }
    return;
  }
  if (nodes_ && *nodes_ == made->nodes) return;
  if (nodes_) {
    news.changes = compare(*nodes_, made->nodes);
    if (!news.changes.none()) news.lines.push_back(line_of(news.changes));
  } else {
    news.lines.push_back({observe::log_level::info,
                          fmt::format("the lists are read: {}", model::counted(made->nodes.size(), "node")),
                          {{"nodes", std::uint64_t{made->nodes.size()}}}});
  }
  nodes_ = std::make_shared<const std::vector<model::node>>(std::move(made->nodes));
  news.nodes = nodes_;
}

bool node_lists::may_be_empty() const noexcept {
  return http_ && http_->state.is_good() && http_->state.empty() == empty_list::allowed;
}

}  // namespace edge_rollup::fleet
