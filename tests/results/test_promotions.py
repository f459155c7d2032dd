"""Promotions are proposed by the table in force and decided by an officer, one by one; a changed result flags them."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from qzcompete.core.actor import SYSTEM
from qzcompete.core.errors import RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.people.services import ensure_person
from qzcompete.registration.models import Entry, EntryMember
from qzcompete.results import queries, services
from tests.results.contest import CODE, held_contest, publish


@pytest.fixture
def proposed(app: Flask) -> list[queries.PromotionCard]:
    event = held_contest()
    publish(event)
    with unit():
        table = services.start_table(SYSTEM, "钦州市晋级对照表", from_template=True)
        services.put_in_force(SYSTEM, table.version)
        services.propose(SYSTEM, event.id)
    return list(queries.promotions_of(event.id))


def test_every_ranked_person_that_the_table_names_is_proposed(proposed: list[queries.PromotionCard]) -> None:
    assert [(card.name, card.rank, card.grants) for card in proposed] == [
        ("韦梅静", 1, 2),
        ("黄㛃", 2, 2),
        ("阿依古丽·买买提", 3, 2),
        ("陈㼆", 4, 2),
    ]
    assert queries.confirmed_promotions() == []


def test_each_member_of_a_team_is_proposed_with_the_rank_of_the_team(app: Flask) -> None:
    event = held_contest()
    with unit():
        team = db.session.scalars(select(Entry).where(Entry.name == "韦梅静")).one()
        assert team.person_id is not None
        mate = ensure_person(SYSTEM, "农秀兰", "passport", "E12345678")
        db.session.add_all(
            EntryMember(entry_id=team.id, event_id=team.event_id, person_id=key, name=name, leader=led)
            for key, name, led in ((team.person_id, "韦梅静", True), (mate.id, "农秀兰", False))
        )
        mate_id = mate.id
    publish(event)
    with unit():
        services.put_in_force(SYSTEM, services.start_table(SYSTEM, "对照表", from_template=True).version)
        services.propose(SYSTEM, event.id)

    found = [(card.name, card.rank) for card in queries.promotions_of(event.id)]

    assert found[:3] == [("韦梅静", 1), ("农秀兰", 1), ("黄㛃", 2)]
    assert queries.field_size(queries.promotable(queries.published_set(event.id))) == 4  # type: ignore[arg-type]
    assert [result.rank for result in queries.own_results(mate_id)] == [1]


def test_nothing_is_confirmed_before_the_level_held_is_known(proposed: list[queries.PromotionCard]) -> None:
    with pytest.raises(RuleBroken) as refused:
        services.confirm_promotion(SYSTEM, proposed[0].id)

    assert refused.value.code == "level_unknown"


def test_a_confirmed_promotion_is_told_to_the_certificates(proposed: list[queries.PromotionCard]) -> None:
    with unit():
        services.state_held_level(SYSTEM, proposed[0].id, 2, "联网查询")
        services.confirm_promotion(SYSTEM, proposed[0].id)

    (told,) = queries.confirmed_promotions(CODE)
    assert (told.name, told.held_level, told.grants) == ("韦梅静", 2, 1)


def test_a_rejection_needs_its_reason(proposed: list[queries.PromotionCard]) -> None:
    with pytest.raises(RuleBroken):
        services.reject_promotion(SYSTEM, proposed[1].id, " ")


def test_a_second_promotion_in_the_year_is_refused(proposed: list[queries.PromotionCard]) -> None:
    from qzcompete.results.models import Promotion, PromotionState

    with unit():
        services.state_held_level(SYSTEM, proposed[0].id, None, "联网查询")
        services.confirm_promotion(SYSTEM, proposed[0].id)
        services.state_held_level(SYSTEM, proposed[1].id, None, "联网查询")
        other = db.session.get_one(Promotion, proposed[1].id)
        other.person_id = proposed[0].person_id
    with pytest.raises(RuleBroken) as refused:
        services.confirm_promotion(SYSTEM, proposed[1].id)

    assert refused.value.code == "this_year"
    assert db.session.get_one(Promotion, proposed[1].id).state is PromotionState.PROPOSED


def test_a_table_in_force_never_changes(proposed: list[queries.PromotionCard]) -> None:
    with pytest.raises(RuleBroken) as refused:
        services.edit_table(SYSTEM, 1, [])

    assert refused.value.code == "in_force"
