// How long the open work took: started and stopped by one button or the key T, and running on through a reload.

import { $, button, el, fill, icon, quiet, say } from "./dom.js";
import { TIME } from "./journal.js";

let ticking = null;

/** "1:05:30" of seconds. */
export function clockText(seconds) {
  const whole = Math.floor(seconds);
  const two = (number) => String(number).padStart(2, "0");
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

/** Draws into the head of the sheet, where the assessment is timed. */
export function drawTimer(board) {
  clearInterval(ticking);
  const place = $("timer");
  if (!place) return;
  const { candidate } = board;
  const runs = board.elapsed(candidate) !== null;
  const known = board.workingTime(candidate);
  const shown = () => clockText(board.elapsed(candidate) ?? known ?? 0);
  const state = board.state(candidate, TIME);
  fill(place, [[JSON.stringify([candidate, runs, known, state]), () => el("div", { class: "timer-parts" },
    el("span", {}, say("working_time")),
    el("span", { id: "timer-shown", role: "timer", class: "timer-shown" }, shown()),
    state === "held" && el("span", { class: "flag-bad" }, say("held")),
    state === "saved" && quiet(say("saved_here")),
    button([icon("clock"), el("span", {}, say(runs ? "timer_stop" : known === null ? "timer_start" : "timer_on"))], () => board.timeWork(candidate), { id: "timer-go", class: `btn push${runs ? " btn-called" : ""}`, "aria-keyshortcuts": "t" }),
    !runs && known !== null && button(icon("trash"), () => board.keepTime(candidate, null), { id: "timer-clear", "aria-label": say("timer_clear") }))]]);
  if (runs) ticking = setInterval(() => { $("timer-shown").textContent = shown(); }, 1000);
}
