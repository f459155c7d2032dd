// Random lives of two tablets of one judge: marks, losses, delays, duplicates, restarts. Runs in the browser with the
// product's own journal and sender; only the network between them and the real server is made to fail. Returns what each
// tablet was told to keep and what it shows at the end.
async ({ seats, seed, steps }) => {
  const { Journal, cellKey, isWaiting } = await import("/static/tablet/journal.js");
  const { Sender } = await import("/static/tablet/sender.js");
  const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });

  let state = seed;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const pick = (list) => list[Math.floor(random() * list.length)];

  // --- the network ---------------------------------------------------------------------------------------------------
  const honest = window.fetch.bind(window);
  let faults = [];
  let late = [];
  const counts = {};
  window.fetch = async (address, options) => {
    const fault = String(address).endsWith("/ops") ? faults.shift() ?? "none" : "none";
    counts[fault] = (counts[fault] ?? 0) + 1;
    if (fault === "lost") throw new TypeError("lost on the way");
    if (fault === "late") {
      late.push(() => honest(address, { ...options, signal: undefined }));
      throw new TypeError("thought lost, comes later");
    }
    if (fault === "twice") await honest(address, { ...options, signal: undefined });
    const answer = await honest(address, options);
    if (fault === "no_answer") throw new TypeError("the answer is lost");
    if (fault === "portal") return new Response("<html>log in</html>", { headers: { "Content-Type": "text/html" } });
    return answer;
  };
  const deliverLate = async () => { for (const deliver of late.splice(0)) await deliver(); };

  // --- one tablet ----------------------------------------------------------------------------------------------------
  class Tablet {
    constructor(name, seat, token) {
      Object.assign(this, { name, seat, token, key: null, kept: [] });
    }

    async start() {
      this.journal = await Journal.open(this.name);
      this.sender = new Sender(this.journal, { lock: this.name, repeat: false });
    }

    async enter() {
      const device_id = await this.journal.deviceId();
      const { assessment, judge } = this.seat;
      this.key = await this.journal.admit({ token: this.token, device_id, seat: { assessment, judge } });
    }

    /** The battery dies: nothing but the store is left. */
    async restart() {
      this.journal.db.close();
      await this.start();
    }

    async mark(candidate, aspect, value) {
      const { op } = await this.journal.record(this.key, { candidate, aspect, kind: value === null ? "clear" : "set", value });
      this.kept.push({ op_id: op.op_id, candidate, aspect, value });
    }

    async end() {
      const { cells } = await this.journal.view(this.key);
      const left = (await this.journal.db.getAll("ops")).filter(isWaiting).length;
      const shown = [...cells.values()].filter((cell) => cell.aspect).map(({ candidate, aspect, value, rev, conflict }) => ({ candidate, aspect, value, rev, conflict: conflict?.ops ?? [] }));
      this.journal.db.close();
      indexedDB.deleteDatabase(this.name);
      return { kept: this.kept, shown, left };
    }
  }

  // --- one schedule --------------------------------------------------------------------------------------------------
  const cells = ["K1", "K2"].flatMap((candidate) => ["A1", "A2"].map((aspect) => [candidate, aspect]));
  const lives = [];
  for (const [place, seat] of seats.entries()) {
    const tablets = seat.tokens.map((token, number) => new Tablet(`schedule ${seed} ${place} ${number}`, seat, token));
    for (const tablet of tablets) { await tablet.start(); await tablet.enter(); }
    for (let step = 0; step < steps; step += 1) {
      const tablet = pick(tablets);
      const chance = random();
      if (chance < 0.55) {
        const value = random() < 0.1 ? null : String(Math.floor(random() * 4));
        await tablet.mark(...pick(cells), value);
      } else if (chance < 0.85) {
        faults = random() < 0.5 ? [] : [pick(["lost", "late", "twice", "no_answer", "portal"])];
        await tablet.sender.flush({ snapshot: random() < 0.4 });
      } else if (chance < 0.92) await tablet.restart();
      else await deliverLate();
    }
    faults = [];
    await deliverLate();
    for (let round = 0; round < 3; round += 1) {
      for (const tablet of tablets) {
        for (let attempt = 0; attempt < 40; attempt += 1) {
          const { left, trouble, busy } = await tablet.sender.flush({ snapshot: true });
          if (!left && !trouble && !busy) break;
          await wait(250);
        }
      }
    }
    lives.push({ assessment: seat.assessment, tablets: await Promise.all(tablets.map((tablet) => tablet.end())) });
  }
  window.fetch = honest;
  return { lives, counts };
}
