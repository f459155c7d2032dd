"""Another process holds the database's lock while tablets send: other pages answer, and no mark is lost."""

from __future__ import annotations

import http.client
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from tests.drills.mark_server import MarkServer
from tests.drills.test_mark_kill import Judge, counts

HELD_S, PAGES = 7, 24

pytestmark = pytest.mark.drill


def page(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request("GET", "/sign-in")
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def test_pages_answer_and_marks_come_later_when_the_database_is_locked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hall, stop = MarkServer(tmp_path, judges=32), threading.Event()
    hall.prepare()
    hall.serve()
    judges = [Judge(hall, place, stop) for place in range(32)]
    try:
        holder = sqlite3.connect(tmp_path / "qzcompete.sqlite3", isolation_level=None, timeout=30)
        for judge in judges:
            judge.start()
        time.sleep(1)
        holder.execute("BEGIN IMMEDIATE")
        until = time.monotonic() + HELD_S
        # For a moment the writer may only be slow: who waits gives up when it stands still.
        time.sleep(3)
        answers = [page(hall.port) for _ in range(PAGES)]
        time.sleep(max(0, until - time.monotonic()))
        holder.execute("COMMIT")
        holder.close()
        stop.set()
        for judge in judges:
            judge.join(30)
    finally:
        stop.set()
        hall.kill()
    seen = counts(hall, judges)

    with capsys.disabled():
        print(f"\nlock held for {HELD_S} s: {answers.count(200)} of {PAGES} pages answered, {seen}")
    assert answers == [200] * PAGES
    assert (seen["lost"], seen["doubled"], seen["faults"], seen["audit"]) == (0, 0, [], "whole")
