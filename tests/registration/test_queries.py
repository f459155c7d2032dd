"""What registration's queries tell of entries and of those who compete in them."""

from __future__ import annotations

from flask import Flask

from qzcompete.core.actor import SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.people.services import ensure_person
from qzcompete.registration import queries
from qzcompete.registration.models import EntryMember
from tests.registration.ceremony import prepared


def test_members_of_a_team_are_told_with_the_leader_first(app: Flask) -> None:
    held = prepared(1)
    team, single = queries.entries(held.event.id)[:2]
    with unit():
        second = ensure_person(SYSTEM, "农秀兰", "passport", "E12345678")
        leader = ensure_person(SYSTEM, "陆志远", "passport", "E87654321")
        db.session.add_all(
            EntryMember(entry_id=team.id, event_id=team.event_id, person_id=one.id, name=one.name, leader=led)
            for one, led in ((second, False), (leader, True))
        )

    found = queries.members_of_all([team.id, single.id])

    assert [(member.name, member.leader) for member in found[team.id]] == [
        ("陆志远", True),
        ("农秀兰", False),
    ]
    assert [(member.name, member.leader) for member in found[single.id]] == [(single.name, True)]
