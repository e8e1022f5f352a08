// The stream of the daemon's events, kept open whatever happens to it, and the knowledge whether the daemon is there.

import {kinds} from "./happenings.js";

const silence = 35_000;  // ms without a word, after which the connection counts as dead: the daemon speaks every 15 s
const pause = 2_000;     // ms between two tries

/**
 * Tells of itself by `on.event(kind, data, id)`, `on.alive()` when nothing has happened for a while, `on.open()`
 * whenever the stream begins anew, `on.broken()` when it ends, and `on.reset()` when events are missing that nobody
 * will send again.
 */
export class LiveLink {
  #on;
  #source = null;
  #next = null;

  constructor(on) { this.#on = on; }

  open() {
    this.#close();
    const source = new EventSource("/api/v1/events");
    this.#source = source;
    this.#listen();
    source.onopen = () => {
      this.#listen();
      this.#on.open();
    };
    source.onerror = () => {
      // The browser itself tries again unless it was refused.
      if (source.readyState === EventSource.CLOSED) this.#openLater(pause);
      this.#on.broken();
    };
    for (const kind of kinds) {
      source.addEventListener(kind, (event) => {
        this.#listen();
        this.#on.event(kind, JSON.parse(event.data), event.lastEventId);
      });
    }
    source.addEventListener("alive", () => {
      this.#listen();
      this.#on.alive();
    });
    source.addEventListener("reset", () => this.#on.reset());
  }

  get isOpen() { return this.#source?.readyState === EventSource.OPEN; }

  #listen() {
    clearTimeout(this.#next);
    this.#next = setTimeout(() => {
      this.#on.broken();
      this.open();
    }, silence);
  }

  #openLater(delay) {
    clearTimeout(this.#next);
    this.#next = setTimeout(() => this.open(), delay);
  }

  #close() {
    clearTimeout(this.#next);
    this.#source?.close();
  }
}
