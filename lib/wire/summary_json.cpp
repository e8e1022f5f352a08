#include "wire/summary_json.hpp"

#include "wire/excerpt.hpp"
#include "wire/json_scanner.hpp"
#include "wire/json_text.hpp"
#include "wire/rfc3339.hpp"
#include "wire/utf8.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>

namespace edge_rollup::wire {
namespace {

constexpr std::size_t max_excerpt_bytes = 40;
constexpr std::size_t max_escape_bytes = 6;  // of one byte written as \uXXXX

std::unexpected<model::failure> bad_json(std::string text) {
  return std::unexpected(model::failure{model::failure_kind::bad_json, std::move(text), {}});
}

std::unexpected<model::failure> bad_json(const json_fault& fault, std::string_view body) {
  const std::string_view rest = body.substr(fault.at);
  const std::string near = rest.empty() ? std::string{} : fmt::format(", before {}", excerpt(rest, max_excerpt_bytes));
  return bad_json(fmt::format("the answer is not JSON: {} at byte {}{}", fault.what, fault.at, near));
}

std::unexpected<model::failure> bad_summary(std::string text) {
  return std::unexpected(model::failure{model::failure_kind::bad_summary, std::move(text), {}});
}

/// One of the fields with a meaning, as it stands in the body.
struct field {
  std::string_view name;
  std::optional<json_value> value;
  bool repeated = false;

  bool is_named(std::string_view raw_key) const {
    if (!raw_key.contains('\\')) return raw_key == name;
    return raw_key.size() <= name.size() * max_escape_bytes && unescape(raw_key) == name;
  }

  void set(const json_value& found) {
    repeated = value.has_value();
    value = found;
  }
};

struct fields {
  field record_count{"record_count", {}};
  field quality_score{"quality_score", {}};
  field last_updated{"last_updated", {}};

  void take(const json_member& member) {
    for (field* known : {&record_count, &quality_score, &last_updated}) {
      if (known->is_named(member.key)) return known->set(member.value);
    }
  }
};

/// Containers are named, as they may be long; anything else is shown.
std::string described(const json_value& value) {
  const bool container = value.type == json_type::object || value.type == json_type::array;
  return container ? std::string{with_article(value.type)} : excerpt(value.raw, max_excerpt_bytes);
}

std::string broken_rule(const field& field, std::string_view rule) {
  if (field.repeated) return fmt::format("{} is repeated", field.name);
  if (!field.value) return fmt::format("{} is missing", field.name);
  return fmt::format("{} is {}, but must be {}", field.name, described(*field.value), rule);
}

bool is_one_number(const field& field) {
  return field.value && !field.repeated && field.value->type == json_type::number;
}

std::optional<std::uint64_t> read_record_count(const field& field) {
  return is_one_number(field) ? exact_count(field.value->raw) : std::nullopt;
}

std::optional<double> read_quality_score(const field& field) {
  if (!is_one_number(field)) return std::nullopt;
  const double score = nearest_double(field.value->raw);
  if (!(score >= 0.0 && score <= 1.0)) return std::nullopt;
  return score == 0.0 ? 0.0 : score;  // no -0.0
}

std::optional<std::string> read_last_updated(const field& field) {
  if (!field.value || field.value->type != json_type::string) return std::nullopt;
  const std::string_view raw = field.value->raw.substr(1, field.value->raw.size() - 2);
  if (raw.size() > max_last_updated_bytes * max_escape_bytes) return std::nullopt;
  auto text = unescape(raw);
  if (text && text->size() > max_last_updated_bytes) return std::nullopt;
  return text;
}

std::expected<fields, model::failure> scan(std::string_view body) {
  if (body.starts_with(byte_order_mark)) return bad_json("the answer is not JSON: it begins with a byte order mark");
  json_scanner in{body};
  if (in.at_end()) return bad_json("the answer is empty, not a JSON object");
  if (!in.enter_object()) {
    const auto other = in.value();
    if (!other) return bad_json(other.error(), body);
    return bad_json(fmt::format("the answer is {}, not a JSON object", with_article(other->type)));
  }
  fields found;
  for (;;) {
    const auto member = in.next_member();
    if (!member) return bad_json(member.error(), body);
    if (!*member) break;
    found.take(**member);
  }
  if (!in.at_end()) return bad_json({in.position(), "something follows the JSON object"}, body);
  return found;
}

}  // namespace

std::expected<model::summary, model::failure> parse_summary(std::string_view body) {
  const auto found = scan(body);
  if (!found) return std::unexpected(found.error());

  const auto record_count = read_record_count(found->record_count);
  if (!record_count) {
    return bad_summary(broken_rule(found->record_count, "an integer from 0 to 2^64-1, in plain digits above 2^53"));
  }
  const auto quality_score = read_quality_score(found->quality_score);
  if (!quality_score) return bad_summary(broken_rule(found->quality_score, "a number from 0 to 1"));
  if (found->last_updated.repeated) return bad_summary(broken_rule(found->last_updated, {}));

  model::summary summary;
  summary.record_count = *record_count;
  summary.quality_score = *quality_score;
  summary.last_updated = read_last_updated(found->last_updated);
  if (summary.last_updated) summary.last_updated_at = parse_timestamp(*summary.last_updated);
  return summary;
}

}  // namespace edge_rollup::wire
