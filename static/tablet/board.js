// What the page of one seat knows: the pack, its cells and ops, which work and which aspect is open. Decides what may be
// marked and in which state each mark is; draws nothing.

import { TIME, cellKey, isWaiting } from "./journal.js";
import { isDeduction } from "./rules.js";

const MOST_UNDONE = 50;
const REST_MS = 250;

export class Board {
  /** `changed()` after every change of what is shown; `kept()` or `failed(error)` once this tablet has kept an act, or could not. */
  constructor(journal, { changed, kept, failed }) {
    Object.assign(this, { journal, changed, kept, failed, seat: null, pack: null, aspects: [], cells: new Map(), ops: new Map(), foreign: 0 });
    Object.assign(this, { candidate: null, aspect: null, typed: null, undone: [], resting: 0, loads: 0, loading: false, clocks: {}, summaries: new Map() });
  }

  /** Read all from the tablet's store; of overlapping reads only the last counts. */
  async load() {
    this.loads += 1;
    this.loading = true;
    const mine = this.loads;
    const seat = (await this.journal.get("seat")) ?? null;
    const pack = seat && ((await this.journal.get(`pack\n${seat}`)) ?? null);
    const grant = seat && ((await this.journal.get("grants")) ?? {})[seat];
    const clocks = (await this.journal.get("clocks")) ?? {};
    const { cells, ops, foreign } = await this.journal.view(seat);
    if (mine !== this.loads) return;
    this.loading = false;
    if (seat !== this.seat) Object.assign(this, { candidate: null, aspect: null, typed: null, undone: [] });
    Object.assign(this, { seat, pack, cells, foreign, grant, clocks, summaries: new Map() });
    this.ops = new Map();
    for (const op of ops) this.ops.set(op.cell, [...(this.ops.get(op.cell) ?? []), op]);
    if (pack) this.aspects = pack.scheme.modules.flatMap((module) => module.criteria.flatMap((criterion) => criterion.aspects));
    if (pack && !this.entry(this.candidate)) this.open((pack.candidates.find((one) => !this.signed(one.code) && one.status === "present") ?? pack.candidates[0])?.code);
    else if (this.aspect) this.aspect = this.aspects.find((one) => one.code === this.aspect.code) ?? this.aspects[0];
    this.changed();
  }

  entry(code) {
    return this.pack?.candidates.find((one) => one.code === code);
  }

  cell(candidate, aspect) {
    return this.cells.get(cellKey(this.seat, candidate, aspect)) ?? { rev: 0, value: null };
  }

  value(candidate, aspect) {
    return this.cell(candidate, aspect).value;
  }

  waiting() {
    return [...this.ops.values()].flat().filter(isWaiting);
  }

  conflicts() {
    return [...this.cells.values()].filter((cell) => cell.conflict);
  }

  /** none, saved (on this tablet), sent, conflict, held or rejected. */
  state(candidate, aspect) {
    const cell = this.cell(candidate, aspect);
    if (cell.conflict) return "conflict";
    if ((this.ops.get(cellKey(this.seat, candidate, aspect)) ?? []).some(isWaiting)) return "saved";
    if (cell.held) return "held";
    if (cell.error) return "rejected";
    return cell.value === null ? "none" : "sent";
  }

  /** Also by a signature that still waits here, as long as nothing stands against it. */
  signed(candidate) {
    if (this.value(candidate, null) === null) return false;
    return this.state(candidate, null) !== "saved" || !this.quarrels(candidate).length;
  }

  /** Whether the chief judge has asked for this mark again, and this tablet holds no answer that is still to be sent. */
  asked(candidate, aspect) {
    const open = this.pack.remarks?.some((one) => one.candidate === candidate && one.aspect === aspect.code);
    return Boolean(open) && this.state(candidate, aspect.code) !== "saved";
  }

  /** Whether this mark may not be changed: the sheet is signed, or open only for other marks that were asked for again. */
  locked(candidate, aspect) {
    const only = this.entry(candidate)?.only;
    return this.signed(candidate) || Boolean(only && !only.includes(aspect.code));
  }

  /** {done, state} of a work: how many of its aspects are marked, and the gravest state among all its marks. */
  summary(candidate) {
    if (!this.summaries.has(candidate)) {
      const states = new Set([...this.aspects.map((aspect) => this.state(candidate, aspect.code)), this.state(candidate, null)]);
      const state = states.has("conflict") || states.has("rejected") ? "conflict" : states.has("saved") ? "saved" : this.signed(candidate) ? "signed" : "";
      this.summaries.set(candidate, { done: this.aspects.length - this.unmarked(candidate).length, state });
    }
    return this.summaries.get(candidate);
  }

  marked(candidate, aspect) {
    return isDeduction(aspect) || this.value(candidate, aspect.code) !== null;
  }

  unmarked(candidate) {
    return this.aspects.filter((aspect) => !this.marked(candidate, aspect));
  }

  /** Aspects of a work that stand against signing: conflicts and refused marks. */
  quarrels(candidate) {
    return this.aspects.filter((aspect) => ["conflict", "rejected"].includes(this.state(candidate, aspect.code)));
  }

  maySign(candidate) {
    return !this.signed(candidate) && this.entry(candidate)?.status === "present" && !this.unmarked(candidate).length && !this.quarrels(candidate).length;
  }

  open(candidate, aspect) {
    this.candidate = candidate;
    this.aspect = aspect ?? this.unmarked(candidate)[0] ?? this.aspects.find((one) => this.asked(candidate, one)) ?? this.aspects[0];
    this.typed = null;
  }

  show(candidate, aspect) {
    this.open(candidate, aspect);
    this.changed();
  }

  /** Keep a mark and go on to the next aspect; the input rests a moment, lest a bouncing tap marks that one too. */
  async give(aspect, value, extra = null) {
    if (performance.now() < this.resting || this.locked(this.candidate, aspect)) return;
    const before = this.cell(this.candidate, aspect.code);
    this.resting = performance.now() + REST_MS;
    const other = JSON.stringify(extra) !== JSON.stringify(before.extra ?? null);
    if (before.value !== value || before.conflict || before.error || other || this.asked(this.candidate, aspect)) {
      await this.keep({ candidate: this.candidate, aspect: aspect.code, kind: value === null ? "clear" : "set", value, extra });
      this.remember(aspect.code, before);
      this.typed = null;
    }
    this.resting = performance.now() + REST_MS;
    if (value !== null) this.advance(aspect);
  }

  /** One step up or down, staying on the aspect. */
  async step(aspect, value) {
    if (performance.now() < this.resting || this.locked(this.candidate, aspect)) return;
    const before = this.cell(this.candidate, aspect.code);
    await this.keep({ candidate: this.candidate, aspect: aspect.code, kind: "set", value, extra: before.extra ?? null });
    this.remember(aspect.code, before);
    this.typed = null;
    this.changed();
  }

  remember(aspect, before) {
    this.undone = [...this.undone, { candidate: this.candidate, aspect, value: before.value, extra: before.extra ?? null }].slice(-MOST_UNDONE);
  }

  advance(aspect) {
    const place = this.aspects.findIndex((one) => one.code === aspect.code);
    const round = [...this.aspects.slice(place + 1), ...this.aspects.slice(0, place)];
    this.aspect = round.find((one) => !this.marked(this.candidate, one)) ?? this.aspects[place];
    this.typed = null;
    this.changed();
  }

  async undo() {
    const last = this.undone.pop();
    if (!last) return;
    await this.keep({ candidate: last.candidate, aspect: last.aspect, kind: last.value === null ? "clear" : "set", value: last.value, extra: last.extra });
    this.show(last.candidate, this.aspects.find((one) => one.code === last.aspect));
  }

  async keep(act) {
    const { seat } = this;
    let made;
    try {
      made = await this.journal.record(seat, act);
    } catch (error) {
      this.failed(error);
      throw error;
    }
    // The act itself, and the sheet's signature where the act took it back.
    const { key, unsigned } = made;
    if (seat === this.seat) this.hold(key, made);
    await this.reread(unsigned ? [unsigned] : []);
    navigator.vibrate?.(12);
    this.kept(unsigned ? [key, unsigned] : [key]);
  }

  hold(key, { cell, ops }) {
    if (cell) this.cells.set(key, cell);
    this.ops.set(key, ops);
    this.summaries.delete(key.slice(this.seat.length + 1).split("\n")[0]);
  }

  /** Read these cells again, with their ops; those of another seat are only counted, by reading all. */
  async reread(keys) {
    const { seat } = this;
    if (!keys.every((key) => key.startsWith(`${seat}\n`))) return this.load();
    const found = await Promise.all(keys.map((key) => this.journal.peek(key)));
    if (seat !== this.seat) return;
    for (const [place, read] of found.entries()) this.hold(keys[place], read);
    // What is being read may be older than this act.
    if (this.loading) this.load();
  }

  // --- clocks: one for how long a work took, one for each aspect that is measured in seconds ---------------------------

  /** Seconds on a clock that runs here, null where none does. */
  elapsed(name) {
    const startedAt = this.clocks[`${this.seat}\n${name}`];
    return startedAt === undefined ? null : Math.max(0, Date.now() - startedAt) / 1000;
  }

  /** Start a clock, or stop the one that runs: its seconds. It goes on from `seconds`. */
  async toggleClock(name, seconds = 0) {
    const elapsed = this.elapsed(name);
    this.clocks = await this.journal.setClock(`${this.seat}\n${name}`, elapsed === null ? Date.now() - 1000 * seconds : null);
    return elapsed;
  }

  /** How long a work took, as last stopped on this tablet or known by the server: seconds, null where nobody timed it. */
  workingTime(candidate) {
    const value = this.value(candidate, TIME);
    return value === null ? null : Number(value);
  }

  /** Start the clock of a work, or stop it and keep the time. */
  async timeWork(candidate) {
    const elapsed = await this.toggleClock(candidate, this.workingTime(candidate) ?? 0);
    if (elapsed !== null) await this.keepTime(candidate, Math.round(elapsed));
    this.changed();
  }

  async keepTime(candidate, seconds) {
    await this.keep({ candidate, aspect: null, kind: "time", value: seconds === null ? null : String(seconds) });
    this.changed();
  }
}
