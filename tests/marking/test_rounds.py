"""A further round opens a signed sheet for its cells alone; unlocking opens it whole."""

import pytest
from flask import Flask

from qzcompete.core.actor import SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.marking import queries, services
from tests.marking.panel import mark, op, open_panel, seat_of, sign


@pytest.fixture
def panel(app: Flask) -> int:
    """K1 is signed by J1, and a round is opened for A2."""
    assessment = open_panel()
    assert mark("J1", op(), op(aspect="A2", value="0")) == [("applied", None)] * 2
    assert mark("J2", op(aspect="A2", value="2")) == [("applied", None)]
    sign("J1", "K1")
    with unit():
        services.open_round(SYSTEM, assessment, "K1", ["A2"], "相差过大")
    return assessment


def only() -> list[str] | None:
    first = queries.pack(seat_of("J1").id)["candidates"][0]
    assert first["signed"] is False
    return first.get("only")  # type: ignore[no-any-return]


def test_other_cells_stay_closed_when_a_round_opens_a_signed_sheet(panel: int) -> None:
    assert only() == ["A2"]
    assert mark("J1", op(value="8", base_rev=1)) == [("held", "signed")]
    assert mark("J1", op(aspect="A2", value="1", base_rev=1)) == [("applied", None)]
    assert mark("J1", op(aspect="A2", value="2", base_rev=2)) == [("applied", None)]


def test_sheet_is_closed_for_all_cells_when_it_is_signed_again(panel: int) -> None:
    mark("J1", op(aspect="A2", value="1", base_rev=1))
    sign("J1", "K1")

    assert mark("J1", op(aspect="A2", value="2", base_rev=2)) == [("held", "signed")]
    assert queries.pack(seat_of("J1").id)["candidates"][0]["signed"] is True


def test_all_cells_are_open_when_the_sheet_is_unlocked_during_a_round(panel: int) -> None:
    with unit():
        services.unlock_sheet(SYSTEM, panel, seat_of("J1").id, "K1", "另有笔误")

    assert only() is None
    assert mark("J1", op(value="8", base_rev=1)) == [("applied", None)]


def test_all_cells_stay_open_when_the_sheet_was_not_signed(panel: int) -> None:
    assert mark("J2", op(value="7.5")) == [("applied", None)]
