"""The job that renders certificates: real files, each once, however often it runs."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from qzcompete.certificates import queries, services
from qzcompete.certificates.jobs import render_batch
from qzcompete.core import jobs
from qzcompete.core.actor import CITY, SYSTEM
from qzcompete.core.jobs import LeaseLost
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.notices.models import Message
from qzcompete.people.services import create_account
from qzcompete.worker import Worker
from tests.results.contest import CODE, held_contest, person_of, publish


def issue() -> None:
    with unit():
        services.issue_batch(SYSTEM, CODE)


def files() -> list[str | None]:
    return [row.file_hash for row in queries.of_event(CODE)]


def words(file_hash: str | None) -> str:
    assert file_hash is not None
    pages = PdfReader(BytesIO(queries.files().get(file_hash))).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "").replace(" ", "")


def test_each_certificate_gets_a_file_with_its_words_when_a_worker_runs(app: Flask) -> None:
    publish(held_contest())
    issue()

    taken = Worker(app).run(until_idle=True)

    assert taken == 1
    first, _second, third = map(words, files())
    assert "韦梅静" in first and "一等奖" in first and "QZJN-" in first
    assert "阿依古丽·买买提" in third and "三等奖" in third


def test_files_stay_the_same_when_the_job_runs_twice(app: Flask) -> None:
    publish(held_contest())
    issue()
    Worker(app).run(until_idle=True)
    before = files()
    with unit():
        job = jobs.enqueue("certificates.render", {"event_id": 1}, SYSTEM, key="again")
        job_id = job.id

    taken = Worker(app).run(until_idle=True)

    db.session.expire_all()
    done = db.session.get(jobs.Job, job_id)
    assert taken == 1
    assert files() == before
    assert done is not None and (done.state.value, done.error) == ("done", None)


def test_a_worker_keeps_no_file_when_its_job_was_taken_over(app: Flask) -> None:
    publish(held_contest())
    issue()
    with unit():
        mine = jobs.claim("first")
        assert mine is not None
    with unit():
        jobs.cancel(db.session.get_one(jobs.Job, mine.id))

    with pytest.raises(LeaseLost):
        render_batch(mine)

    assert files() == [None, None, None]


def test_the_winner_with_an_account_is_told_once_where_the_file_is(app: Flask) -> None:
    event = held_contest()
    publish(event)
    with unit():
        winner = create_account(
            SYSTEM,
            "winner",
            "韦梅静",
            "correct-horse-9",
            [("competitor", CITY)],
            person_id=person_of(event, "韦梅静"),
        )
    issue()

    for _ in range(2):
        Worker(app).run(until_idle=True)

    told = db.session.scalars(select(Message).where(Message.kind == "certificates.ready")).all()
    assert [(one.account_id, one.path) for one in told] == [(winner.id, "/my/certificates")]
