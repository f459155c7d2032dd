"""Every link of the demo city's pages leads somewhere, for a visitor and for each role, and nothing tells a document number.
Every form, sent empty, with nonsense and far too long, is refused in words and loses nothing that was typed. Whoever asks
for what another of the same role was shown, and the asker was not, is told that there is none.

Of the pages of one kind (the hundred results, the two hundred entries) some are opened. QZ_CRAWL=all opens every one,
but of the orders, searches and years of one page only some, for a calendar has no end.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from qzcompete.core.permissions import ROLES
from qzcompete.extensions import db
from qzcompete.people.models import Account, Person, RoleGrant
from tests.e2e.conftest import DEMO_PASSWORD
from tests.e2e.crawl import WORD
from tests.e2e.forms import City, Filler

ACCOUNTS = (
    "",
    "office",
    "admin",
    "supervisor",
    "judge1",
    "chief1",
    "winner",
    "alone",
    "school",
    "steward",
    "entrant",
    "arbiter",
    "clerk",
    "keeper1",
    "bureau",
    "finance",
    "unit-pb",
    "expert1",
    "expert14",
    "base12",
    "old5",
)
# Who owns something, and somebody of the same or of a like role.
PAIRS = (
    ("school", "firm"),
    ("winner", "entrant"),
    ("entrant", "alone"),
    ("base12", "applicant1"),
    ("old5", "old1"),
    ("unit-pb", "unit-qn"),
    ("expert1", "expert2"),
    ("arbiter", "supervisor"),
)
# An event in which both have entrants: of many links of a kind the other did not follow this one.
SHARED = "/my/results/early/"


@pytest.fixture(scope="module")
def city(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> City:
    return City(shutil.copytree(demo_folder, tmp_path_factory.mktemp("crawl") / "city"))


@pytest.fixture(scope="module")
def filled() -> set[tuple[object, object, str]]:
    """Page, address and fields of each form that was sent already, by whomever."""
    return set()


@pytest.fixture(scope="module")
def numbers(city: City) -> frozenset[str]:
    """The document numbers of everybody in the demo."""
    with city.app.app_context():
        found = frozenset(db.session.scalars(select(Person.document_number)))
    assert len(found) > 200
    return found


def signed_in(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    if username:
        answer = client.post("/sign-in", data={"username": username, "password": DEMO_PASSWORD})
        assert answer.status_code == 302, username
    return client


@pytest.fixture(scope="module")
def crawled(
    city: City, numbers: frozenset[str], filled: set[tuple[object, object, str]]
) -> Callable[[str], Filler]:
    """What an account found, crawled once; what its forms changed is undone."""

    def crawl(username: str) -> Filler:
        filler = Filler(city, signed_in(city.app, username), numbers, filled)
        city.keep()
        filler.run()
        return filler

    return cache(crawl)


@pytest.mark.parametrize("username", ACCOUNTS)
def test_no_link_is_dead_and_no_number_is_told(
    crawled: Callable[[str], Filler],
    numbers: frozenset[str],
    username: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")

    found = crawled(username)

    assert found.faulty == {}
    assert found.pages > 10
    assert found.telling == set()
    assert not numbers.intersection(WORD.findall(caplog.text))


@pytest.mark.parametrize("username", ACCOUNTS)
def test_no_form_breaks_or_forgets_what_was_typed(crawled: Callable[[str], Filler], username: str) -> None:
    wrong = crawled(username).wrong

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("owner", "other"), PAIRS)
def test_the_pages_of_another_are_not_there(
    city: City, crawled: Callable[[str], Filler], owner: str, other: str
) -> None:
    views = city.app.url_map.bind("localhost")
    own = crawled(owner).shown - crawled(other).shown - crawled("").shown
    asked = [path for path in own if views.match(path)[1] and not path.startswith(("/static/", SHARED))]
    client, visitor = signed_in(city.app, other), city.app.test_client()

    told = {path for path in asked if client.get(path).status_code == 200}

    assert asked, "the owner has nothing that the other was not shown"
    assert {path for path in told if visitor.get(path).status_code != 200} == set()


def test_the_accounts_have_every_role(city: City) -> None:
    with city.app.app_context():
        query = select(RoleGrant.role).join(Account).where(Account.username.in_(ACCOUNTS))
        held = set(db.session.scalars(query))

    assert held == set(ROLES) - {"system"}


def test_many_forms_were_filled_in(
    crawled: Callable[[str], Filler], filled: set[tuple[object, object, str]]
) -> None:
    for username in ACCOUNTS:
        crawled(username)

    assert len(filled) > 60
