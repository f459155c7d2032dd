"""Before the layers are opened, no answer to a judge or the chief judge, on any route, and no line of the log holds
whose work a code is: no name, no organisation, no document, no instructor, no code of an outer layer."""

from __future__ import annotations

import io
import itertools
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.routing import AnyConverter, IntegerConverter, Rule
from werkzeug.test import TestResponse

from qzcompete.core.actor import SYSTEM
from qzcompete.core.logs import JsonLines
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.marking import queries as marking
from qzcompete.marking.models import Candidate, Seat
from qzcompete.registration import queries
from qzcompete.registration import services as registration
from qzcompete.results import services as results
from tests.marking.panel import Tablet, issue
from tests.registration.ceremony import Ceremony, drawn, mark_all, open_layer, outer_codes
from tests.registration.test_ceremony_views import entered
from tests.results.contest import DOCUMENTS

# These end the session that asks.
NEVER = {"people.sign_out", "static"}
MOST_TRIES = 8


def identities(held: Ceremony) -> set[str]:
    entries = queries.entries(held.event.id)
    found = {entry.name for entry in entries} | {entry.unit for entry in entries} | set(DOCUMENTS)
    found |= {entry.masked_number or "" for entry in entries} | {entry.instructor or "" for entry in entries}
    return (found | outer_codes(held.event) | {"a seed of the test"}) - {""}


def leaks(answer: TestResponse, secrets: set[str]) -> list[str]:
    """The identity strings in body, headers, and in text and metadata of a PDF."""
    told = [answer.data.decode("utf-8", "replace"), str(answer.headers)]
    if answer.data.startswith(b"%PDF"):
        pdf = PdfReader(io.BytesIO(answer.data))
        told += [page.extract_text() for page in pdf.pages] + [str(pdf.metadata)]
        told += [str(pdf.xmp_metadata and pdf.xmp_metadata.rdf_root.toxml())]
    elif answer.is_json:
        told.append(json.dumps(answer.json, ensure_ascii=False))
    return sorted(secret for secret in secrets if any(secret in text for text in told))


def values_for(held: Ceremony) -> dict[str, list[Any]]:
    assessment = held.event.assessment_id
    works = db.session.scalars(select(Candidate.code).filter_by(assessment_id=assessment)).all()
    seats = db.session.scalars(select(Seat.id).filter_by(assessment_id=assessment)).all()
    return {
        "code": [held.event.code, held.event.competition.code, works[0]],
        "assessment_id": [assessment],
        "seat_id": [seats[0], seats[-1]],
        "layer": [1, 2, 3],
        "entry_id": [entry.id for entry in queries.entries(held.event.id)][:2],
    }


def fitting(rule: Rule, name: str) -> int | str:
    """Anything that a part of the address takes."""
    part = rule._converters[name]
    if isinstance(part, IntegerConverter):
        return 1
    return sorted(part.items)[0] if isinstance(part, AnyConverter) else "x"


def addresses(rule: Rule, values: dict[str, list[Any]], app: Flask) -> Iterator[str]:
    names = sorted(rule.arguments)
    choices = [values.get(name) or [fitting(rule, name)] for name in names]
    adapter = app.url_map.bind("localhost")
    for chosen in itertools.islice(itertools.product(*choices), MOST_TRIES):
        yield adapter.build(rule.endpoint, dict(zip(names, chosen, strict=True)))


def one_of(rule: Rule, name: str) -> list[Any]:
    """A value for a part of an address that the contest does not name."""
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)
    return [1] if name.endswith("_id") else ["x"]


def tried(app: Flask, client: FlaskClient, held: Ceremony) -> Iterator[tuple[str, TestResponse]]:
    values = values_for(held)
    form = {"reason": "想看看是谁的作品", "layers": "1", "source": "x", "q": "韦"}
    for rule in app.url_map.iter_rules():
        if rule.endpoint in NEVER or rule.rule.startswith("/api/"):
            continue
        for address in addresses(rule, values, app):
            if "GET" in (rule.methods or ()):
                yield f"GET {address}", client.get(address, query_string={"marks": "1"})
            if "POST" in (rule.methods or ()):
                yield f"POST {address}", client.post(address, data=form)


@pytest.mark.parametrize(
    ("username", "closed"), [("panel-0", False), ("panel-chief", False), ("panel-chief", True)]
)
def test_no_route_tells_a_judge_whose_work_it_is(
    app: Flask, caplog: pytest.LogCaptureFixture, username: str, closed: bool
) -> None:
    held = drawn()
    mark_all(held.event)
    if closed:
        with unit():
            results.close_event(SYSTEM, held.event.id)
        open_layer(held, 3)
    secrets = identities(held)
    caplog.set_level(logging.DEBUG)
    logging.getLogger("qzcompete").propagate = True

    answers = list(tried(app, entered(app, username), held))

    assert len(answers) > 60
    assert {address: found for address, answer in answers if (found := leaks(answer, secrets))} == {}
    log = "\n".join(JsonLines().format(record) for record in caplog.records)
    assert [secret for secret in secrets if secret in log] == []
    assert queries.codes_are_sealed(held.event.id)


def test_the_search_finds_names_where_names_are_shown(app: Flask) -> None:
    held = drawn()
    keeper = entered(app, "keeper-1")

    for path in ("list", "slips"):
        answer = keeper.post(f"/codes/{held.event.code}/1/{path}", data={"reason": "制作信封"})
        assert {"韦梅静", "C001"} <= set(leaks(answer, identities(held)))


def test_tablets_and_exports_hold_only_work_codes(app: Flask) -> None:
    held = drawn()
    mark_all(held.event)
    secrets = identities(held)
    tablet = Tablet(app.test_client(use_cookies=False))
    entered_with = tablet.enter(qr=issue(held.event.assessment_id)["J1"].token)

    answers = [entered_with, tablet.pack(), tablet.send()]

    assert answers[1].status_code == 200
    assert [leaks(answer, secrets) for answer in answers] == [[], [], []]
    packed = json.dumps(marking.packed(held.event.code), ensure_ascii=False, default=str)
    assert [secret for secret in secrets if secret in packed] == []


def test_a_changed_status_tells_marking_no_name(app: Flask) -> None:
    held = drawn()
    with unit():
        registration.mark_status(SYSTEM, queries.entries(held.event.id)[0].id, "disqualified", "携带手机")
    chief = entered(app, "panel-chief")

    answer = chief.get(f"/marking/watch/{held.event.assessment_id}")

    assert answer.status_code == 200
    assert leaks(answer, identities(held)) == []
