// One cell a node, on a canvas: ten thousand elements would not be drawn in time. Colour and shape tell the state.
// To a keyboard and a reader of the screen it is a list of which one item is chosen.

import {drawnOnce} from "./coalesce.js";
import {element, say} from "./element.js";
import {layoutOf, moved, nodeAt} from "./grid_layout.js";
import {explanations, nodeLink, stateNames} from "./node_states.js";

const namePadding = 20;   // px before a name, for the shape
const leastHeight = 200;  // px that the cells may take in any window
const leastCross = 5;     // px: below that a cross is a blot, and a larger cell tells more

/** How each state is drawn in a cell of w times h px: ok is calm, what is wrong stands out by its form, too. */
const shapes = {
  ok(brush, x, y, w, h) { brush.rect(x, y, w, h); },
  stale(brush, x, y, w, h) {
    brush.moveTo(x, y);
    brush.lineTo(x + w, y + h);
    brush.lineTo(x, y + h);
  },
  failed(brush, x, y, w, h) {
    if (w < leastCross) {
      brush.rect(x - 0.5, y - 0.5, w + 1, h + 1);
      return;
    }
    const bar = Math.max(w / 3.2, 1);
    brush.moveTo(x, y);
    brush.lineTo(x + bar, y);
    brush.lineTo(x + w, y + h - bar);
    brush.lineTo(x + w, y + h);
    brush.lineTo(x + w - bar, y + h);
    brush.lineTo(x, y + bar);
    brush.closePath();
    brush.moveTo(x + w, y);
    brush.lineTo(x + w, y + bar);
    brush.lineTo(x + bar, y + h);
    brush.lineTo(x, y + h);
    brush.lineTo(x, y + h - bar);
    brush.lineTo(x + w - bar, y);
  },
  skipped(brush, x, y, w, h) {
    const line = Math.max(w / 6, 1);
    brush.rect(x, y, w, h);
    brush.rect(x + w - line, y + line, 2 * line - w, h - 2 * line);  // the other way round: a hole
  },
  unknown(brush, x, y, w, h) { brush.rect(x + w / 3, y + h / 3, w / 3, h / 3); },
};

export class NodeGrid {
  #list;
  #canvas;
  #tip;
  #readout;
  #states = "";
  #names = [];
  #layout = null;
  #chosen = 0;      // the node that keys go from ...
  #pointed = null;  // ... and the one that is told of beside its cell
  #drawSoon = drawnOnce(() => this.#draw());

  constructor(list, readout) {
    this.#list = list;
    this.#readout = readout;
    this.#canvas = element("canvas", {"aria-hidden": "true"});
    this.#tip = element("div", {class: "tip", "aria-hidden": "true", hidden: true});
    list.append(this.#canvas, this.#tip);
    new ResizeObserver(() => this.#drawSoon()).observe(list);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#drawSoon());
    list.addEventListener("pointermove", (event) => this.#hover(this.#at(event)));
    list.addEventListener("pointerleave", () => this.#hover(null));
    list.addEventListener("pointerdown", (event) => {
      this.#chosen = this.#at(event) ?? this.#chosen;
    });
    list.addEventListener("click", (event) => this.#open(this.#at(event)));
    list.addEventListener("keydown", (event) => this.#key(event));
    list.addEventListener("focus", () => this.#choose(this.#chosen));
    list.addEventListener("blur", () => {
      this.#pointTo(null);
      this.#drawSoon();
    });
  }

  /** `states` has a letter for each of `names`. */
  show(states, names) {
    if (states === this.#states && names === this.#names) return;
    this.#states = states;
    this.#names = names;
    this.#chosen = Math.min(this.#chosen, Math.max(names.length - 1, 0));
    this.#drawSoon();
  }

  #stateAt(index) { return stateNames[this.#states[index]] ?? "unknown"; }

  #at(event) {
    const edge = this.#canvas.getBoundingClientRect();
    return this.#layout && nodeAt(this.#layout, this.#names.length, event.clientX - edge.x, event.clientY - edge.y);
  }

  #open(index) {
    if (index !== null) location.hash = nodeLink(this.#names[index]);
  }

  #key(event) {
    if (event.key === "Enter") return this.#open(this.#names.length > 0 ? this.#chosen : null);
    const to = this.#layout && moved(this.#layout, this.#names.length, this.#chosen, event.key);
    if (to === null) return undefined;
    event.preventDefault();
    return this.#choose(to);
  }

  #choose(index) {
    this.#chosen = index;
    this.#read();
    this.#pointTo(index);
    this.#drawSoon();
  }

  /** A reader of the screen hears of an item when it is another one: hence the number in its name. */
  #read() {
    const [index, count] = [this.#chosen, this.#names.length];
    this.#readout.id = `node-${index}`;
    this.#readout.setAttribute("aria-posinset", index + 1);
    this.#readout.setAttribute("aria-setsize", count);
    say(this.#readout, count === 0 ? "no nodes" : `${this.#names[index]}, ${this.#stateAt(index)}`);
    this.#list.setAttribute("aria-activedescendant", this.#readout.id);
  }

  #hover(index) {
    this.#list.classList.toggle("is-over", index !== null);
    this.#pointTo(index);
  }

  #pointTo(index) {
    this.#pointed = index;
    this.#tell();
  }

  #tell() {
    const index = this.#pointed;
    this.#tip.hidden = this.#layout === null || index === null || index >= this.#names.length;
    if (this.#tip.hidden) return;
    const {width, height, columns} = this.#layout;
    const [x, y] = [(index % columns) * width, Math.floor(index / columns) * height];
    const state = this.#stateAt(index);
    this.#tip.replaceChildren(element("strong", {}, this.#names[index]), ` ${state}: ${explanations[state]}`);
    const most = this.#list.clientWidth - this.#tip.offsetWidth;
    this.#tip.style.transform = `translate(${Math.max(Math.min(x, most), 0)}px, ${y + height + 4}px)`;
  }

  #draw() {
    const room = this.#list.clientWidth;
    const count = this.#names.length;
    if (room === 0) return;  // another view is shown
    this.#layout = layoutOf(count, room, Math.max(Math.min(room, innerHeight) * 0.45, leastHeight));
    const {columns, rows, width, height} = this.#layout;
    const sharpness = devicePixelRatio;
    this.#canvas.width = Math.ceil(columns * width * sharpness);
    this.#canvas.height = Math.ceil(rows * height * sharpness);
    this.#canvas.style.width = `${columns * width}px`;
    this.#canvas.style.height = `${rows * height}px`;
    const brush = this.#canvas.getContext("2d");
    brush.scale(sharpness, sharpness);
    const style = getComputedStyle(this.#list);
    for (const [letter, state] of Object.entries(stateNames)) this.#drawAll(brush, letter, state, style);
    if (this.#layout.isNamed) this.#drawNames(brush, style);
    if (document.activeElement === this.#list && count > 0) this.#drawFrame(brush, style);
    this.#read();
    this.#tell();
  }

  #drawAll(brush, letter, state, style) {
    const {width, height, columns, gap, isNamed} = this.#layout;
    const [w, h] = isNamed ? [12, 12] : [width - gap, height - gap];
    const [left, top] = isNamed ? [2, (height - 12) / 2] : [0, 0];
    brush.fillStyle = style.getPropertyValue(state === "ok" && !isNamed ? "--ok-cell" : `--${state}`);
    brush.beginPath();
    for (let i = this.#states.indexOf(letter); i >= 0; i = this.#states.indexOf(letter, i + 1)) {
      shapes[state](brush, (i % columns) * width + left, Math.floor(i / columns) * height + top, w, h);
    }
    brush.fill();
  }

  #drawNames(brush, style) {
    const {width, height, columns} = this.#layout;
    brush.font = `${style.fontSize} ${style.fontFamily}`;
    brush.textBaseline = "middle";
    const room = width - namePadding - 8;
    this.#names.forEach((name, i) => {
      brush.fillStyle = style.getPropertyValue(this.#states[i] === "o" ? "--ink" : "--strong");
      brush.fillText(
          shortened(brush, name, room), (i % columns) * width + namePadding,
          (Math.floor(i / columns) + 0.5) * height + 1);
    });
  }

  #drawFrame(brush, style) {
    const {width, height, columns, gap} = this.#layout;
    const [x, y] = [(this.#chosen % columns) * width, Math.floor(this.#chosen / columns) * height];
    brush.strokeStyle = style.getPropertyValue("--focus");
    brush.lineWidth = 2;
    brush.strokeRect(x - 1, y - 1, width - gap + 2, height - gap + 2);
  }
}

/** As much of a name as fits, its end rather than its beginning: names of one fleet begin alike. */
function shortened(brush, name, room) {
  if (brush.measureText(name).width <= room) return name;
  let begin = 1;
  while (begin < name.length && brush.measureText(`…${name.slice(begin)}`).width > room) ++begin;
  return `…${name.slice(begin)}`;
}
