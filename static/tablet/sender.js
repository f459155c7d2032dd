// Brings what waits to the server, from a page or from the worker, never from two at once. An answer counts only if it is
// JSON of our protocol that names our batch: a Wi-Fi log-in page acknowledges nothing.

import { newId, wire } from "./journal.js";

const PROTO = 1;
const PATIENCE_MS = 10_000;
const LONGEST_PAUSE_MS = 30_000;

export class Trouble extends Error {
  constructor(reason, { status = 0, retryAfter = 0 } = {}) {
    super(reason);
    this.reason = reason;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** One call to the server: {status, body, etag}; throws Trouble for whatever is not an answer of ours. */
export async function call(address, { method = "GET", token, body, type, etag } = {}) {
  const headers = { ...(token && { Authorization: `Bearer ${token}` }), ...(body && { "Content-Type": type ?? "application/json" }), ...(etag && { "If-None-Match": etag }) };
  const sentAt = Date.now();
  const answer = await fetch(address, {
    method, headers, body: body && !type ? JSON.stringify(body) : body,
    credentials: "omit", redirect: "error", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch(() => { throw new Trouble("offline"); });
  if (answer.status === 304) return { status: 304 };
  const ours = /^application\/(problem\+)?json\b/.test(answer.headers.get("Content-Type") ?? "");
  const told = ours ? await answer.json().catch(() => null) : null;
  const retryAfter = Number(answer.headers.get("Retry-After")) || 0;
  if (!answer.ok) throw new Trouble(told?.code ?? "foreign", { status: told ? answer.status : 0, retryAfter });
  if (told?.proto !== PROTO) throw new Trouble("foreign");
  return { status: answer.status, body: told, etag: answer.headers.get("ETag"), offset: clockOffset(told, sentAt) };
}

/** Milliseconds to add to this tablet's clock to have the server's. */
function clockOffset(told, sentAt) {
  return told.server_time ? Math.round(Date.parse(told.server_time) - (sentAt + Date.now()) / 2) : null;
}

export class Sender {
  /** `tell({type, …})` says what happens: login, retry, settled, merged, synced. */
  constructor(journal, { root = "/api/v1/tablet", build = "", lock = "tablet-sender", tell = () => {}, repeat = true } = {}) {
    Object.assign(this, { journal, root, build, lock, tell, repeat });
    this.failures = 0;
    this.timer = null;
  }

  /** Send all that waits, then bring the snapshot: {left, blocked}. Never throws; trouble is told and tried again. */
  async flush({ snapshot = false } = {}) {
    clearTimeout(this.timer);
    const run = async (held) => {
      if (held === null) return this.again(1000, { left: 0, busy: true });
      try {
        const outcome = await this.sendAll(snapshot);
        this.failures = 0;
        return outcome;
      } catch (trouble) {
        return this.failed(trouble);
      }
    };
    return navigator.locks ? navigator.locks.request(this.lock, { ifAvailable: true }, run) : run({});
  }

  /** At once, whatever the pause was: something happened that may have brought the connection back. */
  nudge(wishes) {
    this.failures = 0;
    return this.flush(wishes);
  }

  async failed(trouble) {
    this.failures += 1;
    const pause = Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** Math.min(this.failures, 5)) * (0.5 + Math.random() / 2);
    const wait = Math.max(1000 * (trouble.retryAfter ?? 0), pause);
    this.tell({ type: "retry", reason: trouble.reason ?? String(trouble), wait });
    return this.again(wait, { left: (await this.journal.waiting()).length, trouble: trouble.reason ?? String(trouble) });
  }

  again(wait, outcome) {
    if (this.repeat) this.timer = setTimeout(() => this.flush(), wait);
    return outcome;
  }

  async sendAll(snapshot) {
    const current = await this.journal.get("seat");
    const seats = new Set([current, ...(await this.journal.waiting()).map((op) => op.seat)]);
    let blocked = false;
    for (const seat of seats) {
      if (seat && !(await this.sendSeat(seat, seat === current, snapshot)) && seat === current) blocked = true;
    }
    const left = (await this.journal.waiting()).filter((op) => op.seat === current).length;
    if (!blocked) this.tell({ type: "synced", left });
    return { left, blocked };
  }

  /** Whether the seat's right to send holds; a former judge's acts go up under his own. */
  async sendSeat(seat, shown, snapshot) {
    const grant = ((await this.journal.get("grants")) ?? {})[seat];
    if (!grant?.token) return this.loginWanted(shown);
    try {
      let stale = snapshot;
      let moved = false;
      for (let batch; (batch = await this.journal.take(seat, grant.device_id)).length; moved = true) stale = (await this.sendBatch(grant, batch)) || stale;
      await this.sendPhotos(grant, seat);
      if (shown && snapshot && !moved) await this.sendBatch(grant, []);
      if (shown && (stale || !(await this.journal.get(`etag\n${seat}`)) || (moved && (await this.journal.get(`asked\n${seat}`))))) await this.fetchPack(grant, seat);
      return true;
    } catch (trouble) {
      if (trouble.status !== 401) throw trouble;
      await this.journal.drop(seat, grant.token);
      return this.loginWanted(shown);
    }
  }

  loginWanted(shown) {
    if (shown) this.tell({ type: "login" });
    return false;
  }

  /**
   * Whether the answer makes the pack stale: a mark that was taken changes nothing that this tablet does not know.
   * An empty batch only says that this tablet is there, with nothing unsent.
   */
  async sendBatch(grant, batch) {
    const batch_id = newId();
    const { body, offset } = await call(`${this.root}/ops`, {
      method: "POST", token: grant.token,
      body: { proto: PROTO, batch_id, clock_offset_ms: (await this.journal.get("clock_offset")) ?? null, device: await this.report(batch), ops: batch.map(wire) },
    });
    if (body.batch_id !== batch_id) throw new Trouble("foreign");
    const answered = await this.journal.settle(body.results, grant.device_id);
    if (batch.length && !answered.length) throw new Trouble("no_progress");
    await this.journal.put("clock_offset", offset);
    await this.journal.put("last_sent", Date.now());
    if (await this.journal.lostOnServer(grant.device_id, body.device.ops_seen, body.epoch)) await this.journal.requeue();
    if (batch.length) this.tell({ type: "settled", cells: answered });
    const plainly = ({ status }) => status === "applied" || status === "same";
    return body.conflicts.length > 0 || !body.results.every(plainly) || batch.some(({ kind }) => kind === "sign" || kind === "flag");
  }

  async sendPhotos(grant, seat) {
    for (const photo of await this.journal.db.getAll("photos")) {
      if (photo.sent || photo.seat !== seat) continue;
      const about = new URLSearchParams({ id: photo.id, candidate: photo.candidate, aspect: photo.aspect ?? "", taken_at: photo.taken_at });
      let refused = null;
      await call(`${this.root}/photos?${about}`, { method: "POST", token: grant.token, type: photo.blob.type, body: photo.blob }).catch((trouble) => {
        if (![400, 409, 413, 415, 422].includes(trouble.status)) throw trouble;
        refused = trouble.reason;
      });
      await this.journal.db.put("photos", { ...photo, blob: refused ? photo.blob : null, sent: true, refused });
    }
  }

  async fetchPack(grant, seat) {
    const known = await this.journal.get(`etag\n${seat}`);
    const { status, body, etag, offset } = await call(`${this.root}/pack`, { token: grant.token, etag: known });
    if (status === 304) return;
    await this.journal.put("clock_offset", offset);
    if (body.device && (await this.journal.lostOnServer(grant.device_id, body.device.ops_seen, body.epoch))) {
      await this.journal.requeue();
      return this.sendSeat(seat, true, true);
    }
    await this.journal.merge(seat, body);
    await this.journal.put(`etag\n${seat}`, etag);
    this.tell({ type: "merged" });
  }

  /** What the chief judge's page shows of this tablet once the server has taken the batch. */
  async report(batch) {
    const sent = new Set(batch.map((op) => op.op_id));
    const waiting = (await this.journal.waiting()).filter((op) => !sent.has(op.op_id));
    return {
      label: (await this.journal.get("label")) ?? null,
      pending: waiting.length,
      oldest_pending_at: waiting.length ? Math.min(...waiting.map((op) => op.client_ts)) : null,
      build: this.build,
      persisted: (await this.journal.get("persisted")) ?? false,
    };
  }
}
