// The nodes that are not well, the worst first, each with what is wrong and since when.

import {element, repaint} from "./element.js";
import {stateOf} from "./node_states.js";
import {lastWord, nodeName, row, stateWord, table, timeAgo} from "./tables.js";
import {counted, momentOf} from "./words.js";

const ranks = {
  failed: 0,
  skipped: 1,
  stale: 2
};
const most = 12;

/** Who has been unwell for longest comes first among those in the same state. Pure. */
export function worstFirst(nodes) {
  const since = (node) => momentOf(node.since) ?? Infinity;
  return nodes.filter((node) => stateOf(node) in ranks)
      .sort((a, b) => ranks[stateOf(a)] - ranks[stateOf(b)] || since(a) - since(b));
}

/** `nodes` as /api/v1/nodes?sort=state gives them, `coverage` of the last round. */
export function showAttention(where, nodes, coverage, now) {
  const found = worstFirst(nodes);
  const all = coverage.failed + coverage.skipped + coverage.stale;
  const shown = found.slice(0, most);
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
