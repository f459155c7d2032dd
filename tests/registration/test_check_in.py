"""The door of an event: passes, numbers and names lead to a competitor; late, absent, undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from qzcompete.competitions import services as competitions
from qzcompete.competitions.services import EventDraft
from qzcompete.core.actor import SYSTEM
from qzcompete.core.clock import now
from qzcompete.core.errors import NotAllowed, RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.registration import documents, queries
from qzcompete.registration import services as registration
from tests.registration.ceremony import account, drawn
from tests.registration.nominations import PEOPLE, Nomination, nominated, open_for_nomination, row

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def held(app: Flask) -> Nomination:
    held = open_for_nomination()
    nominated(held, 0, 1, 2)
    with unit():
        registration.accept_submitted(SYSTEM, held.event.id)
    return held


@pytest.fixture
def steward(sign_in: SignIn) -> FlaskClient:
    return sign_in("steward")


def typed(client: FlaskClient, held: Nomination, what: str) -> str:
    answer = client.post(f"/check-in/{held.event.code}", data={"typed": what})
    return client.get(answer.headers["Location"]).text if answer.status_code == 302 else answer.text


@pytest.mark.parametrize("what", ["001", "1", "韦梅静", "wmj", "pass"])
def test_pass_number_name_and_pinyin_lead_to_the_same_competitor(
    steward: FlaskClient, held: Nomination, what: str
) -> None:
    entry = queries.entries(held.event.id)[0]

    page = typed(steward, held, queries.pass_code(entry) if what == "pass" else what)

    assert "检录时间" in page
    assert [card.entry.name for card in queries.door(held.event).come] == ["韦梅静"]
    assert PEOPLE[0][1] not in page


def test_a_pass_is_void_once_another_took_the_place(steward: FlaskClient, held: Nomination) -> None:
    entry = queries.entries(held.event.id)[0]
    old = queries.pass_code(entry)
    with unit():
        registration.substitute(SYSTEM, entry.id, entry.person_id or 0, row(4), "选手生病住院")

    assert "没有与" in typed(steward, held, old)
    assert "没有与" in typed(steward, held, old[:-1] + "0")
    assert queries.door(held.event).come == []
    assert "农秀兰" in typed(steward, held, queries.pass_code(queries.entries(held.event.id)[0]))


def test_checking_in_is_undone_and_twice_keeps_the_first_moment(
    steward: FlaskClient, held: Nomination
) -> None:
    typed(steward, held, "001")
    first = queries.entries(held.event.id)[0].checked_in_at
    typed(steward, held, "001")
    entry = queries.entries(held.event.id)[0]
    assert entry.checked_in_at == first

    steward.post(f"/check-in/{held.event.code}/{entry.id}/undo")

    assert queries.entries(held.event.id)[0].checked_in_at is None


def test_who_has_not_come_is_absent_at_the_end_and_may_still_come(held: Nomination) -> None:
    first, second, _third = queries.entries(held.event.id)
    with unit():
        registration.check_in(SYSTEM, held.event.id, first.id)
        assert registration.end_check_in(SYSTEM, held.event.id) == 2
    assert [entry.status for entry in queries.entries(held.event.id)] == ["present", "absent", "absent"]

    with unit():
        registration.check_in(SYSTEM, held.event.id, second.id)

    door = queries.door(held.event)
    assert (len(door.come), len(door.missing), len(door.absent)) == (2, 0, 1)


def test_who_comes_after_the_beginning_is_late(held: Nomination) -> None:
    with unit():
        begun = EventDraft(name="焊接", occupation_code="6-18-02-04", starts_at=now() - timedelta(minutes=5))
        competitions.edit_event(SYSTEM, held.event.id, begun)
        registration.check_in(SYSTEM, held.event.id, queries.entries(held.event.id)[0].id)

    assert queries.door(competitions.hold_event(held.event.id)).late == 1


def test_a_judge_of_the_event_stands_at_no_door_of_it(app: Flask) -> None:
    held = drawn()
    judge = account("both", ("steward", ("city", 0)), ("judge", ("assessment", held.event.assessment_id)))

    with pytest.raises((NotAllowed, RuleBroken)):
        registration.check_in(judge, held.event.id, queries.entries(held.event.id)[0].id)


def text_of(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def test_passes_and_programme_name_people_and_mask_their_numbers(held: Nomination) -> None:
    cards = [(held.event, card) for card in queries.entries(held.event.id)]

    passes, book = (
        text_of(documents.print_passes(cards)),
        text_of(documents.print_programme(held.event.competition)),
    )

    for name, number in PEOPLE[:3]:
        assert name in passes
        assert name in book
        assert number not in passes + book
    assert "110105********002X" in passes
    assert "110105" not in book
    assert queries.pass_code(cards[0][1]) in passes
