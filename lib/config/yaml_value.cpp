// yaml-cpp's events are taken instead of its nodes: only they tell of duplicate keys and of the place of everything.
#include "config/yaml_value.hpp"

#include "config/key_table.hpp"
#include "wire/excerpt.hpp"
#include "wire/utf8.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <sstream>
#include <string_view>
#include <utility>

namespace edge_rollup::config {
namespace {

constexpr std::size_t max_excerpt_bytes = 60;
constexpr std::size_t max_parser_words_bytes = 200;

position position_of(const YAML::Mark& mark) {
  return {static_cast<std::size_t>(std::max(mark.line, 0)), static_cast<std::size_t>(std::max(mark.column, 0))};
}

bool holds_secrets(std::string_view key) {
  constexpr std::array<std::string_view, 8> words{"auth",     "key",          "bearer_token", "user",
                                                  "password", "listen_token", "headers",      "proxy"};
  return std::ranges::find(words, key) != words.end();
}

bool is_null_word(const std::string& text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

/// Builds the value from the inside out: `open_` holds the collections that are not closed yet.
class builder final : public YAML::EventHandler {
 public:
  builder(source_text& source, mistakes& wrong) : source_(source), wrong_(wrong) {}

  [[nodiscard]] yaml_value take() {
    // What a syntax error has cut off is told of already.
    const bool is_cut_off = !open_.empty() && !ignored_;
    ignored_ = true;
    while (open_.size() > 1) close();
    if (is_cut_off) root_ = std::move(open_.front());
    root_.source = &source_;  // an empty text has no event
    return std::move(root_);
  }

  /// What was read last may be half of what stands in a line that is no YAML: nothing is said of it.
  void doubt_what_is_in(std::size_t line) {
    if (open_.empty() || open_.back().items.empty()) return;
    yaml_value& last = open_.back().items.back();
    if (last.is != yaml_value::type::text || last.at.line != line) return;
    last.is = yaml_value::type::null;
    last.is_refused = true;
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ == 0) return;
    if (!ignored_) refuse(mark, "a second document begins here", "leave out '---' and what follows");
    ignored_ = true;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    const bool in_list = !open_.empty() && open_.back().is == yaml_value::type::list;
    begin(yaml_value::type::null, mark, {});
    if (in_list) open_.back().at = dash_above(open_.back().at);
    close();
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    refuse(mark, "an alias refers to an anchor", "write the value out");
    begin(yaml_value::type::null, mark, {});
    open_.back().is_refused = true;
    close();
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                const std::string& text) override {
    const bool quoted = tag == "!";
    begin(!quoted && is_null_word(text) ? yaml_value::type::null : yaml_value::type::text, mark, tag, text);
    open_.back().text = text;
    open_.back().style = quoted ? yaml_value::quoting::quoted : yaml_value::quoting::plain;
    if (quoted && !is_closed(position_of(mark))) {
      refuse(mark, "the quotes that begin here are not closed", "close them with the same sign");
    }
    close();
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                       YAML::EmitterStyle::value /*style*/) override {
    begin(yaml_value::type::list, mark, tag);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {
    begin(yaml_value::type::map, mark, tag);
  }
  void OnMapEnd() override { close(); }

  void OnAnchor(const YAML::Mark& mark, const std::string& /*name*/) override {
    refuse(mark, "anchors are not understood", "write the value out wherever it is needed");
  }

 private:
  [[nodiscard]] bool expects_key() const {
    return !open_.empty() && open_.back().is == yaml_value::type::map &&
           open_.back().keys.size() == open_.back().items.size();
  }

  [[nodiscard]] visibility visibility_of(std::string_view text) const {
    const bool may_have_secret = text.find_first_of("@?") != std::string_view::npos;  // as a URL
    return may_have_secret || below_.empty() ? visibility::hidden : below_.back();
  }

  /// What stands below keys that are known and hold no secret is for all to see, be it of the wrong form or in the
  /// wrong section.
  void enter(std::string_view key) {
    const auto around = below_.size() > 1 ? below_[below_.size() - 2] : visibility::shown;
    const bool is_open = around == visibility::shown && is_key_word(key) && !holds_secrets(key);
    below_.back() = is_open ? visibility::shown : visibility::hidden;
  }

  void refuse(const YAML::Mark& mark, std::string what, std::string remedy) {
    if (!ignored_) wrong_.add({&source_, position_of(mark)}, std::move(what), std::move(remedy));
  }

  /// The dash of an item that is not there: yaml-cpp has the place of what follows, be it comments further down.
  [[nodiscard]] position dash_above(position following) const {
    constexpr auto nowhere = std::string_view::npos;
    if (source_.line(following.line).substr(0, following.column).find_first_not_of(' ') != nowhere) return following;
    for (std::size_t line = following.line; line > 0; --line) {
      const auto text = source_.line(line - 1);
      const auto begin = text.find_first_not_of(' ');
      if (begin == nowhere || text[begin] == '#') continue;
      return text[begin] == '-' ? position{line - 1, begin} : following;
    }
    return following;
  }

  void begin(yaml_value::type is, const YAML::Mark& mark, const std::string& tag, std::string_view text = {}) {
    if (!tag.empty() && tag != "?" && tag != "!") {
      refuse(mark, "tags are not understood", "leave out the word that begins with '!'");
    }
    const bool is_value = !expects_key() && (is == yaml_value::type::text || is == yaml_value::type::null);
    yaml_value made;
    made.is = is;
    made.source = &source_;
    made.at = position_of(mark);
    // A value that is not there stands where its key does; yaml-cpp has the place of what follows.
    const bool in_map = !open_.empty() && open_.back().is == yaml_value::type::map;
    if (is == yaml_value::type::null && is_value && in_map) {
      made.at = open_.back().keys.back().at;
    } else if (!ignored_) {
      source_.add_part(made.at, is_value ? visibility_of(text) : visibility::shown);
    }
    open_.push_back(std::move(made));
    below_.push_back(below_.empty() ? visibility::shown : below_.back());
  }

  void close() {
    yaml_value done = std::move(open_.back());
    open_.pop_back();
    below_.pop_back();
    if (open_.empty()) {
      if (!ignored_) root_ = std::move(done);
    } else if (expects_key()) {
      add_key(std::move(done));
    } else {
      open_.back().items.push_back(std::move(done));
    }
  }

  /// The name of a key of the map that is open, with the sections that it stands in.
  [[nodiscard]] std::string path_to(std::string_view key) const {
    std::string path;
    for (const yaml_value& around : std::span(open_).first(open_.size() - 1)) {
      if (around.is == yaml_value::type::list) path += "[]";
      if (!around.keys.empty()) path += (path.empty() ? "" : ".") + around.keys.back().text;
    }
    return fmt::format("{}{}{}", path, path.empty() ? "" : ".", key);
  }

  void add_key(yaml_value key) {
    auto& keys = open_.back().keys;
    enter(key.text);
    if (key.is != yaml_value::type::text) {
      if (!ignored_) wrong_.add(key.where(), "a key is a single word", "write it as KEY: VALUE");
      key.text.clear();
    } else if (const auto twin = std::ranges::find(keys, key.text, &yaml_value::text); twin != keys.end()) {
      if (!ignored_) {
        wrong_.add(key.where(),
                   fmt::format("'{}' stands here a second time, first in line {}",
                               wire::excerpt(path_to(key.text), max_excerpt_bytes), twin->at.line + 1),
                   "keep one of them");
      }
      key.is_refused = true;
    }
    keys.push_back(std::move(key));
  }

  /// yaml-cpp takes the end of the text for the closing sign.
  [[nodiscard]] bool is_closed(position begin) const {
    const std::string_view line = source_.line(begin.line);
    if (begin.column >= line.size() || (line[begin.column] != '"' && line[begin.column] != '\'')) return true;
    const char sign = line[begin.column];
    const std::string_view all = source_.text();
    const auto start = static_cast<std::size_t>(line.data() - all.data()) + begin.column;
    for (std::size_t at = start + 1; at < all.size(); ++at) {
      const bool escaped = sign == '"' ? all[at] == '\\' : all.substr(at).starts_with("''");
      if (escaped) {
        ++at;
      } else if (all[at] == sign) {
        return true;
      }
    }
    return false;
  }

  source_text& source_;
  mistakes& wrong_;
  yaml_value root_;
  std::vector<yaml_value> open_;
  std::vector<visibility> below_;  ///< of what stands in each of them
  int documents_ = 0;
  bool ignored_ = false;  ///< within a second document
};

/// Where the text has a byte that no text of settings has.
std::optional<position> bad_byte(const source_text& source) {
  std::string_view rest = source.text();
  position at;
  while (!rest.empty()) {
    const std::size_t length = wire::utf8_length(rest);
    const auto byte = static_cast<unsigned char>(rest.front());
    const bool control = (byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t') || byte == 0x7F;
    if (length == 0 || control) return at;
    at = byte == '\n' ? position{at.line + 1, 0} : position{at.line, at.column + length};
    rest.remove_prefix(length);
  }
  return std::nullopt;
}

std::string remedy_for(const source_text& source, position at) {
  if (source.line(at.line).substr(0, at.column + 1).contains('\t')) return "indent with blanks: YAML takes no tabs";
  return "look at indentation, quotes and brackets here and in the line above; text with ': ' or ' #' in it needs "
         "quotes";
}

}  // namespace

yaml_value parse_yaml(source_text& source, mistakes& wrong) {
  builder built(source, wrong);
  if (const auto bad = bad_byte(source)) {
    source.mask_all_but_keys();
    wrong.add({&source, *bad}, "this is no UTF-8 text", "save the file as UTF-8, without control characters");
    return built.take();
  }
  std::istringstream stream(source.text());
  const std::size_t before = wrong.count();
  try {
    YAML::Parser parser(stream);
    if (parser.HandleNextDocument(built)) parser.HandleNextDocument(built);
  } catch (const YAML::Exception& failure) {
    const position at = position_of(failure.mark);
    source.mask_all_but_keys();
    built.doubt_what_is_in(at.line);
    // The parser quotes the text, whose end is a control character to it.
    const auto why = "this is no YAML: " + wire::excerpt(failure.msg, max_parser_words_bytes);
    // An anchor or a tag that was told already may be what is wrong.
    if (wrong.count() == before) wrong.add({&source, at}, why, remedy_for(source, at));
  }
  return built.take();
}

yaml_value plain_value(source_text& source) {
  yaml_value made;
  made.is = yaml_value::type::text;
  made.text = source.text();
  made.source = &source;
  return made;
}

}  // namespace edge_rollup::config
