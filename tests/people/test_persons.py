"""The register of persons: found by any part of a name from somewhere on, by pinyin, initials and document number; masked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from qzcompete.core.actor import SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.people.models import PersonTerm
from qzcompete.people.queries import MOST_LISTED, person_page
from qzcompete.people.rules.identity import search_terms
from qzcompete.people.services import ensure_person, forget_person, search_text
from tests.results.contest import held_contest, person_of, publish

NAMES = ("韦梅静", "韦梅", "黄静", "阿依古丽·买买提", "䶮小明")


@pytest.fixture
def persons(app: Flask) -> dict[str, int]:
    with unit():
        return {
            name: ensure_person(SYSTEM, name, "passport", f"G1234567{place}").id
            for place, name in enumerate(NAMES)
        }


def found(search: str) -> list[str]:
    return [card.name for card in person_page(search, "1").items]


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("", list(NAMES)),
        ("韦梅静", ["韦梅静"]),
        ("韦梅", ["韦梅静", "韦梅"]),
        ("静", ["韦梅静", "黄静"]),
        ("买买提", ["阿依古丽·买买提"]),
        ("weimei", ["韦梅静", "韦梅"]),
        ("WMJ", ["韦梅静"]),
        ("hj", ["黄静"]),
        ("䶮", ["䶮小明"]),
        ("G12345672", ["黄静"]),
        ("g1234567", []),
        ("%", []),
        ("没有", []),
    ],
)
def test_a_person_is_found(persons: dict[str, int], search: str, names: list[str]) -> None:
    assert found(search) == names


def test_who_is_forgotten_is_not_found_again(persons: dict[str, int]) -> None:
    with unit():
        forget_person(persons["黄静"], "已注销")

    assert "黄静" not in found("静") and found("已注销") == [] and len(found("")) == len(NAMES) - 1
    assert db.session.query(PersonTerm).filter_by(person_id=persons["黄静"]).count() == 0


def test_the_terms_of_a_name() -> None:
    assert search_terms(search_text("韦梅静")) == {"韦梅静", "梅静", "静", "weimeijing", "wmj"}


def test_a_page_of_many_asks_two_queries_and_says_that_there_are_more(
    persons: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def counted(_connection: object, _cursor: object, statement: str, *_told: object) -> None:
        if statement.startswith("SELECT"):
            asked.append(statement)

    monkeypatch.setattr("qzcompete.people.queries.MOST_LISTED", 3)
    event.listen(db.engine, "before_cursor_execute", counted)
    page = person_page("", "1")
    event.remove(db.engine, "before_cursor_execute", counted)

    assert (page.total, page.more, len(asked)) == (3, True, 2)
    assert MOST_LISTED > 3


def test_the_office_looks_a_person_up_and_sees_the_entries(sign_in: Callable[..., FlaskClient]) -> None:
    contest = held_contest()
    publish(contest)
    office = sign_in("officer")

    listed = office.get("/office/persons?q=weimeijing").text
    shown = office.get(f"/office/persons/{person_of(contest, '韦梅静')}")

    assert "韦梅静" in listed and "11010519491231002X" not in listed + shown.text
    assert contest.name in shown.text
    assert office.get("/office/persons/9999").status_code == 404
    assert sign_in("competitor").get("/office/persons").status_code == 403
