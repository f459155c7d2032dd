// Draws the three columns and the foot: works, the aspects of the open one, the input for the open aspect.

import { $, button, el, fill, icon, keepingFocus, knows, quiet, say, timeOf } from "./dom.js";
import { measuredText, metOf } from "./measured.js";
import { drawPad } from "./pad.js";
import { isDeduction, isMeasured, isStepped, isYesNo, limits, needsReason, plain, stepped } from "./rules.js";
import { drawTimer } from "./timer.js";

const STATES = {
  none: ["", "clock", "not_marked"],
  saved: ["warning", "download", "saved_here"],
  sent: ["success", "check", "sent"],
  conflict: ["danger", "warning", "conflict"],
  held: ["warning", "lock", "held"],
  rejected: ["danger", "x", "rejected"],
};

/** `acts`: sign(), call() and receipt() of the page. */
export function drawSheet(board, acts) {
  keepingFocus(() => {
    drawCandidates(board);
    drawHead(board, acts);
    drawAspects(board);
    drawPad(board);
    drawFoot(board, acts);
  });
  showPlace(board);
}

// --- works ---------------------------------------------------------------------------------------------------------

function drawCandidates(board) {
  const { candidates } = board.pack;
  $("count").textContent = say("signed_count", { signed: candidates.filter((one) => board.signed(one.code)).length, all: candidates.length });
  fill($("candidates"), candidates.map((one) => {
    const { done, state } = board.summary(one.code);
    const current = one.code === board.candidate;
    return [JSON.stringify([one.code, one.status, done, state, current]), () => candidateItem(board, one, { done, state, current })];
  }));
}

function candidateItem(board, { code, status }, { done, state, current }) {
  const all = board.aspects.length;
  const marks = { conflict: ["warning", say("conflict")], saved: ["download", `${done}/${all}`], signed: ["check", say("signed")], "": [null, `${done}/${all}`] };
  const [symbol, words] = marks[state];
  const complete = done === all && state !== "conflict";
  return el("li", {}, el("button", {
    id: `candidate-${code}`,
    class: `candidate${complete ? " candidate-done" : ""}${state === "conflict" ? " candidate-wrong" : ""}`,
    type: "button",
    "aria-current": current && "true",
    onclick: () => board.show(code),
  },
  el("span", { class: "candidate-line" },
    el("span", { class: "candidate-code" }, code),
    el("span", { class: "candidate-note" }, status === "present" ? "" : say(`status_${status}`)),
    el("span", { class: "candidate-count" }, symbol && icon(symbol), ` ${words}`, state === "saved" && quiet(say("saved_here")))),
  el("progress", { value: done, max: all, "aria-label": say("progress", { code }) })));
}

// --- the sheet of one work -----------------------------------------------------------------------------------------

function drawHead(board, acts) {
  const code = board.candidate;
  const { done } = board.summary(code);
  const called = board.pack.flags?.some((flag) => flag.candidate === code && !flag.answer);
  const head = [JSON.stringify([code, done, called]), () => el("div", { class: "sheet-head" },
    el("h2", { class: "sheet-head-code" }, code),
    el("progress", { class: "push", value: done, max: board.aspects.length, "aria-label": say("progress", { code }) }),
    el("span", {}, say("marked_count", { done, all: board.aspects.length })),
    button([icon("flag"), el("span", {}, say(called ? "called" : "call_chief"))], acts.call, { id: "call", class: `btn${called ? " btn-called" : ""}` }))];
  fill($("sheet-head"), board.pack.timed ? [head, ["timer", () => el("div", { id: "timer", class: "timer" })]] : [head]);
  drawTimer(board);
}

function drawAspects(board) {
  const parts = [];
  for (const module of board.pack.scheme.modules) {
    for (const criterion of module.criteria) {
      const words = `${criterion.code} ${criterion.name === criterion.code ? "" : criterion.name}`;
      parts.push([`criterion ${criterion.code}`, () => el("h3", { class: "criterion" }, words)]);
      for (const { code } of criterion.aspects) {
        const aspect = board.aspects.find((one) => one.code === code);
        parts.push([rowKey(board, aspect), () => aspectRow(board, aspect)]);
      }
    }
  }
  fill($("aspects"), parts);
}

let shownAt = null;

/** Scroll to the open work and aspect, where they have changed. */
function showPlace(board) {
  const here = `${board.candidate} ${board.aspect.code}`;
  if (here === shownAt) return;
  shownAt = here;
  document.querySelector(".aspect-current")?.scrollIntoView({ block: "nearest" });
  document.querySelector(".candidate[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function rowKey(board, aspect) {
  const cell = board.cell(board.candidate, aspect.code);
  const current = aspect.code === board.aspect.code;
  return JSON.stringify([board.candidate, aspect.code, cell.value, cell.extra, cell.conflict, cell.held, cell.error, board.state(board.candidate, aspect.code),
    current, current && board.typed, board.locked(board.candidate, aspect), board.asked(board.candidate, aspect)]);
}

function aspectRow(board, aspect) {
  const cell = board.cell(board.candidate, aspect.code);
  const state = board.state(board.candidate, aspect.code);
  const [tone, symbol, word] = STATES[state];
  return el("div", {
    class: `aspect${aspect.code === board.aspect.code ? " aspect-current" : ""}${tone === "danger" ? " aspect-wrong" : ""}`,
    role: "group",
    "aria-label": `${aspect.code} ${aspect.name}`,
    "data-aspect": aspect.code,
    "data-state": state,
    onclick: () => { if (aspect.code !== board.aspect.code) board.show(board.candidate, aspect); },
  },
  el("div", {},
    el("p", { class: "aspect-name" }, el("span", { class: "aspect-code" }, aspect.code), aspect.name === aspect.code ? "" : aspect.name),
    el("p", { class: "aspect-note" }, noteOf(aspect, cell), board.asked(board.candidate, aspect) && el("span", { class: "flag-bad" }, say("mark_again")))),
  el("div", { class: "aspect-options" }, options(board, aspect, cell)),
  el("p", { class: `aspect-state${tone ? ` aspect-state-${tone}` : ""}` }, icon(symbol), el("span", {}, say(word))),
  state === "conflict" && quarrel(board, aspect, cell),
  state === "rejected" && el("p", { class: "aspect-more flag-text" }, say("rejected_text", { reason: say(knows(`reason_${cell.error}`) ? `reason_${cell.error}` : "reason_other") })),
  state === "held" && el("p", { class: "aspect-more" }, say("held_text", { value: shownValue(aspect, cell.held.value) })));
}

/** Under the name: the level that was chosen, or what the aspect says of itself, or its range. */
function noteOf(aspect, cell) {
  if (aspect.kind === "judgement" && cell.value !== null) return aspect.benchmarks[Number(cell.value)] ?? say(`level_${plain(cell.value)}`);
  const { max, step } = limits(aspect);
  if (isMeasured(aspect) && cell.extra?.measured !== undefined && !isYesNo(aspect)) return say("measured", { value: measuredText(aspect, cell.extra.measured) });
  return aspect.description ?? (isYesNo(aspect) ? say("points_of", { max: plain(max) }) : say("range", { max: plain(max), step: plain(step) }));
}

export function shownValue(aspect, value) {
  if (value === null) return isDeduction(aspect) ? "0" : "—";
  if (isYesNo(aspect)) return say(plain(value) === "0" ? "not_met" : "met");
  return `${plain(value)}${aspect.unit && !isMeasured(aspect) ? ` ${aspect.unit}` : ""}`;
}

function quarrel(board, aspect, cell) {
  const mine = cell.conflict.mine === undefined ? cell.value : cell.conflict.mine;
  const choice = (value, where) => button([el("strong", {}, say("take", { value: shownValue(aspect, value) })), el("small", {}, where)], () => board.give(aspect, value), { class: "btn btn-danger choice" });
  const { other, more = [] } = cell.conflict;
  const others = [other, ...more.map((one) => ({ ...one, at: one.client_ts }))];
  // Each value once, however many tablets have it.
  const places = new Map([[mine, say("this_tablet")], ...others.map((one) => [one.value, `${one.label ?? say("other_tablet")} ${one.at ? timeOf(one.at) : ""}`])]);
  return el("div", { class: "aspect-more quarrel", role: "alert" },
    el("p", { class: "flag-text" }, say("conflict_text")),
    [...places].reverse().map(([value, where]) => choice(value, where)));
}

function options(board, aspect, cell) {
  const disabled = board.locked(board.candidate, aspect);
  const option = (value, label, wide) => el("button", {
    id: `option-${aspect.code}-${value}`,
    class: `option${wide ? " option-wide" : ""}`,
    type: "button",
    disabled,
    "aria-pressed": cell.value !== null && plain(cell.value) === value ? "true" : "false",
    onclick: (event) => { event.stopPropagation(); board.give(aspect, value, metOf(aspect, value)); },
  }, quiet(`${aspect.name} `), label);
  if (aspect.kind === "judgement") return ["0", "1", "2", "3"].map((value) => option(value, value, false));
  if (isYesNo(aspect)) return [option(plain(limits(aspect).max), say("met"), true), option("0", say("not_met"), true)];
  const reading = el("button", {
    id: `reading-${aspect.code}`,
    class: "reading",
    type: "button",
    disabled,
    onclick: (event) => { event.stopPropagation(); board.show(board.candidate, aspect); },
  }, quiet(`${aspect.name} `), el("span", {}, readingOf(board, aspect, cell)), el("small", {}, unitOf(board, aspect)));
  if (isMeasured(aspect) || !isStepped(aspect)) return [reading];
  return [stepper(board, aspect, cell, -1, disabled), reading, stepper(board, aspect, cell, 1, disabled)];
}

/** What is measured has its own unit while it is typed; the mark that follows is in points. */
function unitOf(board, aspect) {
  const typing = aspect.code === board.aspect.code && board.typed !== null;
  return (isMeasured(aspect) && !typing ? null : aspect.unit) ?? say("points");
}

function readingOf(board, aspect, cell) {
  if (aspect.code === board.aspect.code && board.typed !== null) return board.typed || "…";
  return cell.value === null ? (isDeduction(aspect) ? "0" : "—") : plain(cell.value);
}

function stepper(board, aspect, cell, direction, disabled) {
  const next = stepped(aspect, cell.value, direction);
  const word = say(direction < 0 ? "less" : "more");
  return el("button", {
    id: `step-${aspect.code}-${direction}`,
    class: "option",
    type: "button",
    disabled: disabled || (cell.value !== null && next === plain(cell.value)),
    "aria-label": `${aspect.name} ${word}`,
    onclick: (event) => { event.stopPropagation(); stepTo(board, aspect, cell, next); },
  }, icon(direction < 0 ? "minus" : "plus"));
}

/** A mark that needs a reason is put into the input instead, where the reason is asked. */
function stepTo(board, aspect, cell, next) {
  board.aspect = aspect;
  if (needsReason(aspect, next, board.pack.reason_band) && !cell.extra?.reason) {
    board.typed = next;
    board.changed();
    return;
  }
  board.step(aspect, next);
}

// --- the foot ------------------------------------------------------------------------------------------------------

function drawFoot(board, acts) {
  const codes = board.pack.candidates.map((one) => one.code);
  const place = codes.indexOf(board.candidate);
  const open = board.unmarked(board.candidate);
  const signed = board.signed(board.candidate);
  const last = board.undone.at(-1);
  const neighbour = (code, symbol, word) => button([icon(symbol), quiet(say(word)), el("span", {}, code ?? "—")], () => board.show(code), { id: `go-${word}`, disabled: !code });
  const review = signed ? "receipt" : board.quarrels(board.candidate).length ? "settle_first" : "review";
  const key = JSON.stringify([board.candidate, open.map((one) => one.code), signed, last, review, board.maySign(board.candidate), codes]);
  fill($("foot"), [[key, () => el("div", { class: "foot-row" },
    neighbour(codes[place - 1], "chevron-left", "previous"),
    neighbour(codes[place + 1], "chevron-right", "next"),
    button([icon("undo"), el("span", {}, last ? `${say("undo")} ${last.candidate === board.candidate ? "" : `${last.candidate} `}${last.aspect}` : say("undo"))], () => board.undo(), { id: "undo", disabled: !last || board.locked(last.candidate, { code: last.aspect }) }),
    open.length && !signed
      ? button(say("unmarked", { count: open.length, code: open[0].code }), () => board.show(board.candidate, open[0]), { id: "unmarked", class: "btn btn-link push" })
      : el("span", { class: "push" }),
    button([icon(signed ? "check" : "pen"), el("span", {}, say(review))], signed ? acts.receipt : acts.sign, { id: "review", class: "btn btn-primary", disabled: !signed && !board.maySign(board.candidate) }))]]);
}
