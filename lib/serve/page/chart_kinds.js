// What is drawn over time, from the columns of /api/v1/history. Pure.

import {grouped, milliseconds, quality} from "./words.js";

/**
 * `band`: the columns it lies between. A line that is `dashed` is told from the other one without colour. What is
 * counted is `whole`.
 */
export const chartKinds = [
  {title: "Records", words: grouped, whole: true, lines: [{column: "records", label: "records"}]},
  {
    title: "Quality",
    words: quality,
    band: ["quality_min", "quality_max"],
    most: 1,
    lines: [{column: "quality", label: "mean"}]
  },
  {
    title: "Poll time",
    words: milliseconds,
    lines: [{column: "poll_p50_ms", label: "p50"}, {column: "poll_p95_ms", label: "p95", dashed: true}]
  },
  {title: "Outbox", words: grouped, whole: true, lines: [{column: "outbox", label: "waiting"}]},
];

const known = (value) => value !== null && value !== undefined;

/** The columns of a chart, those of its band first. */
export function columnsOf(kind) { return [...(kind.band ?? []), ...kind.lines.map((line) => line.column)]; }

/** [least, greatest] of all that is drawn, with air around it and never below nothing; null where nothing is known. */
export function rangeOf(kind, history) {
  const values = columnsOf(kind).flatMap((column) => history[column].filter(known));
  if (values.length === 0) return null;
  const [least, greatest] =
      values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [values[0], values[0]]);
  const air = Math.max((greatest - least || Math.abs(greatest) || 1) * 0.15, kind.whole ? 1 : 0);
  return [Math.max(least - air, 0), Math.min(greatest + air, kind.most ?? Infinity)];
}

/** What the columns say in slot `index`: "p50 12 ms, p95 48 ms". */
export function wordsAt(kind, history, index) {
  const single = kind.lines.length === 1;
  const said = kind.lines.map(({column, label}) => `${single ? "" : `${label} `}${kind.words(history[column][index])}`)
                   .join(", ");
  if (!kind.band || !known(history[kind.band[0]][index])) return said;
  return `${said} (${kind.band.map((column) => kind.words(history[column][index])).join(" to ")})`;
}

/** The last slot of which something is known, or -1. */
export function lastKnown(kind, history) { return history[kind.lines[0].column].findLastIndex(known); }
