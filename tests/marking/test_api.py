"""The tablet's protocol on the wire: each op is answered once for ever, by exact type, and nothing leaks."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from qzcompete.core.actor import SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.marking import services
from qzcompete.marking.models import Candidate, Device, Mark, Recusal, Seat, TabletGrant
from qzcompete.people.services import create_account

SCHEME = {
    "modules": [
        {
            "code": "M",
            "criteria": [
                {
                    "code": "C",
                    "aspects": [
                        {"code": "A1", "kind": "measurement", "max": "10", "step": "0.5"},
                        {"code": "A2", "kind": "judgement", "max": "3", "panel": 1},
                    ],
                }
            ],
        }
    ]
}


@pytest.fixture
def seat(app: Flask) -> Seat:
    """The seat of judge `seat-judge` in an open assessment with the candidates K1 and K2."""
    with unit():
        account = create_account(SYSTEM, "seat-judge", "梁裁判", "correct-horse-9", [])
        assessment = services.create_assessment(SYSTEM, "EV1", "坭兴陶")
        services.set_scheme(SYSTEM, assessment.id, SCHEME)
        services.add_candidates(
            SYSTEM, assessment.id, [services.CandidateSpec("K1"), services.CandidateSpec("K2")]
        )
        services.seat_judges(SYSTEM, assessment.id, [services.SeatSpec("J1", "梁裁判", account.id)])
        services.open_assessment(SYSTEM, assessment.id)
    return db.session.query(Seat).one()


@pytest.fixture
def send(app: Flask, seat: Seat) -> Callable[..., TestResponse]:
    """Posts ops as the tablet of the seat does."""
    with unit():
        actor = SYSTEM.__class__(seat.account_id, "梁裁判")
        token, _ = services.start_tablet(actor, seat.id, 72)
    client = app.test_client(use_cookies=False)

    def post(*ops: Any, **changes: Any) -> TestResponse:
        batch = {"proto": 1, "batch_id": str(uuid4()), "clock_offset_ms": -40, "device": {"pending": 3}}
        body = batch | {"ops": list(ops)} | changes
        return client.post("/api/v1/tablet/ops", json=body, headers={"Authorization": f"Bearer {token}"})

    post.token = token  # type: ignore[attr-defined]
    return post


def op(**changes: Any) -> dict[str, Any]:
    given = {
        "op_id": str(uuid4()),
        "seq": 1,
        "assessment": "EV1",
        "judge": "J1",
        "candidate": "K1",
        "aspect": "A1",
        "kind": "set",
        "value": "7.5",
        "base_rev": 0,
        "client_ts": 1,
        "resolves": [],
        "extra": None,
    }
    return given | changes


def first(answer: TestResponse) -> tuple[str, str | None, int | None]:
    result = answer.json["results"][0]  # type: ignore[index]
    return result["status"], result["code"], result["rev"]


def test_mark_is_stored_once_when_the_same_op_comes_twice(send: Callable[..., TestResponse]) -> None:
    given = op()

    answers = [send(given).json["results"][0] for _ in range(2)]

    assert [(one["status"], one["rev"], one["duplicate"]) for one in answers] == [
        ("applied", 1, False),
        ("applied", 1, True),
    ]
    assert [str(mark.value.normalize()) for mark in db.session.query(Mark)] == ["7.5"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"value": "10.5"}, "out_of_range"),
        ({"value": "-1"}, "out_of_range"),
        ({"value": "7.3"}, "bad_step"),
        ({"value": 7}, "malformed"),
        ({"value": False}, "malformed"),
        ({"value": "7,5"}, "malformed"),
        ({"candidate": "K9"}, "unknown_cell"),
        ({"aspect": "A9"}, "unknown_cell"),
        ({"assessment": "EV2"}, "unknown_cell"),
        ({"judge": "J2"}, "wrong_judge"),
        ({"op_id": "1"}, "malformed"),
        ({"base_rev": True}, "malformed"),
        ({"base_rev": "0"}, "malformed"),
        ({"kind": "delete"}, "malformed"),
        ({"seq": 1.5}, "malformed"),
        ({"kind": "sign", "aspect": None, "value": "0" * 64}, "digest_mismatch"),
    ],
)
def test_op_is_rejected_and_the_next_one_applied(
    send: Callable[..., TestResponse], changes: dict[str, Any], code: str
) -> None:
    answer = send(op(**changes), op(aspect="A2", value="2"))

    assert first(answer)[:2] == ("rejected", code)
    assert answer.json["results"][1]["status"] == "applied"  # type: ignore[index]


def test_conflict_keeps_both_values_when_the_cell_moved_on(send: Callable[..., TestResponse]) -> None:
    send(op(value="7.5"))
    late = op(value="8")

    conflict = send(late)
    again = send(late)
    settled = send(op(value="8", base_rev=1, resolves=[late["op_id"]]))

    assert first(conflict) == ("conflict", "stale_rev", 1)
    current = conflict.json["results"][0]["current"]  # type: ignore[index]
    assert (current["rev"], current["value"]) == (1, "7.5")
    assert again.json["results"][0]["current"] == current  # type: ignore[index]
    assert [one["value"] for one in conflict.json["conflicts"]] == ["8"]  # type: ignore[index]
    assert first(settled) == ("applied", None, 2)
    assert settled.json["conflicts"] == []  # type: ignore[index]


def test_equal_value_is_no_quarrel_when_the_cell_moved_on(send: Callable[..., TestResponse]) -> None:
    send(op(value="7.5"))

    assert first(send(op(value="7.50"))) == ("same", None, 1)


def test_id_is_refused_when_it_names_another_op(send: Callable[..., TestResponse]) -> None:
    given = op()
    send(given)

    assert first(send(given | {"value": "8"}))[:2] == ("rejected", "key_reuse")


def test_op_is_held_when_the_sheet_is_signed(send: Callable[..., TestResponse], seat: Seat) -> None:
    from qzcompete.marking.queries import digest_of

    send(op())
    digest = digest_of(seat.id, seat.assessment_id, "K1")

    signed = send(op(kind="sign", aspect=None, value=digest))

    assert first(signed)[0] == "applied"
    assert first(send(op(value="9", base_rev=1)))[:2] == ("held", "signed")
    assert [str(mark.value.normalize()) for mark in db.session.query(Mark)] == ["7.5"]


def test_recused_candidate_is_nowhere(app: Flask, send: Callable[..., TestResponse], seat: Seat) -> None:
    with unit():
        candidate = db.session.query(Candidate).filter_by(code="K2").one()
        db.session.add(Recusal(seat_id=seat.id, candidate_id=candidate.id))

    answer = send(op(candidate="K2"))
    pack = fetch_pack(app, send)

    assert first(answer)[:2] == ("rejected", "recused")
    assert "K2" not in json.dumps(pack.json)


def fetch_pack(app: Flask, send: Any, **headers: str) -> TestResponse:
    client = app.test_client(use_cookies=False)
    return client.get("/api/v1/tablet/pack", headers={"Authorization": f"Bearer {send.token}"} | headers)


def test_pack_has_the_own_marks_and_is_not_sent_again_unchanged(
    app: Flask, send: Callable[..., TestResponse]
) -> None:
    send(op())

    pack = fetch_pack(app, send)
    unchanged = fetch_pack(app, send, **{"If-None-Match": pack.headers["ETag"]})

    assert pack.json["cells"] == [{"candidate": "K1", "aspect": "A1", "rev": 1, "value": "7.5"}]  # type: ignore[index]
    assert [one["code"] for one in pack.json["candidates"]] == ["K1", "K2"]  # type: ignore[index]
    assert pack.headers["Cache-Control"] == "no-store"
    assert unchanged.status_code == 304


def test_device_is_known_with_what_it_still_holds(send: Callable[..., TestResponse]) -> None:
    answer = send(op())

    device = db.session.query(Device).one()
    assert (device.pending, device.clock_offset_ms) == (3, -40)
    assert answer.json["device"] == {"ops_seen": 1}  # type: ignore[index]


@pytest.mark.parametrize("header", ["", "Bearer nobody", "Basic x"])
def test_nothing_is_told_without_a_grant(app: Flask, seat: Seat, header: str) -> None:
    answer = app.test_client().get("/api/v1/tablet/pack", headers={"Authorization": header})

    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.json["code"] == "grant_gone"  # type: ignore[index]


def test_revoked_grant_ends_the_right_to_send(send: Callable[..., TestResponse]) -> None:
    from qzcompete.core.clock import now

    with unit():
        db.session.query(TabletGrant).one().revoked_at = now()

    assert send(op()).status_code == 401


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"proto": 0}, 426), ({"batch_id": "x"}, 400), ({"ops": 1}, 400), ({"ops": [1]}, 400)],
)
def test_batch_is_refused_as_a_whole(
    send: Callable[..., TestResponse], changes: dict[str, Any], status: int
) -> None:
    assert send(**changes).status_code == status


def test_batch_of_more_than_fifty_is_too_large(send: Callable[..., TestResponse]) -> None:
    assert send(*[op() for _ in range(51)]).status_code == 413


def test_form_is_no_batch(app: Flask, send: Any) -> None:
    headers = {"Authorization": f"Bearer {send.token}"}

    assert app.test_client().post("/api/v1/tablet/ops", data={"a": "b"}, headers=headers).status_code == 415


def test_seat_of_somebody_else_gives_no_tablet(seat: Seat, sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in("judge", ("assessment", seat.assessment_id))

    assert client.post(f"/marking/{seat.assessment_id}/tablet").status_code == 404
