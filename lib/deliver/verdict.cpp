#include "deliver/verdict.hpp"

#include "model/invariant.hpp"

#include <fmt/format.h>

namespace edge_rollup::deliver {

namespace {

constexpr int proxy_authentication_required = 407;

std::string said(const answer& came) {
  return fmt::format("the {} answers {}{}{}", *came.status == proxy_authentication_required ? "proxy" : "cloud",
                     *came.status, came.words.empty() ? "" : " ", came.words);
}

bool is_temporary(int status) {
  return status == 408 || status == 409 || status == 425 || status == 429 || (status >= 500 && status <= 599);
}

/// What a proxy answers in place of the cloud is no evidence about the rollup.
judgement judge_proxy(const answer& came) {
  const auto& said_by_proxy = came.failure->message;
  if (is_temporary(*came.failure->http_status)) return {verdict::retry, {}, false, said_by_proxy};
  const bool wants_credentials = came.failure->http_status == proxy_authentication_required;
  return {verdict::hold, hold_reason::proxy, false,
          fmt::format("{}: {}", said_by_proxy,
                      wants_credentials ? "check the user and password in the proxy's URL"
                                        : "it opens no way to the cloud; check cloud.proxy and what it allows")};
}

judgement judge_failure(const answer& came) {
  if (came.failure->http_status) return judge_proxy(came);
  const bool hangs = came.failure->kind == model::failure_kind::timeout && came.request_left;
  return {verdict::retry, {}, hangs, fmt::format("no answer from the cloud: {}", came.failure->message)};
}

judgement judge_success(const answer& came, endpoint_trust trust) {
  if (!came.html || trust == endpoint_trust::certain) return {verdict::delivered, {}, false, said(came)};
  return {verdict::hold, hold_reason::captive_portal, false,
          fmt::format("{} with a web page: a captive portal may stand between; sign in to the network, or use https in "
                      "cloud.url",
                      said(came))};
}

bool is_refusal(int status) {
  return status == 400 || status == 413 || status == 422;
}

judgement hold(hold_reason reason, const answer& came, std::string_view next_step) {
  return {verdict::hold, reason, false, fmt::format("{}: {}", said(came), next_step)};
}

judgement judge_set_up(const answer& came) {
  const int status = *came.status;
  if (status >= 300 && status <= 399) {
    return hold(hold_reason::redirect, came, "redirects are not followed; set cloud.url to the new address");
  }
  switch (status) {
    case 401: return hold(hold_reason::unauthorized, came, "check cloud.auth");
    case 403: return hold(hold_reason::forbidden, came, "check cloud.auth and what it allows this gateway");
    case 404:
    case 410: return hold(hold_reason::not_found, came, "check the path of cloud.url");
    case 405: return hold(hold_reason::method, came, "this address takes no POST; check cloud.url");
    case proxy_authentication_required:
      return hold(hold_reason::proxy, came, "check the user and password in the proxy's URL");
    case 415: return hold(hold_reason::media_type, came, "this address takes no application/json; check cloud.url");
    default: return hold(hold_reason::other, came, "check cloud.url and what stands between");
  }
}

}  // namespace

judgement judge(const answer& came, endpoint_trust trust) {
  EDGE_ROLLUP_INVARIANT(came.status || came.failure || came.unready);
  if (came.unready)
    return {verdict::hold, hold_reason::credentials, false,
            fmt::format("{}: mend it, it is looked at again by itself", *came.unready)};
  if (!came.status) return judge_failure(came);
  const int status = *came.status;
  if (status >= 200 && status <= 299) return judge_success(came, trust);
  if (is_temporary(status)) return {verdict::retry, {}, status == 409 || status >= 500, said(came)};
  if (is_refusal(status)) return {verdict::refused, {}, true, fmt::format("{}: it refuses this rollup", said(came))};
  return judge_set_up(came);
}

}  // namespace edge_rollup::deliver
