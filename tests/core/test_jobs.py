"""The job table on both engines: no job is lost, taken twice, or finished by a worker that lost it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from qzcompete.core import jobs
from qzcompete.core.actor import SYSTEM
from qzcompete.core.jobs import Job, JobState, LeaseLost
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.worker import HANDLERS, Worker


@pytest.fixture
def app(both_engines: Flask) -> Flask:
    return both_engines


@pytest.fixture
def handlers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("work", "breaks", "slow"):
        monkeypatch.setitem(HANDLERS, name, f"{__name__}:{name}")
    monkeypatch.setattr("qzcompete.worker.import_module", lambda _: __import__("sys").modules[__name__])
    yield


def work(job: Job) -> None:
    with unit():
        jobs.hold(job, done=1)


def breaks(job: Job) -> None:
    raise ValueError("no paper")


def slow(job: Job) -> None:
    threading.Event().wait(1.2)


def queue(name: str = "work", count: int = 1) -> list[int]:
    with unit():
        return [jobs.enqueue(name, {}, SYSTEM).id for _ in range(count)]


def claimed(worker: str) -> Job:
    with unit():
        job = jobs.claim(worker)
    assert job is not None
    return job


def let_lease_end() -> None:
    with unit():
        db.session.execute(text("UPDATE job SET lease_until = '2020-01-01 00:00:00+00:00'"))


def column(name: str) -> object:
    db.session.rollback()
    return db.session.scalar(select(getattr(Job, name)))


def test_no_job_exists_when_the_callers_transaction_is_undone(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), unit():
        jobs.enqueue("work", {}, SYSTEM)
        raise ZeroDivisionError

    assert db.session.scalar(select(func.count()).select_from(Job)) == 0


def test_the_same_job_comes_back_when_the_key_is_the_same(app: Flask) -> None:
    with unit():
        first = jobs.enqueue("work", {}, SYSTEM, key="batch:1").id

    with unit():
        again = jobs.enqueue("work", {}, SYSTEM, key="batch:1").id

    assert again == first


def test_both_callers_get_one_job_when_they_use_a_key_at_once(app: Flask) -> None:
    found: list[int] = []
    together = threading.Barrier(4)

    def call() -> None:
        with app.app_context():
            together.wait()
            with unit():
                found.append(jobs.enqueue("work", {}, SYSTEM, key="batch:1").id)

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 4
    assert len(set(found)) == 1


def test_the_job_that_waits_longest_is_taken_first(app: Flask) -> None:
    first, second = queue(count=2)

    assert [claimed("A").id, claimed("A").id] == [first, second]


def test_a_dead_job_is_passed_over_when_another_waits(app: Flask) -> None:
    dying, waiting = queue(count=2)
    with unit():
        db.session.get_one(Job, dying).attempts = 5

    taken = claimed("A").id

    assert taken == waiting
    assert db.session.get_one(Job, dying).state is JobState.DEAD


def test_a_silent_workers_job_is_taken_over_when_its_lease_ends(app: Flask) -> None:
    queue()
    claimed("A")
    let_lease_end()

    job = claimed("B")

    assert (job.worker, job.attempts) == ("B", 2)


@pytest.mark.parametrize("end", [jobs.finish, jobs.hold, lambda job: jobs.fail(job, "x")])
def test_what_a_worker_does_is_undone_when_its_job_was_taken_over(app: Flask, end: object) -> None:
    queue()
    late = claimed("A")
    with app.app_context():
        let_lease_end()
        claimed("B")
    # A reads something, so that its next unit reads all rows anew, the job's among them.
    db.session.execute(text("SELECT 1"))

    with pytest.raises(LeaseLost), unit():
        jobs.enqueue("effect", {}, SYSTEM)
        end(late)  # type: ignore[operator]

    assert db.session.scalars(select(Job.name)).all() == ["work"]
    assert (column("state"), column("worker")) == (JobState.RUNNING, "B")


def test_a_finished_job_stays_finished_when_the_worker_that_lost_it_fails_for_the_last_time(
    app: Flask,
) -> None:
    number = queue()[0]
    with unit():
        db.session.get_one(Job, number).attempts = 4
    late = claimed("A")
    with app.app_context(), unit():
        db.session.execute(text("UPDATE job SET state = 'done', worker = 'B'"))

    Worker(app).fail(late, ValueError("x"))

    assert column("state") is JobState.DONE


def test_a_failed_job_waits_twice_as_long_each_time(app: Flask, handlers: None) -> None:
    number = queue("breaks")[0]
    waits = []

    for _ in range(4):
        with unit():
            db.session.get_one(Job, number).run_after = jobs.now() - timedelta(hours=1)
        before = jobs.now()
        Worker(app).step()
        db.session.rollback()
        waits.append(round((db.session.get_one(Job, number).run_after - before).total_seconds()))

    assert waits == [2, 4, 8, 16]
    assert column("error") == "ValueError: no paper"


def test_a_job_is_dead_after_five_attempts_and_lives_when_revived(app: Flask, handlers: None) -> None:
    number = queue("breaks")[0]
    for _ in range(5):
        with unit():
            db.session.get_one(Job, number).run_after = jobs.now() - timedelta(hours=1)
        Worker(app).step()
    assert column("state") is JobState.DEAD

    with unit():
        jobs.revive(db.session.get_one(Job, number))

    assert claimed("A").attempts == 1


def test_a_job_of_unknown_name_is_tried_again_and_the_worker_lives(app: Flask) -> None:
    queue("nobody.knows.this")

    assert Worker(app).step() is True
    assert (column("state"), column("error")) == (JobState.QUEUED, "KeyError: 'nobody.knows.this'")


def test_a_cancelled_job_ends_at_its_next_progress(app: Flask) -> None:
    number = queue()[0]
    running = claimed("A")
    with app.app_context(), unit():
        jobs.cancel(db.session.get_one(Job, number))
    db.session.execute(text("SELECT 1"))

    with pytest.raises(LeaseLost), unit():
        jobs.hold(running, done=1)

    assert column("state") is JobState.CANCELLED


def test_a_long_job_keeps_its_lease_by_its_heartbeat(
    app: Flask, handlers: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=0.4))
    queue("slow")
    worker = threading.Thread(target=Worker(app).step)

    worker.start()
    threading.Event().wait(0.8)
    with unit():
        stolen = jobs.claim("B")
    worker.join()

    assert stolen is None
    assert (column("state"), column("attempts")) == (JobState.DONE, 1)


def test_no_two_workers_take_the_same_job(app: Flask) -> None:
    wanted = queue(count=40)
    taken: list[int] = []

    def take() -> None:
        with app.app_context():
            while True:
                with unit():
                    job = jobs.claim(threading.current_thread().name)
                if job is None:
                    return
                taken.append(job.id)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == wanted


def test_a_unit_inside_a_unit_is_refused(app: Flask) -> None:
    with pytest.raises(RuntimeError), unit(), unit():
        pass
