// All nodes, a page of a hundred at a time, as the daemon searches, filters and sorts them.

import {ask} from "./daemon.js";
import {byId, repaint, say} from "./element.js";
import {stateOf} from "./node_states.js";
import {lastWord, nodeName, row, stateWord, timeAgo} from "./tables.js";
import {grouped, milliseconds, quality} from "./words.js";

const pageSize = 100;

export class NodeTable {
  #form = byId("node-search");
  #body = byId("node-rows");
  #summary = byId("node-count");
  #back = byId("node-back");
  #forth = byId("node-forth");
  #sorted = "config";
  #cursors = ["0"];  // of the pages up to the one that is shown
  #next = null;
  #asked = 0;
  #now;

  constructor(now) {
    this.#now = now;
    this.#form.addEventListener("input", () => this.#from(["0"]));
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#back.addEventListener("click", () => this.#from(this.#cursors.slice(0, -1)));
    this.#forth.addEventListener("click", () => this.#from([...this.#cursors, this.#next]));
    for (const button of document.querySelectorAll("#node-table [data-sort]")) {
      button.addEventListener("click", () => this.#sort(button));
    }
  }

  /** Asks for the page anew. An answer that is overtaken by a later one is not shown. */
  async refresh() {
    const turn = ++this.#asked;
    const fields = new FormData(this.#form);
    const query = new URLSearchParams({sort: this.#sorted, limit: pageSize, cursor: this.#cursors.at(-1)});
    if (fields.get("state")) query.set("state", fields.get("state"));
    if (fields.get("q")) query.set("q", fields.get("q"));
    const page = await ask(`/api/v1/nodes?${query}`);
    if (turn === this.#asked) this.#show(page);
  }

  #from(cursors) {
    this.#cursors = cursors;
    this.refresh().catch((refusal) => say(this.#summary, refusal.message));
  }

  /** The daemon has one direction for each order; a second press goes back to the order of the settings. */
  #sort(button) {
    this.#sorted = this.#sorted === button.dataset.sort ? "config" : button.dataset.sort;
    for (const heading of document.querySelectorAll("#node-table th[aria-sort]")) heading.removeAttribute("aria-sort");
    if (this.#sorted !== "config") {
      button.closest("th").setAttribute("aria-sort", this.#sorted === "name" ? "ascending" : "descending");
    }
    this.#from(["0"]);
  }

  #show({nodes, total, next}) {
    const first = Number(this.#cursors.at(-1));
    this.#next = next;
    this.#back.disabled = this.#cursors.length === 1;
    this.#forth.disabled = next === null;
    say(this.#summary,
        total === 0            ? "no node fits" :
            nodes.length === 0 ? "nothing beyond here" :
                                 `${grouped(first + 1)}–${grouped(first + nodes.length)} of ${grouped(total)}`);
    const now = this.#now();
    repaint(
        this.#body,
        ...nodes.map(
            (node) =>
                row(["", nodeName(node.name)], ["", stateWord(stateOf(node))], ["since", timeAgo(node.since, now)],
                    ["number", grouped(node.records)], ["number", quality(node.quality)],
                    ["number time", milliseconds(node.latency_ms)], ["says", lastWord(node, now)])));
  }
}
