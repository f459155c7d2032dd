"""A tablet's exported file is taken in once for ever, whoever else brings its ops, and only for those it belongs to."""

import io
import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from qzcompete.core.actor import SYSTEM
from qzcompete.core.errors import RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.marking import services
from qzcompete.marking.models import MarkOp
from qzcompete.marking.services.handed_in import WIRE
from tests.marking.panel import TABLET, Tablet, issue, op, open_panel


@pytest.fixture
def panel(app: Flask) -> int:
    return open_panel()


def kept(seq: int, judge: str = "J1", holder: int = 0, **changes: Any) -> dict[str, Any]:
    """An op as a tablet keeps it."""
    wire = op(seq=seq, assessment="EV1", judge=judge, client_ts=1, resolves=[], extra=None, **changes)
    return wire | {"seat": f"EV1\n{judge}\n{holder}", "cell": "…", "state": "sent", "device": TABLET}


def on_wire(stored: dict[str, Any]) -> dict[str, Any]:
    return {name: stored[name] for name in WIRE}


def file_of(*ops: dict[str, Any], journal: tuple[dict[str, Any], ...] = ()) -> bytes:
    told = {"format": "qzcompete/tablet@1", "device_id": TABLET, "ops": ops, "journal": journal}
    return json.dumps(told).encode()


def take(panel: int, content: bytes) -> dict[str, int]:
    with unit():
        return dict(services.take_file(SYSTEM, panel, content))


def stored() -> int:
    return db.session.scalar(select(func.count()).select_from(MarkOp)) or 0


def test_file_counts_once_when_the_tablet_sends_before_and_after(panel: int, app: Flask) -> None:
    first, second, third = kept(1), kept(2, aspect="A2", value="2"), kept(3, candidate="K2")
    tablet = Tablet(app.test_client())
    tablet.enter(qr=issue(panel)["J1"].token)
    tablet.send(on_wire(first))

    assert take(panel, file_of(second, third, journal=(first,))) == {"known": 1, "applied": 2}
    assert take(panel, file_of(second, third, journal=(first,))) == {"known": 3}
    answers = tablet.send(on_wire(second), on_wire(third)).json["results"]  # type: ignore[index]

    assert [(one["status"], one["duplicate"]) for one in answers] == [("applied", True)] * 2
    assert stored() == 3


def test_what_a_former_judge_left_and_other_assessments_are_left_out(panel: int) -> None:
    foreign = kept(3) | {"assessment": "EV9"}

    assert take(panel, file_of(kept(1, holder=1), kept(2, judge="J9"), foreign)) == {
        "former": 1,
        "elsewhere": 2,
    }
    assert stored() == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"format": "qzcompete/tablet@1"}',
        file_of(kept(1) | {"seq": "1"}),
        file_of(kept(1) | {"seat": None}),
    ],
)
def test_file_is_refused_when_no_tablet_wrote_it(panel: int, content: bytes) -> None:
    with pytest.raises(RuleBroken) as refused, unit():
        services.take_file(SYSTEM, panel, content)

    assert refused.value.field == "file"


def test_chief_judge_hands_in_a_file_on_its_page(panel: int, sign_in: Any) -> None:
    chief = sign_in("chief_judge", ("assessment", panel))
    address = f"/marking/watch/{panel}/tablets/hand-in"

    assert chief.post(address).status_code == 422
    wrong = chief.post(address, data={"file": (io.BytesIO(b"x"), "x.json")})
    assert "这不是平板导出的本机记录文件" in wrong.text
    chief.post(address, data={"file": (io.BytesIO(file_of(kept(1))), "marks.json")})

    assert "新收 1 条" in chief.get(f"/marking/watch/{panel}").text
    assert stored() == 1
