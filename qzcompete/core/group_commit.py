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

from qzcompete.core.driver import AWAY, Driver, own_driver, transaction
from qzcompete.core.errors import Busy
from qzcompete.extensions import db

log = logging.getLogger("qzcompete.commit")

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
        self.answer: Answer | None = None
        self.error: Exception | None = None
        self.done = False
        self.since = monotonic()
        # Held until the end: a bare lock costs a fraction of an Event.
        self.held = threading.Lock()
        self.held.acquire()

    def end(self, answer: Answer | None, error: Exception | None) -> None:
        self.answer, self.error, self.done = answer, error, True
        self.held.release()


Outcome = tuple[Waiting[Item, Answer], Answer | None, Exception | None]


class GroupCommit(Generic[Item, Answer]):
    """`work` is called in a transaction with the items of a group and gives as many answers."""

    def __init__(
        self, name: str, app: Flask, work: Callable[[Driver, Sequence[Item]], Sequence[Answer]]
    ) -> None:
        self.name, self.app, self.work = name, app, work
        self.changed = threading.Condition()
        self.queue: deque[Waiting[Item, Answer]] = deque()
        self.in_hand: list[Waiting[Item, Answer]] = []
        self.busy_since: float | None = None
        self.thread: threading.Thread | None = None
        self.driver: Driver | None = None
        self.broken = False

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
        while not waiting.held.acquire(timeout=LOOKS_EVERY_S):
            with self.changed:
                first = [*self.in_hand, *self.queue][:PATIENT]
                if monotonic() < until and (waiting in first or not self.stands_still()):
                    continue
                if waiting in self.queue:
                    self.queue.remove(waiting)
                if not waiting.done:
                    # It may yet be committed: the same sent again is answered as the first time.
                    raise Busy()
                return

    def stands_still(self) -> bool:
        return self.busy_since is not None and monotonic() - self.busy_since > STANDS_STILL_S

    def run(self) -> None:
        with self.app.app_context():
            gate = Gate()
            while True:
                with self.changed:
                    while not self.queue:
                        self.changed.wait()
                    self.busy_since = monotonic()
                self.serve(gate)
                with self.changed:
                    self.in_hand, self.busy_since = [], None

    def serve(self, gate: Gate) -> None:
        """Commit all that wait, and answer once it is on the disk."""
        try:
            with gate.passed():
                outcomes = self.commit(self.take())
            # Even of a group that broke off, what was committed before is waited for.
            if self.driver is not None:
                self.driver.sync()
        except Exception as error:
            log.exception("a group was given up")
            outcomes = [(waiting, None, error) for waiting in self.in_hand or self.take()]
        if self.broken:
            self.hang_up()
        for waiting, answer, failure in outcomes:
            waiting.end(answer, failure)
        if outcomes:
            self.tell([waiting for waiting, _, _ in outcomes])

    def take(self) -> list[Waiting[Item, Answer]]:
        """All who wait now, those included who came while the gate was closed."""
        with self.changed:
            self.in_hand, weight = [], 0
            while self.queue and (not self.in_hand or weight + self.queue[0].weight <= MOST_TOGETHER):
                weight += self.queue[0].weight
                self.in_hand.append(self.queue.popleft())
            return self.in_hand

    def commit(self, group: Sequence[Waiting[Item, Answer]]) -> list[Outcome[Item, Answer]]:
        """What has become of each of the group; one by one where together they failed."""
        if not group:
            return []
        try:
            answers = self.worked([waiting.item for waiting in group])
            return [(waiting, answer, None) for waiting, answer in zip(group, answers, strict=True)]
        except AWAY as error:
            # The database is away or locked: it would be so for each alone.
            self.broken = True
            return [(waiting, None, error) for waiting in group]
        except Exception as error:
            if len(group) == 1:
                return [(group[0], None, error)]
            return [outcome for waiting in group for outcome in self.commit([waiting])]

    def worked(self, items: Sequence[Item]) -> Sequence[Answer]:
        self.driver = self.driver or own_driver()
        with transaction(self.driver):
            return self.work(self.driver, items)

    def hang_up(self) -> None:
        if self.driver is not None:
            self.driver.close()
        self.driver, self.broken = None, False

    def tell(self, group: Sequence[Waiting[Item, Answer]]) -> None:
        """One line of the log for all that were answered together."""
        longest = monotonic() - min(waiting.since for waiting in group)
        fields = {
            "writer": self.name,
            "pieces": len(group),
            "weight": sum(waiting.weight for waiting in group),
            "longest_ms": round(longest * 1000, 1),
        }
        log.info("committed", extra={"fields": fields})


class Gate:
    """On SQLite the writers of all processes pass one by one: its own lock is waited for by sleeping, unfairly.

    Two locks, as a turnstile: who has just passed cannot pass again before one who stands in it.
    """

    def __init__(self) -> None:
        self.locks = []
        if db.engine.dialect.name == "sqlite":
            for part in ("turnstile", "gate"):
                self.locks.append(os.open(f"{db.engine.url.database}-{part}", os.O_RDWR | os.O_CREAT, 0o600))

    @contextmanager
    def passed(self) -> Iterator[None]:
        if not self.locks:
            yield
            return
        turnstile, gate = self.locks
        fcntl.flock(turnstile, fcntl.LOCK_EX)
        try:
            fcntl.flock(gate, fcntl.LOCK_EX)
        finally:
            fcntl.flock(turnstile, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(gate, fcntl.LOCK_UN)


def submit(
    name: str, work: Callable[[Driver, Sequence[Any]], Sequence[Any]], app: Flask, item: Any, weight: int = 1
) -> Any:
    """Have this process's writer of that name do `work` on the item together with others."""
    writers = app.extensions.setdefault("group_commit", {})
    writer = writers.get(name)
    if writer is None:
        with STARTING:
            writer = writers.setdefault(name, GroupCommit(name, app, work))
    return writer.submit(item, weight)


STARTING = threading.Lock()
