"""What the server stands on fails under a load of marks and comes back: the tablets are told to wait, nothing is lost, and
nobody has to do anything to the server."""

from __future__ import annotations

import http.client
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.drills.mark_server import COMMAND, MarkServer
from tests.drills.test_mark_kill import Judge, counts
from tests.e2e.hall import family
from tests.postgres import cluster

TROUBLE_S, TURNS = (10, 5) if os.environ.get("QZ_DRILL") == "whole" else (2, 1)
PATIENCE_S = 60
JUDGES = 8
# Below the size of every file of the database: nothing more can be written to any.
FULL = 64 * 1024

pytestmark = pytest.mark.drill


@dataclass
class ClockServer(MarkServer):
    """A server whose clock can be set back."""

    def around(self) -> Mapping[str, str]:
        library = self.folder / "set_back.so"
        if not library.exists():
            source = Path(__file__).with_name("set_back.c")
            words = ["gcc", "-shared", "-fPIC", "-O2", "-o", str(library), str(source)]
            subprocess.run(words, check=True)
        return {"LD_PRELOAD": str(library), "SET_BACK": str(self.folder / "set-back")}


@dataclass
class SocketServer(MarkServer):
    """A server whose port systemd holds, here this test."""

    listening: socket.socket = field(
        default_factory=lambda: socket.create_server(("127.0.0.1", 0), backlog=100)
    )

    def __post_init__(self) -> None:
        self.handed_over = [self.listening.fileno()]
        self.command = [sys.executable, "-c", ACTIVATE, str(self.listening.fileno()), COMMAND]

    def prepare(self) -> None:
        super().prepare()
        self.port = self.listening.getsockname()[1]


ACTIVATE = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.argv[2], sys.argv[2:])
"""


@contextmanager
def marking(hall: MarkServer, seen: dict[str, object]) -> Iterator[list[Judge]]:
    """A panel that marks all the while; what came of it is in `seen` at the end."""
    hall.prepare()
    hall.serve()
    stop = threading.Event()
    judges = [Judge(hall, place, stop) for place in range(JUDGES)]
    for judge in judges:
        judge.start()
    try:
        more_marks(judges)
        yield judges
        more_marks(judges)
        stop.set()
        for judge in judges:
            judge.join(PATIENCE_S)
    finally:
        stop.set()
        hall.kill()
    seen |= counts(hall, judges)


def marks(judges: list[Judge]) -> int:
    return sum(len(judge.acknowledged) for judge in judges)


def more_marks(judges: list[Judge]) -> None:
    """Wait until the panel gets on."""
    before, until = marks(judges), time.monotonic() + PATIENCE_S
    while marks(judges) < before + 3 * JUDGES:
        assert time.monotonic() < until, "the tablets are never answered"
        time.sleep(0.02)


def status(hall: MarkServer, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", hall.port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def whole(seen: dict[str, object]) -> bool:
    return (seen["lost"], seen["doubled"], seen["faults"], seen["audit"]) == (0, 0, [], "whole")


def limit_files(hall: MarkServer, size: int) -> None:
    assert hall.process is not None
    for pid in family(hall.process.pid):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_nothing_is_lost_when_the_disk_is_full_for_a_while(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hall, seen = MarkServer(tmp_path, judges=JUDGES), {}
    pages = []
    with marking(hall, seen) as judges:
        for _ in range(TURNS):
            limit_files(hall, FULL)
            time.sleep(TROUBLE_S)
            before = marks(judges)
            pages.append(status(hall, "/sign-in"))
            stuck = marks(judges) - before
            limit_files(hall, resource.RLIM_INFINITY)
            more_marks(judges)

    with capsys.disabled():
        print(f"\ndisk full {TURNS} × {TROUBLE_S} s: pages {pages}, {seen}")
    assert whole(seen) and stuck == 0
    assert pages == [200] * TURNS


def test_nothing_is_lost_when_the_clock_is_set_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hall, seen = ClockServer(tmp_path, judges=JUDGES), {}
    with marking(hall, seen) as judges:
        for _ in range(TURNS):
            (tmp_path / "set-back").touch()
            more_marks(judges)
            (tmp_path / "set-back").unlink()
            more_marks(judges)

    with capsys.disabled():
        print(f"\nclock set back an hour {TURNS} times: {seen}")
    assert whole(seen)


def test_nothing_is_lost_when_postgresql_is_stopped_and_started(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: dict[str, object] = {}
    ready = []
    with cluster(durable=True) as postgresql:
        hall = MarkServer(tmp_path, postgresql.database("qz"), judges=JUDGES)
        with marking(hall, seen) as judges:
            # An orderly restart, then a crash.
            for mode in ("fast", "immediate") * TURNS:
                postgresql.stop(mode)
                ready.append((status(hall, "/readyz"), status(hall, "/sign-in")))
                postgresql.start()
                more_marks(judges)

    with capsys.disabled():
        print(f"\nPostgreSQL stopped {2 * TURNS} times: {ready}, {seen}")
    assert whole(seen)
    assert ready == [(503, 200)] * 2 * TURNS


def test_nobody_is_turned_away_when_the_server_is_restarted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hall, seen = SocketServer(tmp_path, judges=JUDGES), {}
    with marking(hall, seen) as judges:
        for judge in judges:
            judge.patience = PATIENCE_S
        for _ in range(TURNS):
            assert hall.process is not None
            hall.process.terminate()
            hall.process.wait(PATIENCE_S)
            hall.serve()
            more_marks(judges)

    with capsys.disabled():
        print(f"\nrestarted {TURNS} times: {seen}")
    assert whole(seen) and seen["sent again"] == 0
