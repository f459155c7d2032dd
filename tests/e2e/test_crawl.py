"""Every link of every page of the demo city leads somewhere, for a visitor and for each role."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from qzcompete.app import create_app
from qzcompete.config import load_settings
from tests.e2e.conftest import DEMO_PASSWORD

ACCOUNTS = ("", "office", "admin", "supervisor", "judge1", "chief1", "winner")
MOST_PAGES = 400


@pytest.fixture(scope="module")
def demo_app(demo_folder: Path) -> Flask:
    app = create_app(load_settings({"QZ_DATA_DIR": str(demo_folder)}))
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


def crawl(client: FlaskClient) -> tuple[int, dict[str, int]]:
    """Follow all links from the home page and the desk: (number of pages, address → status of the faulty ones)."""
    waiting, seen, faulty = ["/", "/desk"], {"/", "/desk"}, {}
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop()
        answer = client.get(path)
        if answer.status_code not in (200, 302, 304):
            faulty[path] = answer.status_code
        if answer.mimetype == "text/html" and answer.status_code == 200:
            new = links(path, answer.text) - seen
            seen |= new
            waiting += sorted(new)
        answer.close()
    return len(seen), faulty


@pytest.mark.parametrize("username", ACCOUNTS)
def test_no_link_is_dead(demo_app: Flask, username: str) -> None:
    client = demo_app.test_client()
    if username:
        signed_in = client.post("/sign-in", data={"username": username, "password": DEMO_PASSWORD})
        assert signed_in.status_code == 302

    pages, faulty = crawl(client)

    assert faulty == {}
    assert pages > 10
