"""What several tablets send is stored in one transaction as if each had come alone."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from qzcompete.core.actor import SYSTEM
from qzcompete.core.audit import chain_faults
from qzcompete.core.driver import session_driver
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.marking import services
from qzcompete.marking.models import Device, Mark, MarkOp
from qzcompete.marking.services.tablets import new_grant
from tests.marking.panel import op, open_panel, seat_of


@pytest.fixture
def tokens(both_engines: Flask) -> dict[str, str]:
    """Two tablets of J1 and one of J2."""
    open_panel()
    with unit():
        return {
            name: new_grant(SYSTEM, seat_of(name[:2]).id, 72, str(uuid4()))[0]
            for name in ("J1 one", "J1 two", "J2 one")
        }


def parcel(token: str, *ops: dict[str, Any], label: str = "平板") -> services.Parcel:
    return services.Parcel(services.token_hash(token), ops, {"label": label}, None)


def receive(*parcels: services.Parcel) -> list[list[tuple[str, str | None]] | None]:
    with unit():
        receipts = services.receive(session_driver(), parcels)
    return [
        None if receipt is None else [(result.status, result.code) for result in receipt.results]
        for receipt in receipts
    ]


def test_each_judge_has_an_own_answer_and_audit_row(tokens: dict[str, str]) -> None:
    seen = receive(
        parcel(tokens["J1 one"], op(), op(value="7.3")), parcel(tokens["J2 one"], op(), op(aspect="A9"))
    )

    assert seen == [
        [("applied", None), ("rejected", "bad_step")],
        [("applied", None), ("rejected", "unknown_cell")],
    ]
    assert list(chain_faults()) == []
    assert len(db.session.scalars(select(Mark.op_id)).all()) == 2


def test_second_tablet_sees_the_first_ones_mark_when_both_mark_one_cell(tokens: dict[str, str]) -> None:
    receive(parcel(tokens["J1 one"], label="1号平板"))
    first, second = op(value="7.5"), op(value="8")

    with unit():
        _, late = services.receive(
            session_driver(),
            [parcel(tokens["J1 one"], first), parcel(tokens["J1 two"], second, label="2号平板")],
        )

    assert late is not None
    (result,) = late.results
    assert (result.status, result.code, result.rev) == ("conflict", "stale_rev", 1)
    assert result.current is not None
    assert (result.current["value"], result.current["label"]) == ("7.5", "1号平板")
    assert late.quarrels is True


def test_id_names_one_op_when_two_judges_send_the_same(tokens: dict[str, str]) -> None:
    given = op()

    seen = receive(parcel(tokens["J1 one"], given), parcel(tokens["J2 one"], given))

    assert seen == [[("applied", None)], [("rejected", "key_reuse")]]
    assert len(db.session.scalars(select(MarkOp.op_id)).all()) == 1


def test_others_are_stored_when_one_has_no_grant(tokens: dict[str, str]) -> None:
    seen = receive(parcel("nobody", op()), parcel(tokens["J1 one"], op(value="9")))

    assert seen == [None, [("applied", None)]]
    assert len(db.session.scalars(select(Device.id)).all()) == 1
    assert str(db.session.scalars(select(Mark.value)).one().normalize()) == "9"


def test_mark_given_and_taken_back_in_one_parcel_counts_by_its_end(tokens: dict[str, str]) -> None:
    seen = receive(
        parcel(tokens["J1 one"], op(), op(value="8", base_rev=1), op(kind="clear", value=None, base_rev=2))
    )

    assert seen == [[("applied", None)] * 3]
    assert [(mark.rev, mark.value) for mark in db.session.scalars(select(Mark))] == [(3, None)]
    assert [row.result_rev for row in db.session.scalars(select(MarkOp).order_by(MarkOp.base_rev))] == [
        1,
        2,
        3,
    ]
