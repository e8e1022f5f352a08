// The last events, the newest on top.

import {drawnOnce} from "./coalesce.js";
import {element, repaint} from "./element.js";
import {glyph} from "./glyphs.js";
import {isNews, told} from "./happenings.js";
import {timeOf} from "./tables.js";

const most = 50;

export class EventList {
  #list;
  #events = [];  // the newest first
  #seen = new Set();
  #drawSoon = drawnOnce(() => this.#draw());
  #now;

  constructor(list, now) {
    this.#list = list;
    this.#now = now;
  }

  /** Takes an event once: after a broken connection some may come again. */
  add(kind, data, id) {
    if (this.#seen.has(id) || !isNews(kind, data)) return;
    this.#events.unshift({kind, data, id});
    this.#events.length = Math.min(this.#events.length, most);
    this.#seen = new Set(this.#events.map((event) => event.id));
    this.#drawSoon();
  }

  clear() {
    this.#events = [];
    this.#seen.clear();
    this.#drawSoon();
  }

  #draw() {
    const now = this.#now();
    repaint(this.#list, ...this.#events.map(({kind, data}) => {
      const {glyph: name, subject, text, link} = told(kind, data);
      return element(
          "li", {}, timeOf(data.at, now), glyph(name),
          element(
              "span", {}, link === null ? element("strong", {}, subject) : element("a", {href: link}, subject),
              ` ${text}`));
    }));
  }
}
