"""S14: a hundred thousand persons, listed and searched by name, pinyin and document number, against a page by primary key."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from sqlalchemy import event, insert, select

from qzcompete.app import create_app
from qzcompete.config import load_settings
from qzcompete.core.clock import now
from qzcompete.core.columns import blind_index
from qzcompete.core.transaction import unit
from qzcompete.demo.people import made_people
from qzcompete.extensions import db
from qzcompete.people.models import Person, PersonTerm
from qzcompete.people.queries import person_card, person_page
from qzcompete.people.rules.identity import search_terms
from qzcompete.people.services import search_text
from tests.postgres import server

PERSONS, ROUNDS, TARGET, MOST_QUERIES = 100_000, 30, 5, 10
AT_ONCE = 2000


def run() -> list[dict[str, Any]]:
    with server() as url:
        return [*measured("SQLite", {}), *measured("PostgreSQL", {"QZ_DATABASE_URL": url})]


def measured(engine: str, settings: dict[str, str]) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(load_settings({"QZ_DATA_DIR": folder, "QZ_SECRET_KEY": "k" * 40} | settings))
        with app.app_context():
            db.create_all()
            number = fill()
            ways = {
                "all": lambda: person_page("", "1"),
                "the tenth page": lambda: person_page("", "10"),
                "a name": lambda: person_page("韦梅静", "1"),
                "a surname": lambda: person_page("韦", "1"),
                "the end of a name": lambda: person_page("梅静", "1"),
                "pinyin": lambda: person_page("weimei", "1"),
                "initials": lambda: person_page("wmj", "1"),
                "a document number": lambda: person_page(number, "1"),
                "nobody": lambda: person_page("没有此人", "1"),
            }
            rows = [row(engine, name, way) for name, way in ways.items()]
            db.session.remove()
            db.engine.dispose()
    return rows


def fill() -> str:
    """The persons, as the services would write them; the document number of one of them."""
    people = made_people(PERSONS, 5)
    searches = {name: search_text(name) for name in {one.name for one in people}}
    for start in range(0, PERSONS, AT_ONCE):
        part = list(enumerate(people[start : start + AT_ONCE], start=start + 1))
        with unit():
            db.session.execute(
                insert(Person),
                [
                    {
                        "id": key,
                        "name": one.name,
                        "search": searches[one.name],
                        "document_kind": "resident_id",
                        "document_number": one.document_number,
                        "document_index": blind_index("document", one.document_number),
                        "created_at": now(),
                    }
                    for key, one in part
                ],
            )
            db.session.execute(
                insert(PersonTerm),
                [
                    {"term": term, "person_id": key}
                    for key, one in part
                    for term in search_terms(searches[one.name])
                ],
            )
    with db.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    return people[PERSONS // 2].document_number


def floor() -> object:
    return [
        person_card(person) for person in db.session.scalars(select(Person).order_by(Person.id).limit(50))
    ]


def row(engine: str, name: str, way: Callable[[], object]) -> dict[str, Any]:
    """Both in turn, so that whatever slows the machine slows both."""
    pairs = [(timed(way), timed(floor)) for _ in range(ROUNDS)]
    seen, least = (median(column) for column in zip(*pairs, strict=True))
    asked = statements(way)
    return {
        "what": f"S14 {name}, {engine}",
        "figure": f"{1000 * seen:.1f} ms, {asked} queries",
        "floor": f"{1000 * least:.1f} ms",
        "ratio": f"{seen / least:.2f}",
        "target": f"≤ {TARGET}, ≤ {MOST_QUERIES} queries",
        "met": "yes" if seen <= TARGET * least and asked <= MOST_QUERIES else "no",
    }


def timed(way: Callable[[], object]) -> float:
    db.session.expunge_all()
    start = time.perf_counter()
    way()
    return time.perf_counter() - start


def statements(way: Callable[[], object]) -> int:
    count = 0

    def counted(*_told: object) -> None:
        nonlocal count
        count += 1

    event.listen(db.engine, "before_cursor_execute", counted)
    way()
    event.remove(db.engine, "before_cursor_execute", counted)
    return count
