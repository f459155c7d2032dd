"""S10: the public board and the verification of a certificate, for readers without an account, against a server that only
says hello. Every answer is looked at; QZ_BENCH_SECONDS makes each round shorter."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
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

ENTRIES, CLIENTS, ROUNDS = 500, 32, 5
SECONDS = min(2.0, float(os.environ.get("QZ_BENCH_SECONDS", "2")))


def bundle() -> dict[str, Any]:
    entries = [
        {"code": f"E{place:03}", "status": "present", "name": f"选手{place:03}"} for place in range(ENTRIES)
    ]
    marks = [
        {"entry": entry["code"], "aspect": "A", "judge": "J1", "value": f"{place / 10:.2f}", "rev": 1}
        for place, entry in enumerate(entries)
    ]
    awards = {"rule": "places", "list": [{"code": "一等奖", "count": 1}]}
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


def filled(folder: Path) -> str:
    """A published event of 500 entries and a certificate; its token."""
    app = create_app(load_settings({"QZ_DATA_DIR": str(folder), "QZ_SECRET_KEY": "k" * 40}))
    with app.app_context():
        subprocess.run([COMMAND, "db", "upgrade"], env=environ(folder, 0), check=True, cwd=ROOT)
        with unit():
            services.import_bundle(SYSTEM, bundle())
            services.publish_results(SYSTEM, queries.newest_of("BENCH").id)
            issuing.issue_batch(SYSTEM, "BENCH")
        token = str(certificates.of_event("BENCH")[0].token)
        db.engine.dispose()
    return token


def environ(folder: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QZ_")}
    given = {"QZ_DATA_DIR": str(folder), "QZ_SECRET_KEY": "k" * 40, "QZ_JOB_WORKERS": "0"}
    return kept | given | {"QZ_LOG_LEVEL": "ERROR"} | ({"QZ_PORT": str(port)} if port else {})


@contextmanager
def served(folder: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([COMMAND, "serve"], env=environ(folder, port), cwd=ROOT)
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
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        token = filled(folder)
        pages = {"board": asked("/results/BENCH"), "verify": asked(f"/V/{token}")}
        rounds: dict[str, list[tuple[float, float]]] = {page: [] for page in pages}
        with served(folder) as port, hello() as (floor_port, _pid):
            for request in pages.values():
                closed_loop(port, CLIENTS, 0.5, lambda _, request=request: request)  # type: ignore[misc]
            for _ in range(ROUNDS):
                for page, request in pages.items():
                    floor = closed_loop(floor_port, CLIENTS, SECONDS / 2, lambda _: HELLO)
                    load = closed_loop(port, CLIENTS, SECONDS / 2, lambda _, request=request: request)  # type: ignore[misc]
                    assert all(answer.startswith(b"HTTP/1.1 200") for answer in load.answers)
                    rounds[page].append((load.rate, floor.rate))
    targets = {
        "board": ("S10 public board, 500 entries, gzip", 0.95),
        "verify": ("S10 verification page", 0.7),
    }
    return [
        row(
            targets[page][0],
            f"{median(one[0] for one in found):.0f}/s",
            f"{median(one[1] for one in found):.0f}/s (hello)",
            median(one[0] / one[1] for one in found),
            targets[page][1],
        )
        for page, found in rounds.items()
    ]
