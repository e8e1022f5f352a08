// Whether a body is a web page: what a captive portal answers in place of the cloud.
#pragma once

#include <string_view>

namespace edge_rollup::deliver {

/// A body as it came, with what the header says of it.
struct received_body {
  std::string_view content_type;
  std::string_view content_encoding;
  std::string_view bytes;  ///< its beginning
  bool cut = false;        ///< more was to come
};

/// True where the content type says HTML and the body begins like markup or cannot be looked at, because it is encoded
/// or broke off before its first byte; and where there is no content type and the body begins like an HTML document.
/// Frameworks label a bare "ok" as text/html, so the label alone is not enough.
[[nodiscard]] bool is_html_page(const received_body& came);

}  // namespace edge_rollup::deliver
