"""What the office decides: accepted in order, returned with a note, waiting when full; exceptions by two; substitution."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event as sql_event
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from qzcompete.core.actor import CITY, SYSTEM, Actor
from qzcompete.core.audit import AuditRow
from qzcompete.core.clock import now
from qzcompete.core.errors import NotAllowed, RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.notices.models import Message
from qzcompete.people.services import create_account
from qzcompete.registration import queries
from qzcompete.registration import services as registration
from qzcompete.registration.models import RuleOverride
from tests.registration.nominations import PEOPLE, Nomination, nominated, open_for_nomination, row

AGE = [{"kind": "age", "least": 16, "most": 40, "on": "2026-09-01"}]


def officer(username: str) -> Actor:
    with unit():
        return create_account(SYSTEM, username, username, "correct-horse-9", [("officer", CITY)]).actor


def stages(held: Nomination) -> list[str]:
    return [entry.stage for entry in queries.all_entries(held.event.id)]


def entry_ids(held: Nomination) -> list[int]:
    return [entry.id for entry in queries.all_entries(held.event.id)]


def test_when_the_places_are_taken_the_next_wait_and_move_up_by_themselves(app: Flask) -> None:
    held = open_for_nomination(places=2)
    nominated(held, 0, 1, 2, 3)

    with unit():
        done = registration.accept_submitted(SYSTEM, held.event.id)

    assert (done.accepted, done.waiting) == (2, 2)
    assert stages(held) == ["entered", "entered", "waiting", "waiting"]
    with unit():
        registration.withdraw_own(held.school, entry_ids(held)[0])
    assert stages(held) == ["withdrawn", "entered", "entered", "waiting"]
    assert [entry.number for entry in queries.entries(held.event.id)] == ["001", "002", "003"]
    kinds = db.session.scalars(select(Message.kind).order_by(Message.id)).all()
    assert kinds.count("registration.moved_up") == 1
    assert kinds.count("registration.waiting") == 2


def test_a_returned_entry_is_submitted_again_when_it_is_corrected(app: Flask) -> None:
    held = open_for_nomination()
    nominated(held, 0)
    with unit():
        registration.send_back(SYSTEM, entry_ids(held)[0], "请填写指导教师")
    assert stages(held) == ["returned"]

    nominated(held, 0, instructor="黄志强")

    assert stages(held) == ["submitted"]
    assert queries.all_entries(held.event.id)[0].note is None


def test_an_accepted_entry_is_changed_by_nobody_outside_the_office(app: Flask) -> None:
    held = open_for_nomination()
    nominated(held, 0)
    with unit():
        registration.accept_submitted(SYSTEM, held.event.id)

    with pytest.raises(RuleBroken) as broken:
        nominated(held, 0, instructor="黄志强")

    assert broken.value.code == "already_accepted"


def test_an_entry_that_breaks_a_rule_is_held_back_until_two_people_make_an_exception(app: Flask) -> None:
    held = open_for_nomination()
    first, second = officer("first"), officer("second")
    with unit():
        registration.set_rules(SYSTEM, held.event.id, AGE, "规程第3条")
    nominated(held, 0)
    entry_id = entry_ids(held)[0]

    with unit():
        assert registration.accept_submitted(first, held.event.id).held_back == 1
        registration.ask_override(first, entry_id, "age", "特邀老师傅参赛")
    with pytest.raises(RuleBroken, match="two_people"):
        registration.confirm_override(first, entry_id, "age")
    db.session.rollback()
    with pytest.raises(RuleBroken, match="rule_not_met"):
        registration.accept(first, entry_id)
    db.session.rollback()
    with unit():
        registration.confirm_override(second, entry_id, "age")
        registration.accept(first, entry_id)

    assert stages(held) == ["entered"]


def test_the_database_refuses_one_person_for_both_parts_of_an_exception(app: Flask) -> None:
    held = open_for_nomination()
    first = officer("first")
    with unit():
        registration.set_rules(SYSTEM, held.event.id, AGE, "规程第3条")
    nominated(held, 0)
    with unit():
        registration.ask_override(first, entry_ids(held)[0], "age", "特邀老师傅参赛")

    with pytest.raises(IntegrityError, match="two_people"):
        db.session.execute(
            update(RuleOverride).values(confirmed_by=RuleOverride.asked_by, confirmed_at=now())
        )


def test_answers_know_the_other_events_and_the_earlier_awards(app: Flask) -> None:
    """An award of the same year, as of a heat, bars nobody."""
    held = open_for_nomination()
    rules = [{"kind": "one_event"}, {"kind": "no_former_winner", "since": 2023, "awards": []}]
    with unit():
        registration.set_rules(SYSTEM, held.event.id, rules, "规程第3条")
    nominated(held, 0)
    with unit():
        registration.note_winner(SYSTEM, held.event.id, *PEOPLE[0], 2024, "一等奖", "2024年秩序册")
        this_year = held.event.competition.year
        registration.note_winner(SYSTEM, held.event.id, *PEOPLE[0], this_year, "二等奖", "县区选拔赛")

    entry = queries.all_entries(held.event.id)[0]
    told = queries.entry_answers(held.event, [entry])[entry.id]

    assert [(one.answer.reason, dict(one.answer.values)) for one in told] == [
        ("only_event", {}),
        ("won_before", {"year": 2024, "award": "一等奖"}),
    ]


def test_a_substitute_takes_the_number_until_the_cut_off(app: Flask) -> None:
    held = open_for_nomination()
    nominated(held, 0)
    with unit():
        registration.accept_submitted(SYSTEM, held.event.id)
        registration.set_setting(SYSTEM, held.event.competition.id, False, now() + timedelta(hours=1))
    entry = queries.entries(held.event.id)[0]

    with unit():
        registration.substitute(held.school, entry.id, entry.person_id or 0, row(1), "选手生病住院")

    changed = queries.entries(held.event.id)[0]
    assert (changed.number, changed.name) == (entry.number, "黄㛃")
    assert [(line.former, line.newcomer) for line in queries.substitutions_of(entry.id)] == [
        ("韦梅静", "黄㛃")
    ]
    with unit():
        registration.set_setting(SYSTEM, held.event.competition.id, False, now() - timedelta(hours=1))
    with pytest.raises(RuleBroken, match="after_cut_off"):
        registration.substitute(held.school, entry.id, changed.person_id or 0, row(2), "选手生病住院")


def test_a_team_is_one_entry_with_its_members(app: Flask) -> None:
    held = open_for_nomination(team_size=2)
    with unit():
        rows = [row(0, row=1, team="匠心队"), row(1, row=2, team="匠心队", leader=True)]
        registration.nominate(held.school, held.event.id, held.school_id, rows)

    entry = queries.all_entries(held.event.id)[0]

    assert entry.name == "匠心队"
    assert [member.name for member in queries.members_of(entry.id)] == ["黄㛃", "韦梅静"]
    with pytest.raises(RuleBroken, match="team_size"), unit():
        registration.nominate(held.school, held.event.id, held.school_id, [row(2, row=1, team="单人队")])


def test_an_individual_registers_and_the_account_is_tied_when_the_office_accepts(app: Flask) -> None:
    held = open_for_nomination()
    with unit():
        registration.set_setting(SYSTEM, held.event.competition.id, True, None)
        account = registration.make_own_account(
            held.event.competition.id, "xuanshou", "韦梅静", "correct-horse-9"
        )
        registration.register(account.actor, held.event.id, row(0))
    assert account.person_id is None

    with unit():
        registration.accept_submitted(SYSTEM, held.event.id)

    db.session.refresh(account)
    assert account.person_id == queries.entries(held.event.id)[0].person_id


def test_nobody_registers_alone_where_it_is_not_allowed(app: Flask) -> None:
    held = open_for_nomination()
    with unit():
        account = create_account(SYSTEM, "xuanshou", "韦梅静", "correct-horse-9", [("competitor", CITY)])

    with pytest.raises(NotAllowed):
        registration.register(account.actor, held.event.id, row(0))


def test_the_number_is_shown_for_a_reason_that_is_audited(
    app: Flask, sign_in: Callable[..., FlaskClient]
) -> None:
    held = open_for_nomination()
    nominated(held, 0)
    entry = queries.all_entries(held.event.id)[0]
    office = sign_in("officer")
    path = f"/office/entries/{entry.id}"
    assert PEOPLE[0][1] not in office.get(path).text

    refused = office.post(f"{path}/number/{entry.person_id}", data={"reason": ""})
    shown = office.post(f"{path}/number/{entry.person_id}", data={"reason": "核对身份证原件"})

    assert refused.status_code == 422
    assert PEOPLE[0][1] not in refused.text
    assert PEOPLE[0][1] in shown.text
    told = db.session.scalars(select(AuditRow).where(AuditRow.action == "person.document_seen")).one()
    assert told.after == {"reason": "核对身份证原件"}
    assert PEOPLE[0][1] not in str([row.after for row in db.session.scalars(select(AuditRow))])


def test_the_list_asks_as_many_queries_for_many_rows_as_for_one(
    app: Flask, sign_in: Callable[..., FlaskClient]
) -> None:
    held = open_for_nomination()
    with unit():
        registration.set_rules(SYSTEM, held.event.id, [*AGE, {"kind": "one_event"}], "规程第3条")
    office = sign_in("officer")
    counts = []
    for places in ((0,), (1, 2, 3, 4)):
        nominated(held, *places)
        asked: list[str] = []

        def count(
            _connection: object, _cursor: object, statement: str, *_rest: object, asked: list[str] = asked
        ) -> None:
            asked.append(statement)

        sql_event.listen(db.engine, "before_cursor_execute", count)
        assert office.get(f"/office/events/{held.event.code}/entries").status_code == 200
        sql_event.remove(db.engine, "before_cursor_execute", count)
        counts.append(len(asked))

    assert counts[0] == counts[1]
