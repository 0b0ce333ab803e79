// Elements without a framework: `h` describes them, `morph` changes what is on screen into what was described.
// Only differences touch the page, so focus, selection and scroll stay where the reader left them.

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "g", "path", "line", "rect", "circle", "polyline", "polygon", "text", "title", "desc"]);

/**
 * An element: h("p", {class: "note"}, "text", child, null). A falsy child is left out; `on…` are listeners, an object is
 * a property of the element.
 */
export function h(tag, attributes, ...children) {
  const node = SVG_TAGS.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) (node.listeners ??= {})[name.slice(2)] = value;
    else if (typeof value === "object") node[name] = (node.properties ??= {})[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  for (const [type, listener] of Object.entries(node.listeners ?? {})) listen(node, type, listener);
  node.append(...children.flat(4).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return node;
}

/** Make `parent`'s children equal to `wanted`, keeping the nodes that can stay. Children with a `data-key` keep theirs. */
export function morph(parent, wanted) {
  const keyed = new Map();
  for (const child of parent.children) {
    const key = child.getAttribute("data-key");
    if (key !== null) keyed.set(key, child);
  }
  let place = parent.firstChild;
  for (const next of [wanted].flat(4).filter(Boolean)) {
    const node = typeof next === "string" ? document.createTextNode(next) : next;
    const key = node.getAttribute?.("data-key") ?? null;
    let kept = key === null ? place : (keyed.get(key) ?? null);
    if (kept && key === null && kept.getAttribute?.("data-key") != null) kept = null;
    if (kept && same(kept, node)) {
      if (kept !== place) move(parent, kept, place);
      else place = place.nextSibling;
      change(kept, node);
    } else {
      parent.insertBefore(node, place);
    }
  }
  while (place) {
    const gone = place;
    place = place.nextSibling;
    gone.remove();
  }
}

function move(parent, node, before) {
  const focused = node.contains(document.activeElement) ? document.activeElement : null;
  parent.insertBefore(node, before);
  focused?.focus({ preventScroll: true }); // moving a node in the page takes its focus away
}

function same(old, next) {
  return old.nodeType === next.nodeType && old.nodeName === next.nodeName && !next.hasAttribute?.("data-fresh");
}

function change(old, next) {
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== next.data) old.data = next.data;
    return;
  }
  for (const { name } of [...old.attributes]) {
    if (!next.hasAttribute(name) && name !== "style" && !(old.hasAttribute("data-own") && name === "open")) old.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const [type, listener] of Object.entries(next.listeners ?? {})) listen(old, type, listener);
  Object.assign(old, next.properties);
  if (!old.nodeName.includes("-")) morph(old, [...next.childNodes]); // an element of our own draws its inside itself
}

function listen(node, type, listener) {
  if (!node.heard) node.heard = {};
  if (!node.heard[type]) node.addEventListener(type, (event) => node.heard[type](event));
  node.heard[type] = listener;
}
