#include "config/read_value.hpp"

#include "config/duration.hpp"
#include "config/read_map.hpp"
#include "config/size.hpp"
#include "config/suggestion.hpp"
#include "serve/listen_address.hpp"
#include "wire/excerpt.hpp"
#include "wire/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <expected>
#include <utility>

namespace edge_rollup::config {
namespace {

constexpr std::size_t max_quoted_bytes = 60;
constexpr std::size_t max_text_bytes = 256;

/// What is wrong with a text, as what is said of it.
struct complaint {
  std::string what;
  std::string remedy;
};

using reading_result = std::expected<setting_value, complaint>;

std::unexpected<complaint> refuse(std::string what, std::string remedy) {
  return std::unexpected(complaint{std::move(what), std::move(remedy)});
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

std::string unit_remedy(const key& of) {
  if (of.type == value_type::duration) return "write a whole number and a unit (ms, s, m, h, d), as in 30s";
  if (of.type == value_type::size) return "write a whole number and a unit (B, KiB, MiB, GiB, TiB), as in 64KiB";
  return "write a whole number in " + range_text(of);
}

/// What to write in place of a number with a unit; `likely` is what was meant.
std::string remedy_of(const key& of, const std::optional<std::string>& likely) {
  return fmt::format("{}{}, within {}{}", unit_remedy(of), of.words.empty() ? "" : fmt::format(", or {}", of.words),
                     range_text(of), likely ? fmt::format("; did you mean {}?", *likely) : "");
}

std::unexpected<complaint> out_of_range(const key& of) {
  return refuse("is out of range", fmt::format("it must be in {}", range_text(of)));
}

reading_result read_number(const key& of, std::string_view text) {
  if (text.size() > 1 && text[0] == '0' && is_digit(text[1])) {
    return refuse("begins with 0 and may be meant as octal", "write it without the 0");
  }
  std::int64_t number = 0;
  if (of.type == value_type::integer) {
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed == std::errc::invalid_argument || end != text.data() + text.size())
      return refuse("is not a whole number", unit_remedy(of));
    if (failed != std::errc{}) return out_of_range(of);
  } else {
    if (is_all_digits(text)) return refuse("has no unit", unit_remedy(of));
    const bool is_duration = of.type == value_type::duration;
    const auto span = parse_duration(text);
    const auto bytes = parse_size(text);
    if (is_duration && !span) return refuse("is not a duration", remedy_of(of, likely_duration(text)));
    if (!is_duration && !bytes) return refuse("is not a size", remedy_of(of, likely_size(text)));
    number = is_duration ? span->count() : *bytes;
  }
  if (number < of.least || number > of.most) return out_of_range(of);
  return number;
}

reading_result read_word(const key& of, const std::string& text) {
  const auto known = split_words(of.words);
  if (std::ranges::find(known, text) != known.end()) return text;
  return refuse("is none of " + std::string(of.words),
                fmt::format("write one of these words{}", did_you_mean(text, known)));
}

reading_result read_boolean(const std::string& text) {
  if (text == "true" || text == "false") return std::int64_t{text == "true"};
  return refuse("is neither true nor false", "write true or false");
}

/// What parse_url says quotes the URL itself, masked.
complaint complaint_of(const model::error& said) {
  std::string_view what = said.text;
  if (what.starts_with('"')) what.remove_prefix(std::min(what.find("\" ") + 2, what.size()));
  const auto semicolon = what.find("; ");
  if (semicolon == std::string_view::npos) return {std::string(what), "write it as http://HOST:PORT"};
  return {std::string(what.substr(0, semicolon)), std::string(what.substr(semicolon + 2))};
}

reading_result read_url(const key& of, const std::string& text) {
  auto url = of.type == value_type::node_url ? wire::parse_node_url(text) : wire::parse_url(text);
  if (!url) return std::unexpected(complaint_of(url.error()));
  return std::move(*url);
}

reading_result read_proxy(const std::string& text) {
  if (!text.starts_with("http://")) return refuse("is no http URL", "write it as http://HOST:PORT");
  auto proxy = net::parse_proxy(text);
  if (!proxy) return std::unexpected(complaint_of(proxy.error()));
  return std::move(*proxy);
}

reading_result read_url_path(const std::string& text) {
  const auto url = wire::parse_url("http://host" + text);
  if (!text.starts_with('/') || !url || !url->query.empty()) {
    return refuse("is no path of a URL", "write a path such as /data/summary, percent-encoded, without a query");
  }
  return url->path.empty() ? std::string("/") : url->path;
}

reading_result read_scalar(const key& of, const std::string& text) {
  switch (of.type) {
    case value_type::duration:
    case value_type::size:
    case value_type::integer: return read_number(of, text);
    case value_type::boolean: return read_boolean(text);
    case value_type::word: return read_word(of, text);
    case value_type::url:
    case value_type::node_url: return read_url(of, text);
    case value_type::proxy_url: return read_proxy(text);
    case value_type::url_path: return read_url_path(text);
    case value_type::name:
      if (wire::valid_node_name(text)) return text;
      return refuse("is no name of a node", "write 1 to 128 of A-Z a-z 0-9 . _ : / [ ] -");
    case value_type::listen:
      if (const auto address = serve::parse_listen_address(text)) return serve::to_string(*address);
      return refuse("is no address to listen on", "write it as ADDR:PORT, e.g. 127.0.0.1:9464 or [::1]:9464, or off");
    case value_type::path:
      if (text.starts_with('/')) return text;
      return refuse("is no absolute path", "begin it with '/'");
    default: break;
  }
  if (text.empty()) return refuse("is empty", "write a text, or leave the key out");
  if (text.size() > max_text_bytes) return refuse("is too long", fmt::format("at most {} bytes", max_text_bytes));
  return text;
}

std::string written(const key& of, const setting_value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    if (of.type == value_type::duration) return to_string(model::milliseconds{*number});
    if (of.type == value_type::size) return size_text(*number);
    if (of.type == value_type::boolean) return *number != 0 ? "true" : "false";
    return std::to_string(*number);
  }
  if (const auto* text = std::get_if<std::string>(&value)) return yaml_text(*text);
  if (const auto* url = std::get_if<model::url>(&value)) return yaml_text(wire::to_string(*url));
  const auto& proxy = std::get<net::proxy_address>(value);
  auto url = wire::to_string(proxy.url);
  if (!proxy.user_info.empty()) url.insert(url.find("//") + 2, "***@");
  return yaml_text(url);
}

bool is_for_all_to_see(const key& of, const yaml_value& from) {
  switch (of.type) {
    case value_type::secret: return false;
    case value_type::url:
    case value_type::node_url:
    case value_type::proxy_url:
    case value_type::url_path: return from.text.find_first_of("@?") == std::string::npos;
    default: return true;
  }
}

bool stands_for_nothing(const key& of, const yaml_value& from) {
  if (of.words.empty() || of.type == value_type::word || from.style == yaml_value::quoting::quoted) return false;
  return from.is == yaml_value::type::null ? of.words == "null" : from.text == of.words;
}

/// Whether a key of this name holds a token or a password; headers and users need not be secret.
bool is_for_nobody(std::string_view shown_name) {
  return shown_name.ends_with("token") || shown_name.ends_with("password");
}

bool needs_no_quotes(const key& of) {
  return of.type == value_type::integer || of.type == value_type::boolean;
}

std::string example_of(const key& of) {
  switch (of.type) {
    case value_type::duration:
    case value_type::size:
    case value_type::integer: return unit_remedy(of);
    case value_type::word: return fmt::format("write one of {}", of.words);
    default: return "write a single text";
  }
}

/// The rest of reading a scalar, once its references are replaced.
std::optional<setting> read_expanded(const key& of, const std::string& shown_name, const yaml_value& from,
                                     const expansion& expanded, const reading& with) {
  auto value = read_scalar(of, text_of(expanded));
  if (!value) {
    // What a reference brought in may be a secret, and so may be a part of a URL.
    const bool may_show = !expanded.refers && is_for_all_to_see(of, from);
    const auto subject = expanded.refers ? std::string("what its references stand for")
                         : may_show      ? fmt::format("'{}'", wire::excerpt(from.text, max_quoted_bytes))
                                         : std::string("the value");
    with.complain(shown_name, from.where(), subject + " " + value.error().what, value.error().remedy);
    return std::nullopt;
  }
  auto shown = expanded.is_private ? yaml_text(from.text) : written(of, *value);
  return setting{std::move(*value), std::move(shown), from.where()};
}

}  // namespace

void reading::complain(const std::string& shown_name, const place& where, std::string_view what,
                       std::string remedy) const {
  // A flag or a variable is named as the place already.
  const bool in_file = where.text->kind() == source_kind::file;
  wrong.add(where, in_file ? fmt::format("{}: {}", shown_name, what) : std::string(what), std::move(remedy));
}

std::optional<model::secret> read_secret(const std::string& shown_name, const yaml_value& from, const reading& with) {
  if (from.is_refused) return std::nullopt;
  if (from.is != yaml_value::type::text) {
    with.complain(shown_name, from.where(), "this is no single text", "write a text, or a reference to one");
    return std::nullopt;
  }
  auto expanded = expand(from.text, file_use::keep, with.references);
  if (!expanded) {
    with.complain(shown_name, from.where(), expanded.error().what, expanded.error().remedy);
    return std::nullopt;
  }
  const bool is_written_out = !expanded->refers || expanded->has_default;
  if (from.source->kind() == source_kind::flag && is_written_out) {
    with.complain(shown_name, from.where(),
                  "a command line is no place for a secret: every user of this machine sees it",
                  "refer to it: '${file:/path}', '${env:NAME}' or '${cred:NAME}'");
    return std::nullopt;
  }
  const auto& parts = expanded->value.parts;
  const auto has_control = [](const model::secret::part& part) {
    return std::ranges::any_of(part.text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  };
  if (parts.empty() || std::ranges::any_of(parts, has_control)) {
    const auto* const what = parts.empty() ? "this is empty" : "this holds a line break or another control character";
    with.complain(shown_name, from.where(), what, "write a text on one line, or a reference to one");
    return std::nullopt;
  }
  if (from.source->kind() == source_kind::file && is_written_out && is_for_nobody(shown_name)) {
    with.noticed.written_out.push_back(from.source->place(from.at));
  }
  if (expanded->lacks_credential) with.noticed.unavailable.push_back(shown_name);
  return std::move(expanded->value);
}

std::string shown_secret(const model::secret& hidden) {
  std::string shown;
  for (const auto& part : hidden.parts) {
    shown += part.from == model::secret::part::source::file ? fmt::format("${{file:{}}}", part.text) : "***";
  }
  return yaml_text(shown);
}

std::optional<setting> read_value(const key& of, const std::string& shown_name, const yaml_value& from,
                                  const reading& with) {
  if (of.type == value_type::paths) return read_paths(shown_name, from, with);
  if (of.type == value_type::hosts) return read_hosts(shown_name, from, with);
  if (of.type == value_type::labels) return read_labels(shown_name, from, with);
  if (of.type == value_type::headers) return read_headers(shown_name, from, with);
  if (from.is == yaml_value::type::list || from.is == yaml_value::type::map) {
    const auto* const kind = from.is == yaml_value::type::list ? "a list stands here" : "a map stands here";
    with.complain(shown_name, from.where(), fmt::format("{} where one value belongs", kind), example_of(of));
    return std::nullopt;
  }
  if (is_for_all_to_see(of, from)) from.source->reveal(from.at);
  if (stands_for_nothing(of, from)) return setting{no_value{}, std::string(of.words), from.where()};
  if (from.is == yaml_value::type::null) {
    with.complain(shown_name, from.where(), "no value stands here", "write one, or leave the key out for the default");
    return std::nullopt;
  }
  if (of.type == value_type::secret) {
    auto secret = read_secret(shown_name, from, with);
    if (!secret) return std::nullopt;
    auto shown = shown_secret(*secret);
    return setting{std::move(*secret), std::move(shown), from.where()};
  }
  const auto expanded = expand(from.text, file_use::read_now, with.references);
  if (!expanded) {
    with.complain(shown_name, from.where(), expanded.error().what, expanded.error().remedy);
    return std::nullopt;
  }
  if (needs_no_quotes(of) && from.style == yaml_value::quoting::quoted && !expanded->refers) {
    with.complain(shown_name, from.where(), "a text stands here where a number or true or false belongs",
                  "leave out the quotes");
    return std::nullopt;
  }
  return read_expanded(of, shown_name, from, *expanded, with);
}

std::string yaml_text(std::string_view text) {
  static constexpr std::string_view plain_bytes = "._/:+*@-";
  const auto is_plain = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || plain_bytes.contains(c);
  };
  const bool plain = !text.empty() && std::ranges::all_of(text, is_plain) && !plain_bytes.substr(3).contains(text[0]) &&
                     !text.ends_with(':') && text != "null";
  if (plain) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      (out += '\\') += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace edge_rollup::config
