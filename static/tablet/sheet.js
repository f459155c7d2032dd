// The judge's page: candidates, the aspects of one, and the input for one aspect. Draws; decides nothing of the marks.

import { isYesNo, limits, markFault, plain, sheetContent, stepped } from "./rules.js";
import { Queue, ask } from "./sync.js";

const start = JSON.parse(document.getElementById("tablet-start").textContent);
const say = (name, values = {}) => start.texts[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);

const cells = new Map();
const undone = [];
let pack = null;
let aspects = [];
let openCandidate = null;
let openAspect = null;
let typed = null;
let inert = 0;
let shown = null;

const queue = new Queue(start, settle, draw);
const keyOf = (candidate, aspect) => `${candidate}\n${aspect}`;
const cell = (candidate, aspect) => cells.get(keyOf(candidate, aspect)) ?? { rev: 0, value: null, state: "none" };
const isMarked = (candidate, aspect) => cell(candidate, aspect.code).value !== null || aspect.kind === "deduction";
const candidateOf = (code) => pack.candidates.find((one) => one.code === code);

/** An element with its attributes and children; texts are never markup. */
function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${start.urls.icons}#${name}`);
  svg.append(use);
  return svg;
}

// --- marks ---------------------------------------------------------------------------------------------------------

function give(aspect, value, remember = true) {
  const candidate = openCandidate;
  if (candidateOf(candidate).signed || performance.now() < inert) return;
  const before = cell(candidate, aspect.code);
  if (before.value === value) return advance(aspect);
  if (remember) undone.push({ candidate, aspect: aspect.code, value: before.value });
  cells.set(keyOf(candidate, aspect.code), { ...before, value, state: "waiting" });
  queue.add({
    assessment: pack.assessment.code,
    judge: pack.judge.code,
    candidate,
    aspect: aspect.code,
    kind: value === null ? "clear" : "set",
    value,
    base_rev: before.rev,
  });
  if (remember) advance(aspect);
}

/** On to the next aspect without a mark; the input rests a moment, lest a bouncing tap marks that one too. */
function advance(aspect) {
  const place = aspects.indexOf(aspect);
  const next = [...aspects.slice(place + 1), ...aspects.slice(0, place)].find((one) => !isMarked(openCandidate, one));
  openAspect = next ?? aspect;
  typed = null;
  inert = performance.now() + 250;
  draw();
}

function undo() {
  const last = undone.pop();
  if (!last) return;
  openCandidate = last.candidate;
  openAspect = aspects.find((one) => one.code === last.aspect);
  give(openAspect, last.value, false);
  draw();
}

/** What the server made of sent ops. */
function settle(ops, results) {
  for (const op of ops) {
    const result = results.get(op.op_id);
    if (op.kind === "sign") {
      candidateOf(op.candidate).signed = result.status === "applied" || result.status === "same";
      if (!candidateOf(op.candidate).signed) announce(say("sign_refused"));
      continue;
    }
    const now = cell(op.candidate, op.aspect);
    const rev = result.rev ?? now.rev;
    const later = queue.waiting.find((other) => other.candidate === op.candidate && other.aspect === op.aspect);
    if (later) {
      later.base_rev = rev;
      cells.set(keyOf(op.candidate, op.aspect), { ...now, rev });
    } else if (result.status === "applied" || result.status === "same") {
      cells.set(keyOf(op.candidate, op.aspect), { rev, value: now.value, state: "sent" });
    } else if (result.status === "conflict") {
      const other = result.current?.value ?? null;
      cells.set(keyOf(op.candidate, op.aspect), { rev, value: now.value, state: "conflict", other, op: op.op_id });
    } else {
      cells.set(keyOf(op.candidate, op.aspect), { ...now, rev, state: result.status });
    }
  }
}

function chooseOf(conflict, aspect, value) {
  cells.set(keyOf(openCandidate, aspect.code), { rev: conflict.rev, value, state: "waiting" });
  queue.add({
    assessment: pack.assessment.code,
    judge: pack.judge.code,
    candidate: openCandidate,
    aspect: aspect.code,
    kind: value === null ? "clear" : "set",
    value,
    base_rev: conflict.rev,
    resolves: [conflict.op],
  });
}

async function sign() {
  const candidate = openCandidate;
  const values = Object.fromEntries(aspects.map((aspect) => [aspect.code, cell(candidate, aspect.code).value]));
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(sheetContent(values)));
  const digest = Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
  queue.add({
    assessment: pack.assessment.code, judge: pack.judge.code, candidate, aspect: null, kind: "sign", value: digest, base_rev: 0,
  });
}

// --- drawing -------------------------------------------------------------------------------------------------------

const STATES = {
  none: ["", "clock", "not_marked"],
  waiting: ["warning", "upload", "waiting"],
  sent: ["success", "check", "sent"],
  conflict: ["danger", "warning", "conflict"],
  held: ["warning", "lock", "held"],
  rejected: ["danger", "x", "rejected"],
};

function draw() {
  if (!pack) return;
  const focused = document.activeElement?.id;
  drawPill();
  document.getElementById("candidates").replaceChildren(...pack.candidates.map(candidateItem));
  const signed = pack.candidates.filter((one) => one.signed).length;
  document.getElementById("count").textContent = say("signed_count", { signed, all: pack.candidates.length });
  drawSheet();
  drawInput();
  drawFoot();
  if (focused) document.getElementById(focused)?.focus();
}

function drawPill() {
  const pill = document.getElementById("pill");
  const waiting = queue.waiting.length;
  const shown = queue.trouble === "grant_gone" ? ["danger", "lock", say("grant_gone", { waiting })]
    : queue.trouble ? ["warning", "offline", say("offline", { waiting })]
      : waiting ? ["info", "upload", say("sending", { waiting })] : ["success", "check", say("all_sent")];
  pill.className = `pill pill-${shown[0]}`;
  pill.replaceChildren(icon(shown[1]), el("span", {}, shown[2]));
}

function candidateItem(candidate) {
  const done = aspects.filter((aspect) => isMarked(candidate.code, aspect)).length;
  const present = candidate.status === "present";
  const note = candidate.signed ? say("signed") : present ? "" : start.texts[`status_${candidate.status}`];
  return el("li", {}, el("button", {
    id: `candidate-${candidate.code}`,
    class: `candidate${candidate.signed ? " candidate-done" : ""}`,
    type: "button",
    "aria-current": candidate.code === openCandidate && "true",
    onclick: () => show(candidate.code),
  },
  el("span", { class: "candidate-line" },
    el("span", { class: "candidate-code" }, candidate.code),
    el("span", { class: "candidate-note" }, note),
    el("span", { class: "candidate-count" }, `${done}/${aspects.length}`)),
  el("progress", { value: done, max: aspects.length, "aria-label": say("progress", { code: candidate.code }) })));
}

function show(code) {
  openCandidate = code;
  openAspect = aspects.find((aspect) => !isMarked(code, aspect)) ?? aspects[0];
  typed = null;
  draw();
}

function drawSheet() {
  const done = aspects.filter((aspect) => isMarked(openCandidate, aspect)).length;
  const parts = [el("div", { class: "sheet-head" },
    el("h2", { class: "sheet-head-code" }, openCandidate),
    el("progress", { class: "push", value: done, max: aspects.length, "aria-label": say("progress", { code: openCandidate }) }),
    el("span", {}, say("marked_count", { done, all: aspects.length })))];
  for (const module of pack.scheme.modules) {
    for (const criterion of module.criteria) {
      parts.push(el("h3", { class: "criterion" }, `${criterion.code} ${criterion.name}`));
      parts.push(...criterion.aspects.map((aspect) => aspectRow(aspects.find((one) => one.code === aspect.code))));
    }
  }
  document.getElementById("aspects").replaceChildren(...parts);
  if (shown !== `${openCandidate} ${openAspect.code}`) {
    shown = `${openCandidate} ${openAspect.code}`;
    document.querySelector(".aspect-current").scrollIntoView({ block: "nearest" });
    document.querySelector(".candidate[aria-current]").scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}

function aspectRow(aspect) {
  const held = cell(openCandidate, aspect.code);
  const [tone, symbol, word] = STATES[aspect.kind === "deduction" && held.state === "none" ? "none" : held.state];
  const bounds = limits(aspect);
  const row = el("div", {
    class: `aspect${aspect === openAspect ? " aspect-current" : ""}${tone === "danger" ? " aspect-wrong" : ""}`,
    role: "group",
    "aria-label": `${aspect.code} ${aspect.name}`,
    onclick: () => { if (aspect !== openAspect) { openAspect = aspect; typed = null; draw(); } },
  },
  el("div", {},
    el("p", { class: "aspect-name" }, el("span", { class: "aspect-code" }, aspect.code), aspect.name),
    el("p", { class: "aspect-note" }, noteOf(aspect, held, bounds))),
  el("div", { class: "aspect-options" }, ...options(aspect, held)),
  el("p", { class: `aspect-state${tone ? ` aspect-state-${tone}` : ""}` }, icon(symbol), el("span", {}, say(word))));
  if (held.state === "conflict") row.append(quarrel(aspect, held));
  return row;
}

/** Under the name: the level that was chosen, or what the aspect says of itself, or its range. */
function noteOf(aspect, held, bounds) {
  if (aspect.kind === "judgement" && held.value !== null) return aspect.benchmarks[Number(held.value)] ?? say(`level_${plain(held.value)}`);
  return aspect.description ?? say("range", { max: plain(bounds.max), step: plain(bounds.step) });
}

function quarrel(aspect, held) {
  const choice = (value, word) => el("button", { class: "btn", type: "button", onclick: () => chooseOf(held, aspect, value) }, say(word, { value: value ?? "—" }));
  return el("div", { class: "aspect-more" }, el("p", {}, say("conflict_text")), choice(held.value, "take_mine"), choice(held.other, "take_other"));
}

function options(aspect, held) {
  const disabled = candidateOf(openCandidate).signed;
  const option = (value, label, wide) => el("button", {
    id: `option-${aspect.code}-${value}`,
    class: `option${wide ? " option-wide" : ""}`,
    type: "button",
    disabled,
    "aria-pressed": held.value !== null && plain(held.value) === value ? "true" : "false",
    "aria-label": wide ? null : say("give", { value, name: aspect.name }),
    onclick: (event) => { event.stopPropagation(); openAspect = aspect; give(aspect, value); },
  }, label);
  if (aspect.kind === "judgement") return ["0", "1", "2", "3"].map((value) => option(value, value, false));
  if (isYesNo(aspect)) return [option(plain(limits(aspect).max), say("met"), true), option("0", say("not_met"), true)];
  return [el("button", {
    id: `reading-${aspect.code}`,
    class: "reading",
    type: "button",
    disabled,
    onclick: () => { openAspect = aspect; typed = null; draw(); },
  }, el("span", {}, held.value === null ? (aspect.kind === "deduction" ? "0" : "—") : plain(held.value)), el("small", {}, aspect.unit ?? say("points")))];
}

function drawInput() {
  const place = document.getElementById("input");
  const aspect = openAspect;
  const title = el("h2", {}, `${aspect.code} ${aspect.name}`);
  if (candidateOf(openCandidate).signed) {
    place.replaceChildren(title, el("p", { class: "notice notice-success" }, say("signed_text")));
  } else if (aspect.kind === "judgement") {
    place.replaceChildren(title, el("p", {}, say("choose_level")), ...[0, 1, 2, 3].map((level) => levelButton(aspect, String(level))));
  } else if (isYesNo(aspect)) {
    const held = cell(openCandidate, aspect.code).value;
    const most = plain(limits(aspect).max);
    const button = (value, mark, word) => el("button", {
      id: `level-${value}`, class: "level", type: "button", "aria-pressed": held !== null && plain(held) === value ? "true" : "false",
      onclick: () => give(aspect, value),
    }, el("span", { class: "level-mark" }, mark), el("span", { class: "level-word" }, say(word)));
    place.replaceChildren(title, button(most, most, "met"), button("0", "0", "not_met"));
  } else {
    place.replaceChildren(title, ...numberPad(aspect));
  }
}

function levelButton(aspect, value) {
  const held = cell(openCandidate, aspect.code).value;
  return el("button", {
    id: `level-${value}`, class: "level", type: "button", "aria-pressed": held === value ? "true" : "false", onclick: () => give(aspect, value),
  }, el("span", { class: "level-mark" }, value), el("span", { class: "level-word" }, aspect.benchmarks[Number(value)] ?? say(`level_${value}`)));
}

function numberPad(aspect) {
  const bounds = limits(aspect);
  const value = typed ?? cell(openCandidate, aspect.code).value ?? "";
  const fault = value === "" || value.endsWith(".") ? null : markFault(aspect, value);
  const press = (sign) => () => { typed = (typed ?? "") === "0" && sign !== "." ? sign : ((typed ?? "") + sign).slice(0, 9); drawInput(); };
  const key = (sign) => el("button", { id: `key-${sign}`, class: "btn", type: "button", onclick: press(sign) }, sign);
  const step = (direction, symbol, word) => el("button", {
    id: `step-${symbol}`, class: "btn", type: "button", "aria-label": say(word),
    onclick: () => { typed = stepped(aspect, value === "" || fault || value.endsWith(".") ? null : value, direction); drawInput(); },
  }, icon(symbol));
  return [
    el("p", {}, say("range", { max: plain(bounds.max), step: plain(bounds.step) })),
    el("p", { class: "pad-shown", "aria-live": "polite" }, value === "" ? "—" : value, el("small", {}, aspect.unit ?? say("points"))),
    el("p", { class: fault ? "flag-bad" : "", role: "alert" }, fault ? say(fault, { max: plain(bounds.max), step: plain(bounds.step) }) : ""),
    el("div", { class: "pad" },
      ...["7", "8", "9", "4", "5", "6", "1", "2", "3", ".", "0"].map(key),
      el("button", { id: "key-back", class: "btn", type: "button", "aria-label": say("backspace"), onclick: () => { typed = value.slice(0, -1); drawInput(); } }, icon("backspace")),
      step(-1, "minus", "less"),
      step(1, "plus", "more"),
      el("button", { id: "key-clear", class: "btn", type: "button", "aria-label": say("clear"), onclick: () => give(aspect, null) }, icon("trash"))),
    el("button", {
      id: "enter", class: "btn btn-primary", type: "button", disabled: value === "" || value.endsWith(".") || fault !== null,
      onclick: () => give(aspect, plain(value)),
    }, say("enter")),
  ];
}

function drawFoot() {
  const codes = pack.candidates.map((one) => one.code);
  const place = codes.indexOf(openCandidate);
  const open = aspects.filter((aspect) => !isMarked(openCandidate, aspect));
  const quarrels = aspects.filter((aspect) => ["conflict", "rejected"].includes(cell(openCandidate, aspect.code).state));
  const neighbour = (code, symbol, word) => el("button", {
    id: `go-${word}`, class: "btn", type: "button", disabled: !code, onclick: () => show(code), "aria-label": say(word),
  }, icon(symbol), el("span", {}, code ?? "—"));
  document.getElementById("foot").replaceChildren(
    neighbour(codes[place - 1], "chevron-left", "previous"),
    neighbour(codes[place + 1], "chevron-right", "next"),
    el("button", { id: "undo", class: "btn", type: "button", disabled: !undone.length, onclick: undo }, icon("undo"), el("span", {}, say("undo"))),
    open.length ? el("button", { id: "unmarked", class: "btn push", type: "button", onclick: () => { openAspect = open[0]; typed = null; draw(); } }, say("unmarked", { count: open.length, code: open[0].code })) : el("span", { class: "push" }),
    el("button", {
      id: "review", class: "btn btn-primary", type: "button",
      disabled: open.length > 0 || quarrels.length > 0 || candidateOf(openCandidate).signed, onclick: review,
    }, icon("pen"), el("span", {}, candidateOf(openCandidate).signed ? say("signed") : say("review"))));
}

function review() {
  const rows = aspects.map((aspect) => el("tr", {},
    el("th", { scope: "row" }, `${aspect.code} ${aspect.name}`),
    el("td", {}, plain(cell(openCandidate, aspect.code).value ?? "0"))));
  document.getElementById("review-code").textContent = openCandidate;
  document.getElementById("review-rows").replaceChildren(...rows);
  document.getElementById("review-dialog").showModal();
}

function announce(text) {
  document.getElementById("announce").textContent = text;
}

document.getElementById("sign").addEventListener("click", async () => {
  document.getElementById("review-dialog").close();
  await sign();
  announce(say("signed_now", { code: openCandidate }));
});

async function begin() {
  try {
    pack = await ask(start.urls.pack, start.token);
  } catch {
    announce(say("no_pack"));
    setTimeout(begin, 3000);
    return;
  }
  announce("");
  aspects = pack.scheme.modules.flatMap((module) => module.criteria.flatMap((criterion) => criterion.aspects));
  for (const known of pack.cells) cells.set(keyOf(known.candidate, known.aspect), { rev: known.rev, value: known.value, state: "sent" });
  if (pack.candidates.length) show((pack.candidates.find((one) => !one.signed && one.status === "present") ?? pack.candidates[0]).code);
}

begin();
