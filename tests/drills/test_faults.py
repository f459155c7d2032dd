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
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from moto.server import ThreadedMotoServer
from PIL import Image
from sqlalchemy import create_engine, text

from qzcompete.adapters.files import bucket
from tests.drills.mark_server import COMMAND, MarkServer, quiet_port
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


@dataclass
class StorageServer(MarkServer):
    """A server whose files lie in a bucket."""

    storage_port: int = 0

    @property
    def environ(self) -> dict[str, str]:
        return super().environ | {
            "QZ_FILES_URL": f"s3://qz-files/hall?endpoint=http://127.0.0.1:{self.storage_port}"
        }

    def whole_environ(self) -> dict[str, str]:
        return super().whole_environ() | KEYS


KEYS = {
    "AWS_ACCESS_KEY_ID": "drill",
    "AWS_SECRET_ACCESS_KEY": "drill",
    "AWS_DEFAULT_REGION": "us-east-1",
}


class Photographer(threading.Thread):
    """Sends one photo after the other, each until it is acknowledged, as a tablet does."""

    def __init__(self, hall: MarkServer, place: int, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.hall, self.place, self.stop = hall, place, stop
        self.acknowledged: list[str] = []
        self.told: set[int] = set()

    def run(self) -> None:
        number = 0
        while not self.stop.is_set():
            number += 1
            photo_id, content = str(uuid4()), photo(self.place, number)
            while (status := self.send(photo_id, content)) != 200:
                self.told.add(status)
                time.sleep(0.1)
            self.acknowledged.append(photo_id)

    def send(self, photo_id: str, content: bytes) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.hall.port, timeout=PATIENCE_S)
        headers = {"Authorization": f"Bearer {self.hall.tokens[self.place]}", "Content-Type": "image/png"}
        try:
            path = f"/api/v1/tablet/photos?id={photo_id}&candidate=K0&aspect=A0&taken_at=1764000000000"
            connection.request("POST", path, content, headers)
            return connection.getresponse().status
        finally:
            connection.close()


def photo(place: int, number: int) -> bytes:
    """A small picture."""
    drawn = BytesIO()
    Image.new("RGB", (64, 48), (place, number // 256, number % 256)).save(drawn, "PNG")
    return drawn.getvalue()


@contextmanager
def storage(port: int) -> Iterator[None]:
    """S3-compatible storage at the port; what was kept is there again when it comes back."""
    server = ThreadedMotoServer("127.0.0.1", port)
    server.start()
    try:
        yield
    finally:
        server.stop()


@contextmanager
def deaf(port: int) -> Iterator[None]:
    """Somebody at the port who takes every call and answers none."""
    with socket.create_server(("127.0.0.1", port), backlog=100):
        yield


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


def test_marks_go_on_and_no_photo_is_lost_when_the_storage_is_gone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    seen: dict[str, object] = {}
    went_on = []
    with cluster(durable=True) as postgresql:
        port = quiet_port()
        hall = StorageServer(
            tmp_path, postgresql.database("qz"), judges=JUDGES, candidates=400, storage_port=port
        )
        stop = threading.Event()
        with ExitStack() as up:
            up.enter_context(storage(port))
            kept_files = bucket(hall.environ["QZ_FILES_URL"])
            kept_files.client.create_bucket(Bucket="qz-files")
            with marking(hall, seen) as judges:
                photographers = [Photographer(hall, place, stop) for place in range(JUDGES)]
                for one in photographers:
                    one.start()
                for trouble in (nullcontext, deaf) * TURNS:
                    more_photos(photographers)
                    up.close()
                    with trouble(port):
                        before = marks(judges)
                        time.sleep(TROUBLE_S)
                        went_on.append(marks(judges) - before)
                        assert status(hall, "/sign-in") == 200
                    up.enter_context(storage(port))
                more_photos(photographers)
                stop.set()
                for one in photographers:
                    one.join(PATIENCE_S)
            acknowledged = {photo_id for one in photographers for photo_id in one.acknowledged}
            with create_engine(hall.app().config["SQLALCHEMY_DATABASE_URI"]).connect() as reading:
                rows = dict(reading.execute(text("SELECT id, file_hash FROM evidence_photo")).all())
            found = [kept_files.get(file_hash) for file_hash in rows.values()]

    with capsys.disabled():
        told = set().union(*(one.told for one in photographers))
        print(
            f"\nstorage gone or deaf {2 * TURNS} × {TROUBLE_S} s: {went_on} marks meanwhile,"
            f" {len(found)} photos, told {told}, {seen}"
        )
    assert whole(seen) and min(went_on) > 0
    assert told == {503}
    assert set(map(str, rows)) == acknowledged and all(found)


def more_photos(photographers: list[Photographer]) -> None:
    """Wait until each has one more stored."""
    before, until = [len(one.acknowledged) for one in photographers], time.monotonic() + PATIENCE_S
    while any(len(one.acknowledged) <= was for one, was in zip(photographers, before, strict=True)):
        assert time.monotonic() < until, "photos are never stored"
        time.sleep(0.02)


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
