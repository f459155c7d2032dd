"""Every link of the demo city's pages leads somewhere, for a visitor and for each role, and nothing tells a document number.
Whoever asks for what another of the same role was shown, and the asker was not, is told that there is none.

Of the pages of one kind (the hundred results, the two hundred entries) some are opened. QZ_CRAWL=all opens every one,
but of the orders, searches and years of one page only some, for a calendar has no end.
"""

from __future__ import annotations

import os
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from qzcompete.app import create_app
from qzcompete.config import load_settings
from qzcompete.core.permissions import ROLES
from qzcompete.extensions import db
from qzcompete.people.models import Account, Person, RoleGrant
from tests.e2e.conftest import DEMO_PASSWORD

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
EVERY_PAGE = os.environ.get("QZ_CRAWL") == "all"
MOST_OF_A_KIND = 4
WORD = re.compile("[0-9A-Z]{7,18}")


@pytest.fixture(scope="module")
def demo_app(demo_folder: Path) -> Flask:
    app = create_app(load_settings({"QZ_DATA_DIR": str(demo_folder), "QZ_SECOND_FACTOR_ROLES": ""}))
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def links(path: str, html: str) -> set[str]:
    """The addresses of this site that a page names."""
    soup = BeautifulSoup(html, "html.parser")
    named = {tag["href"] for tag in soup.find_all(["a", "link"], href=True)}
    named |= {tag["src"] for tag in soup.find_all(["img", "script"], src=True)}
    wanted = set()
    for target in named:
        parts = urlsplit(urljoin(f"http://localhost{path}", str(target)))
        if parts.netloc == "localhost" and parts.scheme == "http":
            wanted.add(parts.path + (f"?{parts.query}" if parts.query else ""))
    return wanted


class Crawl:
    """Follows all links from the home page and the desk; `faulty`: address → status of those that lead nowhere;
    `shown`: the paths of the others; `telling`: addresses whose answer, file or headers hold one of the numbers."""

    def __init__(self, app: Flask, client: FlaskClient, numbers: frozenset[str] = frozenset()) -> None:
        self.numbers, self.telling = numbers, set[str]()
        self.views, self.client = app.url_map.bind("localhost"), client
        self.pages, self.faulty, self.shown = 0, dict[str, int](), set[str]()
        self.kinds = Counter[object]()
        # Paper takes its time: one of a kind is printed.
        self.printed = set[object]()

    def run(self) -> Crawl:
        waiting, seen = ["/", "/desk"], {"/", "/desk"}
        while waiting:
            path = waiting.pop()
            if not EVERY_PAGE and self.view(path) in self.printed:
                continue
            new = self.open(path) - seen
            seen |= new
            waiting += [path for path in sorted(new) if self.wanted(path)]
        return self

    def wanted(self, path: str) -> bool:
        """Whether fewer than enough addresses of the same kind and the same questions are on the way."""
        parts, view = urlsplit(path), self.view(path)
        kind = (parts.path if EVERY_PAGE else view, tuple(sorted(parse_qs(parts.query))))
        self.kinds[kind] += 1
        return view == "static" or self.kinds[kind] <= MOST_OF_A_KIND

    def view(self, path: str) -> object:
        try:
            return self.views.match(urlsplit(path).path)[0]
        except (NotFound, RequestRedirect):
            return path

    def open(self, path: str) -> set[str]:
        self.pages += 1
        answer = self.client.get(path)
        try:
            if answer.status_code not in (200, 302, 304):
                self.faulty[path] = answer.status_code
            else:
                self.shown.add(urlsplit(path).path)
            if answer.mimetype == "application/pdf":
                self.printed.add(self.view(path))
            if self.numbers.intersection(WORD.findall(told_by(answer) + path)):
                self.telling.add(path)
            whole = answer.mimetype == "text/html" and answer.status_code == 200
            return links(path, answer.text) if whole else set()
        finally:
            answer.close()


def told_by(answer: TestResponse) -> str:
    """Headers and content as one text; of a workbook its parts, of other files what is readable as it is."""
    content = answer.get_data()
    if zipfile.is_zipfile(BytesIO(content)):
        with zipfile.ZipFile(BytesIO(content)) as file:
            content = b" ".join(
                [*map(str.encode, file.namelist()), *(file.read(one) for one in file.namelist())]
            )
    return f"{answer.headers} {content.decode(errors='replace')} "


@pytest.fixture(scope="module")
def numbers(demo_app: Flask) -> frozenset[str]:
    """The document numbers of everybody in the demo."""
    with demo_app.app_context():
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
def crawled(demo_app: Flask, numbers: frozenset[str]) -> Callable[[str], Crawl]:
    """What an account found, crawled once."""
    return cache(lambda username: Crawl(demo_app, signed_in(demo_app, username), numbers).run())


@pytest.mark.parametrize("username", ACCOUNTS)
def test_no_link_is_dead_and_no_number_is_told(
    crawled: Callable[[str], Crawl],
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


@pytest.mark.parametrize(("owner", "other"), PAIRS)
def test_the_pages_of_another_are_not_there(
    demo_app: Flask, crawled: Callable[[str], Crawl], owner: str, other: str
) -> None:
    views = demo_app.url_map.bind("localhost")
    own = crawled(owner).shown - crawled(other).shown - crawled("").shown
    asked = [path for path in own if views.match(path)[1] and not path.startswith(("/static/", SHARED))]
    client, visitor = signed_in(demo_app, other), demo_app.test_client()

    told = {path for path in asked if client.get(path).status_code == 200}

    assert asked, "the owner has nothing that the other was not shown"
    assert {path for path in told if visitor.get(path).status_code != 200} == set()


def test_the_accounts_have_every_role(demo_app: Flask) -> None:
    with demo_app.app_context():
        query = select(RoleGrant.role).join(Account).where(Account.username.in_(ACCOUNTS))
        held = set(db.session.scalars(query))

    assert held == set(ROLES) - {"system"}
