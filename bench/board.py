"""S10: the public board and the verification of certificates, for readers without an account, against a server that only
says hello; on SQLite and on PostgreSQL. Every answer is looked at; QZ_BENCH_SECONDS makes each round shorter."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any
from urllib.error import URLError

from bench.load import closed_loop
from bench.marks import COMMAND, HELLO, hello, row
from qzcompete.app import create_app
from qzcompete.certificates import queries as certificates
from qzcompete.certificates import services as issuing
from qzcompete.config import load_settings
from qzcompete.core.actor import SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.marking.rules.bundle import FORMAT
from qzcompete.results import queries, services
from tests.drills.mark_server import ROOT
from tests.postgres import server

ENTRIES, CLIENTS, ROUNDS = 500, 32, 5
# Each of two processes has made every page by then.
WARM_UP = 8 * ENTRIES
SECONDS = min(2.0, float(os.environ.get("QZ_BENCH_SECONDS", "2")))


def bundle() -> dict[str, Any]:
    entries = [
        {"code": f"E{place:03}", "status": "present", "name": f"选手{place:03}"} for place in range(ENTRIES)
    ]
    marks = [
        {"entry": entry["code"], "aspect": "A", "judge": "J1", "value": f"{place / 10:.2f}", "rev": 1}
        for place, entry in enumerate(entries)
    ]
    awards = {"rule": "places", "list": [{"code": "一等奖", "count": ENTRIES}]}
    aspect = {"code": "A", "kind": "measurement", "max": "100"}
    modules = [{"code": "M", "criteria": [{"code": "C", "aspects": [aspect]}]}]
    return {
        "format": FORMAT,
        "event": {"code": "BENCH", "name": "一次万人关注的比赛"},
        "scheme": {"modules": modules, "awards": awards},
        "judges": [{"code": "J1", "name": "裁判"}],
        "entries": entries,
        "marks": marks,
    }


def filled(folder: Path, url: str) -> list[str]:
    """A published event of 500 entries with a certificate for each of them; their tokens."""
    given = {name: value for name, value in environ(folder, url).items() if name.startswith("QZ_")}
    app = create_app(load_settings(given))
    with app.app_context():
        subprocess.run([COMMAND, "db", "upgrade"], env=environ(folder, url), check=True, cwd=ROOT)
        with unit():
            services.import_bundle(SYSTEM, bundle())
            services.publish_results(SYSTEM, queries.newest_of("BENCH").id)
            issuing.issue_batch(SYSTEM, "BENCH")
        tokens = [str(one.token) for one in certificates.of_event("BENCH")]
        db.engine.dispose()
    assert len(tokens) == ENTRIES
    return tokens


def environ(folder: Path, url: str, port: int = 0) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QZ_")}
    given = {"QZ_DATA_DIR": str(folder), "QZ_SECRET_KEY": "k" * 40, "QZ_JOB_WORKERS": "0"}
    given |= {"QZ_LOG_LEVEL": "ERROR"} | ({"QZ_DATABASE_URL": url} if url else {})
    return kept | given | ({"QZ_PORT": str(port)} if port else {})


@contextmanager
def served(folder: Path, url: str) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([COMMAND, "serve"], env=environ(folder, url, port), cwd=ROOT)
    try:
        for _ in range(150):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                    break
            except (URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait()


def asked(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n".encode()


def run() -> list[dict[str, object]]:
    with server(durable=True) as url:
        return [*measured("SQLite", "", 0.7), *measured("PostgreSQL", url, 0.4)]


def measured(engine: str, url: str, verification: float) -> list[dict[str, object]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = cycle(f"/V/{token}" for token in filled(folder, url))
        pages = {
            f"S10 public board, {ENTRIES} entries, gzip, {engine}": (lambda _: asked("/results/BENCH"), 0.95),
            f"S10 verification, {ENTRIES} certificates in turn, {engine}": (
                lambda _: asked(next(paths)),
                verification,
            ),
        }
        with served(folder, url) as port, hello() as (floor_port, _pid):
            rounds = {what: compared(port, floor_port, request) for what, (request, _target) in pages.items()}
    return [
        row(
            what,
            f"{median(one[0] for one in found):.0f}/s",
            f"{median(one[1] for one in found):.0f}/s (hello)",
            median(one[0] / one[1] for one in found),
            pages[what][1],
        )
        for what, found in rounds.items()
    ]


def compared(port: int, floor_port: int, request: Callable[[int], bytes]) -> list[tuple[float, float]]:
    """Rates of the page and of hello, in turn, once both processes have seen what is asked."""
    seen = 0
    while seen < WARM_UP:
        seen += len(closed_loop(port, CLIENTS, 1, request).waits)
    rounds = []
    for _ in range(ROUNDS):
        floor = closed_loop(floor_port, CLIENTS, SECONDS / 2, lambda _: HELLO)
        load = closed_loop(port, CLIENTS, SECONDS / 2, request)
        assert all(answer.startswith(b"HTTP/1.1 200") for answer in load.answers)
        rounds.append((load.rate, floor.rate))
    return rounds
