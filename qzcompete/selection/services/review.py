"""The review by experts: opened on marking's engine with one code per application, closed with its totals.

Whoever is not assigned an application, or is kept away from it, has no sheet of it: marking knows him as recused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.marking import services as marking
from qzcompete.marking.rules.scheme_reading import parse_scheme
from qzcompete.marking.services import CandidateSpec, SeatSpec
from qzcompete.people import queries as people
from qzcompete.people.services import grant_role
from qzcompete.selection.models import (
    Application,
    PanelMember,
    ReviewAssignment,
    SelectionClass,
    SelectionScore,
)
from qzcompete.selection.queries.experts import MemberCard, conflicts_of_class, draw_card, panel_members
from qzcompete.selection.queries.reviews import review_totals
from qzcompete.selection.rules.panel_draw import TooFewExperts, blind_codes, shared_out
from qzcompete.selection.rules.score_sheets import for_panel
from qzcompete.selection.rules.workflow import IN_REVIEW
from qzcompete.selection.services.applicant import LETTERS
from qzcompete.selection.services.experts import must_be_chair
from qzcompete.selection.services.history import (
    locked_application,
    locked_class,
    move_application,
    move_class,
)

CHAIR_SEAT = "ZZ"
KIND_NAMES = {"studio": "技能大师工作室", "base": "高技能人才培训基地"}


def open_review(actor: Actor, class_id: int) -> None:
    """Share the applications out, give them codes by lot, and open the assessment to the experts' tablets."""
    permit(actor, "selection.manage")
    class_ = locked_class(class_id)
    draw, members = draw_card(class_id), panel_members(class_id)
    if draw is None:
        raise RuleBroken(_l("Draw the experts first."), code="no_panel")
    must_be_ready(members)
    applications = db.session.scalars(
        select(Application)
        .where(Application.class_id == class_id, Application.state == "eligible")
        .order_by(Application.id)
        .with_for_update(of=Application)
    ).all()
    if not applications:
        raise RuleBroken(_l("There is no eligible application."), code="none_eligible")
    ids = [application.id for application in applications]
    shares = shares_of(class_, ids, members)
    codes = blind_codes(ids, draw.seed, LETTERS[class_.kind])
    for application in applications:
        application.code = codes[application.id]
    keep_assignments(class_id, shares)
    seat_panel(actor, class_, members, codes, shares)
    move_class(actor, "officer", class_, "open_review", details={"applications": len(ids)})


def must_be_ready(members: Sequence[MemberCard]) -> None:
    if any(member.declared_at is None for member in members):
        raise RuleBroken(
            _l("Some experts have not declared their conflicts yet."), code="declarations_missing"
        )
    if any(member.part == "chair" and member.conflicts for member in members):
        raise RuleBroken(
            _l("The chair has a conflict with an application. Draw again under another chair."),
            code="chair_conflict",
        )


def shares_of(
    class_: SelectionClass, ids: Sequence[int], members: Sequence[MemberCard]
) -> Mapping[int, Sequence[int]]:
    try:
        return shared_out(
            ids,
            [member.expert.id for member in members if member.part == "member"],
            [member.expert.id for member in members if member.part == "reserve"],
            conflicts_of_class(class_.id),
            class_.experts,
        )
    except TooFewExperts as few:
        raise RuleBroken(
            _l(
                "An application has too few experts without a conflict: %(missing)s more are needed. "
                "Set more reserves and draw again.",
                missing=few.missing,
            ),
            code="too_few",
        ) from few


def keep_assignments(class_id: int, shares: Mapping[int, Sequence[int]]) -> None:
    db.session.execute(delete(ReviewAssignment).where(ReviewAssignment.class_id == class_id))
    db.session.add_all(
        ReviewAssignment(class_id=class_id, application_id=application_id, expert_id=expert_id)
        for application_id, experts in shares.items()
        for expert_id in experts
    )
    db.session.flush()


def seat_panel(
    actor: Actor,
    class_: SelectionClass,
    members: Sequence[MemberCard],
    codes: Mapping[int, str],
    shares: Mapping[int, Sequence[int]],
) -> None:
    """Make the class's assessment: a seat for every expert who has something to review, and one for the chair."""
    name = f"{class_.round.name} · {KIND_NAMES[class_.kind]}"
    assessment = marking.create_assessment(actor, f"{class_.round.code}-{LETTERS[class_.kind]}", name)
    class_.assessment_id = assessment.id
    marking.set_scheme(actor, assessment.id, for_panel(class_.scheme, class_.experts, class_.trim))
    marking.add_candidates(actor, assessment.id, [CandidateSpec(code) for code in sorted(codes.values())])
    reviewing = {expert for experts in shares.values() for expert in experts}
    seats = seat_codes(class_.id, [member for member in members if member.expert.id in reviewing])
    chair = next(member for member in members if member.part == "chair")
    specs = [
        SeatSpec(seats[member.expert.id], member.expert.name, member.expert.account_id)
        for member in members
        if member.expert.id in seats
    ]
    specs.append(SeatSpec(CHAIR_SEAT, chair.expert.name, chair.expert.account_id, chief=True))
    marking.seat_judges(actor, assessment.id, specs)
    db.session.flush()
    not_his = [
        (seat, codes[application_id])
        for expert_id, seat in seats.items()
        for application_id, experts in shares.items()
        if expert_id not in experts
    ]
    marking.recuse(actor, assessment.id, not_his)
    marking.ask_reasons(actor, assessment.id, class_.reason_below, class_.reason_above)
    marking.open_assessment(actor, assessment.id)
    accounts = {account.id: account for account in people.accounts_with_role("panel_chair")}
    grant_role(actor, accounts[chair.expert.account_id], "panel_chair", ("assessment", assessment.id))


def seat_codes(class_id: int, reviewing: Sequence[MemberCard]) -> dict[int, str]:
    """Expert → seat, E1 … in the order of the draw."""
    seats = {member.expert.id: f"E{place}" for place, member in enumerate(reviewing, 1)}
    for expert_id, seat in seats.items():
        db.session.get_one(PanelMember, (class_id, expert_id)).seat_code = seat
    return seats


def close_review(actor: Actor, class_id: int) -> None:
    """The chair ends the review once every sheet is signed; refused while anything is incomplete. Whoever is not among
    the best that are visited is out, with all of the last total together."""
    must_be_chair(actor, class_id)
    class_ = locked_class(class_id)
    if class_.assessment_id is None:
        raise RuleBroken(_l("The review is not open."), code="state")
    marking.close_assessment(actor, class_.assessment_id)
    totals = review_totals(class_.assessment_id, greatest_total(class_))
    applications = db.session.scalars(
        select(Application)
        .where(Application.class_id == class_id, Application.state == "eligible")
        .order_by(Application.code)
        .with_for_update(of=Application)
    ).all()
    for application in applications:
        db.session.add(
            SelectionScore(
                application_id=application.id, class_id=class_id, review=totals[application.code or ""]
            )
        )
        move_application(actor, "chair", application, "review")
    db.session.flush()
    pass_over(actor, class_, applications, totals)
    move_class(actor, "chair", class_, "close_review", details={"reviewed": len(applications)})


def greatest_total(class_: SelectionClass) -> Decimal:
    scheme = parse_scheme(class_.scheme)
    return sum((Decimal(aspect.max) for aspect in scheme.aspects if aspect.kind != "deduction"), Decimal(0))


def pass_over(
    actor: Actor, class_: SelectionClass, applications: Sequence[Application], totals: Mapping[str, Decimal]
) -> None:
    if not class_.visits or len(applications) <= class_.visits:
        return
    edge = sorted(totals.values(), reverse=True)[class_.visits - 1]
    for application in applications:
        if totals[application.code or ""] < edge:
            reason = str(_l("Not among the best %(count)s of the review.", count=class_.visits))
            move_application(actor, "chair", application, "pass_over", reason)


def second_look(actor: Actor, class_id: int, code: str, aspects: Sequence[str], reason: str) -> None:
    """The chair asks all who marked these lines to look again; what they gave stays in the ledger."""
    must_be_chair(actor, class_id)
    class_ = locked_class(class_id)
    if class_.assessment_id is None or class_.state != "reviewing":
        raise RuleBroken(_l("The review is not open."), code="state")
    marking.open_round(actor, class_.assessment_id, code, aspects, reason)


def exclude(actor: Actor, application_id: int, reason: str) -> None:
    """The bureau takes an application out of the selection; a running review goes on without it."""
    permit(actor, "selection.manage")
    application = locked_application(application_id)
    in_review = application.state in IN_REVIEW and application.class_.state == "reviewing"
    move_application(actor, "officer", application, "exclude", reason)
    if in_review and application.class_.assessment_id is not None and application.code:
        marking.set_status(actor, application.class_.assessment_id, application.code, "disqualified")
    audit.record(actor, "application.out", f"application:{application_id}", chain="selection")


def class_of_assessment(assessment_id: int) -> SelectionClass:
    found = db.session.scalar(select(SelectionClass).where(SelectionClass.assessment_id == assessment_id))
    if found is None:
        raise NotFound()
    return found
