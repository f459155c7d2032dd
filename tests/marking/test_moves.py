"""An assessment goes to the venue's server and comes back: every op keeps its identity, and nothing parted is mixed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from qzcompete.core.actor import SYSTEM
from qzcompete.core.audit import chain_faults
from qzcompete.core.errors import RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.marking import queries, services
from qzcompete.marking.commands import bundle_group
from qzcompete.marking.models import EvidencePhoto, MarkOp
from tests.conftest import empty_tables
from tests.marking.panel import Tablet, issue, mark, op, open_panel, seat_of, sign
from tests.marking.test_chief_views import flag
from tests.marking.test_photos import PHOTO, picture


@pytest.fixture
def panel(both_engines: Flask) -> Iterator[int]:
    yield open_panel()


def pack() -> Any:
    """The assessment as the file holds it."""
    db.session.rollback()
    return json.loads(json.dumps(queries.packed("EV1")))


def bring(package: Any) -> services.Moved:
    with unit():
        return services.take_in(SYSTEM, package)


def elsewhere(package: Any) -> services.Moved:
    """On another server, which knows nothing yet."""
    empty_tables()
    return bring(package)


def bare(package: Any) -> Any:
    """Without the log of the server that packed it."""
    return {name: value for name, value in package.items() if name not in ("digest", "audit_heads")}


def work(app: Flask, panel: int) -> None:
    """A photo, a conflict that was settled, a dispute with a second round, a call with its answer, a signature."""
    tablet = Tablet(app.test_client(use_cookies=False))
    tablet.enter(qr=issue(panel)["J1"].token)
    tablet.photo(picture(), id=PHOTO)
    tablet.send(op(value="7"))
    late = op(value="8")
    tablet.send(late)
    tablet.send(op(value="8", base_rev=1, resolves=[late["op_id"]]))
    mark("J1", op(aspect="A2", value="0"))
    mark("J2", op(aspect="A2", value="3"))
    with unit():
        services.open_round(SYSTEM, panel, "K1", ["A2"], "分差过大")
    mark("J1", op(aspect="A2", value="2", base_rev=1))
    call = flag()
    with unit():
        services.answer_flag(SYSTEM, panel, call, "补时五分钟")
        services.set_status(SYSTEM, panel, "K2", "absent")
        services.resolve_tie(SYSTEM, panel, ["K1", "K2"], "x")
    sign("J1", "K1")


def test_everything_is_the_same_elsewhere(both_engines: Flask, panel: int) -> None:
    work(both_engines, panel)
    package = pack()

    moved = elsewhere(package)

    assert (moved.made, moved.ops) == (True, len(package["ops"]))
    assert bare(pack()) == bare(package)
    assert list(chain_faults()) == []


def test_work_done_at_the_venue_comes_back(both_engines: Flask, panel: int) -> None:
    mark("J1", op())
    sent = pack()
    elsewhere(sent)
    work_there = queries.assessment_card(1).id
    mark("J2", op(aspect="A2", value="3"))
    sign("J1", "K1")
    with unit():
        services.set_status(SYSTEM, work_there, "K2", "absent")
    came = pack()
    elsewhere(sent)

    moved = bring(came)

    assert (moved.made, moved.ops) == (False, 2)
    assert bare(pack()) == bare(came)


def test_tablet_gets_the_same_answer_on_the_other_server(both_engines: Flask, panel: int) -> None:
    given = op()
    tablet = Tablet(both_engines.test_client(use_cookies=False))
    tablet.enter(qr=issue(panel)["J1"].token)
    first = tablet.send(given).json["results"][0]  # type: ignore[index]
    elsewhere(pack())
    tablet.enter(qr=issue(1)["J1"].token)

    again = tablet.send(given).json  # type: ignore[assignment]

    assert (again["results"][0]["status"], again["results"][0]["rev"]) == (first["status"], first["rev"])  # type: ignore[index]
    assert again["results"][0]["duplicate"] is True  # type: ignore[index]
    assert again["device"]["ops_seen"] == 1  # type: ignore[index]


def test_nothing_changes_when_the_same_comes_again(both_engines: Flask, panel: int) -> None:
    work(both_engines, panel)
    package = pack()

    moved = bring(package)

    assert (moved.made, moved.ops) == (False, 0)
    assert bare(pack()) == bare(package)


def test_older_state_changes_nothing(panel: int) -> None:
    mark("J1", op())
    older = pack()
    mark("J1", op(aspect="A2", value="3"))
    before = bare(pack())

    moved = bring(older)

    assert moved.ops == 0
    assert bare(pack()) == before


def test_nothing_is_mixed_when_both_have_marked(panel: int) -> None:
    sent = pack()
    mark("J1", op())
    venue = pack()
    elsewhere(sent)
    mark("J2", op(aspect="A2", value="3"))
    before = bare(pack())

    with pytest.raises(RuleBroken) as refused:
        bring(venue)

    assert refused.value.code == "parted"
    assert bare(pack()) == before


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda package: [], "not_a_package"),
        (lambda package: {**package, "format": "other"}, "not_a_package"),
        (lambda package: {**package, "ops": []}, "damaged"),
    ],
)
def test_changed_file_is_refused(panel: int, change: Any, code: str) -> None:
    mark("J1", op())

    with pytest.raises(RuleBroken) as refused:
        bring(change(pack()))

    assert refused.value.code == code


def test_other_panel_is_refused(panel: int) -> None:
    package = pack()
    empty_tables()
    open_panel(candidates=("K1", "K3"))

    with pytest.raises(RuleBroken) as refused:
        bring(package)

    assert refused.value.code == "other_assessment"


def test_file_names_nobody_but_the_judges(panel: int) -> None:
    text = json.dumps(pack(), ensure_ascii=False)

    assert "password" not in text
    assert "token" not in text


def test_photo_goes_with_its_incident(both_engines: Flask, panel: int) -> None:
    work(both_engines, panel)

    elsewhere(pack())

    seat = seat_of("J1")
    assert queries.photo_content(seat.assessment_id, PHOTO).startswith(b"\xff\xd8\xff")
    assert db.session.scalars(select(EvidencePhoto.seat_id)).all() == [seat.id]
    assert {one.grant_id for one in db.session.scalars(select(MarkOp))} == {None}


def test_file_is_for_its_owner_alone_and_comes_in_by_command(
    both_engines: Flask, panel: int, tmp_path: Path
) -> None:
    mark("J1", op())
    file = tmp_path / "EV1.json"
    packed = command(both_engines, "pack", "EV1", "--out", str(file))
    before = bare(pack())
    empty_tables()

    unpacked = command(both_engines, "unpack", str(file))

    assert file.stat().st_mode & 0o777 == 0o600
    assert "EV1 with 1 acts" in packed
    assert "new here, 1 acts came in" in unpacked
    assert bare(pack()) == before


def command(app: Flask, *arguments: str) -> str:
    db.session.rollback()
    result = CliRunner().invoke(bundle_group, list(arguments), obj=lambda: app)
    assert result.exit_code == 0, result.output
    return result.output
