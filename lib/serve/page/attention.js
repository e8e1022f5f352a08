// The nodes that are not well, the worst first, each with what is wrong and since when.

import {element, repaint} from "./element.js";
import {stateOf} from "./node_states.js";
import {lastWord, nodeName, row, stateWord, table, timeAgo} from "./tables.js";
import {counted} from "./words.js";

const troubles = ["failed", "skipped", "stale"];

/** `nodes`: the first that /api/v1/nodes?sort=state gives, `coverage` of the last round. */
export function showAttention(where, nodes, coverage, now) {
  const shown = nodes.filter((node) => troubles.includes(stateOf(node)));
  const all = coverage.failed + coverage.skipped + coverage.stale;
  if (shown.length === 0) {
    repaint(where, element("p", {class: "quiet"}, "No node needs attention."));
    return;
  }
  const rows = shown.map(
      (node) =>
          row(["", nodeName(node.name)], ["", stateWord(stateOf(node))], ["since", timeAgo(node.since, now)],
              ["says", lastWord(node, now)]));
  const rest = all - shown.length;
  const more = rest > 0 ?
      element("p", {class: "quiet"}, `${counted(rest, "more node")}, in the table of all nodes under each state.`) :
      null;
  repaint(
      where,
      table(
          "Nodes that need attention", [["", "Node"], ["", "State"], ["since", "Since"], ["says", "What is wrong"]],
          rows),
      ...(more ? [more] : []));
}
