"""Appeals: in time, by the right people, to an arbiter without conflict; carried out as a new version."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from qzcompete.competitions.queries import EventCard
from qzcompete.core.actor import CITY, SYSTEM, Actor
from qzcompete.core.errors import NotAllowed, RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.people.services import create_account
from qzcompete.registration import queries as registration_queries
from qzcompete.registration.queries import entries
from qzcompete.results import queries, services
from qzcompete.results.services import Decision
from tests.results.contest import held_contest, person_of, publish

WORD = "correct-horse-9"


def account(name: str, role: str, person_id: int | None = None) -> Actor:
    with unit():
        return create_account(SYSTEM, name, name, WORD, [(role, CITY)], person_id=person_id).actor


@pytest.fixture
def event(app: Flask) -> EventCard:
    event = held_contest()
    publish(event)
    return event


@pytest.fixture
def third(event: EventCard) -> Actor:
    """The entrant of the third rank."""
    return account("third", "competitor", person_of(event, "阿依古丽·买买提"))


def entry_of(event: EventCard, name: str) -> int:
    return next(entry.id for entry in entries(event.id) if entry.name == name)


def filed(event: EventCard, actor: Actor, name: str = "阿依古丽·买买提") -> int:
    with unit():
        return services.file_appeal(actor, entry_of(event, name), "焊缝测量有误", ["A1-1"]).id


def upheld(event: EventCard, actor: Actor, value: str) -> int:
    appeal_id = filed(event, actor)
    arbiter = account("arbiter", "arbiter")
    with unit():
        services.name_arbiter(SYSTEM, appeal_id, arbiter.account_id or 0, "北部湾职业技术学校")
        services.decide_appeal(
            arbiter, appeal_id, Decision("rerank", "复量焊缝，原记录有误", {("J1", "A1-1"): value})
        )
    return appeal_id


def test_only_the_entrant_or_the_team_leader_may_appeal(event: EventCard, third: Actor) -> None:
    stranger = account("stranger", "competitor", person_of(event, "黄㛃"))

    with pytest.raises(NotAllowed):
        services.file_appeal(stranger, entry_of(event, "阿依古丽·买买提"), "不服")


def test_the_window_closes_after_the_hours_that_the_competition_settles(
    event: EventCard, third: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = datetime.now(UTC) + timedelta(hours=2, minutes=1)
    monkeypatch.setattr("qzcompete.results.queries.appeals.now", lambda: later)

    with pytest.raises(RuleBroken) as refused:
        services.file_appeal(third, entry_of(event, "阿依古丽·买买提"), "不服")

    assert refused.value.code == "no_window"


def test_a_second_appeal_against_the_same_result_is_refused(event: EventCard, third: Actor) -> None:
    filed(event, third)

    with pytest.raises(RuleBroken):
        services.file_appeal(third, entry_of(event, "阿依古丽·买买提"), "再次不服")


@pytest.mark.parametrize(
    ("unit_name", "code"), [("钦州市技工学校", "same_unit"), ("钦州市 技工学校", "same_unit")]
)
def test_an_arbiter_of_the_same_employer_is_refused(
    event: EventCard, third: Actor, unit_name: str, code: str
) -> None:
    appeal_id, arbiter = filed(event, third), account("arbiter", "arbiter")

    with pytest.raises(RuleBroken) as refused:
        services.name_arbiter(SYSTEM, appeal_id, arbiter.account_id or 0, unit_name)

    assert refused.value.code == code


def test_a_judge_of_the_event_is_refused_as_arbiter(event: EventCard, third: Actor) -> None:
    from qzcompete.people.queries import account_named
    from qzcompete.people.services import grant_role

    appeal_id = filed(event, third)
    judge = account_named("panel-0")
    assert judge is not None
    with unit():
        grant_role(SYSTEM, judge, "arbiter")

    with pytest.raises(RuleBroken) as refused:
        services.name_arbiter(SYSTEM, appeal_id, judge.id, "北部湾职业技术学校")

    assert refused.value.code == "judged"


def test_only_the_ranks_that_the_appeal_may_touch_are_held_back(app: Flask) -> None:
    event = held_contest(totals=("95.5", "88", "80", "61"))
    publish(event)
    actor = account("third", "competitor", person_of(event, "黄㛃"))
    filed(event, actor, "黄㛃")

    held = queries.held_entries(event.id)

    # One measurement makes the whole total here: it may end anywhere.
    assert len(held) == 4


def test_an_upheld_appeal_changes_the_ranking_in_a_new_version(event: EventCard, third: Actor) -> None:
    first_version = queries.published_set(event.id)
    assert first_version is not None
    appeal_id = upheld(event, third, "99")
    with unit():
        services.correct(SYSTEM, queries.corrections(event.id)[0].id, "仲裁认定")
        compiled = services.compile_results(SYSTEM, event.id)
        services.publish_results(SYSTEM, compiled.id, "仲裁更正")

    since = queries.changes_since(first_version.id)

    assert queries.appeal(appeal_id).state == "settled"
    assert queries.held_entries(event.id) == frozenset()
    assert [winner.name for winner in queries.ranked(event)][:2] == ["阿依古丽·买买提", "韦梅静"]
    assert since.reasons == ["仲裁更正"]
    own = {
        change.what: (change.before, change.after)
        for change in since.of_entry(entry_of(event, "阿依古丽·买买提"))
    }
    assert own == {"total": ("80.00", "99.00"), "rank": (3, 1), "award": ("三等奖", "一等奖")}


def test_a_rejected_appeal_may_go_to_another_arbiter_once(event: EventCard, third: Actor) -> None:
    appeal_id, arbiter = filed(event, third), account("arbiter", "arbiter")
    with unit():
        services.name_arbiter(SYSTEM, appeal_id, arbiter.account_id or 0, "北部湾职业技术学校")
        services.decide_appeal(arbiter, appeal_id, Decision("reject", "原记录无误"))
    second = filed(event, third)

    with pytest.raises(RuleBroken) as refused:
        services.name_arbiter(SYSTEM, second, arbiter.account_id or 0, "北部湾职业技术学校")

    assert refused.value.code == "decided_before"
    assert queries.appeal(second).instance == 2


def test_a_re_marking_opens_a_round_for_the_judges(event: EventCard, third: Actor) -> None:
    from qzcompete.competitions.queries import event_card_by_id

    appeal_id, arbiter = filed(event, third), account("arbiter", "arbiter")
    with unit():
        services.name_arbiter(SYSTEM, appeal_id, arbiter.account_id or 0, "北部湾职业技术学校")
        services.decide_appeal(arbiter, appeal_id, Decision("remark", "须重新评分", aspects=["A1-1"]))

    assert event_card_by_id(event.id).state == "marking"
    assert next(winner.name for winner in queries.ranked(event)) == "韦梅静"


def test_after_a_disqualification_the_next_ones_move_up(event: EventCard) -> None:
    with unit():
        services.disqualify(SYSTEM, event.id, entry_of(event, "韦梅静"), "冒名顶替")
        compiled = services.compile_results(SYSTEM, event.id)
        services.publish_results(SYSTEM, compiled.id, "取消成绩，后续选手递补")

    assert [(winner.name, winner.rank, winner.award) for winner in queries.ranked(event)] == [
        ("黄㛃", 1, "一等奖"),
        ("阿依古丽·买买提", 2, "二等奖"),
        ("陈㼆", 3, "三等奖"),
    ]
    # Who is barred in later years follows the newest version.
    assert {(one.name, one.year, one.award) for one in registration_queries.former_winners(event)} == {
        ("黄㛃", 2026, "一等奖"),
        ("阿依古丽·买买提", 2026, "二等奖"),
        ("陈㼆", 2026, "三等奖"),
    }


def test_evidence_is_checked_by_its_content(event: EventCard, third: Actor) -> None:
    with pytest.raises(RuleBroken) as refused:
        services.file_appeal(
            third, entry_of(event, "阿依古丽·买买提"), "不服", files=[("证据.pdf", b"MZ\x90 no pdf")]
        )

    assert refused.value.field == "files"
