// The input for the open aspect: levels with their benchmarks, yes or no, our own number pad, a counter of deductions
// with its reason, a stopwatch where seconds are measured. No keyboard of the system covers the sheet.

import { $, button, el, fill, icon, say, toast } from "./dom.js";
import { metOf } from "./measured.js";
import { calculatedMark, isDeduction, isMeasured, isYesNo, limits, markFault, needsReason, plain, stepped } from "./rules.js";

const KEYS = ["7", "8", "9", "4", "5", "6", "1", "2", "3", ".", "0"];
const LONGEST = 9;
const SECONDS = new Set(["s", "秒", "sec"]);

export function drawPad(board) {
  const { candidate, aspect } = board;
  const cell = board.cell(candidate, aspect.code);
  const locked = board.locked(candidate, aspect) && (board.signed(candidate) ? "signed_text" : "only_asked");
  const key = JSON.stringify([candidate, aspect.code, cell.value, cell.extra, cell.conflict, locked, board.typed, board.entry(candidate).status, board.elapsed(`${candidate}\n${aspect.code}`) === null]);
  fill($("input"), [[key, () => el("div", { class: "input-part" }, el("h2", {}, `${aspect.code} ${aspect.name}`), parts(board, aspect, cell, locked))]]);
}

function parts(board, aspect, cell, locked) {
  const { status } = board.entry(board.candidate);
  if (locked) return [el("p", { class: "notice notice-success" }, say(locked))];
  if (status !== "present") return [el("p", { class: "notice notice-warning" }, say(`status_${status}`))];
  if (aspect.kind === "judgement") return [el("p", {}, say("choose_level")), [0, 1, 2, 3].map((level) => levelButton(board, aspect, cell, String(level)))];
  if (isYesNo(aspect)) return yesNo(board, aspect, cell);
  if (isMeasured(aspect) && aspect.calculation.type === "CHOICE") return [el("p", {}, say("choose_found")), aspect.calculation.choices.map((one, place) => found(board, aspect, cell, one.label, String(place)))];
  return [numberPad(board, aspect, cell)];
}

function choice(board, aspect, cell, value, mark, words) {
  const pressed = cell.value !== null && plain(cell.value) === value;
  return el("button", { id: `level-${value}`, class: "level", type: "button", "aria-pressed": String(pressed), onclick: () => board.give(aspect, value, metOf(aspect, value)) },
    el("span", { class: "level-mark" }, mark), el("span", { class: "level-word" }, words));
}

/** One of the findings of a calculation, with the points that it leaves. */
function found(board, aspect, cell, label, place) {
  const mark = calculatedMark(aspect, place);
  return el("button", { id: `level-${place}`, class: "level", type: "button", "aria-pressed": String(cell.extra?.measured === place), onclick: () => board.give(aspect, mark, { measured: place }) },
    el("span", { class: "level-mark" }, place), el("span", { class: "level-word" }, label, el("small", {}, `${mark} ${say("points")}`)));
}

function levelButton(board, aspect, cell, value) {
  const [word, ...rest] = (aspect.benchmarks[Number(value)] ?? say(`level_${value}`)).split("：");
  return choice(board, aspect, cell, value, value, rest.length ? [word, el("small", {}, rest.join("："))] : [word]);
}

function yesNo(board, aspect, cell) {
  const most = plain(limits(aspect).max);
  return [
    el("p", {}, say("choose_met")),
    choice(board, aspect, cell, most, icon("check"), [say("met"), el("small", {}, `${most} ${say("points")}`)]),
    choice(board, aspect, cell, "0", icon("x"), [say("not_met"), el("small", {}, `0 ${say("points")}`)]),
  ];
}

function numberPad(board, aspect, cell) {
  const gauge = isMeasured(aspect) ? measuredGauge(aspect, cell) : markGauge(aspect, cell);
  const shown = board.typed ?? gauge.given ?? "";
  const unfinished = shown === "" || shown.endsWith(".");
  const fault = unfinished ? null : gauge.fault(shown);
  const type = (text) => { board.typed = text.slice(0, LONGEST); board.changed(); };
  const press = (sign) => type((board.typed ?? "") === "0" && sign !== "." ? sign : `${board.typed ?? ""}${sign === "." && !board.typed ? "0." : sign}`);
  const step_ = (direction, symbol, word) => button(icon(symbol), () => type(stepped(gauge.counted, unfinished || fault ? null : shown, direction)), { id: `pad-${symbol}`, "aria-label": say(word) });
  const asked = !unfinished && fault === null && needsReason(aspect, gauge.mark(shown), board.pack.reason_band);
  const [reason, extra] = reasonOf(aspect, cell, asked);
  return [
    el("p", {}, gauge.lead),
    el("p", { class: "pad-shown", "aria-live": "polite" }, shown === "" ? "—" : shown, el("small", {}, gauge.unit)),
    isMeasured(aspect) && !unfinished && !fault
      ? el("p", { class: "pad-result", "aria-live": "polite" }, say("gives", { mark: gauge.mark(shown) }))
      : el("p", { class: "pad-fault", role: "alert" }, fault ?? hintOf(board, aspect, unfinished ? null : shown)),
    el("div", { class: "pad" },
      KEYS.map((sign) => button(sign, () => press(sign), { id: `key-${sign}` })),
      button(icon("backspace"), () => type(shown.slice(0, -1)), { id: "key-back", "aria-label": say("backspace") }),
      step_(-1, "minus", "less"), step_(1, "plus", "more"),
      SECONDS.has(aspect.unit) ? stopwatch(board, aspect, type, gauge.counted.step) : button(icon("trash"), () => board.give(aspect, null), { id: "key-clear", "aria-label": say("clear"), disabled: cell.value === null })),
    reason,
    button(say("enter"), () => (asked && !extra() ? $("reason").reportValidity() : board.give(aspect, gauge.mark(shown), gauge.extra(shown, extra()))), { id: "enter", class: "btn btn-primary", disabled: unfinished || fault !== null }),
  ];
}

/** What the pad takes where the judge gives the mark itself. */
function markGauge(aspect, cell) {
  const { max, step } = limits(aspect);
  const bounds = { max: plain(max), step: plain(step) };
  const fault = (text) => { const code = markFault(aspect, text); return code && say(code, bounds); };
  return { given: cell.value, lead: leadOf(aspect, bounds), unit: aspect.unit ?? say("points"), counted: aspect, fault, mark: plain, extra: (_, reason) => reason };
}

function leadOf(aspect, bounds) {
  return `${say("range", bounds)}${aspect.tolerance ? ` · ${say("tolerance", { value: aspect.tolerance, unit: aspect.unit ?? "" })}` : ""}`;
}

/** What the pad takes where the judge measures, and a calculation makes the mark. */
function measuredGauge(aspect, cell) {
  const { type, possible, target, difference } = aspect.calculation;
  const counts = type === "NUMBER_COMPLETED";
  return {
    given: cell.extra?.measured ?? null,
    lead: counts ? say("count_done", { all: possible }) : say("measure", { target: plain(target), unit: aspect.unit ?? "" }),
    unit: counts ? `/ ${possible}` : aspect.unit ?? "",
    counted: { kind: "measurement", max: counts ? String(possible) : "999999", step: counts ? "1" : difference ?? "0.1" },
    fault: (text) => (calculatedMark(aspect, text) === null ? say("bad_measure") : null),
    mark: (text) => calculatedMark(aspect, text),
    extra: (text, reason) => ({ ...reason, measured: plain(text) }),
  };
}

/** A mark far from one's own others is worth a second look; nobody else's marks are known here. */
function hintOf(board, aspect, shown) {
  if (aspect.kind !== "panel" || shown === null) return "";
  const own = board.pack.candidates.filter((one) => one.code !== board.candidate).map((one) => board.value(one.code, aspect.code)).filter((value) => value !== null).map(Number);
  if (own.length < 3) return "";
  const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
  return Math.abs(Number(shown) - mean) >= Number(limits(aspect).max) * 0.3 ? say("far_from_own", { mean: mean.toFixed(1) }) : "";
}

/** The field for the reason of a deduction, or of a mark outside the middle, and how to read it. */
function reasonOf(aspect, cell, asked) {
  if (!isDeduction(aspect) && !asked) return [null, () => null];
  const input = el("input", { id: "reason", class: "text-input", maxlength: "200", autocomplete: "off", required: asked, value: cell.extra?.reason ?? "" });
  return [el("p", { class: "text-field" }, el("label", { for: "reason" }, say(asked ? "reason_of_mark" : "reason")), input), () => (input.value.trim() ? { reason: input.value.trim() } : null)];
}

/** Its clock runs on when another work is shown and when the page comes anew. */
function stopwatch(board, aspect, type, step) {
  const name = `${board.candidate}\n${aspect.code}`;
  const digits = (plain(step).split(".")[1] ?? "").length;
  return button([icon("clock"), board.elapsed(name) !== null && el("span", { class: "watch-runs" }, say("runs"))], async () => {
    const seconds = await board.toggleClock(name);
    if (seconds === null) {
      toast(say("watch_started"));
      board.changed();
    } else type(seconds.toFixed(digits));
  }, { id: "key-watch", "aria-label": say("stopwatch") });
}
