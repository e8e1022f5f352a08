// The states that a node can be in, in the letters of /api/v1/grid and in words.

export const stateNames = {
  o: "ok",
  t: "stale",
  f: "failed",
  s: "skipped",
  u: "unknown"
};

export const explanations = {
  ok: "answered well",
  stale: "answered well, with old data",
  failed: "asked, and no good answer came",
  skipped: "not asked this time: it failed too often",
  unknown: "no round has ended yet",
};

/** The letter of a node as /api/v1/nodes tells it has no staleness of its own: an ok node may have old data. */
export function stateOf(node) { return node.state === "ok" && node.freshness === "stale" ? "stale" : node.state; }

export function nodeLink(name) { return `#/node/${encodeURIComponent(name)}`; }
