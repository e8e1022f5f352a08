// The charts: drawn by uPlot where the program was built with it, as plain lines otherwise.

import {chartKinds, columnsOf, lastKnown, rangeOf, wordsAt} from "./chart_kinds.js";
import {ask} from "./daemon.js";
import {byId, element, say} from "./element.js";
import {plainChart} from "./plain_chart.js";
import {clockTime, shortened} from "./words.js";

const height = 9.5;  // of a chart, as all sizes here in the page's own, which grow with the window
const sized = (size) => Math.round(size * Number.parseFloat(getComputedStyle(document.documentElement).fontSize));

// Steps between two marks of an axis: its words tell no seconds, and of what is counted no parts.
const minute = 60;
const timeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 240, 360].map((minutes) => minutes * minute);
const wholeSteps = Array.from({length: 57}, (_, i) => [1, 2, 5][i % 3] * 10 ** Math.floor(i / 3));

class Chart {
  #kind;
  #figure;
  #value = element("span", {class: "value"});
  #place = element("div", {class: "plot", role: "img"});
  #uPlot;
  #drawn = null;
  #history = null;

  constructor(kind, uPlot) {
    this.#kind = kind;
    this.#uPlot = uPlot;
    const keys = kind.lines.length === 1 ?
        [] :
        kind.lines.map(({label, dashed}) => element("span", {class: dashed ? "key is-dashed" : "key"}, label));
    const bandKey = kind.band ? [element("span", {class: "key is-band"}, "least to greatest")] : [];
    this.#figure = element(
        "figure", {},
        element(
            "figcaption", {}, element("strong", {}, kind.title), this.#value,
            element("span", {class: "keys"}, ...keys, ...bandKey)),
        this.#place);
    new ResizeObserver(() => this.#drawn?.setSize(this.#size())).observe(this.#place);
  }

  get figure() { return this.#figure; }

  show(history) {
    this.#history = history;
    const last = lastKnown(this.#kind, history);
    this.#tell(last);
    const told = last < 0 ? "nothing yet" : wordsAt(this.#kind, history, last);
    this.#place.setAttribute("aria-label", `${this.#kind.title} over the last ${history.range}; now ${told}`);
    if (this.#uPlot === null) {
      this.#place.replaceChildren(plainChart(this.#kind, history));
    } else if (this.#drawn === null) {
      this.#drawn = new this.#uPlot(this.#options(), this.#data(), this.#place);
    } else {
      this.#drawn.setData(this.#data());
    }
  }

  redraw() { this.#drawn?.redraw(); }

  #size() { return {width: this.#place.clientWidth, height: sized(height)}; }

  #data() { return [this.#history.t, ...columnsOf(this.#kind).map((column) => this.#history[column])]; }

  #tell(index, time = "") {
    say(this.#value, index < 0 ? "no round yet" : `${wordsAt(this.#kind, this.#history, index)}${time}`);
  }

  /** Points at what the cursor is over; all charts follow it. */
  #follow(index) {
    if (index === null || index === undefined) return this.#tell(lastKnown(this.#kind, this.#history));
    const moment = this.#history.t[index] * 1000;
    return this.#tell(index, ` at ${clockTime(moment, Date.now()).slice(0, -3)}`);
  }

  #options() {
    const colour = (name) => () => getComputedStyle(this.#place).getPropertyValue(name);
    const axis = {
      stroke: colour("--muted"),
      font: `${sized(0.8)}px system-ui, sans-serif`,
      grid: {stroke: colour("--line"), width: 1},
      ticks: {show: false}
    };
    const edge = {stroke: "transparent", spanGaps: true, points: {show: false}};
    const lines = this.#kind.lines.map(({dashed}) => ({
                                         stroke: colour(dashed ? "--second" : "--first"),
                                         width: 1.5,
                                         dash: dashed ? [5, 3] : undefined,
                                         spanGaps: true,
                                         points: {size: 4}
                                       }));
    const two = (number) => String(number).padStart(2, "0");
    const hours = (seconds) => {
      const date = new Date(seconds * 1000);
      return `${two(date.getHours())}:${two(date.getMinutes())}`;
    };
    return {
      ...this.#size(),
      legend: {show: false},
      cursor: {y: false, sync: {key: "time"}, drag: {x: false, y: false}, points: {size: 6}},
      scales: {y: {range: () => rangeOf(this.#kind, this.#history) ?? [0, 1]}},
      series: [{}, ...(this.#kind.band ? [edge, edge] : []), ...lines],
      bands: this.#kind.band ? [{series: [2, 1], fill: colour("--band")}] : [],
      axes: [
        {...axis, space: sized(4.3), size: sized(1.6), incrs: timeSteps, values: (_, times) => times.map(hours)},
        {
          ...axis,
          space: sized(2.1),
          size: sized(4),
          ...(this.#kind.whole ? {incrs: wholeSteps} : {}),
          values: (_, values) => values.map(this.#kind.whole ? shortened : this.#kind.words)
        },
      ],
      hooks: {setCursor: [({cursor}) => this.#follow(cursor.idx)]},
    };
  }
}

/** `range`: "1h" or "24h". */
export class Charts {
  #charts = null;
  #range = "1h";
  #due = 0;

  constructor(onRange) {
    byId("chart-range").addEventListener("change", (event) => {
      this.#range = event.target.value;
      this.#due = 0;
      onRange();
    });
    matchMedia("(prefers-color-scheme: dark)")
        .addEventListener("change", () => this.#charts?.forEach((chart) => chart.redraw()));
  }

  /** Asks for the history where there may be more of it than is shown. */
  async refresh() {
    if (performance.now() < this.#due) return;
    const history = await ask(`/api/v1/history?range=${this.#range}`);
    if (history.range !== this.#range) return;  // another one has been chosen meanwhile
    this.#due = performance.now() + (history.step_s * 1000) / 2;
    this.#charts ??= await this.#made();
    for (const chart of this.#charts) chart.show(history);
  }

  async #made() {
    const {default: uPlot} = await import("./uplot.js");
    if (uPlot !== null) document.head.append(element("link", {rel: "stylesheet", href: "/page/uplot.css"}));
    const made = chartKinds.map((kind) => new Chart(kind, uPlot));
    byId("charts").replaceChildren(...made.map((chart) => chart.figure));
    return made;
  }
}
