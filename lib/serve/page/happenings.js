// What the daemon's events say, in a sentence each. Pure.

import {counted, grouped, milliseconds} from "./words.js";

const stateGlyphs = {
  ok: "ok",
  stale: "stale",
  failed: "failed",
  skipped: "skipped",
  unknown: "unknown"
};
const verdictGlyphs = {
  delivered: "ok",
  retry: "stale",
  refused: "failed",
  hold: "failed"
};

function roundOf(data) {
  const {expected, ok} = data.nodes;
  const changed = data.changed > 0 ? `, ${counted(data.changed, "node")} changed` : "";
  const all = ok === expected;
  return {
    glyph: all ? "ok" : "warning",
    subject: `Round ${grouped(data.number)}`,
    text: `${grouped(ok)} of ${grouped(expected)} ok${changed}, ${milliseconds(data.ms)}`,
    link: data.sequence === null ? null : `#/rollup/${data.sequence}`
  };
}

function nodeOf(data) {
  const why = data.error ? `: ${data.error}` : data.was ? `, was ${data.was}` : "";
  return {
    glyph: stateGlyphs[data.state] ?? "unknown",
    subject: data.name,
    text: `${data.state}${why}`,
    link: `#/node/${encodeURIComponent(data.name)}`
  };
}

function deliveryOf(data) {
  const answer = data.status === null ? "" : ` with ${data.status}`;
  const words = data.verdict === "delivered" || !data.text ? "" : `: ${data.text}`;
  return {
    glyph: verdictGlyphs[data.verdict] ?? "unknown",
    subject: `Rollup ${grouped(data.sequence)}`,
    text: `${data.verdict}${answer} in ${milliseconds(data.ms)}${words}`,
    link: `#/rollup/${data.sequence}`
  };
}

function holdOf(data) {
  if (data.reason === null) return {glyph: "ok", subject: "Delivery", text: "goes on"};
  return {
    glyph: "failed",
    subject: "Delivery",
    text: `holds, ${data.reason}: ${data.text}. To mend it, ${data.next_step}`
  };
}

function reloadOf(data) {
  return {
    glyph: data.successful ? "ok" : "failed",
    subject: "Reload",
    text: data.successful ? data.text : `failed: ${data.text}`
  };
}

function lossOf(data) {
  return {glyph: "failed", subject: "Loss", text: `${counted(data.total, "rollup")} discarded unsent so far`};
}

const sentences = {
  round: roundOf,
  node: nodeOf,
  delivery: deliveryOf,
  hold: holdOf,
  reload: reloadOf,
  loss: lossOf
};

export const kinds = Object.keys(sentences);

/** Whether it is worth a line: that a node is well when it is first asked is no news. */
export function isNews(kind, data) { return kind !== "node" || data.was !== "unknown" || data.state !== "ok"; }

/** {glyph, subject, text, link} of an event. */
export function told(kind, data) { return {link: null, ...sentences[kind](data)}; }
