// Sends ops in order, a batch at a time, until the server has answered each. An answer counts only if it is ours.

const PROTO = 1;
const MOST = 40;
const PATIENCE = 10_000;

export class Queue {
  /** `tell(ops, results)` is called after each answered batch, `show()` after each change of the state. */
  constructor(start, tell, show) {
    this.start = start;
    this.tell = tell;
    this.show = show;
    this.waiting = [];
    this.sending = false;
    this.trouble = null;
    this.pause = 1000;
    this.seq = 0;
    this.clockOffset = 0;
    addEventListener("online", () => this.flush());
    document.addEventListener("visibilitychange", () => this.flush());
    addEventListener("beforeunload", (event) => {
      if (this.waiting.length) event.preventDefault();
    });
  }

  /** Put an op at the end; one that was never sent is replaced by a later one of its cell. */
  add(op) {
    const place = this.waiting.findIndex((other) => !other.sent && op.kind !== "sign" && sameCell(other, op));
    this.seq += 1;
    const made = { op_id: crypto.randomUUID(), seq: this.seq, client_ts: Date.now(), resolves: [], extra: null, ...op };
    if (place >= 0) {
      made.base_rev = this.waiting[place].base_rev;
      this.waiting.splice(place, 1);
    }
    this.waiting.push(made);
    this.show();
    this.flush();
  }

  async flush() {
    if (this.sending || !this.waiting.length) return;
    this.sending = true;
    clearTimeout(this.timer);
    try {
      while (this.waiting.length) await this.sendBatch();
      this.trouble = null;
      this.pause = 1000;
    } catch (error) {
      this.trouble = error.reason ?? "offline";
      if (this.trouble !== "grant_gone") {
        this.timer = setTimeout(() => this.flush(), this.pause * (0.75 + Math.random() / 2));
        this.pause = Math.min(this.pause * 2, 30_000);
      }
    } finally {
      this.sending = false;
      this.show();
    }
  }

  async sendBatch() {
    const ops = this.take();
    for (const op of ops) op.sent = true;
    const batch = {
      proto: PROTO,
      batch_id: crypto.randomUUID(),
      clock_offset_ms: this.clockOffset,
      device: { label: navigator.platform, pending: this.waiting.length, oldest_pending_at: ops[0].client_ts, build: "1", persisted: false },
      ops: ops.map(({ sent, ...op }) => op),
    };
    const answer = await ask(this.start.urls.ops, this.start.token, batch);
    if (answer.proto !== PROTO || answer.batch_id !== batch.batch_id) throw fault("foreign");
    this.clockOffset = Date.parse(answer.server_time) - Date.now();
    const results = new Map(answer.results.map((result) => [result.op_id, result]));
    const done = ops.filter((op) => results.has(op.op_id));
    if (!done.length) throw fault("no_progress");
    this.waiting = this.waiting.filter((op) => !results.has(op.op_id));
    this.tell(done, results);
    this.show();
  }

  /** The oldest ops, at most one of each cell; a signature only when nothing of its sheet waits before it. */
  take() {
    const taken = [];
    for (const op of this.waiting) {
      if (taken.length === MOST || taken.some((other) => sameCell(other, op))) break;
      taken.push(op);
    }
    return taken;
  }
}

function sameCell(one, other) {
  return one.candidate === other.candidate && one.aspect === other.aspect;
}

function fault(reason) {
  return Object.assign(new Error(reason), { reason });
}

/** Ask the server with the grant's token and without cookies; throws with a `reason` for anything but our JSON. */
export async function ask(url, token, body) {
  const headers = { Authorization: `Bearer ${token}` };
  if (body) headers["Content-Type"] = "application/json";
  const answer = await fetch(url, {
    method: body ? "POST" : "GET",
    headers,
    body: body && JSON.stringify(body),
    credentials: "omit",
    redirect: "error",
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (answer.status === 401) throw fault("grant_gone");
  if (!answer.ok || !(answer.headers.get("Content-Type") ?? "").startsWith("application/json")) throw fault("refused");
  return answer.json();
}
