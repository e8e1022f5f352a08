// The parts of the page that need no browser.

import assert from "node:assert/strict";
import {execFileSync} from "node:child_process";
import {mkdtempSync, readFileSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {test} from "node:test";
import {fileURLToPath} from "node:url";

import {chartKinds, lastKnown, rangeOf, wordsAt} from "../../lib/serve/page/chart_kinds.js";
import {coalesced} from "../../lib/serve/page/coalesce.js";
import {layoutOf, moved, nodeAt} from "../../lib/serve/page/grid_layout.js";
import {isNews, told} from "../../lib/serve/page/happenings.js";
import {banners, cards, headline, shortForm} from "../../lib/serve/page/judgement.js";
import {LiveLink} from "../../lib/serve/page/live_link.js";
import {nodePath} from "../../lib/serve/page/node_view.js";
import {heightOf} from "../../lib/serve/page/poll_strip.js";
import {placeOf} from "../../lib/serve/page/views.js";
import * as words from "../../lib/serve/page/words.js";

const now = Date.parse("2026-11-22T17:05:00Z");
const minute = 60_000;

function status(changes = {}) {
  const nodes = {expected: 5, ok: 5, failed: 0, skipped: 0, stale: 0, unchanged: 0, unknown: 0, ...changes.nodes};
  return {
    verdict: {level: "ok", text: "ok", ...changes.verdict},
    nodes,
    state_dir: "/var/lib/edge-rollup",
    last_round: "last_round" in changes ? changes.last_round : {number: 12, records: 8064, quality: 0.968, nodes},
    delivery: {hold: null, last_delivered: "2026-11-22T17:04:50Z", consecutive_failures: 0, ...changes.delivery},
    outbox: {
      pending: 0,
      dead: 0,
      bytes: 1024,
      limit_bytes: 1 << 28,
      oldest: null,
      runway_s: null,
      lost_total: 0,
      last_loss: null,
      in_memory_only: false,
      ...changes.outbox
    },
    config: {file: "/etc/e.yaml", last_reload_successful: true, last_reload: null, error: null, ...changes.config},
    clock: changes.clock ?? "synchronized",
  };
}

test("numbers, times and sizes have the words of the command line", () => {
  const rows = [
    [words.grouped(1234567), "1\u202f234\u202f567"],
    [words.grouped(0), "0"],
    [words.grouped(null), "–"],
    [words.shortened(0), "0"],
    [words.shortened(999_999_999), "999\u202f999\u202f999"],
    [words.shortened(1_234_000_000), "1.23\u202fG"],
    [words.shortened(2 ** 64), "18.4\u202fE"],
    [words.counted(1, "node"), "1 node"],
    [words.counted(2, "node"), "2 nodes"],
    [words.quality(0.9684), "0.968"],
    [words.quality(1), "1.000"],
    [words.quality(null), "–"],
    [words.roughQuality(0.97), "0.97"],
    [words.roughQuality(1), "1.00"],
    [words.roughQuality(null), "–"],
    [words.milliseconds(0.25), "0.3 ms"],
    [words.milliseconds(0), "0 ms"],
    [words.milliseconds(312.4), "312 ms"],
    [words.milliseconds(5012), "5.0 s"],
    [words.bytes(1000), "1000 bytes"],
    [words.bytes(219 * 1024), "219.0 KiB"],
    [words.bytes(1 << 28), "256.0 MiB"],
    [words.span(59.9), "59 s"],
    [words.span(60), "1 min"],
    [words.span(7199), "1 h"],
    [words.span(172800), "2 d"],
    [words.age(now - 3 * minute, now), "3 min ago"],
    [words.age(now + 500, now), "0 s ago"],
    [words.age(now + minute, now), "in the future"],
    [words.countdown(133), "2:13"],
    [words.countdown(3725), "1:02:05"],
    [words.countdown(-4), "0:00"],
    [words.ageOf("no time", now), "–"],
    [words.momentOf("x 1"), null],
    [words.momentOf("2026-11-22T17:05:00Z"), now],
    [words.momentOf("2026-11-22T17:05:00.000"), now],
    [words.momentOf("2026-11-22 18:05:00+01:00"), now],
    [words.momentOf("2026-13-22T17:05:00Z"), null],
  ];
  for (const [is, should] of rows) assert.equal(is, should);
});

test("the sentence on top says how nodes and delivery are", () => {
  const rows = [
    [status(), "All 5 nodes ok, everything delivered"],
    [status({nodes: {expected: 1, ok: 1}}), "The node is ok, everything delivered"],
    [status({nodes: {ok: 4}}), "4 of 5 nodes ok, everything delivered"],
    [status({nodes: {ok: 0}, outbox: {pending: 12}}), "None of 5 nodes ok, 12 rollups waiting for the cloud"],
    [status({delivery: {hold: {}}, outbox: {pending: 1}}), "All 5 nodes ok, delivery holds, 1 rollup waiting"],
    [
      status({nodes: {ok: 0}, last_round: null, delivery: {last_delivered: null}}),
      "5 nodes known, the first round is under way, nothing delivered yet"
    ],
    [
      status({nodes: {expected: 0, ok: 0}, last_round: null, delivery: {last_delivered: null}}),
      "No node is known yet, nothing delivered yet"
    ],
    [status({delivery: {last_delivered: null}}), "All 5 nodes ok, nothing to deliver"],
    [status({outbox: {dead: 1}}), "All 5 nodes ok, everything delivered but 1 dead letter"],
  ];
  for (const [given, sentence] of rows) assert.equal(headline(given), sentence);
  assert.equal(shortForm(status()), "5/5 ok");
  assert.equal(
      shortForm(status({verdict: {level: "warning"}, nodes: {ok: 4}, outbox: {pending: 3}})),
      "warning: 4/5 ok, 3 waiting");
});

test("each thing that somebody must do is told with its next step, the worst first", () => {
  assert.deepEqual(banners(status(), now), []);
  const failing = {last_failure: {status: 503, words: "down until noon"}, next_try: null};
  const failed = (times) => banners(status({delivery: {...failing, consecutive_failures: times}}), now);
  assert.deepEqual(failed(2), []);
  assert.match(failed(3)[0].text, /503 down until noon/);
  assert.match(failed(3)[0].step, /Nothing is dropped/);
  const all = banners(
      status({
        nodes: {expected: 0, ok: 0},
        clock: "unsynchronized",
        delivery:
            {hold: {reason: "unauthorized", since: "2026-11-22T17:00:00Z", text: "401", next_step: "renew the token"}},
        outbox: {
          dead: 1,
          lost_total: 7,
          last_loss: "2026-11-22T17:00:00Z",
          in_memory_only: true,
          runway_s: 3000,
          pending: 2
        },
        config: {
          last_reload_successful: false,
          last_reload: "2026-11-22T17:00:00Z",
          error: "2 mistakes\n/etc/e.yaml:3:1: x\n    3 | x: secret\n/etc/e.yaml:4:1: y\n"
        },
      }),
      now);
  const titles = all.map(({level, title}) => `${level}: ${title.replace(/\d\d:\d\d:\d\d/, "TIME")}`);
  assert.deepEqual(titles, [
    "critical: Delivery holds since TIME: unauthorized", "critical: Rollups are kept in memory only",
    "critical: The outbox is full in 50 min", "warning: 1 dead letter",
    "warning: 7 rollups discarded unsent, the last at TIME", "warning: The reload of TIME failed",
    "warning: The clock is not synchronized", "warning: No list names a node"
  ]);
  for (const {step} of all) assert.match(step, /\.$/);
  assert.match(all[0].step, /renew the token/);
  assert.deepEqual(all[3].commands[1], "edge-rollup outbox show SEQ");
  const lostOn = (day) => banners(status({outbox: {lost_total: 7, last_loss: `2026-11-${day}T17:10:00Z`}}), now).length;
  assert.deepEqual([lostOn(20), lostOn(21), lostOn(22)].map((each) => each > 0), [false, true, true]);
  const named = (file) => banners(status({nodes: {expected: 0}, config: {file}}), now)[0].commands[0];
  assert.equal(named("/etc/e.yaml"), "edge-rollup check -c /etc/e.yaml");
  assert.equal(named("/srv/it's here.yaml"), "edge-rollup check -c '/srv/it'\\''s here.yaml'");
  assert.equal(all[5].text, "2 mistakes: /etc/e.yaml:3:1: x; /etc/e.yaml:4:1: y");
});

test("the numbers say that nothing is known rather than nought", () => {
  const before = cards(status({last_round: null, delivery: {last_delivered: null}}), now);
  for (const label of ["Nodes ok", "Failed", "Records", "Quality", "Last delivery", "Runway"]) {
    assert.equal(before.find((card) => card.label === label).value, "–", label);
  }
  const after = cards(status({nodes: {ok: 3, failed: 2}, outbox: {pending: 2, oldest: "2026-11-22T16:05:00Z"}}), now);
  assert.deepEqual(
      after.map(({value}) => value.replaceAll("\u202f", " ")),
      ["3", "2", "0", "0", "8 064", "0.968", "2", "10 s ago", "–"]);
  assert.equal(after[1].level, "warning");
  assert.equal(after[6].note, "oldest 1 h ago");
});

test("an event is a sentence, with a link to what it is about", () => {
  const nodes = {expected: 3, ok: 2};
  const rows = [
    [
      "round", {number: 7, nodes, changed: 1, ms: 312, sequence: 41}, "warning", "Round 7",
      "2 of 3 ok, 1 node changed, 312 ms", "#/rollup/41"
    ],
    [
      "node", {name: "a/b", state: "failed", was: "ok", error: "refused"}, "failed", "a/b", "failed: refused",
      "#/node/a%2Fb"
    ],
    ["node", {name: "a", state: "ok", was: "failed", error: null}, "ok", "a", "ok, was failed", "#/node/a"],
    [
      "delivery", {sequence: 41, verdict: "delivered", status: 202, ms: 41, text: null}, "ok", "Rollup 41",
      "delivered with 202 in 41 ms", "#/rollup/41"
    ],
    [
      "delivery", {sequence: 41, verdict: "retry", status: null, ms: 3, text: "refused"}, "stale", "Rollup 41",
      "retry in 3 ms: refused", "#/rollup/41"
    ],
    [
      "hold", {reason: "forbidden", text: "403", next_step: "ask"}, "failed", "Delivery",
      "holds, forbidden: 403. To mend it, ask", null
    ],
    ["hold", {reason: null, text: null, next_step: null}, "ok", "Delivery", "goes on", null],
    ["reload", {successful: false, text: "1 mistake"}, "failed", "Reload", "failed: 1 mistake", null],
    ["loss", {total: 12}, "failed", "Loss", "12 rollups discarded unsent so far", null],
  ];
  for (const [kind, data, glyph, subject, text, link] of rows) {
    assert.deepEqual(told(kind, data), {glyph, subject, text, link});
    assert.ok(isNews(kind, data));
  }
  assert.ok(!isNews("node", {name: "a", state: "ok", was: "unknown"}));
});

test("every node has a cell that is found again, however many there are and however little room", () => {
  for (const count of [1, 3, 60, 61, 1000, 10_000, 200_000]) {
    for (const room of [328, 700, 1230, 3700]) {
      const layout = layoutOf(count, room, 420);
      assert.ok(layout.columns * layout.width <= room, `${count} in ${room}`);
      for (const index of [0, Math.floor(count / 2), count - 1]) {
        const [x, y] = [(index % layout.columns) * layout.width, Math.floor(index / layout.columns) * layout.height];
        assert.equal(nodeAt(layout, count, x + layout.width / 2, y + layout.height / 2), index);
      }
      assert.equal(nodeAt(layout, count, room + 500, 1), null);
      assert.equal(nodeAt(layout, count, 1, layout.rows * layout.height + 1), null);
    }
  }
});

test("arrow keys lead to the neighbour and never over the edge", () => {
  const layout = {columns: 10};
  const rows = [
    [12, "ArrowLeft", 11], [12, "ArrowRight", 13], [12, "ArrowUp", 2], [12, "ArrowDown", 22], [5, "ArrowUp", 5],
    [20, "ArrowDown", 20], [0, "ArrowLeft", 0], [24, "ArrowRight", 24], [12, "Home", 0], [12, "End", 24],
    [12, "x", null]
  ];
  for (const [from, key, to] of rows) assert.equal(moved(layout, 25, from, key), to, `${key} from ${from}`);
});

test("a chart has the range of all it draws, and says what it is of", () => {
  const history = {
    t: [10, 20, 30],
    records: [100, null, 300],
    quality: [0.9, 0.95, null],
    quality_min: [0.5, 0.6, null],
    quality_max: [1, 1, null],
    poll_p50_ms: [1, 2, 3],
    poll_p95_ms: [4, 5, 6],
    outbox: [null, null, null]
  };
  const [records, quality, polls, outbox] = chartKinds;
  assert.deepEqual(rangeOf(records, history), [70, 330]);
  assert.deepEqual(rangeOf(quality, history), [0.425, 1]);
  assert.equal(rangeOf(outbox, history), null);
  assert.deepEqual(rangeOf(outbox, {...history, outbox: [0, 0, 0]}), [0, 1]);
  assert.equal(lastKnown(quality, history), 1);
  assert.equal(lastKnown(outbox, history), -1);
  assert.equal(wordsAt(quality, history, 1), "0.950 (0.600 to 1.000)");
  assert.equal(wordsAt(polls, history, 2), "p50 3 ms, p95 6 ms");
});

test("a bar grows with the time a poll took", () => {
  const heights = [0, 1, 10, 100, 1000, 30_000, 90_000].map(heightOf);
  for (let i = 1; i < heights.length; ++i) assert.ok(heights[i] >= heights[i - 1]);
  assert.equal(heights.at(-1), 1);
});

test("an address that names no view leads to the overview", () => {
  assert.deepEqual(placeOf("#/node/a%2Fb"), {kind: "node", name: "a/b"});
  assert.deepEqual(placeOf("#/rollup/42"), {kind: "rollup", name: "42"});
  for (const hash of ["", "#", "#/", "#main", "#/node/", "#/node/%zz", "#/cloud/x"]) assert.equal(placeOf(hash), null);
});

test("every name that a node may have is asked for by an address of its own", () => {
  const at = (name) => new URL(nodePath(name), "http://gateway").pathname;
  const rows = [
    ["pump-1", "pump-1"], ["a/b", "a%2Fb"], ["..", "%252E%252E"], [".", "%252E"], ["../polls", "..%2Fpolls"],
    ["...", "..."], ["[::1]:80", "%5B%3A%3A1%5D%3A80"]
  ];
  for (const [name, segment] of rows) assert.equal(at(name), `/api/v1/nodes/${segment}`);
});

test("work is done once for all who ask meanwhile, and once more for those who asked while it ran", async () => {
  let [begun, end] = [0, null];
  const work = coalesced(() => {
    ++begun;
    return new Promise((resolve) => {
      end = resolve;
    });
  }, 0);
  work();
  work();
  assert.equal(begun, 1);
  work();
  end();
  while (begun < 2) await new Promise(setImmediate);
  end();
  await new Promise(setImmediate);
  assert.equal(begun, 2);
});

test("a stream that is silent for 35 s counts as broken, and is opened anew", () => {
  const opened = [];
  const kept = {EventSource: globalThis.EventSource, setTimeout: globalThis.setTimeout};
  const timers = [];
  globalThis.EventSource = class {
    static CLOSED = 2;
    listeners = {};
    constructor() { opened.push(this); }
    addEventListener(kind, listener) { this.listeners[kind] = listener; }
    close() { this.isClosed = true; }
  };
  globalThis.setTimeout = (then, ms) => {
    timers.push({then, ms});
    return timers.length;
  };
  try {
    const said = [];
    const on =
        Object.fromEntries(["event", "alive", "open", "broken", "reset"].map((what) => [what, () => said.push(what)]));
    new LiveLink(on).open();
    opened[0].onopen();
    opened[0].listeners.alive();
    assert.deepEqual(said, ["open", "alive"]);
    assert.equal(timers.at(-1).ms, 35_000);
    timers.at(-1).then();
    assert.deepEqual(said, ["open", "alive", "broken"]);
    assert.equal(opened.length, 2);
    assert.ok(opened[0].isClosed);
    opened[1].readyState = 2;  // refused: no browser tries again by itself
    opened[1].onerror();
    timers.at(-1).then();
    assert.equal(opened.length, 3);
  } finally {
    Object.assign(globalThis, kept);
  }
});

test("the page can be built where there is no npm, and where it fetches nothing", () => {
  const from = fileURLToPath(new URL("../../lib/serve/page", import.meta.url));
  for (const npm of ["npm_program-NOTFOUND", "/bin/false"]) {
    const to = mkdtempSync(join(tmpdir(), "edge-rollup-no-npm-"));
    execFileSync(
        "cmake", [`-Dnpm=${npm}`, `-Dfrom=${from}`, `-Dto=${to}`, "-P", join(from, "uplot.cmake")], {stdio: "ignore"});
    assert.match(readFileSync(join(to, "uplot.js"), "utf8"), /^export default null;$/m);
    assert.match(readFileSync(join(to, "uplot.css"), "utf8"), /no uPlot/);
    rmSync(to, {recursive: true});
  }
});
