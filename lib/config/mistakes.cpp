#include "config/mistakes.hpp"

#include "model/grouped.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace edge_rollup::config {

bool mistakes::mistake::is_in_file() const noexcept {
  return where.text != nullptr && where.text->kind() == source_kind::file;
}

std::string mistakes::mistake::told() const {
  if (where.text == nullptr) return fmt::format("{}; {}", what, remedy);
  const auto begin = fmt::format("{}: {}", where.text->place(where.at), what);
  if (!is_in_file()) return fmt::format("{}; {}", begin, remedy);
  return fmt::format("{}\n{}\n      = {}", begin, where.text->excerpt(where.at), remedy);
}

model::error mistakes::as_error() const {
  const auto is_of_a_flag = [](const mistake& each) {
    return each.where.text == nullptr || each.where.text->kind() == source_kind::flag;
  };
  const auto kind = std::ranges::all_of(found_, is_of_a_flag) ? model::error_kind::usage : model::error_kind::config;
  if (found_.size() == 1 && !found_.front().is_in_file()) return {kind, found_.front().told()};

  auto sorted = found_;
  std::ranges::stable_sort(sorted, {}, [](const mistake& each) {
    return std::tuple(!each.is_in_file(), each.is_in_file() ? each.where.at : position{});
  });
  auto text = model::counted(sorted.size(), "mistake") + " in the settings";
  for (std::size_t i = 0; i < std::min(sorted.size(), max_told); ++i) text += "\n" + sorted[i].told();
  if (sorted.size() > max_told) text += "\n" + model::counted(sorted.size() - max_told, "more mistake");
  return {kind, std::move(text)};
}

}  // namespace edge_rollup::config
