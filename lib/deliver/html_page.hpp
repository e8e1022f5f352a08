// Whether a body is a web page: what a captive portal answers in place of the cloud.
#pragma once

#include "deliver/received_body.hpp"

namespace edge_rollup::deliver {

/// True where the body begins like an HTML document, after a byte order mark, blanks and comments, unless it is
/// labelled as JSON or XML; and where the content type says HTML and the body begins like markup, or cannot be looked
/// at because it is encoded or broke off before its first byte. Frameworks label a bare "ok" as text/html, so that
/// label alone is not enough.
[[nodiscard]] bool is_html_page(const received_body& came);

}  // namespace edge_rollup::deliver
