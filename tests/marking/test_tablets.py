"""Judges' cards and tablets: who enters, who is kept out and for how long, what a revoked tablet may still do."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from qzcompete.core.actor import SYSTEM
from qzcompete.core.audit import AuditRow, chain_faults
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.marking import services
from qzcompete.marking.models import Device, EntryFailures, FormerJudge, JudgeCard, Mark, TabletGrant
from qzcompete.marking.services import entry
from qzcompete.people.services import create_account
from tests.marking.panel import TABLET, Tablet, issue, mark, op, open_panel, seat_of, sign

OTHER = "22222222-2222-4222-8222-222222222222"


@pytest.fixture
def panel(app: Flask) -> int:
    return open_panel()


@pytest.fixture
def cards(panel: int) -> dict[str, services.IssuedCard]:
    return issue(panel)


@pytest.fixture
def tablet(app: Flask) -> Tablet:
    return Tablet(app.test_client(use_cookies=False))


def wrong(pin: str) -> str:
    return "000000" if pin != "000000" else "000001"


def actions(seat: str) -> list[tuple[str, str]]:
    rows = db.session.scalars(
        select(AuditRow).where(AuditRow.chain == f"seat:{seat_of(seat).id}").order_by(AuditRow.seq)
    )
    return [(row.action, row.actor_name) for row in rows]


# Cards


def test_card_has_a_code_without_look_alikes_and_six_digits(cards: dict[str, services.IssuedCard]) -> None:
    assert sorted(cards) == ["J1", "J2", "J3"]
    assert all(re.fullmatch("[ACDEFGHJKLMNPQRTUVWXY2346789]{6}", card.code) for card in cards.values())
    assert all(re.fullmatch("[0-9]{6}", card.pin) for card in cards.values())
    assert len({card.code for card in cards.values()}) == 3


def test_nothing_secret_is_stored_when_cards_are_issued(cards: dict[str, services.IssuedCard]) -> None:
    rows = db.session.execute(select(JudgeCard.__table__)).all()

    kept = " ".join(str(value) for row in rows for value in row)

    assert [card.code in kept for card in cards.values()] == [True, True, True]
    assert [card.pin for card in cards.values() if f" {card.pin} " in f" {kept} "] == []
    assert [card.token for card in cards.values() if card.token in kept] == []


def test_no_card_is_issued_when_marking_is_not_open(app: Flask) -> None:
    with unit():
        closed = services.create_assessment(SYSTEM, "EV9", "砌筑").id

    with pytest.raises(RuleBroken) as refused, unit():
        services.issue_cards(SYSTEM, closed, 72)

    assert refused.value.code == "not_open"


# Entering


def test_judge_marks_when_the_card_was_right(cards: dict[str, services.IssuedCard], tablet: Tablet) -> None:
    answer = tablet.enter(card=cards["J1"].code.lower(), pin=cards["J1"].pin)
    sent = tablet.send(op())

    assert answer.status_code == 200
    assert set(answer.json) == {"proto", "token", "expires_at", "epoch", "server_time", "seat"}  # type: ignore[arg-type]
    assert answer.json["seat"] == {  # type: ignore[index]
        "assessment": "EV1",
        "assessment_name": "坭兴陶制作",
        "judge": "J1",
        "judge_name": "梁裁判",
        "holder": 0,
    }
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert sent.json["results"][0]["status"] == "applied"  # type: ignore[index]


def test_judge_marks_when_the_code_was_scanned(cards: dict[str, services.IssuedCard], tablet: Tablet) -> None:
    answer = tablet.enter(qr=cards["J2"].token)

    assert answer.json["seat"]["judge"] == "J2"  # type: ignore[index]
    assert tablet.send(op()).json["results"][0]["status"] == "applied"  # type: ignore[index]


def test_one_card_starts_two_tablets(
    app: Flask, cards: dict[str, services.IssuedCard], tablet: Tablet
) -> None:
    second = Tablet(app.test_client(use_cookies=False), OTHER)
    tablet.enter(qr=cards["J1"].token)

    second.enter(qr=cards["J1"].token)

    assert tablet.pack().status_code == second.pack().status_code == 200
    assert {device.id for device in db.session.scalars(select(Device))} == {TABLET, OTHER}


def test_entry_is_told_in_the_judge_s_name(cards: dict[str, services.IssuedCard], tablet: Tablet) -> None:
    tablet.enter(qr=cards["J1"].token)

    assert actions("J1") == [("card.issued", "system"), ("tablet.granted", "梁裁判")]
    assert list(chain_faults()) == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"card": "K7M2QX"}, 400, "malformed"),
        ({"card": "K7M2QX", "pin": "123456", "qr": "x"}, 400, "malformed"),
        ({"qr": "x", "device_id": "1"}, 400, "malformed"),
        ({"qr": 7}, 400, "malformed"),
        ({"qr": "x", "proto": 9}, 426, "client_too_old"),
        ({"qr": "x"}, 401, "bad_card"),
        ({"card": "K7M2QX", "pin": "123456"}, 401, "bad_card"),
    ],
)
def test_wrong_entry_is_refused(
    panel: int, tablet: Tablet, body: dict[str, object], status: int, code: str
) -> None:
    answer = tablet.enter(**body)

    assert (answer.status_code, answer.json["code"]) == (status, code)  # type: ignore[index]
    assert answer.mimetype == "application/problem+json"


def test_form_enters_nothing(app: Flask) -> None:
    assert app.test_client().post("/api/v1/tablet/grants", data={"qr": "x"}).status_code == 415


@pytest.mark.parametrize("given", ["[]", "{", '"x"', "null"])
def test_other_json_enters_nothing(app: Flask, given: str) -> None:
    answer = app.test_client().post("/api/v1/tablet/grants", data=given, content_type="application/json")

    assert answer.status_code == 400


def test_old_card_enters_nothing_when_a_new_one_is_issued(
    panel: int, cards: dict[str, services.IssuedCard], tablet: Tablet
) -> None:
    new = issue(panel)

    assert tablet.enter(qr=cards["J1"].token).status_code == 401
    assert tablet.enter(card=cards["J1"].code, pin=cards["J1"].pin).status_code == 401
    assert tablet.enter(qr=new["J1"].token).status_code == 200


# Failures are counted


def later(monkeypatch: pytest.MonkeyPatch, minutes: int) -> None:
    moment = entry.now() + timedelta(minutes=minutes)
    monkeypatch.setattr(entry, "now", lambda: moment)


def test_card_is_closed_when_it_was_tried_six_times(
    cards: dict[str, services.IssuedCard], tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = cards["J1"]
    tries = [
        tablet.enter(f"10.0.0.{place}", card=card.code, pin=wrong(card.pin)).status_code for place in range(7)
    ]

    right = tablet.enter("10.0.1.1", card=card.code, pin=card.pin)
    later(monkeypatch, 11)
    again = tablet.enter("10.0.1.1", card=card.code, pin=card.pin)

    assert tries == [401] * 6 + [429]
    assert (right.status_code, right.json["code"]) == (429, "too_many")  # type: ignore[index]
    assert 590 <= int(right.headers["Retry-After"]) <= 600
    assert again.status_code == 200


def test_six_tries_are_counted_when_they_come_at_once(both_engines: Flask) -> None:
    card = issue(open_panel())["J1"]

    def attempt(place: int) -> int:
        with both_engines.app_context():
            tablet = Tablet(both_engines.test_client(use_cookies=False))
            return tablet.enter(f"10.0.0.{place}", card=card.code, pin=wrong(card.pin)).status_code

    with ThreadPoolExecutor(8) as threads:
        answers = sorted(threads.map(attempt, range(16)))

    assert answers == [401] * 6 + [429] * 10


def test_address_is_closed_when_six_entries_failed(
    cards: dict[str, services.IssuedCard], tablet: Tablet
) -> None:
    tries = [tablet.enter(qr=f"guess-{place}").status_code for place in range(7)]

    assert tries == [401] * 6 + [429]
    assert tablet.enter(qr=cards["J1"].token).status_code == 429
    assert tablet.enter("10.0.9.9", qr=cards["J1"].token).status_code == 200


def test_failures_are_forgotten_one_by_one_when_time_passes(
    cards: dict[str, services.IssuedCard], tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        tablet.enter(qr="guess")
    later(monkeypatch, 6)
    for _ in range(3):
        tablet.enter(qr="guess")
    closed = tablet.enter(qr=cards["J1"].token).status_code
    later(monkeypatch, 5)

    assert closed == 429
    assert [tablet.enter(qr="guess").status_code for _ in range(4)] == [401, 401, 401, 429]


def test_no_address_is_kept_when_entries_are_counted(panel: int, tablet: Tablet) -> None:
    tablet.enter("10.0.0.7", card="K7M2QX", pin="123456")

    keys = db.session.scalars(select(EntryFailures.key)).all()

    assert len(keys) == 2
    assert all(re.fullmatch("[0-9a-f]{64}", key) for key in keys)


# Revoking, replacing, substituting


def test_revoked_tablet_sends_nothing_and_the_other_goes_on(
    app: Flask, panel: int, cards: dict[str, services.IssuedCard], tablet: Tablet
) -> None:
    second = Tablet(app.test_client(use_cookies=False), OTHER)
    tablet.enter(qr=cards["J1"].token)
    second.enter(qr=cards["J1"].token)

    with unit():
        services.revoke_tablet(SYSTEM, panel, seat_of("J1").id, TABLET)

    assert tablet.send(op()).status_code == 401
    assert second.send(op()).status_code == 200
    assert actions("J1")[-2][0] == "tablet.revoked"


def test_only_the_new_card_enters_when_a_tablet_is_replaced(
    panel: int, cards: dict[str, services.IssuedCard], tablet: Tablet
) -> None:
    tablet.enter(qr=cards["J1"].token)

    with unit():
        new = services.replace_tablet(SYSTEM, panel, seat_of("J1").id, TABLET, 72)

    assert tablet.send(op()).status_code == 401
    assert tablet.enter(qr=cards["J1"].token).status_code == 401
    assert tablet.enter(qr=new.token).status_code == 200


def test_tablet_of_another_assessment_is_not_revoked(
    panel: int, cards: dict[str, services.IssuedCard]
) -> None:
    with pytest.raises(NotFound), unit():
        services.revoke_tablet(SYSTEM, panel + 1, seat_of("J1").id, TABLET)


def substitute(panel: int, name: str = "陆裁判") -> None:
    with unit():
        account = create_account(SYSTEM, "substitute", name, "correct-horse-9", [("judge", ("city", 0))]).id
    with unit():
        services.substitute_judge(SYSTEM, panel, seat_of("J1").id, account, "身体不适")


def test_old_marks_stay_the_former_judge_s_when_another_takes_the_seat(
    panel: int, cards: dict[str, services.IssuedCard], tablet: Tablet
) -> None:
    tablet.enter(qr=cards["J1"].token)
    tablet.send(op())

    substitute(panel)

    former = db.session.scalars(select(FormerJudge)).one()
    assert (former.name, former.reason, seat_of("J1").name) == ("梁裁判", "身体不适", "陆裁判")
    assert [str(value.normalize()) for value in db.session.scalars(select(Mark.value)) if value] == ["7.5"]
    assert tablet.send(op(aspect="A2", value="2")).status_code == 401
    assert tablet.enter(qr=cards["J1"].token).status_code == 401
    assert db.session.scalars(select(TabletGrant.revoked_at)).one() is not None


def test_new_judge_marks_under_the_same_seat(panel: int, tablet: Tablet) -> None:
    substitute(panel)

    seat = tablet.enter(qr=issue(panel)["J1"].token).json["seat"]  # type: ignore[index]

    assert (seat["judge"], seat["judge_name"], seat["holder"]) == ("J1", "陆裁判", 1)
    assert tablet.send(op()).json["results"][0]["status"] == "applied"  # type: ignore[index]
    assert ("seat.substituted", "system") in actions("J1")


def test_judge_of_the_panel_is_no_substitute(panel: int) -> None:
    with pytest.raises(RuleBroken) as refused, unit():
        services.substitute_judge(SYSTEM, panel, seat_of("J1").id, seat_of("J2").account_id or 0, "身体不适")

    assert refused.value.field == "account"


# The pack


def test_pack_carries_the_receipt_when_the_sheet_is_signed(
    panel: int, cards: dict[str, services.IssuedCard], tablet: Tablet
) -> None:
    tablet.enter(qr=cards["J1"].token)
    mark("J1", op())
    sign("J1", "K1")

    first, second = tablet.pack().json["candidates"]  # type: ignore[index]

    assert first["digest"] == "a0a02a22870ba06fae5b8aaa76e913ab0e59eaf7e9e949fd20ba9d5a504ca7cc"
    assert set(first) == {"code", "status", "duration_s", "signed", "signed_at", "digest", "op_id"}
    assert second == {"code": "K2", "status": "present", "duration_s": None, "signed": False}


def test_pack_is_not_sent_again_when_nothing_changed(
    cards: dict[str, services.IssuedCard], tablet: Tablet
) -> None:
    tablet.enter(qr=cards["J1"].token)
    tag = tablet.pack().headers["ETag"]

    same, unpacked_by_proxy = tablet.pack(tag), tablet.pack(tag.removeprefix("W/"))
    tablet.send(op())
    changed = tablet.pack(tag)

    assert (same.status_code, same.headers["ETag"], same.data) == (304, tag, b"")
    assert unpacked_by_proxy.status_code == 304
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


def test_dispute_is_told_without_values_and_only_after_own_signature(
    cards: dict[str, services.IssuedCard], tablet: Tablet
) -> None:
    tablet.enter(qr=cards["J1"].token)
    mark("J1", op(aspect="A2", value="0"))
    mark("J2", op(aspect="A2", value="3"))
    before = tablet.pack()
    sign("J1", "K1")
    after = tablet.pack(before.headers["ETag"])

    assert before.json["disputes"] == []  # type: ignore[index]
    assert after.json["disputes"] == [{"candidate": "K1", "aspect": "A2"}]  # type: ignore[index]


def test_conflict_names_the_tablet_that_sent_it(
    app: Flask, cards: dict[str, services.IssuedCard], tablet: Tablet
) -> None:
    mark("J1", op(value="5"))
    tablet.enter(qr=cards["J1"].token)
    tablet.send(op(value="6"))

    assert [(one["value"], one["label"]) for one in tablet.pack().json["conflicts"]] == [("6", "1号平板")]  # type: ignore[index]
