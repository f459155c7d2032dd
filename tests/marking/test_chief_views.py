"""The chief judge's page: what needs a hand is seen and can be settled, and it costs little while nothing changes."""

from __future__ import annotations

import importlib
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from qzcompete.core.actor import SYSTEM
from qzcompete.core.clock import now
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.marking import queries, services
from qzcompete.marking.models import (
    Candidate,
    Device,
    FormerJudge,
    JudgeCard,
    Recusal,
    Remark,
    Sheet,
    SheetState,
    TabletGrant,
    TieResolution,
)
from qzcompete.people.services import create_account
from tests.marking.panel import TABLET, Tablet, issue, mark, op, open_panel, report, seat_of, sign
from tests.marking.test_photos import PHOTO, picture

progress_reads = importlib.import_module("qzcompete.marking.queries.progress")


@pytest.fixture
def panel(app: Flask) -> int:
    return open_panel()


@pytest.fixture
def chief(panel: int, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in("chief_judge", ("assessment", panel))


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that run inside."""
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def flag(
    judge: str = "J1", text: str = "选手设备断电", photos: tuple[str, ...] = (), aspect: str | None = None
) -> str:
    """A judge notes an incident; its op id."""
    extra = {"kind": "incident", "text": text, "photos": list(photos)}
    given = op(kind="flag", aspect=aspect, value=None, extra=extra)
    assert mark(judge, given) == [("applied", None)]
    return str(given["op_id"])


def disagree() -> None:
    mark("J1", op(aspect="A2", value="0"), op(value="7.5"))
    mark("J2", op(aspect="A2", value="3"))
    sign("J1", "K1")
    sign("J2", "K1")


def text_of(answer: TestResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


# The page costs little while nothing changes


def test_nothing_is_sent_again_when_nothing_changed(panel: int, chief: FlaskClient) -> None:
    first = chief.get(f"/marking/watch/{panel}", headers={"HX-Request": "true"})
    same = chief.get(
        f"/marking/watch/{panel}", headers={"HX-Request": "true", "If-None-Match": first.headers["ETag"]}
    )

    assert (same.status_code, same.data) == (304, b"")


CHANGES: dict[str, Callable[[int], object]] = {
    "mark": lambda panel: mark("J1", op()),
    "signature": lambda panel: sign("J3", "K2"),
    "status": lambda panel: services.set_status(SYSTEM, panel, "K2", "absent"),
    "cards": lambda panel: services.issue_cards(SYSTEM, panel, 72),
    "tie": lambda panel: services.resolve_tie(SYSTEM, panel, ["K1", "K2"], "x"),
    "tablet": lambda panel: report("J1", pending=3),
}


@pytest.mark.parametrize("change", CHANGES)
def test_page_is_sent_anew_when_something_changed(panel: int, chief: FlaskClient, change: str) -> None:
    before = queries.progress_tag(panel)

    if change in ("mark", "signature", "tablet"):
        CHANGES[change](panel)
    else:
        with unit():
            CHANGES[change](panel)

    assert queries.progress_tag(panel) != before


def test_page_is_sent_anew_when_a_tablet_falls_silent(
    app: Flask, panel: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    Tablet(app.test_client(use_cookies=False)).enter(qr=issue(panel)["J1"].token)
    before, moment = queries.progress_tag(panel), now()
    monkeypatch.setattr(progress_reads, "now", lambda: moment + timedelta(seconds=30))
    still = queries.progress_tag(panel)
    monkeypatch.setattr(progress_reads, "now", lambda: moment + timedelta(seconds=62))

    assert still == before
    assert queries.progress_tag(panel) != before


def add_tablets(number: int) -> None:
    seat = seat_of("J2").id
    with unit():
        for place in range(number):
            device = str(uuid4())
            db.session.add(Device(id=device, seat_id=seat, label=f"平板{place}", pending=1, seen_at=now()))
            db.session.add(
                TabletGrant(
                    token_hash=f"{place:064}",
                    seat_id=seat,
                    device_id=device,
                    created_at=now(),
                    expires_at=now() + timedelta(hours=1),
                )
            )


def test_number_of_reads_stays_the_same_when_there_are_a_thousand_tablets(panel: int) -> None:
    disagree()
    with counted() as few_tag:
        queries.progress_tag(panel)
    with counted() as few_page:
        queries.progress(panel)
    add_tablets(1000)

    db.session.rollback()
    with counted() as many_tag:
        queries.progress_tag(panel)
    with counted() as many_page:
        shown = queries.progress(panel)

    assert len(shown.tablets) == 1000
    assert len(many_tag) == len(few_tag) == 5
    assert len(many_page) <= len(few_page) + 1 <= 24


# Tablets


def test_every_tablet_is_told_with_what_ails_it(panel: int, chief: FlaskClient) -> None:
    tablet = Tablet(chief.application.test_client(use_cookies=False))  # type: ignore[attr-defined]
    tablet.enter(qr=issue(panel)["J1"].token)
    report("J1", -90_000, label="东区1号", pending=4, persisted=False, build="abc123")

    shown = text_of(chief.get(f"/marking/watch/{panel}"))

    assert "东区1号" in shown
    assert "有未上传的评分" in shown
    assert "时钟相差 -90 秒" in shown
    assert "存储可能被清理" in shown
    assert "版本 abc123" in shown


@pytest.mark.parametrize(
    ("minutes", "revoked", "pending", "state"),
    [(0, False, 0, "fine"), (0, False, 2, "waiting"), (2, False, 2, "silent"), (2, True, 2, "ended")],
)
def test_state_of_a_tablet_is_said_in_one_word(
    app: Flask, panel: int, minutes: int, revoked: bool, pending: int, state: str
) -> None:
    tablet = Tablet(app.test_client(use_cookies=False))
    tablet.enter(qr=issue(panel)["J1"].token)
    report("J1", pending=pending)
    if revoked:
        with unit():
            services.revoke_tablet(SYSTEM, panel, seat_of("J1").id, TABLET)

    cards = queries.tablet_cards(panel, now() + timedelta(minutes=minutes))

    assert [card.state for card in cards] == [state]


def test_tablet_is_revoked_by_the_chief_judge(panel: int, chief: FlaskClient) -> None:
    tablet = Tablet(chief.application.test_client(use_cookies=False))  # type: ignore[attr-defined]
    tablet.enter(qr=issue(panel)["J1"].token)

    answer = chief.post(
        f"/marking/watch/{panel}/tablets/revoke", data={"seat_id": seat_of("J1").id, "device_id": TABLET}
    )

    assert answer.status_code == 302
    assert tablet.send(op()).status_code == 401


def test_new_card_comes_as_pdf_when_a_tablet_is_replaced(panel: int, chief: FlaskClient) -> None:
    issue(panel)

    answer = chief.post(
        f"/marking/watch/{panel}/tablets/revoke",
        data={"seat_id": seat_of("J1").id, "device_id": TABLET, "replace": "1"},
    )

    assert answer.mimetype == "application/pdf"
    assert "J1" in PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    assert len(db.session.scalars(select(JudgeCard).where(JudgeCard.revoked_at.is_(None))).all()) == 3


# Cards


def test_cards_of_the_panel_are_printed_once(panel: int, chief: FlaskClient) -> None:
    answer = chief.post(f"/marking/watch/{panel}/cards")

    reader = PdfReader(io.BytesIO(answer.data))
    text = reader.pages[0].extract_text()
    codes = db.session.scalars(select(JudgeCard.code)).all()
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/pdf", "no-store")
    assert len(reader.pages) == 1
    assert [code in text for code in codes] == [True, True, True]
    assert [name in text for name in ("梁裁判", "韦裁判", "黄裁判", "坭兴陶制作")] == [True] * 4


def test_printed_card_enters(panel: int, chief: FlaskClient) -> None:
    answer = chief.post(f"/marking/watch/{panel}/cards", data={"seat_id": seat_of("J2").id})
    text = PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    code = db.session.scalars(select(JudgeCard.code)).one()
    pin = "".join(re.search(r"PIN\s+(\d{3})\s*(\d{3})", text.replace(" ", " ")).groups())  # type: ignore[union-attr]
    tablet = Tablet(chief.application.test_client(use_cookies=False))  # type: ignore[attr-defined]

    entered = tablet.enter(card=code, pin=pin)

    assert entered.json["seat"]["judge"] == "J2"  # type: ignore[index]


def test_officer_prints_no_card(panel: int, sign_in: Callable[..., FlaskClient]) -> None:
    officer = sign_in("officer")

    assert officer.get(f"/marking/watch/{panel}/panel").status_code == 403
    assert officer.post(f"/marking/watch/{panel}/cards").status_code == 403


def test_chief_judge_of_another_assessment_prints_no_card(
    panel: int, sign_in: Callable[..., FlaskClient]
) -> None:
    other = sign_in("chief_judge", ("assessment", panel + 1))

    assert other.post(f"/marking/watch/{panel}/cards").status_code == 403


# Substitution


def test_former_judge_is_shown_when_another_took_the_seat(panel: int, chief: FlaskClient) -> None:
    with unit():
        account = create_account(SYSTEM, "lu", "陆裁判", "correct-horse-9", [("judge", ("city", 0))]).id
    address = f"/marking/watch/{panel}/panel/{seat_of('J1').id}/substitute"

    answer = chief.post(address, data={"account": account, "reason": "身体不适"})

    shown = text_of(chief.get(f"/marking/watch/{panel}/panel"))
    assert answer.status_code == 302
    assert "陆裁判" in shown
    assert "梁裁判" in shown
    assert "身体不适" in shown
    assert len(db.session.scalars(select(FormerJudge)).all()) == 1


def test_substitution_needs_a_reason(panel: int, chief: FlaskClient) -> None:
    answer = chief.post(
        f"/marking/watch/{panel}/panel/{seat_of('J1').id}/substitute", data={"account": "1", "reason": ""}
    )

    assert answer.status_code == 422
    assert seat_of("J1").name == "梁裁判"


# Disputes and rounds


def test_dispute_is_shown_with_its_marks_and_the_aspect_s_name(panel: int, chief: FlaskClient) -> None:
    disagree()

    shown = text_of(chief.get(f"/marking/watch/{panel}"))

    assert "A2 造型" in shown
    assert "J1： 0" in shown
    assert "J2： 3" in shown


def test_marks_are_hidden_from_those_who_only_watch(panel: int, sign_in: Callable[..., FlaskClient]) -> None:
    disagree()

    shown = text_of(sign_in("supervisor").get(f"/marking/watch/{panel}"))

    assert "分差过大" in shown
    assert "J2： 3" not in shown


def test_unequal_measurements_are_a_dispute(panel: int) -> None:
    mark("J1", op(value="7.5"))
    mark("J2", op(value="8"))

    assert [(one.candidate, one.aspect, one.marks) for one in queries.progress(panel).disputes] == [
        ("K1", "A1", [("J1", "7.5"), ("J2", "8")])
    ]


def ask_again(chief: FlaskClient, panel: int, *aspects: str, reason: str = "分差过大") -> TestResponse:
    return chief.post(f"/marking/watch/{panel}/rounds/K1", data={"aspects": list(aspects), "reason": reason})


def test_judges_mark_again_and_the_old_marks_stay(panel: int, chief: FlaskClient) -> None:
    disagree()

    answer = ask_again(chief, panel, "A2")
    opened = [sheet.state for sheet in db.session.scalars(select(Sheet))]
    waits = queries.progress(panel).disputes[0].waits_for
    mark("J1", op(aspect="A2", value="2", base_rev=1))
    mark("J2", op(aspect="A2", value="2", base_rev=1))

    cells = {cell.aspect: cell for cell in queries.candidate_rounds(panel, "K1")}
    assert answer.status_code == 302
    assert opened == [SheetState.OPEN, SheetState.OPEN]
    assert waits == ["J1", "J2"]
    assert queries.progress(panel).disputes == []
    assert [
        {seat: (given.value, given.judge_name) for seat, given in one.marks.items()}
        for one in cells["A2"].rounds
    ] == [
        {"J1": ("0", "梁裁判"), "J2": ("3", "韦裁判")},
        {"J1": ("2", "梁裁判"), "J2": ("2", "韦裁判")},
    ]
    assert cells["A2"].rounds[1].reason == "分差过大"


def test_only_judges_who_marked_are_asked_again(app: Flask, panel: int, chief: FlaskClient) -> None:
    disagree()
    sign("J3", "K1")
    cards = issue(panel)
    first, third = (Tablet(app.test_client(use_cookies=False), str(uuid4())) for _ in range(2))
    first.enter(qr=cards["J1"].token)
    third.enter(qr=cards["J3"].token)

    ask_again(chief, panel, "A2")

    asked = first.pack().json["remarks"]  # type: ignore[index]
    assert [(one["candidate"], one["aspect"], one["round"]) for one in asked] == [("K1", "A2", 2)]
    assert third.pack().json["remarks"] == []  # type: ignore[index]
    assert db.session.get_one(Sheet, (seat_of("J3").id, 1)).state is SheetState.SIGNED


@pytest.mark.parametrize("way", ["same mark", "signature"])
def test_judge_is_asked_no_more_when_the_mark_is_confirmed(
    app: Flask, panel: int, chief: FlaskClient, way: str
) -> None:
    disagree()
    ask_again(chief, panel, "A2")
    tablet = Tablet(app.test_client(use_cookies=False))
    tablet.enter(qr=issue(panel)["J1"].token)

    if way == "signature":
        sign("J1", "K1")
    else:
        tablet.send(op(aspect="A2", value="0", base_rev=1))

    assert tablet.pack().json["remarks"] == []  # type: ignore[index]


def test_no_third_round_begins_while_the_second_is_under_way(panel: int, chief: FlaskClient) -> None:
    disagree()
    ask_again(chief, panel, "A2")

    answer = ask_again(chief, panel, "A2")

    assert answer.status_code == 422
    assert len(db.session.scalars(select(Remark)).all()) == 1


def test_round_needs_a_reason_and_an_aspect(panel: int, chief: FlaskClient) -> None:
    disagree()

    assert ask_again(chief, panel, "A2", reason=" ").status_code == 422
    assert ask_again(chief, panel).status_code == 422


# Calls and incidents


def test_call_is_answered_and_the_judge_reads_it(app: Flask, panel: int, chief: FlaskClient) -> None:
    op_id = flag()
    tablet = Tablet(app.test_client(use_cookies=False))
    tablet.enter(qr=issue(panel)["J1"].token)
    before = tablet.pack()

    chief.post(f"/marking/watch/{panel}/calls/{op_id}", data={"text": "补时五分钟"})

    after = tablet.pack(before.headers["ETag"])
    assert [one["answer"] for one in before.json["flags"]] == [None]  # type: ignore[index]
    assert [one["answer"] for one in after.json["flags"]] == ["补时五分钟"]  # type: ignore[index]
    assert "补时五分钟" in text_of(chief.get(f"/marking/watch/{panel}"))


def test_photo_of_a_call_is_shown_to_the_chief_judge_only(
    app: Flask, panel: int, chief: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    tablet = Tablet(app.test_client(use_cookies=False))
    tablet.enter(qr=issue(panel)["J1"].token)
    op_id = flag(photos=(PHOTO, str(uuid4())))
    tablet.photo(picture(), id=PHOTO)

    page = chief.get(f"/marking/watch/{panel}/calls/{op_id}")
    photo = chief.get(f"/marking/watch/{panel}/photos/{PHOTO}")

    assert PHOTO in page.text
    assert "还有 1 张照片尚未上传" in page.text
    assert (photo.mimetype, photo.data[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert sign_in("officer").get(f"/marking/watch/{panel}/photos/{PHOTO}").status_code == 403


def test_call_about_an_aspect_is_no_mark_of_it(panel: int, chief: FlaskClient) -> None:
    disagree()
    ask_again(chief, panel, "A2")
    mark("J3", op())
    sign("J3", "K1")
    mark("J3", op(value="9", base_rev=1))

    flag("J1", aspect="A2")
    flag("J3", aspect="A1")

    assert queries.progress(panel).disputes[0].waits_for == ["J1", "J2"]
    assert [(one.seat_code, one.aspect) for one in queries.progress(panel).held] == [("J3", "A1")]
    assert {(one["judge"], one["aspect"]) for one in queries.bundle_marks(panel)} == {
        ("J1", "A1"),
        ("J1", "A2"),
        ("J2", "A2"),
        ("J3", "A1"),
    }


def test_call_of_another_assessment_is_not_there(panel: int, chief: FlaskClient) -> None:
    assert chief.get(f"/marking/watch/{panel}/calls/{uuid4()}").status_code == 404


# Held marks, ties, recusal


def test_late_mark_is_shown_with_the_way_to_unlock(panel: int, chief: FlaskClient) -> None:
    mark("J1", op())
    sign("J1", "K1")
    mark("J1", op(value="9", base_rev=1))

    page = chief.get(f"/marking/watch/{panel}")

    assert "签字或结束后到达的评分" in page.text
    assert f"/marking/watch/{panel}/unlock/{seat_of('J1').id}/K1" in page.text


def tie() -> None:
    for code in ("K1", "K2"):
        mark("J1", op(candidate=code), op(candidate=code, aspect="A2", value="2"))
        mark("J2", op(candidate=code, aspect="A2", value="2"))


def test_tie_is_decided_by_the_form_of_its_group(panel: int, chief: FlaskClient) -> None:
    tie()
    page = chief.get(f"/marking/watch/{panel}/ties")

    answer = chief.post(f"/marking/watch/{panel}/ties", data={"order": ["K2", "K1"], "reason": "工艺更精细"})

    assert page.text.count('name="order"') == 2
    assert answer.status_code == 302
    assert db.session.scalars(select(TieResolution.codes)).all() == [["K2", "K1"]]
    assert "K2 › K1" in chief.get(f"/marking/watch/{panel}").text


@pytest.mark.parametrize("order", [["K1", "K1"], ["K1"], ["K1", "K9"], []])
def test_wrong_order_of_a_tie_is_refused(panel: int, chief: FlaskClient, order: list[str]) -> None:
    tie()

    answer = chief.post(f"/marking/watch/{panel}/ties", data={"order": order, "reason": "x"})

    assert answer.status_code == 422


def test_recused_sheet_is_shown_as_such(panel: int, chief: FlaskClient) -> None:
    candidate = db.session.scalars(select(Candidate.id).where(Candidate.code == "K1")).one()
    with unit():
        db.session.add(Recusal(seat_id=seat_of("J1").id, candidate_id=candidate))

    assert "回避" in text_of(chief.get(f"/marking/watch/{panel}"))
