// A node's last polls as a row of bars, the newest at the right: an answer stands on the ground, as high as it took
// long; what failed hangs from above.

const svgSpace = "http://www.w3.org/2000/svg";
const height = 60;
const step = 4;

/** The height of a bar, in parts of the whole: by the logarithm of the time, 1 ms to 30 s. Pure. */
export function heightOf(ms) {
  const decades = Math.log10(Math.max(ms ?? 1, 1)) / Math.log10(30_000);
  return 0.08 + 0.92 * Math.min(decades, 1);
}

export function pollStrip(polls, most) {
  const strip = document.createElementNS(svgSpace, "svg");
  strip.setAttribute("viewBox", `0 0 ${most * step} ${height}`);
  strip.setAttribute("preserveAspectRatio", "none");
  strip.setAttribute("class", "poll-strip");
  strip.setAttribute("aria-hidden", "true");
  polls.forEach(({state, ms}, age) => {
    const bar = document.createElementNS(svgSpace, "rect");
    const tall = (state === "skipped" ? 0.12 : heightOf(ms)) * height;
    const hangs = state === "failed" || state === "skipped";
    bar.setAttribute("x", (most - 1 - age) * step);
    bar.setAttribute("y", hangs ? 0 : height - tall);
    bar.setAttribute("width", step - 1);
    bar.setAttribute("height", tall);
    bar.setAttribute("class", `is-${state}`);
    strip.append(bar);
  });
  return strip;
}
