"""Many wait for one commit: none is answered before it, none harms another, and none stops the site."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from qzcompete.core.audit import START, AuditHead
from qzcompete.core.driver import AWAY, CLASHES, Driver, Statement
from qzcompete.core.errors import Busy
from qzcompete.core.group_commit import PATIENT, GroupCommit
from qzcompete.extensions import db

GROUPS: list[list[str]] = []
NEW = Statement("INSERT INTO audit_head (chain, seq, hash) VALUES (:chain, :seq, :hash)", "")


def keep(driver: Driver, names: Sequence[str]) -> list[str]:
    """Make a row of each name; a name that is there already is an error."""
    GROUPS.append(list(names))
    driver.store(NEW, [{"chain": name, "seq": 0, "hash": START} for name in names])
    return [f"kept {name}" for name in names]


def kept() -> list[str]:
    names = sorted(db.session.scalars(select(AuditHead.chain)))
    db.session.rollback()
    return names


@contextmanager
def closed_gate(app: Flask) -> Iterator[None]:
    """Another process writes: all who come meanwhile wait together."""
    handle = os.open(f"{db.engine.url.database}-gate", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(handle)


@pytest.fixture
def writer(app: Flask) -> GroupCommit[str, str]:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the gate is SQLite's")
    GROUPS.clear()
    return GroupCommit("names", app, keep)


def sent(pool: ThreadPoolExecutor, writer: GroupCommit[str, str], names: Sequence[str]) -> list[Future[str]]:
    given = [pool.submit(writer.submit, name) for name in names]
    time.sleep(0.3)
    return given


def test_all_who_wait_are_in_one_commit(app: Flask, writer: GroupCommit[str, str]) -> None:
    with ThreadPoolExecutor(8) as pool:
        with closed_gate(app):
            waiting = sent(pool, writer, ["a", "b", "c"])
            early = [one.done() for one in waiting]
        answers = [one.result(5) for one in waiting]

    assert early == [False, False, False]
    assert answers == ["kept a", "kept b", "kept c"]
    assert sorted(GROUPS[0]) == ["a", "b", "c"]
    assert kept() == ["a", "b", "c"]


def test_one_that_fails_harms_no_other(app: Flask, writer: GroupCommit[str, str]) -> None:
    writer.submit("b")

    with ThreadPoolExecutor(8) as pool:
        with closed_gate(app):
            waiting = sent(pool, writer, ["a", "b", "c"])
        outcomes: list[Any] = [one.exception(5) or one.result(5) for one in waiting]

    assert (outcomes[0], outcomes[2]) == ("kept a", "kept c")
    assert isinstance(outcomes[1], CLASHES)
    assert kept() == ["a", "b", "c"]


def test_only_a_few_wait_on_when_the_gate_stays_closed(app: Flask, writer: GroupCommit[str, str]) -> None:
    with ThreadPoolExecutor(12) as pool:
        with closed_gate(app):
            waiting = sent(pool, writer, [f"n{place}" for place in range(10)])
            time.sleep(3)
            refused = [one for one in waiting if one.done()]
            with pytest.raises(Busy):
                writer.submit("late")
        answers = [one.result(5) for one in waiting if one not in refused]

    assert [type(one.exception()) for one in refused] == [Busy] * (10 - PATIENT)
    assert len(answers) == PATIENT
    assert len(kept()) == PATIENT


def test_nobody_is_answered_when_the_disk_does_not_take_the_log(
    app: Flask, writer: GroupCommit[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.submit("a")
    monkeypatch.setattr("qzcompete.core.driver.os.fdatasync", broken_disk)
    with sqlite3.connect(str(db.engine.url.database)) as reading:
        # One who reads keeps the log from being emptied into the database instead.
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM audit_head").fetchone()
        with pytest.raises(AWAY):
            writer.submit("b")
    reading.close()

    assert writer.submit("c") == "kept c"
    assert kept() == ["a", "b", "c"]


def broken_disk(_file: int) -> None:
    raise OSError(5, "Input/output error")


def test_what_is_kept_is_on_the_disk_when_the_database_goes_away_half_way(
    app: Flask, writer: GroupCommit[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.submit("a")
    synced: list[int] = []
    monkeypatch.setattr("qzcompete.core.driver.os.fdatasync", synced.append)
    monkeypatch.setattr(writer, "work", keep_but_lose_c)
    with ThreadPoolExecutor(8) as pool:
        with closed_gate(app):
            waiting = sent(pool, writer, ["b", "c"])
        outcomes: list[Any] = [one.exception(5) or one.result(5) for one in waiting]

    assert outcomes[0] == "kept b"
    assert isinstance(outcomes[1], AWAY)
    assert len(synced) == 1


def keep_but_lose_c(driver: Driver, names: Sequence[str]) -> list[str]:
    if len(names) > 1:
        raise ValueError("one by one")
    if names == ["c"]:
        raise sqlite3.OperationalError("disk I/O error")
    return keep(driver, names)
