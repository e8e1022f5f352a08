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
  #left = null;  // where somebody was in the overview when they went into a view

  constructor() { addEventListener("hashchange", () => this.#open()); }

  /** The overview is hidden until then, so that the first paint has next to nothing to lay out. */
  async begin() {
    if (this.isOverview) {
      byId("overview").hidden = false;
    } else {
      await this.#open();
    }
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
    const overview = byId("overview");
    if (!overview.hidden) this.#left = {focused: document.activeElement, top: scrollY};
    overview.hidden = !isOverview;
    byId("view").hidden = isOverview;
    if (isOverview) {
      this.#comeBack();
      return;
    }
    this.#view.replaceChildren(element("p", {class: "quiet"}, "Asking the daemon…"));
    await this.refresh();
    scrollTo(0, 0);
    this.#view.querySelector("h2")?.focus({preventScroll: true});
  }

  #comeBack() {
    const {focused, top} = this.#left ?? {focused: byId("grid"), top: 0};
    (focused.isConnected ? focused : byId("grid")).focus({preventScroll: true});
    scrollTo(0, top);
  }
}

async function contentOf({kind, name}) {
  try {
    return await views[kind](name);
  } catch (failure) {
    if (!(failure instanceof Refusal)) throw failure;
    const words = failure.status === 0 ? "The daemon is out of reach." : `The daemon says: ${failure.message}.`;
    return [element("h2", {tabindex: "-1"}, name), element("p", {class: "quiet"}, words)];
  }
}
