"""Writers that get in each other's way: who waits too long is told to come again, who loses a clash is done again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask, flash, g, request, session
from sqlalchemy import text

from qzcompete.app import create_app
from qzcompete.config import load_settings
from qzcompete.core.permissions import public
from qzcompete.extensions import csrf, db
from tests.postgres import Cluster

TAKE = text("UPDATE try_count SET tries = tries + 1 WHERE subject = :subject")


@pytest.fixture(scope="module")
def crossing(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application on PostgreSQL with a view that changes the rows that it is asked for, one after the other."""
    environ = {"QZ_DATA_DIR": str(tmp_path_factory.mktemp("clash")), "QZ_LOCK_TIMEOUT_S": "1"}
    environ |= {"QZ_DATABASE_URL": postgres.database("clash"), "QZ_STATEMENT_TIMEOUT_S": "1"}
    app = create_app(load_settings(environ))

    @csrf.exempt
    @public("only a test asks")
    def change() -> str:
        flash("done")
        for subject in request.form.getlist("row"):
            db.session.execute(TAKE, {"subject": subject})
            app.extensions["between"]()
        return str(len(session["_flashes"]))

    app.add_url_rule("/change", view_func=change, methods=["POST"])
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def rows(crossing: Flask) -> Flask:
    crossing.extensions["between"] = lambda: None
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM try_count"))
        connection.execute(text("INSERT INTO try_count VALUES ('a', 0, 0), ('b', 0, 0)"))
    return crossing


def tries() -> list[int]:
    with db.engine.connect() as connection:
        return list(connection.scalars(text("SELECT tries FROM try_count ORDER BY subject")))


def crosswise(app: Flask, first: Callable[[], None] = lambda: None) -> list[tuple[int, str]]:
    """The answers of two requests that each hold what the other wants next."""
    met, seen, answers = threading.Barrier(2, timeout=5), set(), []

    def meet() -> None:
        if threading.get_ident() not in seen:
            seen.add(threading.get_ident())
            met.wait()
            first()

    app.extensions["between"] = meet

    def ask(order: str) -> None:
        answer = app.test_client().post("/change", data={"row": list(order)})
        answers.append((answer.status_code, answer.text))

    threads = [threading.Thread(target=ask, args=(order,)) for order in ("ab", "ba")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_both_are_done_once_when_two_requests_lock_crosswise(rows: Flask) -> None:
    answers = crosswise(rows)

    assert answers == [(200, "1"), (200, "1")]
    assert tries() == [2, 2]


def test_a_request_that_has_kept_something_is_not_done_again(rows: Flask) -> None:
    """Else that would be kept twice: it is told to come again."""
    answers = crosswise(rows, lambda: setattr(g, "kept", True))

    assert sorted(status for status, _ in answers) == [200, 503]
    assert tries() == [1, 1]


def test_who_waits_too_long_for_a_lock_is_told_to_come_again(rows: Flask) -> None:
    with db.engine.connect() as holder:
        holder.execute(TAKE, {"subject": "a"})

        answer = rows.test_client().post("/change", data={"row": ["b", "a"]})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert tries() == [0, 0]
    assert rows.test_client().post("/change", data={"row": ["b", "a"]}).status_code == 200


def test_a_statement_that_takes_too_long_is_broken_off(rows: Flask) -> None:
    rows.extensions["between"] = lambda: db.session.execute(text("SELECT pg_sleep(3)"))

    answer = rows.test_client().post("/change", data={"row": ["a"]})

    assert answer.status_code == 503
    assert tries() == [0, 0]
