// Where each node's cell is: a few nodes have their names in it, thousands get what room there is. Pure.

const mostNamed = 60;
const namedWidth = 148;  // px a named cell has at least
const namedHeight = 30;
const largest = 22;  // px of a cell without a name
const least = 4;

/**
 * {width, height, columns, rows, gap, isNamed} of cells for `count` nodes in `room` px of width, in about `height` px.
 */
export function layoutOf(count, room, height) {
  if (count <= mostNamed) {
    const columns = Math.max(Math.min(Math.floor(room / namedWidth), count), 1);
    const width = Math.min(Math.floor(room / columns), 2 * namedWidth);
    return {width, height: namedHeight, columns, rows: Math.ceil(count / columns), gap: 3, isNamed: true};
  }
  let size = largest;
  while (size > least && Math.ceil(count / Math.floor(room / size)) * size > height) --size;
  const columns = Math.max(Math.floor(room / size), 1);
  return {
    width: size,
    height: size,
    columns,
    rows: Math.ceil(count / columns),
    gap: size >= 10 ? 2 : 1,
    isNamed: false
  };
}

/** The node whose cell holds the point, or null. */
export function nodeAt(layout, count, x, y) {
  const column = Math.floor(x / layout.width);
  const row = Math.floor(y / layout.height);
  const index = row * layout.columns + column;
  return x >= 0 && y >= 0 && column < layout.columns && index < count ? index : null;
}

/** Where a key leads from a cell, or null for a key that leads nowhere. */
export function moved(layout, count, from, key) {
  const steps = {ArrowLeft: -1, ArrowRight: 1, ArrowUp: -layout.columns, ArrowDown: layout.columns};
  if (key === "Home") return 0;
  if (key === "End") return Math.max(count - 1, 0);
  if (!(key in steps)) return null;
  const to = from + steps[key];
  return to < 0 || to >= count ? from : to;
}
