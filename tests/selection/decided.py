"""A class whose panel has decided: two chosen for a quota of two, three on the reserve list, and its people.

Only what the panel leaves behind is written here; everything after it goes through the services.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from qzcompete.core import clock
from qzcompete.core.actor import CITY, SYSTEM, Actor
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.notices import services as notices
from qzcompete.notices.queries.notices import notices_of
from qzcompete.notices.queries.objections import cases_of_notice
from qzcompete.notices.services import objections
from qzcompete.notices.services.objections import ObjectionDraft
from qzcompete.people.services import create_account, ensure_person
from qzcompete.selection.models import Application, RecommendingUnit, SelectionClass, SelectionScore
from qzcompete.selection.queries.designations import topic_of
from qzcompete.selection.rules.classes import DEFAULTS
from qzcompete.selection.services import RoundDraft, create_round
from tests.conftest import PASSWORD

DECIDED_AT = datetime(2026, 11, 9, 2, tzinfo=UTC)
LEADERS = ("韦梅静", "陆志远", "黄永福", "苏慧敏", "农秀兰")
NUMBERS = (
    "450702199001010012",
    "450702199001010039",
    "450702199001010055",
    "450702199001010071",
    "450702199001010098",
)


@dataclass(frozen=True)
class Decided:
    class_id: int
    applications: tuple[int, ...]
    applicants: tuple[Actor, ...]
    office: Actor
    second: Actor
    supervisor: Actor


def account(username: str, role: str) -> Actor:
    return create_account(SYSTEM, username, username, PASSWORD, [(role, CITY)]).actor


def decided(kind: str = "studio", quota: int = 2, chosen: int = 2, year: int = 2026) -> Decided:
    with clock.held_at(DECIDED_AT), unit():
        office = account("bureau", "bureau_officer")
        others = account("second", "bureau_officer"), account("overseer", "supervisor")
        class_ = new_class(office, kind, quota, year)
        made = [candidate(class_, place, chosen) for place in range(len(LEADERS))]
        return Decided(
            class_.id,
            tuple(application.id for application, _actor in made),
            tuple(actor for _application, actor in made),
            office,
            *others,
        )


def new_class(office: Actor, kind: str, quota: int, year: int) -> SelectionClass:
    start = datetime(year, 3, 1, tzinfo=UTC)
    windows = [start + timedelta(days=days) for days in (0, 30, 60, 90)]
    settings = replace(DEFAULTS[kind], quota=quota, grant=Decimal(80000), notice_days=5)
    made = create_round(office, RoundDraft(f"R{year}", f"{year}年评选", year, *windows), [settings])
    db.session.add(RecommendingUnit(code="LS", name="灵山县人力资源和社会保障局", kind="county"))
    class_ = made.classes[0]
    class_.state = "decided"
    db.session.flush()
    return class_


def candidate(class_: SelectionClass, place: int, chosen: int) -> tuple[Application, Actor]:
    applicant = account(f"applicant{place + 1}", "applicant")
    application = Application(
        class_id=class_.id,
        number=f"S{place + 1:03}",
        code=f"C{place + 1}",
        account_id=applicant.account_id or 0,
        unit_id=1,
        state="chosen" if place < chosen else "reserved",
        person_id=ensure_person(SYSTEM, LEADERS[place], "resident_id", NUMBERS[place]).id,
        leader_name=LEADERS[place],
        host_name=f"灵山县第{place + 1}公司",
        host_uscc=None,
        occupation_name="焊工",
        submitted_at=DECIDED_AT,
        reserve_rank=None if place < chosen else place - chosen + 1,
        created_at=DECIDED_AT,
    )
    db.session.add(application)
    db.session.flush()
    points = Decimal(90 - place)
    db.session.add(
        SelectionScore(
            application_id=application.id,
            class_id=class_.id,
            review=points,
            visit=points,
            total=points,
            rank=place + 1,
        )
    )
    return application, applicant


def days_later(days: int) -> datetime:
    return DECIDED_AT + timedelta(days=days)


def end_notices(made: Decided) -> None:
    """What the job runner does at the end of a period, without printing."""
    with unit():
        for notice in notices_of(topic_of(made.class_id)):
            notices.end_notice(notice.id, keep_days=30)


def object_to(made: Decided, place: int, day: int, upheld: bool | None = None) -> int:
    """An objection against the candidate at `place`, by day; decided at once where `upheld` is given."""
    notice = notices_of(topic_of(made.class_id))[0]
    draft = ObjectionDraft(
        notice_id=notice.id,
        objector="黎明",
        contact="0777-2821234",
        statement="所报带徒人数与事实不符，附名单。",
        subject=f"application:{made.applications[place]}",
    )
    with clock.held_at(days_later(day)), unit():
        objections.hand_in(draft, 10)
    key = cases_of_notice(notice.id)[-1].id
    with clock.held_at(days_later(day)), unit():
        objections.assign(made.office, key, made.supervisor, no_conflict=True)
        if upheld is not None:
            objections.decide(made.supervisor, key, upheld, "已核查。", "已核查。")
    return key
