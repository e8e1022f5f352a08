// One node: how it is, what it last said, and its last polls.

import {ask, now} from "./daemon.js";
import {element} from "./element.js";
import {explanations, stateOf} from "./node_states.js";
import {pollStrip} from "./poll_strip.js";
import {lastWord, row, stateWord, table, timeAgo, timeOf} from "./tables.js";
import {counted, grouped, milliseconds, noValue, quality, roughQuality} from "./words.js";

const mostPolls = 200;

function facts(pairs) {
  return element(
      "dl", {class: "facts"},
      ...pairs.flatMap(([label, ...content]) => [element("dt", {}, label), element("dd", {}, ...content)]));
}

function nodeFacts(node, at) {
  const state = stateOf(node);
  const labels = Object.entries(node.labels).map(([name, value]) => `${name}=${value}`).join(", ");
  return facts([
    ["State", stateWord(state), `: ${explanations[state]}; so since `, timeOf(node.since, at)],
    ["Last word", lastWord(node, at)],
    ["Last success", timeAgo(node.last_success, at)],
    ["Records", grouped(node.records)],
    ["Quality", quality(node.quality)],
    ["Freshness", node.freshness ?? noValue],
    ["Poll time", milliseconds(node.latency_ms)],
    ["Address", node.url],
    ["Labels", labels === "" ? "none" : labels],
  ]);
}

function pollHistory({polls}, at) {
  if (polls.length === 0) return [element("p", {class: "quiet"}, "No round has asked it yet.")];
  const good = polls.filter((poll) => poll.state === "ok" || poll.state === "stale").length;
  const rows = polls.map(
      (poll) =>
          row(["", timeOf(poll.at, at)], ["", stateWord(poll.state)], ["number", milliseconds(poll.ms)],
              ["number", roughQuality(poll.quality)], ["says", poll.error_kind ?? ""]));
  return [
    element(
        "p", {class: "quiet"},
        `${grouped(good)} of the last ${counted(polls.length, "poll")} went well. A bar from ` +
            "below is an answer, as high as it took long; one from above is a failure. The newest is at the right."),
    pollStrip(polls, mostPolls),
    table(
        "Last polls", [["", "Round at"], ["", "State"], ["number", "Time"], ["number", "Quality"], ["says", "Error"]],
        rows),
  ];
}

/** The address of a node. A browser takes a name of dots for a step of the path, unless it is encoded twice. Pure. */
export function nodePath(name) {
  const segment = /^\.{1,2}$/.test(name) ? name.replaceAll(".", "%252E") : encodeURIComponent(name);
  return `/api/v1/nodes/${segment}`;
}

/** The content of the view of a node; throws a Refusal where there is none of that name. */
export async function nodeView(name) {
  const path = nodePath(name);
  const [node, polls] = await Promise.all([ask(path), ask(`${path}/polls`)]);
  const at = now();
  return [
    element("h2", {tabindex: "-1"}, node.name),
    nodeFacts(node, at),
    element("section", {"aria-label": "Last polls"}, element("h3", {}, "Last polls"), ...pollHistory(polls, at)),
  ];
}
