// What is seen of the page where it is not looked at: the title and the icon of its window.

import {byId} from "./element.js";

/** `level`: "ok", "warning", "critical" or "lost". */
export function showSign(level, words, gateway) {
  const title = [words, gateway, "edge-rollup"].filter(Boolean).join(" – ");
  if (document.title !== title) document.title = title;
  const icon = `/page/icon-${level}.svg`;
  const link = byId("icon");
  if (link.getAttribute("href") !== icon) link.setAttribute("href", icon);
}
