// Elements from names, attributes and texts. Whatever a node or the cloud said becomes text here, never markup.

/** `children`: elements, or values that become text; null and undefined are left out. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on"))
      made.addEventListener(key.slice(2), value);
    else
      made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function byId(id) { return document.getElementById(id); }

/** A change of text only where it changes: what is read out is read out once. */
export function say(where, text) {
  if (where.textContent !== text) where.textContent = text;
}

/**
 * Puts `children` in place of what `where` holds. Whoever is on a link in there with the keyboard stays on it, and text
 * that somebody has just marked is left as it is until they let go of it.
 */
export function repaint(where, ...children) {
  const selection = getSelection();
  if (selection !== null && !selection.isCollapsed && where.contains(selection.anchorNode)) return;
  const focused = where.contains(document.activeElement) ? document.activeElement : null;
  where.replaceChildren(...children.filter((child) => child !== null && child !== undefined));
  if (focused === null) return;
  const address = focused.getAttribute("href");
  const isAlike = (link) => link.getAttribute("href") === address && link.textContent === focused.textContent;
  const again =
      address === null ? where.querySelector(focused.localName) : [...where.querySelectorAll("a")].find(isAlike);
  again?.focus({preventScroll: true});
}
