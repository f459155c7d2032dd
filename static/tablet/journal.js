// What this tablet keeps: acts of judges until the server has acknowledged them, cells as the page shows them, and the
// acknowledged acts of the last seven days. Every step is one strict transaction; nothing here draws, sends or decides.

import { openDB } from "../vendor/idb/index.js";

const UTF8 = new TextEncoder();
const STRICT = { durability: "strict" };
const MOST_OPS = 40;
const MOST_BYTES = 40_000;
const KEPT_MS = 7 * 24 * 3600 * 1000;
const WIRE = ["op_id", "seq", "assessment", "judge", "candidate", "aspect", "kind", "value", "base_rev", "client_ts", "resolves", "extra"];
// The server keeps no row of these, so they are not among the ops that it says to have seen.
const NOT_STORED = ["malformed", "key_reuse"];

/** A seat as one judge holds it: whoever is substituted for him has another key, and never sends what he left. */
export const seatKey = ({ assessment, judge, holder = 0 }) => `${assessment}\n${judge}\n${holder}`;
export const cellKey = (seat, candidate, aspect) => `${seat}\n${candidate}\n${aspect ?? ""}`;
/** Where a sheet's aspect would stand, for how long the entry worked: of the entry, not of an aspect. */
export const TIME = "\ntime";
export const isWaiting = (op) => op.state === "open" || op.state === "sent";

/** A UUID also where the page came over plain HTTP, in a hall's own network. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export class Journal {
  static async open(name = "tablet") {
    const db = await openDB(name, 1, {
      upgrade(made) {
        const ops = made.createObjectStore("ops", { keyPath: "op_id" });
        ops.createIndex("cell", "cell");
        ops.createIndex("seq", "seq");
        made.createObjectStore("cells", { keyPath: "cell" });
        const journal = made.createObjectStore("journal", { keyPath: "op_id" });
        journal.createIndex("acked_at", "acked_at");
        journal.createIndex("stored_by", "stored_by");
        made.createObjectStore("photos", { keyPath: "id" });
        made.createObjectStore("kv");
      },
      blocking() {
        db.close();
      },
    });
    return new Journal(db);
  }

  constructor(db) {
    this.db = db;
  }

  get(key) {
    return this.db.get("kv", key);
  }

  put(key, value) {
    return this.db.put("kv", value, key);
  }

  /** This tablet's own id, made once. */
  async deviceId() {
    const tx = this.db.transaction("kv", "readwrite", STRICT);
    const id = (await tx.store.get("device_id")) ?? newId();
    await tx.store.put(id, "device_id");
    await tx.done;
    return id;
  }

  /** Remember the right to send for a seat, and make it the one that is marked now. */
  async admit(grant) {
    const seat = seatKey(grant.seat);
    const tx = this.db.transaction("kv", "readwrite", STRICT);
    const grants = (await tx.store.get("grants")) ?? {};
    await tx.store.put({ ...grants, [seat]: { ...grant, key: seat } }, "grants");
    await tx.store.put(seat, "seat");
    await tx.done;
    return seat;
  }

  /** Forget a token that the server no longer takes, unless it has been renewed meanwhile; the seat stays known. */
  async drop(seat, token) {
    const tx = this.db.transaction("kv", "readwrite", STRICT);
    const grants = (await tx.store.get("grants")) ?? {};
    if (grants[seat]?.token === token) await tx.store.put({ ...grants, [seat]: { ...grants[seat], token: null } }, "grants");
    await tx.done;
  }

  /**
   * Keep one act. Only when this resolves may the page say that it is saved on this tablet.
   *
   * An act that was never sent is rewritten in place; one that was sent never changes again. A mark given with a conflict
   * in view settles it; a mark takes back a signature of its sheet that has not been sent.
   */
  async record(seat, act) {
    const [assessment, judge] = seat.split("\n");
    const tx = this.db.transaction(["ops", "cells", "journal", "kv"], "readwrite", STRICT);
    const [ops, cells, journal, kv] = ["ops", "cells", "journal", "kv"].map((name) => tx.objectStore(name));
    const id = newId();
    const key = cellKey(seat, act.candidate, act.kind === "flag" ? `\n${id}` : act.kind === "time" ? TIME : act.aspect);
    const marks = act.kind === "set" || act.kind === "clear";
    // All reads at once: a judge waits for each round to the store.
    const [known, earlier, last, signing] = await Promise.all([
      cells.get(key), ops.index("cell").getAll(key), kv.get("seq"), marks ? openSignature(ops, seat, act.candidate) : null,
    ]);
    const cell = known ?? { cell: key, seat, candidate: act.candidate, aspect: act.aspect, rev: 0, value: null };
    const writes = [];
    let op = earlier.find((one) => one.state === "open");
    if (!op) {
      const seq = (last ?? 0) + 1;
      writes.push(kv.put(seq, "seq"));
      op = { op_id: id, seq, assessment, judge, seat, cell: key, state: "open", resolves: [], device: null };
    }
    Object.assign(op, { candidate: act.candidate, aspect: act.aspect, kind: act.kind, value: act.value, extra: act.extra ?? null, base_rev: cell.rev, client_ts: Date.now() });
    if (cell.conflict) op.resolves = [...new Set([...op.resolves, ...cell.conflict.ops])];
    if (signing) {
      await ops.delete(signing.op_id);
      await cells.put({ ...(await cells.get(signing.cell)), value: null });
    }
    const settled = earlier.filter((one) => one.state === "rejected" || one.state === "conflict");
    if (settled.length) {
      const stored = await countsOf(kv, journal);
      for (const one of settled) await retire({ ops, journal, stored }, one, one.device);
      await kv.put(stored, "stored");
    }
    writes.push(ops.put(op));
    const shown = act.kind === "flag" ? known : { ...cell, value: act.value, extra: op.extra, conflict: null, held: null, error: null };
    if (act.kind !== "flag") writes.push(cells.put(shown));
    await Promise.all([...writes, tx.done]);
    return { op, key, cell: shown, ops: [...earlier.filter((one) => one !== op && !settled.includes(one)), op], unsigned: signing?.cell };
  }

  /** The next batch of a seat, frozen: in order, at most one op of a cell, a signature after all marks of its sheet. */
  async take(seat, device) {
    const tx = this.db.transaction("ops", "readwrite", STRICT);
    const own = (await tx.store.index("seq").getAll()).filter((op) => op.seat === seat);
    const underway = new Set(own.filter((op) => op.state === "sent").map((op) => op.cell));
    const batch = [];
    let bytes = 0;
    for (const op of own.filter(isWaiting)) {
      if (op.state === "open" && underway.has(op.cell)) continue;
      if (op.kind === "sign" && own.some((one) => one.candidate === op.candidate && (one.kind === "set" || one.kind === "clear"))) continue;
      const size = UTF8.encode(JSON.stringify(op)).length;
      if (batch.length === MOST_OPS || (batch.length && bytes + size > MOST_BYTES)) break;
      bytes += size;
      op.state = "sent";
      op.device ??= device;
      await tx.store.put(op);
      batch.push(op);
    }
    await tx.done;
    return batch;
  }

  /** Write down what the server made of a batch; the cells of those ops that were answered. */
  async settle(results, device) {
    const tx = this.db.transaction(["ops", "cells", "journal", "kv"], "readwrite", STRICT);
    const [ops, cells, journal, kv] = ["ops", "cells", "journal", "kv"].map((name) => tx.objectStore(name));
    const stored = await countsOf(kv, journal);
    const answered = [];
    for (const result of results) {
      const op = await ops.get(result.op_id);
      if (!op) continue;
      answered.push(op.cell);
      const by = result.duplicate ? op.device : device;
      const cell = await cells.get(op.cell);
      const next = (await ops.index("cell").getAll(op.cell)).find((one) => one.state === "open");
      if (result.status === "conflict") {
        await ops.put({ ...op, state: "conflict", device: by });
        await cells.put({ ...cell, rev: result.current.rev, conflict: { ...cell.conflict, other: result.current, ops: [...new Set([...(cell.conflict?.ops ?? []), op.op_id])] } });
        continue;
      }
      if (result.status === "rejected" && op.kind !== "flag" && op.kind !== "sign") {
        await ops.put({ ...op, state: "rejected", code: result.code, device: by });
        if (!next) await cells.put({ ...cell, error: result.code });
        continue;
      }
      await retire({ ops, journal, stored }, { ...op, state: result.status, code: result.code }, by);
      if (!cell) continue;
      const rev = Math.max(cell.rev, result.rev ?? 0);
      if (next && rev > next.base_rev) await ops.put({ ...next, base_rev: rev });
      if (op.kind === "sign") await cells.put({ ...cell, ...signature(op, result) });
      else if (result.status === "held") await cells.put({ ...cell, rev, held: { value: op.value, code: result.code }, ...(next ? {} : result.current) });
      else await cells.put({ ...cell, rev, error: null, synced_at: Date.now() });
    }
    await kv.put(stored, "stored");
    await tx.done;
    return answered;
  }

  /**
   * Take the server's snapshot of a seat: for every cell without unsent or conflicting work of this tablet it is the truth.
   * To be called only when everything that the server answered has been settled.
   */
  async merge(seat, pack) {
    const tx = this.db.transaction(["ops", "cells", "journal", "kv"], "readwrite", STRICT);
    const [ops, cells, journal, kv] = ["ops", "cells", "journal", "kv"].map((name) => tx.objectStore(name));
    const stored = await countsOf(kv, journal);
    const open = new Map();
    for (const one of pack.conflicts) {
      const key = cellKey(seat, one.candidate, one.aspect);
      open.set(key, [...(open.get(key) ?? []), one]);
    }
    const busy = new Set();
    const own = new Set();
    for (const op of (await ops.getAll()).filter((one) => one.seat === seat)) {
      if (op.state === "conflict" && !pack.conflicts.some((one) => one.op_id === op.op_id)) await retire({ ops, journal, stored }, op, op.device);
      else if (op.state !== "rejected") busy.add(op.cell);
      own.add(op.op_id);
    }
    const told = new Map(pack.cells.map((one) => [cellKey(seat, one.candidate, one.aspect), one]));
    for (const one of pack.candidates) if (one.signed) told.set(cellKey(seat, one.code, null), { candidate: one.code, aspect: null, rev: 0, value: one.digest ?? "signed" });
    if (pack.timed) for (const one of pack.candidates) told.set(cellKey(seat, one.code, TIME), { candidate: one.code, aspect: null, rev: 0, value: one.duration_s === null ? null : String(one.duration_s) });
    const known = (await cells.getAll()).filter((one) => one.seat === seat);
    for (const key of new Set([...told.keys(), ...known.map((one) => one.cell)])) {
      const before = known.find((one) => one.cell === key);
      const quarrel = open.get(key);
      if (busy.has(key)) {
        // What another tablet brought against this cell is shown beside the own conflict, and settled by the same choice.
        if (before?.conflict && quarrel) await cells.put({ ...before, conflict: { ...before.conflict, more: quarrel.filter((one) => !own.has(one.op_id)), ops: quarrel.map((one) => one.op_id) } });
        continue;
      }
      const [candidate, aspect] = key.slice(seat.length + 1).split("\n");
      const now = told.get(key) ?? { candidate, aspect: aspect || null, rev: 0, value: null };
      const conflict = quarrel ? { other: { ...quarrel.at(-1), at: quarrel.at(-1).client_ts }, more: quarrel.slice(0, -1), mine: now.value, ops: quarrel.map((one) => one.op_id) } : null;
      const kept = before && before.value === now.value ? { held: before.held, error: before.error, extra: before.extra } : {};
      await cells.put({ cell: key, seat, held: null, error: null, extra: null, ...kept, ...now, conflict, synced_at: Date.now() });
    }
    await kv.put(stored, "stored");
    await kv.put(pack, `pack\n${seat}`);
    await kv.put(pack.remarks.length > 0, `asked\n${seat}`);
    await tx.done;
  }

  /** Whether the server has fewer ops of this tablet than it acknowledged; a shortfall that sending again did not mend counts once. */
  async lostOnServer(device, seen, epoch) {
    const [stored, ops] = await Promise.all([this.get("stored"), this.db.getAll("ops")]);
    const kept = ops.filter((op) => !isWaiting(op) && storedBy(op, op.device) === device).length;
    const acknowledged = (stored?.[device] ?? 0) + kept;
    const moved = epoch !== ((await this.get("epoch")) ?? epoch);
    await this.put("epoch", epoch);
    const shortfall = seen < acknowledged ? `${device} ${acknowledged - seen}` : null;
    const known = (await this.get("shortfall")) ?? null;
    await this.put("shortfall", shortfall);
    return moved || (shortfall !== null && shortfall !== known);
  }

  /** Send everything again that was ever acknowledged: what the server still has it answers as the first time. */
  async requeue() {
    const tx = this.db.transaction(["ops", "journal", "kv"], "readwrite", STRICT);
    const stored = await countsOf(tx.objectStore("kv"), tx.objectStore("journal"));
    for (const op of await tx.objectStore("journal").getAll()) {
      await tx.objectStore("ops").put({ ...op, state: "sent" });
      await tx.objectStore("journal").delete(op.op_id);
      if (op.stored_by) stored[op.stored_by] -= 1;
    }
    await tx.objectStore("kv").put(stored, "stored");
    for (const op of await tx.objectStore("ops").getAll()) if (op.state === "conflict") await tx.objectStore("ops").put({ ...op, state: "sent" });
    await tx.done;
  }

  /** Forget acknowledged acts after seven days; their number stays counted. */
  async prune() {
    const tx = this.db.transaction(["journal", "kv"], "readwrite", STRICT);
    await tx.objectStore("kv").put(await countsOf(tx.objectStore("kv"), tx.objectStore("journal")), "stored");
    for (const id of await tx.objectStore("journal").index("acked_at").getAllKeys(IDBKeyRange.upperBound(Date.now() - KEPT_MS))) await tx.objectStore("journal").delete(id);
    await tx.done;
  }

  /** The clocks that run on this tablet, each with the moment from which it counts: they run on through a reload. */
  async setClock(name, startedAt) {
    const tx = this.db.transaction("kv", "readwrite", STRICT);
    const { [name]: _, ...others } = (await tx.store.get("clocks")) ?? {};
    const clocks = startedAt === null ? others : { ...others, [name]: startedAt };
    await tx.store.put(clocks, "clocks");
    await tx.done;
    return clocks;
  }

  async waiting() {
    return (await this.db.getAllFromIndex("ops", "seq")).filter(isWaiting);
  }

  /** All that the page of a seat draws from: cells and own ops; and how many acts of other seats wait here. */
  async view(seat) {
    const [cells, ops] = await Promise.all([this.db.getAll("cells", IDBKeyRange.bound(`${seat}\n`, `${seat}\n\uffff`)), this.db.getAllFromIndex("ops", "seq")]);
    return {
      cells: new Map(cells.map((cell) => [cell.cell, cell])),
      ops: ops.filter((op) => op.seat === seat),
      foreign: ops.filter((op) => op.seat !== seat && isWaiting(op)).length,
    };
  }

  /** One cell as the page shows it, with its ops. */
  async peek(key) {
    const [cell, ops] = await Promise.all([this.db.get("cells", key), this.db.getAllFromIndex("ops", "cell", key)]);
    return { cell, ops };
  }

  /** Everything, for the last resort: a file that can be carried by hand. What goes into it counts as sent and never changes. */
  async everything() {
    const grants = (await this.get("grants")) ?? {};
    const device_id = await this.deviceId();
    const tx = this.db.transaction(["ops", "journal"], "readwrite", STRICT);
    const ops = await tx.objectStore("ops").index("seq").getAll();
    for (const op of ops.filter((one) => one.state === "open")) {
      Object.assign(op, { state: "sent", device: op.device ?? grants[op.seat]?.device_id ?? device_id });
      await tx.objectStore("ops").put(op);
    }
    const journal = await tx.objectStore("journal").getAll();
    await tx.done;
    return { format: "qzcompete/tablet@1", device_id, ops, journal };
  }
}

export const wire = (op) => Object.fromEntries(WIRE.map((name) => [name, op[name]]));

async function openSignature(ops, seat, candidate) {
  return (await ops.index("cell").getAll(cellKey(seat, candidate, null))).find((one) => one.state === "open");
}

/** An act is done with: out of what waits, into the journal, and counted for the device under which the server has it. */
async function retire({ ops, journal, stored }, op, device) {
  const by = storedBy(op, device);
  await ops.delete(op.op_id);
  await journal.put({ ...op, device, stored_by: by, acked_at: Date.now() });
  if (by) stored[by] = (stored[by] ?? 0) + 1;
}

/** How many acts of each device the server has acknowledged; counted one by one only where no count was kept before. */
async function countsOf(kv, journal) {
  const known = await kv.get("stored");
  if (known) return { ...known };
  const counts = { ...((await kv.get("pruned")) ?? {}) };
  for (const { stored_by: by } of await journal.getAll()) if (by) counts[by] = (counts[by] ?? 0) + 1;
  return counts;
}

/** The device under which the server counts this op, none where it keeps no row of it. */
function storedBy(op, device) {
  return NOT_STORED.includes(op.code) ? undefined : device;
}

function signature(op, result) {
  if (result.status === "applied" || result.status === "same") return { error: null, synced_at: Date.now() };
  return { value: null, error: result.code };
}
