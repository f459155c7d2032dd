"""From the decision to the designation: the notice in full, no open objection, upheld ones change the list."""

from __future__ import annotations

import os
import threading
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from qzcompete.core import clock
from qzcompete.core.errors import Problem, RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.notices.models import Notice, NoticeState
from qzcompete.notices.queries.notices import notice_card
from qzcompete.notices.services import objections
from qzcompete.selection.models import (
    Application,
    Designation,
    DesignationPlace,
    SelectionClass,
    SelectionEvent,
)
from qzcompete.selection.queries.designations import after_decision, designations_of
from qzcompete.selection.queries.invariants import ledger_faults, notice_faults, place_faults
from qzcompete.selection.services import applicant
from qzcompete.selection.services.designating import announce_designations, designate, designate_all
from qzcompete.selection.services.publicity import publish_list, renew_list
from tests.conftest import Outbox, empty_tables
from tests.selection.decided import Decided, days_later, decided, end_notices, object_to


def publish(made: Decided) -> int:
    with clock.held_at(days_later(0)), unit():
        return publish_list(made.office, made.class_id)


def state(application_id: int) -> str:
    return db.session.scalar(select(Application.state).where(Application.id == application_id)) or ""


def test_the_list_is_designated_once_its_notice_ran_in_full(app: Flask, outbox: Outbox) -> None:
    made = decided()
    publish(made)

    with clock.held_at(days_later(8)):
        end_notices(made)
        with unit():
            designated = designate_all(made.office, made.class_id)
        cards = designations_of(made.class_id)
        with unit():
            notice_id = announce_designations(made.office, made.class_id)

    assert [card.name for card in cards] == [
        "钦州市韦梅静焊工技能大师工作室",
        "钦州市陆志远焊工技能大师工作室",
    ]
    assert [card.plaque_number for card in cards] == ["QZGZS-2026-01", "QZGZS-2026-02"]
    assert (cards[0].starts_on, cards[0].ends_on) == (date(2026, 11, 17), date(2028, 11, 16))
    assert len(designated) == 2
    assert "钦州市韦梅静焊工技能大师工作室" in str(notice_card(notice_id).rows)
    assert [message.account_id for message in outbox.of_kind("selection.designated")] == [
        actor.account_id for actor in made.applicants[:2]
    ]


@pytest.mark.parametrize("day", [0, 7])
def test_nobody_is_designated_before_the_notice_ran_in_full(app: Flask, day: int) -> None:
    made = decided()
    publish(made)

    with clock.held_at(days_later(day)):
        end_notices(made)
        with pytest.raises(RuleBroken) as refused, unit():
            designate(made.office, made.applications[0])

    assert refused.value.code == "notice_running"


def test_nobody_is_designated_while_an_objection_is_open(app: Flask) -> None:
    made = decided()
    publish(made)
    key = object_to(made, 1, day=2)

    with clock.held_at(days_later(9)):
        end_notices(made)
        with pytest.raises(RuleBroken) as refused, unit():
            designate(made.office, made.applications[0])
        with unit():
            objections.decide(made.supervisor, key, upheld=False, finding="属实。", reply="属实。")
            designate_all(made.office, made.class_id)

    assert refused.value.code == "notice_objections"
    assert state(made.applications[1]) == "designated"


def test_an_upheld_objection_moves_the_next_up_and_the_list_is_published_anew(
    app: Flask, outbox: Outbox
) -> None:
    made = decided()
    first = publish(made)
    object_to(made, 0, day=3, upheld=True)

    with clock.held_at(days_later(4)), unit():
        change, second = renew_list(made.office, made.class_id)
    anew = notice_card(second)

    assert (change.removed, change.moved_up, change.vacant) == (
        (made.applications[0],),
        (made.applications[2],),
        0,
    )
    assert [state(key) for key in made.applications] == [
        "excluded",
        "announced",
        "announced",
        "reserved",
        "reserved",
    ]
    assert notice_card(first).state == "withdrawn"
    # The full period again, counted from its own day.
    assert (anew.first_day, anew.last_day) == (date(2026, 11, 16), date(2026, 11, 20))
    assert "钦州市黄永福焊工技能大师工作室" in str(anew.rows)
    assert "韦梅静" not in str(anew.rows)
    assert "（调整后）" in anew.title
    with clock.held_at(days_later(8)):
        end_notices(made)
        with pytest.raises(RuleBroken), unit():
            designate(made.office, made.applications[2])
    with clock.held_at(days_later(12)):
        end_notices(made)
        with unit():
            designate_all(made.office, made.class_id)
    assert [card.leader_name for card in designations_of(made.class_id)] == ["陆志远", "黄永福"]
    assert [message.account_id for message in outbox.of_kind("selection.moved_up")] == [
        made.applicants[2].account_id
    ]


def test_an_objection_upheld_after_the_period_still_changes_the_list(app: Flask) -> None:
    made = decided()
    publish(made)
    key = object_to(made, 1, day=5)
    with clock.held_at(days_later(9)):
        end_notices(made)
        with unit():
            objections.decide(made.supervisor, key, upheld=True, finding="不实。", reply="成立。")
        with pytest.raises(RuleBroken) as refused, unit():
            designate_all(made.office, made.class_id)

        with unit():
            renew_list(made.office, made.class_id)

    assert refused.value.code == "upheld"
    assert state(made.applications[2]) == "announced"


def test_a_list_is_not_renewed_while_another_objection_is_open(app: Flask) -> None:
    made = decided()
    publish(made)
    object_to(made, 0, day=2, upheld=True)
    object_to(made, 1, day=3)

    with clock.held_at(days_later(4)), pytest.raises(RuleBroken) as refused, unit():
        renew_list(made.office, made.class_id)

    assert refused.value.code == "open_objections"


def designation_row(made: Decided, notice_id: int, ended_at: datetime, place: int = 1) -> Designation:
    return Designation(
        application_id=made.applications[0],
        class_id=made.class_id,
        place=place,
        kind="studio",
        name="钦州市韦梅静焊工技能大师工作室",
        leader_name="韦梅静",
        host_name="公司",
        unit_name="灵山县",
        notice_id=notice_id,
        notice_ended_at=ended_at,
        notice_open_objections=0,
        plaque_number="QZGZS-2026-01",
        starts_on=date(2026, 12, 1),
        ends_on=date(2028, 11, 30),
        designated_at=ended_at,
    )


@pytest.mark.parametrize("how", ["running", "open objection"])
def test_the_database_takes_no_designation_without_a_clear_notice(both_engines: Flask, how: str) -> None:
    """Written around the services: the key of three columns has nothing to point at."""
    made = decided()
    notice_id = publish(made)
    ended_at = datetime(2026, 11, 17, tzinfo=UTC)
    with unit():
        place = DesignationPlace(
            class_id=made.class_id,
            place=1,
            quota=2,
            application_id=made.applications[0],
            designated_at=ended_at,
        )
        db.session.add(place)
        if how == "open objection":
            values = {"state": NoticeState.ENDED, "ended_at": ended_at, "open_objections": 1}
            db.session.execute(update(Notice).where(Notice.id == notice_id).values(**values))

    with pytest.raises(IntegrityError), unit():
        db.session.add(designation_row(made, notice_id, ended_at))


def test_two_officers_designate_the_last_place_and_one_succeeds(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    app = postgres_app(request, tmp_path_factory)
    with app.app_context():
        made = decided(quota=2, chosen=3)
        publish(made)
        with clock.held_at(days_later(8)):
            end_notices(made)
            with unit():
                designate(made.office, made.applications[0])
            outcomes = at_once(app, made)
        taken = db.session.scalars(select(DesignationPlace.place)).all()
        empty_tables()

    assert sorted(outcomes) == ["designated", "ck_designation_place_place_within_quota"][::-1]
    assert sorted(taken) == [1, 2]


def postgres_app(request: pytest.FixtureRequest, folders: pytest.TempPathFactory) -> Flask:
    from tests.conftest import engine_app

    request.param = "postgresql"
    return engine_app(request, folders)


def at_once(app: Flask, made: Decided) -> list[str]:
    """Two officers designate the second and the third at the same moment."""
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def try_it(actor: object, application_id: int) -> None:
        with app.app_context():
            start.wait()
            try:
                with unit():
                    designate(actor, application_id)  # type: ignore[arg-type]
                outcomes.append("designated")
            except Problem as problem:
                outcomes.append(problem.code)

    threads = [
        threading.Thread(target=try_it, args=pair)
        for pair in ((made.office, made.applications[1]), (made.second, made.applications[2]))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_who_withdrew_after_the_notice_is_not_designated(app: Flask) -> None:
    made = decided()
    publish(made)
    with clock.held_at(days_later(8)):
        end_notices(made)
        with unit():
            applicant.withdraw(made.applicants[0], made.applications[0], "放弃")

        with pytest.raises(RuleBroken) as refused, unit():
            designate(made.office, made.applications[0])

    assert refused.value.code == "notice_gone"
    assert db.session.scalars(select(Designation)).all() == []


# More for a night: QZ_SELECTION_EXAMPLES=500.
EXAMPLES = int(os.environ.get("QZ_SELECTION_EXAMPLES", "6"))
ACTS = st.lists(
    st.tuples(
        st.sampled_from(("wait", "object", "uphold", "dismiss", "renew", "designate", "withdraw")),
        st.integers(0, 4),
    ),
    min_size=3,
    max_size=12,
)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(ACTS)
def test_whatever_is_done_nobody_is_designated_but_by_a_clear_notice(
    whole_app: Flask, acts: list[tuple[str, int]]
) -> None:
    """Any order of time, objections and acts: the quota holds, and each designation has its notice behind it."""
    with whole_app.app_context():
        empty_tables()
        made = decided()
        publish(made)
        day = 0
        for act, number in acts:
            day += number + 1 if act == "wait" else 0
            with clock.held_at(days_later(day)):
                end_notices(made)
                attempt(act, number, made, day)
        check_designations(made)
        db.session.remove()
        empty_tables()


def attempt(act: str, number: int, made: Decided, day: int) -> None:
    cases = {"object": None, "uphold": True, "dismiss": False}
    try:
        if act in cases:
            object_to(made, number, day, upheld=cases[act])
        elif act == "renew":
            with unit():
                renew_list(made.office, made.class_id)
        elif act in ("designate", "withdraw"):
            with unit():
                if act == "designate":
                    designate(made.office, made.applications[number])
                else:
                    applicant.withdraw(made.applicants[number], made.applications[number], "放弃")
    except Problem:
        db.session.rollback()


def check_designations(made: Decided) -> None:
    rows = db.session.scalars(select(Designation)).all()
    class_ = db.session.get_one(SelectionClass, made.class_id)
    assert len(rows) <= class_.quota
    for row in rows:
        notice = notice_card(row.notice_id)
        assert notice.ended_at is not None and notice.ends_at is not None
        assert notice.ends_at <= notice.ended_at <= row.designated_at
        assert notice.open_objections == 0
        assert f"application:{row.application_id}" in dict(notice.subjects)
    assert [*place_faults(), *notice_faults(), *ledger_faults()] == []
    events = db.session.scalars(select(SelectionEvent)).all()
    assert all(event.actor_name for event in events)
    assert after_decision(made.class_id).quota == 2
