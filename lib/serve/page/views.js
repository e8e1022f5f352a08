// Which view the address asks for: all nodes, one of them, or a rollup.

import {Refusal} from "./daemon.js";
import {byId, element, repaint} from "./element.js";
import {nodeView} from "./node_view.js";
import {rollupView} from "./rollup_view.js";

const views = {
  node: nodeView,
  rollup: rollupView
};

/** {kind, name} of "#/node/pump-1", or null for the overview. Pure. */
export function placeOf(hash) {
  const [, kind, name] = /^#\/(node|rollup)\/(.+)$/.exec(hash) ?? [];
  if (kind === undefined) return null;
  try {
    return {kind, name: decodeURIComponent(name)};
  } catch {
    return null;
  }
}

export class Views {
  #view = byId("view-content");

  constructor() { addEventListener("hashchange", () => this.#open()); }

  async begin() {
    if (placeOf(location.hash) !== null) await this.#open();
  }

  get isOverview() { return placeOf(location.hash) === null; }

  /** Paints the view that is open anew; nothing where the overview is. */
  async refresh() {
    const place = placeOf(location.hash);
    if (place === null) return;
    const content = await contentOf(place);
    if (JSON.stringify(placeOf(location.hash)) === JSON.stringify(place)) repaint(this.#view, ...content);
  }

  async #open() {
    const isOverview = this.isOverview;
    byId("overview").hidden = !isOverview;
    byId("view").hidden = isOverview;
    if (isOverview) {
      byId("fleet").querySelector("[role=listbox]").focus({preventScroll: true});
      return;
    }
    this.#view.replaceChildren(element("p", {class: "quiet"}, "Asking the daemon…"));
    await this.refresh();
    scrollTo(0, 0);
    this.#view.querySelector("h2")?.focus({preventScroll: true});
  }
}

async function contentOf({kind, name}) {
  try {
    return await views[kind](name);
  } catch (failure) {
    if (!(failure instanceof Refusal)) throw failure;
    return [
      element("h2", {tabindex: "-1"}, name), element("p", {class: "quiet"}, `The daemon says: ${failure.message}.`)
    ];
  }
}
