// One rollup: which node gave what, what was left out and why, and how its delivery went, in the cloud's words.

import {ask, now} from "./daemon.js";
import {element} from "./element.js";
import {nodeName, row, stateWord, table, timeOf} from "./tables.js";
import {counted, grouped, milliseconds, noValue, quality} from "./words.js";

const verdictWords = {
  delivered: "ok",
  retry: "stale",
  refused: "failed",
  hold: "failed"
};

function verdictWord(verdict) {
  const word = stateWord(verdictWords[verdict] ?? "unknown");
  word.lastChild.textContent = verdict;
  return word;
}

function delivery(rollup, at) {
  if (rollup.delivered) return ["delivered at ", timeOf(rollup.delivered, at)];
  return [rollup.last_verdict === "refused" ? "the cloud has refused it" : "not delivered yet"];
}

function summary(rollup, at) {
  const {round} = rollup;
  const {ok, expected, failed, skipped} = round.nodes;
  const pairs = [
    ["Nodes", `${grouped(ok)} of ${grouped(expected)} ok, ${grouped(failed)} failed, ${grouped(skipped)} skipped`],
    ["Records", grouped(round.records)],
    ["Quality", quality(round.quality)],
    [
      "Round", `${grouped(round.number)} (${round.trigger}), at `, timeOf(round.started, at),
      `, in ${milliseconds(round.ms)}`
    ],
    ["Delivery", ...delivery(rollup, at)],
    ["Id", rollup.id ?? noValue],
  ];
  return element(
      "dl", {class: "facts"},
      ...pairs.flatMap(([label, ...content]) => [element("dt", {}, label), element("dd", {}, ...content)]));
}

function tries(rollup, at) {
  if (rollup.tries.length === 0) {
    const words = rollup.last_verdict === null ? "It has not been offered to the cloud yet." :
                                                 "Later tries of other rollups are remembered in place of its own.";
    return element("p", {class: "quiet"}, words);
  }
  return table(
      "Delivery tries",
      [["", "At"], ["", "Verdict"], ["number", "Status"], ["number", "Time"], ["says", "The cloud's words"]],
      rollup.tries.map(
          (each) =>
              row(["", timeOf(each.at, at)], ["", verdictWord(each.verdict)],
                  ["number", each.status === null ? "none" : String(each.status)], ["number", milliseconds(each.ms)],
                  ["says", each.text ?? ""])));
}

const stateOfEntry = {
  success: "ok",
  error: "failed"
};

function entryState(entry) {
  if (entry.error_kind === "skipped") return "skipped";
  if (entry.freshness === "stale") return "stale";
  return stateOfEntry[entry.status] ?? entry.status;
}

function entryTable(label, entries, last) {
  return table(
      label, [["", "Node"], ["", "State"], ["number", "Records"], ["number", "Quality"], ["says", last]],
      entries.map(
          (entry) =>
              row(["", nodeName(entry.name)], ["", stateWord(entryState(entry))], ["number", grouped(entry.records)],
                  ["number", quality(entry.quality)],
                  ["says", entry.error ? `${entry.error_kind}: ${entry.error}` : entry.freshness ?? ""])));
}

function nodes(rollup) {
  if (rollup.nodes === null) return [element("p", {class: "quiet"}, rollup.nodes_note)];
  const out = rollup.nodes.filter((entry) => entry.status !== "success");
  const given = rollup.nodes.filter((entry) => entry.status === "success");
  const untold = rollup.nodes_total - rollup.nodes.length;
  return [
    element("h3", {}, `Left out: ${grouped(out.length)}`),
    out.length === 0 ? element("p", {class: "quiet"}, "No node was left out.") : entryTable("Left out", out, "Why"),
    element("h3", {}, `Counted: ${grouped(given.length)}`),
    given.length === 0 ? element("p", {class: "quiet"}, "No node gave anything.") :
                         entryTable("Counted", given, "Data is"),
    ...(untold > 0 ? [element("p", {class: "quiet"}, `${counted(untold, "more node")} not listed here.`)] : []),
  ];
}

/** The content of the view of a rollup; throws a Refusal where there is none of that number. */
export async function rollupView(sequence) {
  const rollup = await ask(`/api/v1/rollups/${encodeURIComponent(sequence)}`);
  const at = now();
  const number = Number(sequence);
  return [
    element("h2", {tabindex: "-1"}, `Rollup ${grouped(number)}`),
    element(
        "nav", {"aria-label": "Neighbouring rollups", class: "neighbours"},
        number > 1 ? element("a", {href: `#/rollup/${number - 1}`}, "the one before") : null,
        element("a", {href: `#/rollup/${number + 1}`}, "the one after")),
    summary(rollup, at),
    element("section", {"aria-label": "Delivery"}, element("h3", {}, "Delivery tries"), tries(rollup, at)),
    element("section", {"aria-label": "Nodes"}, ...nodes(rollup)),
  ];
}
