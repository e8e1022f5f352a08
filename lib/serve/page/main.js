// The page: listens to the daemon, asks it for what has changed, and shows that, for as long as it is open.

import {showAttention} from "./attention.js";
import {Charts} from "./charts.js";
import {coalesced} from "./coalesce.js";
import {ask, now, Refusal} from "./daemon.js";
import {byId, say} from "./element.js";
import {EventList} from "./event_list.js";
import {LiveLink} from "./live_link.js";
import {NodeGrid} from "./node_grid.js";
import {NodeTable} from "./node_table.js";
import {tellAges} from "./tables.js";
import {Verdict} from "./verdict.js";
import {Views} from "./views.js";
import {grouped} from "./words.js";

const mostTroubled = 12;  // nodes that are named, the worst first
const noStream = "No events come at present. Everything else is asked for every 2 s.";
const pause = 500;    // ms between two looks
const retry = 2_000;  // ms between two tries to reach a daemon that is gone

const verdict = new Verdict();
const grid = new NodeGrid(byId("grid"), byId("grid-item"));
const table = new NodeTable(now);
const events = new EventList(byId("events"), now);
const charts = new Charts(() => lookAtAll());
const views = new Views();

let names = {of: null, names: []};
let known = null;  // when the daemon last answered
let lostSince = null;
let version = null;
let tried = 0;

async function lookAtStatus() {
  const status = await ask("/api/v1/status");
  if (version !== null && status.version !== version) location.reload();  // it serves another page now
  version = status.version;
  known = now();
  lostSince = null;
  document.body.classList.remove("is-lost");
  verdict.show(status, now());
  return status;
}

async function lookAtGrid({instance, nodes: coverage}) {
  const {states, list} = await ask("/api/v1/grid");
  const of = `${instance}-${list}`;  // each process counts its lists from the beginning
  if (of !== names.of) names = {...await ask("/api/v1/grid?names=yes"), of};
  if (names.names.length === states.length) grid.show(states, names.names);
  for (const state of ["ok", "stale", "failed", "skipped"]) {
    say(byId(`legend-${state}`), grouped(state === "ok" ? coverage.ok - coverage.stale : coverage[state]));
  }
  say(byId("no-nodes"), states.length === 0 ? "No list names a node yet." : "");
}

async function lookAtAttention(coverage) {
  const {nodes} = await ask(`/api/v1/nodes?sort=state&limit=${mostTroubled}`);
  showAttention(byId("attention"), nodes, coverage, now());
}

async function lookAtOverview(status) {
  await Promise.all([lookAtGrid(status), lookAtAttention(status.nodes), table.refresh(), charts.refresh()]);
}

/** What keeps the daemon's answers from coming is shown; anything else is a mistake of this page, for the console. */
async function tryTo(look) {
  tried = performance.now();
  try {
    await look();
  } catch (failure) {
    if (!(failure instanceof Refusal)) throw failure;
    if (failure.status === 503) return;  // it is there, and busy; the next look is never far
    lostSince ??= now();
    document.body.classList.add("is-lost");
    const words = failure.status === 0 ? "" : `It says: ${failure.message}. Load this page again.`;
    verdict.showLost(lostSince, known, words);
  }
}

const lookAtAll = coalesced(
    () => tryTo(async () => {
      const status = await lookAtStatus();
      await (views.isOverview ? lookAtOverview(status) : views.refresh());
    }),
    pause);
const lookAgain = coalesced(() => tryTo(lookAtStatus), pause);

const link = new LiveLink({
  event(kind, data, id) {
    events.add(kind, data, id);
    if (kind === "round" || kind === "reload" || (kind === "delivery" && !views.isOverview))
      lookAtAll();
    else if (kind !== "node")
      lookAgain();
  },
  alive: lookAgain,
  open: lookAtAll,
  broken: lookAgain,
  reset() {
    events.clear();
    lookAtAll();
  },
});

function tick() {
  verdict.tick(now());
  if (lostSince === null) tellAges(now());
  say(byId("no-events"), link.isOpen ? "Nothing has happened yet." : noStream);
  byId("no-events").classList.toggle("when-empty", link.isOpen);
  const isCut = lostSince !== null || !link.isOpen;
  if (isCut && performance.now() - tried >= retry) lookAtAll();
}

addEventListener("hashchange", lookAtAll);
byId("skip").addEventListener("click", (event) => {
  event.preventDefault();  // the address says which view is open
  byId("main").focus();
});
lookAtAll();
link.open();
views.begin();
setInterval(tick, 1_000);
