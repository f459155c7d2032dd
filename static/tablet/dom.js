// Elements, icons and words of the tablet's page. Texts are never markup.

export const start = JSON.parse(document.getElementById("tablet-start").textContent);
export const $ = (id) => document.getElementById(id);
export const say = (name, values = {}) => start.texts[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
export const knows = (name) => name in start.texts;

/** An element with its attributes and children; attributes that are null or false are left out. */
export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false && value !== undefined) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

// The icons of this page as part of it: one that stands in another file is asked for anew each time that it is drawn.
let local = false;
fetch(start.urls.icons).then((answer) => answer.text()).then((text) => {
  const sprite = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  for (const symbol of sprite.children) symbol.id = `icon-${symbol.id}`;
  sprite.style.display = "none";
  document.body.append(document.adoptNode(sprite));
  local = true;
}).catch(() => {});

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", local ? `#icon-${name}` : `${start.urls.icons}#${name}`);
  svg.append(use);
  return svg;
}

export const button = (label, onclick, attributes = {}) => el("button", { class: "btn", type: "button", onclick, ...attributes }, label);
export const quiet = (text) => el("span", { class: "visually-hidden" }, text);

const drawn = new WeakMap();

/** Put [key, make] pairs into a place, making anew, and touching, only what has another key than before. */
export function fill(place, parts) {
  const before = drawn.get(place) ?? new Map();
  const now = new Map(parts.map(([key, make]) => [key, before.get(key) ?? make()]));
  const stay = new Set(now.values());
  for (const node of [...place.childNodes]) if (!stay.has(node)) node.remove();
  let at = place.firstChild;
  for (const node of now.values()) {
    if (node === at) at = at.nextSibling;
    else place.insertBefore(node, at);
  }
  drawn.set(place, now);
}

/** Draw, and leave the focus where it was. It is given back once, at the end: each time makes the browser lay out the page. */
export function keepingFocus(draw) {
  const { id } = document.activeElement ?? {};
  draw();
  if (id && document.activeElement?.id !== id) $(id)?.focus({ preventScroll: true });
}

/** The time of day as the judge's clock has it. */
export function timeOf(moment) {
  return new Date(moment).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });
}

export function announce(text) {
  $("announce").textContent = text;
}

export function toast(text) {
  const place = $("toast");
  place.textContent = text;
  place.hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { place.hidden = true; }, 2600);
}
