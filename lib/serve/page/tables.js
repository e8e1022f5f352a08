// What tables have in common, and the cells that stand in several of them.

import {element, say} from "./element.js";
import {glyph} from "./glyphs.js";
import {nodeLink} from "./node_states.js";
import {ageOf, clockTime, momentOf, noValue} from "./words.js";

export function stateWord(state) { return element("span", {class: `state is-${state}`}, glyph(state), state); }

export function nodeName(name) { return element("a", {href: nodeLink(name)}, name); }

/** "12 s ago", with the exact time for those who point at it. */
export function timeAgo(text, now) {
  if (momentOf(text) === null) return text ?? noValue;
  return element("time", {class: "age", datetime: text, title: text}, ageOf(text, now));
}

/** Ages go on between two looks at the daemon. */
export function tellAges(now) {
  for (const time of document.querySelectorAll("time.age")) say(time, ageOf(time.dateTime, now));
}

/** The time of day, with the exact time for those who point at it. */
export function timeOf(text, now) {
  const moment = momentOf(text);
  if (moment === null) return noValue;
  return element("time", {datetime: text, title: text}, clockTime(moment, now));
}

/** What a node's last answer came to, in words. */
export function lastWord(node, now) {
  if (node.error !== null) return node.error_kind === null ? node.error : `${node.error_kind}: ${node.error}`;
  if (node.freshness === null) return "";
  if (node.last_updated === null) return "no time given";
  return element("span", {}, "data of ", timeAgo(node.last_updated, now));
}

/**
 * A row of a table; each cell is [class, content…]. The first is its heading. The roles are those that the elements
 * have anyway, and lose where the style lays a row out in lines.
 */
export function row(...cells) {
  return element(
      "tr", {role: "row"},
      ...cells.map(
          ([kind, ...content], i) =>
              (i === 0 ? element("th", {role: "rowheader", scope: "row", class: kind || null}, ...content) :
                         element("td", {role: "cell", class: kind || null}, ...content))));
}

/** A table with a heading for each [class, text]. */
export function table(label, headings, rows) {
  return element(
      "table", {role: "table", "aria-label": label},
      element(
          "thead", {role: "rowgroup"},
          element(
              "tr", {role: "row"},
              ...headings.map(
                  ([kind, text]) => element("th", {role: "columnheader", scope: "col", class: kind || null}, text)))),
      element("tbody", {role: "rowgroup"}, ...rows));
}
