// Whether a body is a web page: what a captive portal answers in place of the cloud.
#pragma once

#include <string_view>

namespace edge_rollup::deliver {

/// True where the body begins like markup and the content type says HTML, or where there is no content type and the
/// body begins like an HTML document. Frameworks label a bare "ok" as text/html, so the label alone is not enough.
[[nodiscard]] bool is_html_page(std::string_view content_type, std::string_view body);

}  // namespace edge_rollup::deliver
