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

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${start.urls.icons}#${name}`);
  svg.append(use);
  return svg;
}

export const button = (label, onclick, attributes = {}) => el("button", { class: "btn", type: "button", onclick, ...attributes }, label);
export const quiet = (text) => el("span", { class: "visually-hidden" }, text);

const drawn = new WeakMap();

/** Put [key, make] pairs into a place, making anew only what has another key than before; the focus stays where it was. */
export function fill(place, parts) {
  const before = drawn.get(place) ?? new Map();
  const focused = place.contains(document.activeElement) ? document.activeElement.id : null;
  const now = new Map(parts.map(([key, make]) => [key, before.get(key) ?? make()]));
  const nodes = [...now.values()];
  if (nodes.length !== place.childNodes.length || nodes.some((node, at) => node !== place.childNodes[at])) place.replaceChildren(...nodes);
  drawn.set(place, now);
  if (focused && document.activeElement?.id !== focused) $(focused)?.focus({ preventScroll: true });
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
