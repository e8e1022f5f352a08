// A chart as plain lines, where there is no uPlot.

import {rangeOf} from "./chart_kinds.js";

const svgSpace = "http://www.w3.org/2000/svg";
const [width, height] = [400, 100];

function shape(name, attributes) {
  const made = document.createElementNS(svgSpace, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export function plainChart(kind, history) {
  const drawing = shape(
      "svg",
      {viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", class: "plain-chart", "aria-hidden": "true"});
  const range = rangeOf(kind, history);
  if (range === null) return drawing;
  const [begin, end] = [history.t[0], history.t.at(-1)];
  const x = (index) => (end === begin ? width / 2 : ((history.t[index] - begin) / (end - begin)) * width).toFixed(1);
  const y = (value) => (height - ((value - range[0]) / (range[1] - range[0] || 1)) * height).toFixed(1);
  const points = (column) => history[column]
                                 .map((value, i) => (value === null ? null : `${x(i)},${y(value)}`))
                                 .filter((point) => point !== null);
  if (kind.band) {
    const around = [...points(kind.band[0]), ...points(kind.band[1]).reverse()];
    drawing.append(shape("polygon", {class: "band", points: around.join(" ")}));
  }
  for (const {column, dashed} of kind.lines) {
    drawing.append(shape("polyline", {class: dashed ? "line is-dashed" : "line", points: points(column).join(" ")}));
  }
  return drawing;
}
