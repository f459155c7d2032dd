"""A panel at work: the assessment EV1 with the candidates K1 and K2 and the judges J1 to J3, and a tablet's calls."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from qzcompete.core.actor import SYSTEM
from qzcompete.core.clock import now
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.marking import queries, services
from qzcompete.marking.models import Seat
from qzcompete.marking.services.tablets import device_values, known_device
from qzcompete.people.services import create_account

SCHEME = {
    "awards": {"rule": "places", "on_tie": "block", "list": [{"code": "一等奖", "count": 1}]},
    "modules": [
        {
            "code": "M",
            "criteria": [
                {
                    "code": "C",
                    "aspects": [
                        {"code": "A1", "name": "尺寸", "kind": "measurement", "max": "10", "step": "0.5"},
                        {"code": "A2", "name": "造型", "kind": "judgement", "max": "3", "panel": 2},
                    ],
                }
            ],
        }
    ],
}
NAMES = ("梁裁判", "韦裁判", "黄裁判")
TABLET = "11111111-1111-4111-8111-111111111111"


def open_panel(code: str = "EV1", scheme: Any = SCHEME, candidates: tuple[str, ...] = ("K1", "K2")) -> int:
    """The id of an open assessment; its judges have accounts, the chief judge J4 has none."""
    with unit():
        accounts = [
            create_account(SYSTEM, f"{code}-{place}", name, "correct-horse-9", [("judge", ("city", 0))]).id
            for place, name in enumerate(NAMES)
        ]
        assessment = services.create_assessment(SYSTEM, code, "坭兴陶制作")
        services.set_scheme(SYSTEM, assessment.id, scheme)
        services.add_candidates(SYSTEM, assessment.id, [services.CandidateSpec(one) for one in candidates])
        seats = [
            services.SeatSpec(f"J{place}", name, account)
            for place, (name, account) in enumerate(zip(NAMES, accounts, strict=True), 1)
        ]
        services.seat_judges(SYSTEM, assessment.id, [*seats, services.SeatSpec("J4", "裁判长", None, True)])
        services.open_assessment(SYSTEM, assessment.id)
    return assessment.id


def seat_of(code: str) -> Seat:
    return db.session.scalars(select(Seat).where(Seat.code == code)).one()


def issue(assessment_id: int) -> dict[str, services.IssuedCard]:
    """New cards of the panel, by seat."""
    with unit():
        return {card.seat_code: card for card in services.issue_cards(SYSTEM, assessment_id, 72)}


def op(**changes: Any) -> dict[str, Any]:
    given = {"op_id": str(uuid4()), "candidate": "K1", "aspect": "A1", "kind": "set", "value": "7.5"}
    return given | {"base_rev": 0} | changes


def mark(judge: str, *ops: dict[str, Any]) -> list[tuple[str, str | None]]:
    with unit():
        results = services.record_ops(SYSTEM, seat_of(judge).id, ops)
    return [(result.status, result.code) for result in results]


def sign(judge: str, candidate: str) -> None:
    seat = seat_of(judge)
    digest = queries.digest_of(seat.id, seat.assessment_id, candidate)
    assert mark(judge, op(candidate=candidate, aspect=None, kind="sign", value=digest)) == [("applied", None)]


def report(judge: str, clock_offset_ms: int = 0, **told: Any) -> None:
    """What a tablet says of itself with its marks."""
    with unit():
        device = known_device(TABLET, seat_of(judge).id)
        for name, value in device_values(told).items():
            setattr(device, name, value)
        device.clock_offset_ms, device.seen_at = clock_offset_ms, now()


class Tablet:
    """A tablet on the wire: no cookie, a device of its own."""

    def __init__(self, client: FlaskClient, device_id: str = TABLET) -> None:
        self.client, self.device_id, self.token = client, device_id, ""

    def enter(self, address: str = "10.0.0.7", **given: Any) -> TestResponse:
        body = {"proto": 1, "device_id": self.device_id, "label": "1号平板"} | given
        answer = self.client.post(
            "/api/v1/tablet/grants", json=body, environ_overrides={"REMOTE_ADDR": address}
        )
        self.token = answer.json.get("token", "") if answer.json else ""
        return answer

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def pack(self, tag: str | None = None) -> TestResponse:
        return self.client.get(
            "/api/v1/tablet/pack", headers=self.headers | ({"If-None-Match": tag} if tag else {})
        )

    def send(self, *ops: dict[str, Any]) -> TestResponse:
        body = {"proto": 1, "batch_id": str(uuid4()), "device": {"label": "1号平板"}, "ops": list(ops)}
        return self.client.post("/api/v1/tablet/ops", json=body, headers=self.headers)

    def photo(self, content: bytes, **about: str) -> TestResponse:
        query = {"id": str(uuid4()), "candidate": "K1", "aspect": "", "taken_at": "1764000000000"} | about
        return self.client.post(
            "/api/v1/tablet/photos",
            query_string=query,
            data=content,
            content_type="image/jpeg",
            headers=self.headers,
        )
