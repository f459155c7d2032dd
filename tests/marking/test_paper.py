"""Paper sheets: printed with a code, typed twice, compared cell by cell, recorded without a second truth."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.test import TestResponse

from qzcompete.core.actor import Actor
from qzcompete.core.audit import chain_faults
from qzcompete.core.errors import NotAllowed, RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.marking import queries, services
from qzcompete.marking.models import Candidate, MarkOp, PaperEntry, Recusal, Sheet, SheetState
from tests.marking.panel import Tablet, issue, mark, op, open_panel, seat_of, sign

Typist = Callable[..., TestResponse]


@pytest.fixture
def panel(app: Flask) -> int:
    return open_panel()


@pytest.fixture
def typists(panel: int, sign_in: Callable[..., FlaskClient]) -> tuple[Typist, Typist, Typist]:
    """Three people who type J1's sheet of K1: `first({"A1": "7.5"}, signed=True)`."""

    def typist(name: str, role: str) -> Typist:
        client = sign_in(role, username=name)

        def typed(marks: dict[str, str], signed: bool = False) -> TestResponse:
            sheet = queries.paper_sheet(panel, seat_of("J1").id, "K1")
            wanted = [
                aspect.code
                for group in sheet.groups
                for aspect in group.aspects
                if not sheet.differences or aspect.code in sheet.differences
            ]
            data = {f"mark_{place}": marks.get(code, "") for place, code in enumerate(wanted)}
            if signed:
                data["signed"] = "y"
            return client.post(f"/marking/paper/{panel}/{seat_of('J1').id}/K1", data=data)

        typed.client = client  # type: ignore[attr-defined]
        return typed

    return typist("anna", "officer"), typist("bert", "clerk"), typist("carl", "clerk")


def marks() -> dict[str, str]:
    return queries.printed_sheets(seat_of("J1").assessment_id, seat_of("J1").id, True, "K1")[0].marks  # type: ignore[return-value]


def state() -> str:
    return queries.paper_sheet(seat_of("J1").assessment_id, seat_of("J1").id, "K1").state


def became() -> dict[str, str]:
    return dict(queries.paper_sheet(seat_of("J1").assessment_id, seat_of("J1").id, "K1").became)


WHOLE = {"A1": "7.5", "A2": "2"}


# Typing twice


def test_nothing_counts_when_a_sheet_was_typed_once(typists: tuple[Typist, Typist, Typist]) -> None:
    first, _second, _third = typists

    answer = first(WHOLE)

    assert answer.status_code == 302
    assert (state(), marks()) == ("first", {})


def test_marks_count_when_two_people_agree(typists: tuple[Typist, Typist, Typist]) -> None:
    first, second, _third = typists
    first(WHOLE)

    second({"A1": " ７．５０ ", "A2": "2"})

    ops = db.session.scalars(select(MarkOp)).all()
    assert (state(), marks()) == ("recorded", {"A1": "7.5", "A2": "2"})
    assert all(len(one.extra["paper"]["by"]) == 2 for one in ops)
    assert list(chain_faults()) == []


def test_one_person_is_not_two(typists: tuple[Typist, Typist, Typist]) -> None:
    first, _second, _third = typists
    first(WHOLE)

    first(WHOLE)

    assert (state(), marks()) == ("first", {})
    assert len(db.session.scalars(select(PaperEntry)).all()) == 1


def test_second_typist_sees_nothing_of_the_first(typists: tuple[Typist, Typist, Typist]) -> None:
    first, second, _third = typists
    first({"A1": "9.5"})

    page = second.client.get(f"/marking/paper/1/{seat_of('J1').id}/K1")  # type: ignore[attr-defined]

    assert page.status_code == 200
    assert "9.5" not in page.text


def test_differing_cells_are_shown_and_settled_by_typing_again(
    typists: tuple[Typist, Typist, Typist],
) -> None:
    first, second, _third = typists
    first(WHOLE)
    second({"A1": "7", "A2": "2"})
    page = first.client.get(f"/marking/paper/1/{seat_of('J1').id}/K1")  # type: ignore[attr-defined]
    between = (state(), marks())

    first({"A1": "7"})

    assert between == ("differs", {})
    assert page.text.count('inputmode="decimal"') == 1
    assert "<strong>7.5</strong>" in page.text
    assert (state(), marks()) == ("recorded", {"A1": "7", "A2": "2"})


def test_empty_cell_differs_from_a_mark(typists: tuple[Typist, Typist, Typist]) -> None:
    first, second, _third = typists
    first(WHOLE)

    second({"A2": "2"})

    assert (state(), marks()) == ("differs", {})


def test_third_person_settles_nothing(typists: tuple[Typist, Typist, Typist]) -> None:
    first, second, third = typists
    first(WHOLE)
    second({"A1": "7", "A2": "2"})

    answer = third({"A1": "7"})

    assert answer.status_code == 422
    assert (state(), marks()) == ("differs", {})


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"A1": "10.5"}, "评分超出范围。"),
        ({"A1": "7.3"}, "评分不符合步长。"),
        ({"A1": "七"}, "不是有效的数字。"),
        ({"A2": "1.5"}, "评分不符合步长。"),
    ],
)
def test_mark_that_cannot_be_is_refused(
    typists: tuple[Typist, Typist, Typist], typed: dict[str, str], message: str
) -> None:
    first, _second, _third = typists

    answer = first(typed)

    assert answer.status_code == 422
    assert message in answer.text
    assert state() == "none"


def test_judge_types_no_sheet_of_his_own(panel: int) -> None:
    judge = Actor(seat_of("J1").account_id, "梁裁判")

    with pytest.raises(NotAllowed) as refused, unit():
        services.type_sheet(judge, panel, seat_of("J1").id, "K1", WHOLE, False)

    assert refused.value.code == "own_sheet"


# No two truths


def test_conflict_is_seen_when_the_tablet_says_otherwise(
    app: Flask, typists: tuple[Typist, Typist, Typist]
) -> None:
    first, second, _third = typists
    mark("J1", op(value="9"))
    tablet = Tablet(app.test_client(use_cookies=False))
    tablet.enter(qr=issue(seat_of("J1").assessment_id)["J1"].token)

    first(WHOLE, signed=True)
    second(WHOLE, signed=True)

    conflicts = tablet.pack().json["conflicts"]  # type: ignore[index]
    assert marks() == {"A1": "9", "A2": "2"}
    assert became() == {"A1": "conflict", "A2": "applied"}
    assert [(one["aspect"], one["value"], one["label"]) for one in conflicts] == [("A1", "7.5", "纸质评分表")]
    assert queries.progress(seat_of("J1").assessment_id).conflicts == 1


def test_same_mark_is_no_conflict(typists: tuple[Typist, Typist, Typist]) -> None:
    first, second, _third = typists
    mark("J1", op(value="7.5"))

    first(WHOLE)
    second(WHOLE)

    assert became() == {"A1": "same", "A2": "applied"}


def test_late_paper_is_held_when_the_sheet_is_signed(typists: tuple[Typist, Typist, Typist]) -> None:
    first, second, _third = typists
    mark("J1", op(value="9"))
    sign("J1", "K1")

    first({"A1": "7.5"})
    second({"A1": "7.5"})

    assert (marks(), became()) == ({"A1": "9"}, {"A1": "held"})


# The signature on paper


def test_sheet_is_signed_when_the_paper_bears_the_signature(typists: tuple[Typist, Typist, Typist]) -> None:
    first, second, _third = typists

    first(WHOLE, signed=True)
    second(WHOLE, signed=True)

    sheet = db.session.scalars(select(Sheet)).one()
    assert sheet.state is SheetState.SIGNED
    assert became() == {"A1": "applied", "A2": "applied", "": "applied"}


def test_signature_must_be_seen_by_both(typists: tuple[Typist, Typist, Typist]) -> None:
    first, second, _third = typists

    first(WHOLE, signed=True)
    second(WHOLE)

    assert (state(), marks()) == ("differs", {})


def test_seen_signature_stays_seen_when_a_cell_is_typed_again(
    typists: tuple[Typist, Typist, Typist],
) -> None:
    first, second, _third = typists
    first(WHOLE, signed=True)
    second({"A1": "7", "A2": "2"}, signed=True)

    first({"A1": "7"})

    assert db.session.scalars(select(Sheet.state)).one() is SheetState.SIGNED


def test_sheet_is_not_signed_when_it_has_other_marks_than_the_paper(
    typists: tuple[Typist, Typist, Typist],
) -> None:
    first, second, _third = typists
    mark("J1", op(aspect="A2", value="3"))

    first({"A1": "7.5"}, signed=True)
    second({"A1": "7.5"}, signed=True)

    assert marks() == {"A1": "7.5", "A2": "3"}
    assert db.session.scalars(select(Sheet)).all() == []


# Printed sheets


def pdf(client: FlaskClient, panel: int, query: str = "") -> PdfReader:
    answer = client.get(f"/marking/paper/{panel}/print/{seat_of('J1').id}{query}")
    assert answer.mimetype == "application/pdf"
    return PdfReader(io.BytesIO(answer.data))


def test_each_work_has_a_sheet_with_its_number(panel: int, typists: tuple[Typist, Typist, Typist]) -> None:
    _first, second, _third = typists
    numbers = [one.number for one in queries.printed_sheets(panel, seat_of("J1").id, False)]

    pages = pdf(second.client, panel).pages  # type: ignore[attr-defined]

    assert len(pages) == len(numbers) == 2
    assert all(number in page.extract_text() for number, page in zip(numbers, pages, strict=True))
    assert all(text in pages[0].extract_text() for text in ("K1", "J1", "梁裁判", "尺寸", "造型"))


def test_marks_so_far_are_printed_when_asked_for(panel: int, typists: tuple[Typist, Typist, Typist]) -> None:
    _first, second, _third = typists
    mark("J1", op(value="8.5"))

    blank, filled = (pdf(second.client, panel, query).pages[0] for query in ("", "?marks=1"))  # type: ignore[attr-defined]

    assert "8.5" not in blank.extract_text()
    assert "8.5" in filled.extract_text()


def test_recused_judge_has_no_sheet(panel: int) -> None:
    candidate = db.session.scalars(select(Candidate.id).where(Candidate.code == "K1")).one()
    with unit():
        db.session.add(Recusal(seat_id=seat_of("J1").id, candidate_id=candidate))

    printed = queries.printed_sheets(panel, seat_of("J1").id, False)

    assert [one.candidate for one in printed] == ["K2"]
    with pytest.raises(RuleBroken), unit():
        services.type_sheet(Actor(9, "x"), panel, seat_of("J1").id, "K1", WHOLE, False)


def test_scanned_number_leads_to_its_sheet(panel: int, typists: tuple[Typist, Typist, Typist]) -> None:
    _first, second, _third = typists
    number = queries.printed_sheets(panel, seat_of("J1").id, False)[1].number

    answer = second.client.get("/marking/paper/find", query_string={"sheet": f" {number.lower()}\n"})  # type: ignore[attr-defined]

    assert answer.location == f"/marking/paper/{panel}/{seat_of('J1').id}/K2"


@pytest.mark.parametrize("number", ["", "QZP-1-1", "QZP-1-1-999", "QZP-9-1-1", "QZP-x-1-1", "QZP-1-1-1-1"])
def test_wrong_number_leads_nowhere(typists: tuple[Typist, Typist, Typist], number: str) -> None:
    _first, second, _third = typists

    answer = second.client.get("/marking/paper/find", query_string={"sheet": number})  # type: ignore[attr-defined]

    assert answer.location == "/marking/paper"


def test_board_tells_how_far_each_sheet_is(panel: int, typists: tuple[Typist, Typist, Typist]) -> None:
    first, second, _third = typists
    first(WHOLE)

    page = second.client.get(f"/marking/paper/{panel}")  # type: ignore[attr-defined]

    assert "已录入一次" in page.text
    assert queries.paper_board(panel).states == {("K1", seat_of("J1").id): "first"}


def test_judge_types_no_paper(panel: int, sign_in: Callable[..., FlaskClient]) -> None:
    judge = sign_in("judge", ("assessment", panel))

    assert judge.get("/marking/paper").status_code == 403
    assert judge.get(f"/marking/paper/{panel}/print/{seat_of('J1').id}").status_code == 403


def test_clerk_of_another_assessment_types_nothing(panel: int, sign_in: Callable[..., FlaskClient]) -> None:
    clerk = sign_in("clerk", ("assessment", panel + 1))

    assert clerk.get(f"/marking/paper/{panel}").status_code == 403
    assert clerk.post(f"/marking/paper/{panel}/{seat_of('J1').id}/K1").status_code == 403
