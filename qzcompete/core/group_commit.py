"""One commit for all who wait: a writer thread per process puts waiting pieces of work into one transaction.

Nobody gets an answer before the commit. A group that fails is done again piece by piece, so that one piece never
harms another. Those who wait are bounded: a held lock ends in 503, never in a stopped site.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Any, Generic, TypeVar

from flask import Flask
from sqlalchemy.exc import OperationalError

from qzcompete.core.errors import Busy
from qzcompete.core.transaction import unit
from qzcompete.extensions import db

Item = TypeVar("Item")
Answer = TypeVar("Answer")

# The weight of one commit; more would only make the first of it wait longer.
MOST_TOGETHER = 200
# A writer that has not come back after so long stands still: somebody holds a lock.
STANDS_STILL_S = 2.0
LOOKS_EVERY_S = 0.5
# So many may wait on while it stands still; the threads of all others are free for other pages.
PATIENT = 4
# Below the tablet's own time-out of 10 s: it hears "busy" and sends the same again.
LONGEST_WAIT_S = 8.0


class Waiting(Generic[Item, Answer]):
    """A piece of work and, once its transaction has ended, its answer or error."""

    def __init__(self, item: Item, weight: int) -> None:
        self.item, self.weight = item, weight
        self.done = threading.Event()
        self.answer: Answer | None = None
        self.error: BaseException | None = None

    def end(self, answer: Answer | None, error: BaseException | None = None) -> None:
        self.answer, self.error = answer, error
        self.done.set()


class GroupCommit(Generic[Item, Answer]):
    """`work` is called in a transaction with the items of a group and gives as many answers."""

    def __init__(self, app: Flask, work: Callable[[Sequence[Item]], Sequence[Answer]]) -> None:
        self.app, self.work = app, work
        self.changed = threading.Condition()
        self.queue: deque[Waiting[Item, Answer]] = deque()
        self.in_hand: list[Waiting[Item, Answer]] = []
        self.busy_since: float | None = None
        self.thread: threading.Thread | None = None

    def submit(self, item: Item, weight: int = 1) -> Answer:
        """The item's answer after its commit; raises what its work raised, or Busy."""
        waiting: Waiting[Item, Answer] = Waiting(item, weight)
        with self.changed:
            if self.stands_still() and len(self.in_hand) + len(self.queue) >= PATIENT:
                raise Busy()
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(target=self.run, name="group-commit", daemon=True)
                self.thread.start()
            self.queue.append(waiting)
            self.changed.notify()
        self.wait_for(waiting)
        if waiting.error is not None:
            raise waiting.error
        return waiting.answer  # type: ignore[return-value]

    def wait_for(self, waiting: Waiting[Item, Answer]) -> None:
        until = monotonic() + LONGEST_WAIT_S
        while not waiting.done.wait(LOOKS_EVERY_S):
            with self.changed:
                first = [*self.in_hand, *self.queue][:PATIENT]
                if monotonic() < until and (waiting in first or not self.stands_still()):
                    continue
                if waiting in self.queue:
                    self.queue.remove(waiting)
                if not waiting.done.is_set():
                    # It may yet be committed: the same sent again is answered as the first time.
                    raise Busy()

    def stands_still(self) -> bool:
        return self.busy_since is not None and monotonic() - self.busy_since > STANDS_STILL_S

    def run(self) -> None:
        with self.app.app_context():
            while True:
                with self.changed:
                    while not self.queue:
                        self.changed.wait()
                    self.busy_since = monotonic()
                try:
                    with gate():
                        self.commit(self.take())
                except Exception as error:
                    logging.getLogger("qzcompete").exception("the gate of the group commit failed")
                    self.give_up(self.in_hand or self.take(), error)
                with self.changed:
                    self.in_hand, self.busy_since = [], None

    def take(self) -> list[Waiting[Item, Answer]]:
        """All who wait now, those included who came while the gate was closed."""
        with self.changed:
            self.in_hand, weight = [], 0
            while self.queue and (not self.in_hand or weight + self.queue[0].weight <= MOST_TOGETHER):
                weight += self.queue[0].weight
                self.in_hand.append(self.queue.popleft())
            return self.in_hand

    def commit(self, group: Sequence[Waiting[Item, Answer]]) -> None:
        try:
            with unit():
                answers = self.work([waiting.item for waiting in group]) if group else []
        except OperationalError as error:
            # The database is away or locked: it would be so for each alone.
            self.give_up(group, error)
        except Exception as error:
            if len(group) == 1:
                self.give_up(group, error)
            else:
                for waiting in group:
                    self.commit([waiting])
        else:
            for waiting, answer in zip(group, answers, strict=True):
                waiting.end(answer)

    def give_up(self, group: Sequence[Waiting[Item, Answer]], error: BaseException) -> None:
        for waiting in group:
            if not waiting.done.is_set():
                waiting.end(None, error)


@contextmanager
def gate() -> Iterator[None]:
    """On SQLite the writers of all processes pass one by one: its own lock is waited for by sleeping, unfairly."""
    if db.engine.dialect.name != "sqlite":
        yield
        return
    handle = os.open(f"{db.engine.url.database}-gate", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def submit(
    name: str, work: Callable[[Sequence[Any]], Sequence[Any]], app: Flask, item: Any, weight: int = 1
) -> Any:
    """Have this process's writer of that name do `work` on the item together with others."""
    with STARTING:
        writers = app.extensions.setdefault("group_commit", {})
        writer = writers.get(name) or writers.setdefault(name, GroupCommit(app, work))
    return writer.submit(item, weight)


STARTING = threading.Lock()
