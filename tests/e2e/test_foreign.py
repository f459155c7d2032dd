"""Whoever has the address of another's page, file or entry is told that there is none: each account that owns something
follows its links in the demo city, and another account of the same role asks for every one that it was not shown itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from qzcompete.app import create_app
from qzcompete.config import load_settings
from tests.e2e.conftest import DEMO_PASSWORD
from tests.e2e.test_crawl import Crawl

# Owner, and somebody of the same role.
PAIRS = (
    ("school", "firm"),
    ("firm", "union"),
    ("winner", "entrant"),
    ("entrant", "alone"),
    ("applicant1", "applicant2"),
    ("old5", "old1"),
    ("base12", "applicant1"),
    ("unit-pb", "unit-qn"),
    ("expert1", "expert2"),
    ("arbiter", "supervisor"),
)
# An event in which both have entrants; of many links of a kind the other did not follow this one.
SHARED = "/my/results/early/"


class Visit(Crawl):
    """Notes what was opened and shown."""

    def __init__(self, app: Flask, client: FlaskClient) -> None:
        super().__init__(app, client)
        self.shown: set[str] = set()

    def open(self, path: str) -> set[str]:
        found = super().open(path)
        if path not in self.faulty:
            self.shown.add(path.split("?")[0])
        return found


@pytest.fixture(scope="module")
def demo_app(demo_folder: Path) -> Flask:
    app = create_app(load_settings({"QZ_DATA_DIR": str(demo_folder), "QZ_SECOND_FACTOR_ROLES": ""}))
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def signed_in(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    if username:
        answer = client.post("/sign-in", data={"username": username, "password": DEMO_PASSWORD})
        assert answer.status_code == 302, f"{username} cannot sign in"
    return client


@pytest.fixture(scope="module")
def visits(demo_app: Flask) -> dict[str, Visit]:
    return {}


def visit(app: Flask, visits: dict[str, Visit], username: str) -> Visit:
    if username not in visits:
        crawl = Visit(app, signed_in(app, username))
        crawl.run()
        visits[username] = crawl
    return visits[username]


@pytest.mark.parametrize(("owner", "other"), PAIRS)
def test_the_pages_of_another_are_not_there(
    demo_app: Flask, visits: dict[str, Visit], owner: str, other: str
) -> None:
    own, foreign, public = (visit(demo_app, visits, name) for name in (owner, other, ""))
    asked = sorted(
        path
        for path in own.shown - foreign.shown - public.shown
        if demo_app.url_map.bind("localhost").match(path)[1] and not path.startswith(("/static/", SHARED))
    )
    client = signed_in(demo_app, other)

    open_to_other = {path for path in asked if client.get(path).status_code == 200}
    open_to_all = {path for path in open_to_other if demo_app.test_client().get(path).status_code == 200}

    assert asked, "the owner has nothing that the other was not shown"
    assert open_to_other - open_to_all == set()
