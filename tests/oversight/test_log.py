"""The audit log as an auditor reads it: narrowed, in pages, taken away as files that hold no formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from qzcompete.core import audit, clock
from qzcompete.core.actor import Actor
from qzcompete.core.transaction import unit

# 00:30 of the 26th in the city.
NIGHT = datetime(2026, 11, 25, 16, 30, tzinfo=UTC)
ROWS = (
    ("韦梅静", "event.state_set", "event:1", {"state": "open"}),
    ("黄永福", "event.state_set", "event:11", {"state": "open"}),
    ("韦梅静", "result.published", "event:1", {"version": 1}),
    ('=HYPERLINK("http://evil")', "notice.published", "notice:1", None),
)


@pytest.fixture
def auditor(app: Flask, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    client = sign_in("supervisor")
    with clock.held_at(NIGHT), unit():
        for name, action, subject, after in ROWS:
            audit.record(Actor(None, name), action, subject, after=after)
    return client


def shown(client: FlaskClient, query: str) -> list[str]:
    page = BeautifulSoup(client.get(f"/audit?{query}").text, "html5lib")
    return [" ".join(row.get_text(" ", strip=True).split()[3:5]) for row in page.select("tbody tr")]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("actor=梅静", ["result.published event:1", "event.state_set event:1"]),
        ("action=event.", ["event.state_set event:11", "event.state_set event:1"]),
        ("subject=event:1", ["result.published event:1", "event.state_set event:1"]),
        ("subject=notice:", ["notice.published notice:1"]),
        ("first=2026-11-26&last=2026-11-26&actor=黄", ["event.state_set event:11"]),
        ("last=2026-11-25&actor=黄", []),
        ("first=no-day&actor=黄", ["event.state_set event:11"]),
        ("actor=%25", []),
    ],
)
def test_the_log_is_narrowed(auditor: FlaskClient, query: str, rows: list[str]) -> None:
    assert shown(auditor, query) == rows


def test_a_copy_holds_what_the_filters_leave_and_no_formula(auditor: FlaskClient) -> None:
    form = {"action": "notice."}

    book = load_workbook(io.BytesIO(auditor.post("/audit/copy.xlsx", data=form).data)).active
    listed = list(
        csv.reader(io.StringIO(auditor.post("/audit/copy.csv", data=form).data.decode("utf-8-sig")))
    )

    assert book is not None
    assert [(cell.value, cell.data_type) for cell in book["B"][1:]] == [('=HYPERLINK("http://evil")', "s")]
    assert [row[1] for row in listed[1:]] == ['\'=HYPERLINK("http://evil")']


def test_taking_a_copy_is_told_to_the_log(auditor: FlaskClient) -> None:
    auditor.post("/audit/copy.csv", data={"actor": "韦"})

    page = auditor.get("/audit?action=audit.")

    assert "audit.exported" in page.text
    assert "&#34;actor&#34;: &#34;韦&#34;" in page.text


def test_the_log_of_the_city_is_not_for_a_supervisor_of_one_competition(
    sign_in: Callable[..., FlaskClient],
) -> None:
    client = sign_in("supervisor", ("competition", 1))

    assert client.get("/audit").status_code == 403
    assert client.post("/audit/copy.csv").status_code == 403
