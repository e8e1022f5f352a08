#include "config/references.hpp"

#include "wire/excerpt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace edge_rollup::config {
namespace {

using source = model::secret::part::source;

constexpr std::size_t max_shown_bytes = 100;
constexpr std::string_view passed_over = "***";
constexpr std::string_view forms =
    "write ${env:NAME}, ${env:NAME:-default}, ${file:/path} or ${cred:NAME}; a plain $ is written $$";

std::unexpected<bad_reference> bad(std::string what, std::string_view remedy) {
  return std::unexpected(bad_reference{std::move(what), std::string(remedy)});
}

std::string shown(std::string_view name) {
  return wire::excerpt(name, max_shown_bytes);
}

bool is_name(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  };
  return !text.empty() && text != "." && text != ".." && std::ranges::all_of(text, allowed);
}

class expander {
 public:
  expander(file_use files, const reference_sources& sources) : files_(files), sources_(sources) {}

  std::expected<expansion, bad_reference> read(std::string_view text) {
    while (!text.empty()) {
      const std::size_t dollar = std::min(text.find('$'), text.size());
      add_literal(text.substr(0, dollar));
      text.remove_prefix(dollar);
      if (text.empty()) break;
      if (text.starts_with("$$")) {
        add_literal("$");
        text.remove_prefix(2);
        continue;
      }
      const std::size_t end = text.find('}');
      if (!text.starts_with("${") || end == std::string_view::npos) {
        return bad("a $ stands here that begins no reference", forms);
      }
      const auto added = add_reference(text.substr(2, end - 2));
      if (!added) return std::unexpected(added.error());
      made_.refers = true;
      text.remove_prefix(end + 1);
    }
    return std::move(made_);
  }

 private:
  void add_literal(std::string_view text) {
    if (!text.empty()) add_text(text);
  }

  void add_text(std::string_view text) {
    auto& parts = made_.value.parts;
    if (parts.empty() || parts.back().from != source::text) parts.push_back({source::text, {}});
    parts.back().text += text;
  }

  std::expected<void, bad_reference> add_reference(std::string_view inside) {
    const std::size_t colon = inside.find(':');
    const std::string_view kind = inside.substr(0, colon);
    const std::string_view rest = colon == std::string_view::npos ? std::string_view{} : inside.substr(colon + 1);
    if (kind == "env") return add_variable(rest);
    if (kind == "file") return add_file(rest);
    if (kind == "cred") return add_credential(rest);
    return bad("this reference is of no kind that is known", forms);
  }

  std::expected<void, bad_reference> add_variable(std::string_view inside) {
    const std::size_t dash = inside.find(":-");
    const std::string name(inside.substr(0, dash));
    if (!is_name(name)) return bad("an ${env:} reference lacks the name of its variable", forms);
    auto value = sources_.environment(name);
    if (dash != std::string_view::npos) {
      const auto written_out = inside.substr(dash + 2);
      made_.has_default = made_.has_default || !written_out.empty();
      if (!value || value->empty()) value = std::string(written_out);
    }
    if (!value) {
      return bad(fmt::format("the environment has no variable {}", name),
                 fmt::format("set it, or give a default: ${{env:{}:-default}}", name));
    }
    add_text(*value);
    return {};
  }

  std::expected<void, bad_reference> add_file(std::string_view path) {
    if (!path.starts_with('/')) return bad("a ${file:} reference lacks its absolute path", forms);
    if (files_ == file_use::read_now) return add_content(std::string(path));
    if (const auto readable = sources_.check_file(std::string(path)); !readable) {
      return bad(readable.error().text, "mend the file or its rights, or name another one");
    }
    made_.value.parts.push_back({source::file, std::string(path)});
    return {};
  }

  std::expected<void, bad_reference> add_credential(std::string_view name) {
    if (!is_name(name)) return bad("a ${cred:} reference lacks the name of its credential", forms);
    const auto directory = sources_.environment("CREDENTIALS_DIRECTORY");
    if (directory && !directory->empty()) return add_content(fmt::format("{}/{}", *directory, name));
    const bool is_secret = files_ == file_use::keep;
    if (!is_secret || sources_.without_credential == absent_credential::mistake) {
      return bad(fmt::format("there are no credentials to take {} from", shown(name)),
                 "systemd hands them to the service (LoadCredential=); a command by hand is told where they are: "
                 "CREDENTIALS_DIRECTORY=/etc/edge-rollup edge-rollup ...");
    }
    made_.lacks_credential = true;
    add_text(passed_over);
    return {};
  }

  std::expected<void, bad_reference> add_content(const std::string& path) {
    const auto content = sources_.file(path);
    if (!content) return bad(content.error().text, "mend the file or its rights, or name another one");
    made_.is_private = true;
    add_text(*content);
    return {};
  }

  file_use files_;
  const reference_sources& sources_;
  expansion made_;
};

}  // namespace

std::expected<expansion, bad_reference> expand(std::string_view text, file_use files,
                                               const reference_sources& sources) {
  return expander(files, sources).read(text);
}

std::string text_of(const expansion& expanded) {
  return expanded.value.parts.empty() ? std::string{} : expanded.value.parts.front().text;
}

}  // namespace edge_rollup::config
