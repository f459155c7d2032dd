"""S1–S4: marks on a real server against floors of the same interleaved rounds. Each run asserts that every key sent
is stored once and that none was a replay. QZ_BENCH_SECONDS makes S4 shorter."""

from __future__ import annotations

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
from sqlalchemy import create_engine, text

from bench.load import Load, closed_loop, open_loop
from qzcompete.operation.serving import WEB_THREADS
from tests.drills.mark_server import COMMAND, ROOT, MarkServer, op
from tests.postgres import server

ROUNDS, SECONDS, CLIENTS = 5, 2.0, 32
WARM_S = 1.0
# For each client in a round: more than it can send.
STOCK = 250
BATCH = 50
TABLETS, OFFERED = 1000, 333
OPEN_SECONDS = float(os.environ.get("QZ_BENCH_SECONDS", "60"))
TICKS = os.sysconf("SC_CLK_TCK")


class Sender:
    """Marks on cells never used before, and the ids of all that was sent. Requests are made before a measured time
    begins, as the floor's are: what a client spends on them is nothing of the server's."""

    def __init__(self, hall: MarkServer, size: int) -> None:
        self.hall, self.size = hall, size
        self.next = [0] * hall.judges
        self.made: list[deque[tuple[bytes, list[str]]]] = [deque() for _ in range(hall.judges)]
        self.ids: list[str] = []

    def stock(self, requests: int) -> None:
        """Have so many requests of each judge ready."""
        for judge, made in enumerate(self.made):
            while len(made) < requests:
                made.append(self.make(judge))

    def make(self, judge: int) -> tuple[bytes, list[str]]:
        first = self.next[judge]
        self.next[judge] += self.size
        return self.hall.request(judge, range(first, first + self.size))

    def request(self, place: int) -> bytes:
        judge = place % self.hall.judges
        made = self.made[judge]
        wire, ids = made.popleft() if made else self.make(judge)
        self.ids += ids
        return wire

    def in_turn(self) -> Iterator[bytes]:
        place = 0
        while True:
            yield self.request(place)
            place += 1


def proven(hall: MarkServer, sender: Sender, loads: list[Load]) -> None:
    """Keys sent = events stored, each answered as new: else the figures tell nothing."""
    answered = []
    for load in loads:
        for answer in load.answers:
            head, _, body = answer.partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), answer[:400]
            answered += json.loads(body)["results"]
    assert all((one["status"], one["duplicate"]) == ("applied", False) for one in answered), "replays"
    with create_engine(hall.app().config["SQLALCHEMY_DATABASE_URI"]).connect() as reading:
        stored = reading.execute(text("SELECT op_id FROM mark_op")).scalars().all()
    assert sorted(stored) == sorted(sender.ids) == sorted(one["op_id"] for one in answered)


@contextmanager
def running(hall: MarkServer) -> Iterator[MarkServer]:
    hall.prepare()
    hall.serve()
    try:
        yield hall
    finally:
        hall.kill()


@contextmanager
def hello() -> Iterator[tuple[int, int]]:
    """(port, process id) of the floor: the same server program with an application that does nothing."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(COMMAND).parent / "gunicorn"), "-b", f"127.0.0.1:{port}", "-w", "2", "-k", "gthread"]
    process = subprocess.Popen(
        [
            *command,
            "--threads",
            str(WEB_THREADS),
            "--keep-alive",
            "75",
            "--log-level",
            "warning",
            "bench.hello:app",
        ],
        cwd=ROOT,
    )
    try:
        time.sleep(2)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def cpu(pid: int) -> float:
    """Seconds of processor that a process and its children have used."""
    tree = [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    spent = 0
    for one in tree:
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        spent += int(fields[11]) + int(fields[12])
    return spent / TICKS


HELLO = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def measured(port: int, pid: int, clients: int, seconds: float, requests: Any) -> tuple[Load, float]:
    """A closed loop and the milliseconds of processor that each request cost the server."""
    before = cpu(pid)
    load = closed_loop(port, clients, seconds, requests)
    return load, (cpu(pid) - before) * 1000 / len(load.waits)


ROW = "INSERT INTO mark_op (op_id, body_hash, seat_id, candidate_id, aspect_id, kind, value, base_rev, received_at, status, result_rev)"
ROW += " VALUES ({0}, {0}, 1, {0}, {0}, 'set', '7.5', 0, '2026-11-24 02:00:00', 'applied', 1)"
CELL = "INSERT INTO mark (candidate_id, aspect_id, seat_id, rev, value, op_id) VALUES ({0}, {0}, 1, 1, 7500000, {0})"


def sqlite_loop(folder: Path, size: int, seconds: float) -> float:
    """Marks a second that a bare loop of durable commits of `size` marks stores, in a file of the same tables."""
    path = folder / "floor.sqlite3"
    path.unlink(missing_ok=True)
    kept = sqlite3.connect(path, isolation_level=None)
    shape = sqlite3.connect(folder / "qzcompete.sqlite3")
    for (made,) in shape.execute(
        "SELECT sql FROM sqlite_master WHERE tbl_name IN ('mark', 'mark_op') AND sql NOT NULL"
    ):
        kept.execute(made)
    shape.close()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=OFF"):
        kept.execute(f"PRAGMA {pragma}")
    done = store_rows(kept, "?", size, seconds)
    kept.close()
    return done


def postgres_rows(url: str, size: int, seconds: float) -> float:
    """The same row by row through psycopg, on tables of the same shape."""
    with psycopg.connect(url, autocommit=True) as kept:
        for table in ("mark", "mark_op"):
            kept.execute(f"DROP TABLE IF EXISTS floor_{table}")
            kept.execute(f"CREATE TABLE floor_{table} (LIKE {table} INCLUDING INDEXES)")
        row, cell = (sql.format("%s").replace("INTO mark", "INTO floor_mark") for sql in (ROW, CELL))
        return store_rows(kept, "%s", size, seconds, row, cell)


def store_rows(kept: Any, sign: str, size: int, seconds: float, row: str = "", cell: str = "") -> float:
    row, cell = row or ROW.format(sign), cell or CELL.format(sign)
    began, number = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        kept.execute("BEGIN IMMEDIATE" if sign == "?" else "BEGIN")
        for given in [op("K", "A") for _ in range(size)]:
            number += 1
            kept.execute(row, (given["op_id"], "0" * 64, number, number))
            kept.execute(cell, (number, number, given["op_id"]))
        kept.execute("COMMIT")
    return number / (time.perf_counter() - began)


def pgbench(url: str, seconds: float) -> float:
    parts = urlsplit(url)
    host = parse_qs(parts.query)["host"][0]
    base = ["-h", host, "-U", "qz"]
    with psycopg.connect(url, autocommit=True) as known:
        there = known.execute("SELECT to_regclass('pgbench_accounts') IS NOT NULL").fetchone()
    if not there or not there[0]:
        subprocess.run(["pgbench", "-i", "-q", *base, "qz"], check=True, capture_output=True)
    command = ["pgbench", "-N", "-c", "8", "-j", "2", "-T", str(max(1, int(seconds))), *base, "qz"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"tps = ([0-9.]+)", told)
    assert found, told
    return float(found.group(1))


def row(
    what: str, figure: str, floor: str, ratio: float, target: float, least: bool = True
) -> dict[str, object]:
    met = ratio >= target if least else ratio <= target
    sign = ">=" if least else "<="
    return {
        "what": what,
        "figure": figure,
        "floor": floor,
        "ratio": f"{ratio:.2f}",
        "target": f"{sign} {target}",
        "met": "yes" if met else "no",
    }


def single_marks(hall: MarkServer, engine: str) -> list[dict[str, object]]:
    """S1 and S2: one durable mark per request, 32 clients at once."""
    sender, rounds = Sender(hall, 1), []
    loads = [closed_loop(hall.port, CLIENTS, WARM_S, sender.request)]
    assert hall.process is not None
    with hello() as (port, pid):
        for _ in range(ROUNDS):
            nothing, hello_cpu = measured(port, pid, CLIENTS, SECONDS / 2, lambda _: HELLO)
            if engine == "SQLite":
                floor = sqlite_loop(hall.folder, 1, SECONDS / 2)
            else:
                floor = pgbench(hall.url, SECONDS / 2)
            sender.stock(STOCK)
            load, mark_cpu = measured(hall.port, hall.process.pid, CLIENTS, SECONDS, sender.request)
            loads.append(load)
            tail = load.percentile(99) / load.percentile(50)
            rounds.append((load.rate, nothing.rate, floor, tail, mark_cpu, hello_cpu, load.percentile(50)))
    proven(hall, sender, loads)
    rate, nothing_rate, floor, tail, mark_cpu, hello_cpu, p50 = (
        median(one) for one in zip(*rounds, strict=True)
    )
    of_hello, of_floor = median(one[0] / one[1] for one in rounds), median(one[0] / one[2] for one in rounds)
    of_cpu = median(one[4] / one[5] for one in rounds)
    name, base = ("S1", "sqlite3 loop") if engine == "SQLite" else ("S2", "pgbench -N, 8 clients")
    targets = (0.45, 0.25) if engine == "SQLite" else (0.25, 0.20)
    figure = f"{rate:.0f} marks/s"
    rows = [
        row(
            f"{name} one mark per request, {engine}",
            figure,
            f"{nothing_rate:.0f}/s (hello)",
            of_hello,
            targets[0],
        ),
        row(f"{name} the same", figure, f"{floor:.0f}/s ({base})", of_floor, targets[1]),
    ]
    if engine == "SQLite":
        rows += [
            row("S1 p99 of p50", f"{tail * p50:.1f} ms", f"{p50:.1f} ms (p50)", tail, 2, least=False),
            row("S1 CPU", f"{mark_cpu:.2f} ms", f"{hello_cpu:.2f} ms (hello)", of_cpu, 2, least=False),
        ]
    return rows


def batches(hall: MarkServer, engine: str) -> list[dict[str, object]]:
    """S3: marks in batches of 50."""
    sender, rounds = Sender(hall, BATCH), []
    loads = [closed_loop(hall.port, CLIENTS, WARM_S, sender.request)]
    for _ in range(ROUNDS):
        if engine == "SQLite":
            floor = sqlite_loop(hall.folder, BATCH, SECONDS / 2)
        else:
            floor = postgres_rows(hall.url, BATCH, SECONDS / 2)
        sender.stock(STOCK // BATCH)
        load = closed_loop(hall.port, CLIENTS, SECONDS, sender.request)
        loads.append(load)
        rounds.append((load.rate * BATCH, floor))
    proven(hall, sender, loads)
    ratio = median(figure / floor for figure, floor in rounds)
    figure, floor = (median(one) for one in zip(*rounds, strict=True))
    base, target = ("raw sqlite3", 0.40) if engine == "SQLite" else ("psycopg row by row", 3.0)
    what = f"S3 marks in batches of 50, {engine}"
    return [row(what, f"{figure:.0f} marks/s", f"{floor:.0f} marks/s ({base})", ratio, target)]


def tablets(hall: MarkServer, engine: str) -> list[dict[str, object]]:
    """S4: 1,000 tablets that send one mark each three seconds, whether the server keeps up or not."""
    sender = Sender(hall, 1)
    in_turn = sender.in_turn()
    sender.stock(int(OFFERED * (OPEN_SECONDS + WARM_S)) // TABLETS + 1)
    warm = open_loop(hall.port, TABLETS, OFFERED, WARM_S, in_turn)
    load = open_loop(hall.port, TABLETS, OFFERED, OPEN_SECONDS, in_turn)
    proven(hall, sender, [warm, load])
    p50, p99 = load.percentile(50), load.percentile(99)
    target = 25 if engine == "SQLite" else 100
    busy = os.getloadavg()[0]
    told = row(f"S4 1,000 tablets, {OPEN_SECONDS:.0f} s, {engine}", "", "", p99, target, least=False)
    served = load.rate / OFFERED
    return [
        told
        | {
            "figure": f"p50 {p50:.1f} ms, p99 {p99:.1f} ms",
            "floor": f"{OFFERED}/s offered, {served:.3f} served, load {busy:.1f}",
            "ratio": f"{p99:.1f} ms",
        }
    ]


def engine_rows(engine: str) -> list[dict[str, object]]:
    rows = []
    for measure, judges in ((single_marks, CLIENTS), (batches, CLIENTS), (tablets, TABLETS)):
        candidates = 1000 if judges == CLIENTS else 20
        print(f"  {engine}: {measure.__name__} …", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory() as folder:
            hall = MarkServer(Path(folder), judges=judges, candidates=candidates)
            if engine == "SQLite":
                with running(hall):
                    rows += measure(hall, engine)
            else:
                with server(durable=True) as hall.url, running(hall):
                    rows += measure(hall, engine)
    return rows


def run() -> list[dict[str, object]]:
    return [*engine_rows("SQLite"), *engine_rows("PostgreSQL")]
