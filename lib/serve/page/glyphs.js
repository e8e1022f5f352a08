// One drawing for each state, so that no state is told by its colour alone.

const svgSpace = "http://www.w3.org/2000/svg";

// In a square of 16.
const paths = {
  ok: "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13zM4.6 8.2l1.2-1.2l1.6 1.6l3.6-3.6l1.2 1.2l-4.8 4.8z",
  stale: "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13zM7.2 4h1.6v4l2.6 1.6l-.8 1.3l-3.4-2z",
  failed: "M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8h-5.4l-3.8-3.8v-5.4zM5 6.1l1.9 1.9l-1.9 1.9l1.1 1.1l1.9-1.9l1.9 1.9" +
      "l1.1-1.1l-1.9-1.9l1.9-1.9l-1.1-1.1l-1.9 1.9l-1.9-1.9z",
  skipped:
      "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13zM8 3.1a4.9 4.9 0 1 1 0 9.8a4.9 4.9 0 1 1 0-9.8zM5 7.2h6v1.6h-6z",
  unknown: "M8 5.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5z",
  warning: "M8 1.2l7.2 13h-14.4zM7.2 6v4.2h1.6v-4.2zM7.2 11.4v1.6h1.6v-1.6z",
};
paths.critical = paths.failed;
paths.lost = "M1.5 7h4v2h-4zM10.5 7h4v2h-4zM6.6 4.2l1.2-.8l1.6 8.4l-1.2.8z";

/** A drawing that says nothing to a reader of the screen: the word stands beside it. */
export function glyph(name) {
  const drawing = document.createElementNS(svgSpace, "svg");
  drawing.setAttribute("viewBox", "0 0 16 16");
  drawing.setAttribute("class", `glyph is-${name}`);
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(svgSpace, "path");
  path.setAttribute("fill-rule", "evenodd");
  path.setAttribute("d", paths[name] ?? paths.unknown);
  drawing.append(path);
  return drawing;
}
