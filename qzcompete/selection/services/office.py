"""What the bureau's officer does with a round: settings, score sheets, quotas of recommendation, the call, its closes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound, RuleBroken, broken_law
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.marking.rules.scheme_reading import parse_scheme
from qzcompete.selection.models import (
    Application,
    ClassYear,
    Recommendation,
    RecommendationQuota,
    RecommendingUnit,
    SelectionClass,
    SelectionRound,
)
from qzcompete.selection.rules.classes import KINDS, ClassSettings, cycle_years, setting_faults
from qzcompete.selection.rules.rounds import RoundDraft, window_fault
from qzcompete.selection.rules.score_sheets import template
from qzcompete.selection.rules.workflow import EDITABLE
from qzcompete.selection.services.history import locked_class, move_application, move_class

SETTING_FAULTS: Mapping[str, object] = {
    "positive": _l("Enter a number of at least 1."),
    "negative": _l("Enter a number of at least 0."),
    "odd": _l("The number of experts must be odd."),
    "few": _l("There must be at least five experts."),
    "trim": _l("After the highest and lowest marks are dropped, at least three must be left."),
    "weights": _l("The weights of paper review and site visit must add up to 100 percent."),
    "instalments": _l("The instalments must add up to 100 percent."),
    "band": _l("The upper bound lies between the lower one and 100 percent."),
    "visits": _l("At least as many must be visited as there are places; 0 means all."),
}


@dataclass(frozen=True)
class UnitDraft:
    code: str
    name: str
    kind: str
    region_code: str | None = None


def create_round(actor: Actor, draft: RoundDraft, classes: Sequence[ClassSettings]) -> SelectionRound:
    """A new round in draft with its classes, each with a score sheet to edit. It takes the years of its cycle."""
    permit(actor, "selection.manage")
    check_windows(draft)
    if (
        not classes
        or {one.kind for one in classes} - set(KINDS)
        or len({one.kind for one in classes}) < len(classes)
    ):
        raise RuleBroken(_l("Choose the classes of the round, each once."), field="classes")
    made = SelectionRound(**asdict(draft), created_at=now())
    db.session.add(made)
    for settings in classes:
        check_settings(settings)
        made.classes.append(
            SelectionClass(
                scheme=template(settings.kind), scheme_is_template=True, **setting_values(settings)
            )
        )
    try:
        with db.session.begin_nested():
            db.session.flush()
            for class_ in made.classes:
                take_years(class_, draft.first_year)
            db.session.flush()
    except IntegrityError as error:
        db.session.expunge(made)
        raise broken_law(error) from error
    audit.record(actor, "round.created", f"round:{made.id}", after={"code": made.code}, chain="selection")
    return made


def take_years(class_: SelectionClass, first_year: int) -> None:
    db.session.add_all(
        ClassYear(kind=class_.kind, year=year, class_id=class_.id) for year in cycle_years(first_year)
    )


def edit_round(actor: Actor, round_id: int, draft: RoundDraft) -> SelectionRound:
    """Change a round; once it is called, only what comes after the present moment, and never its cycle."""
    permit(actor, "selection.manage")
    found = locked_round(round_id)
    check_windows(draft)
    values = asdict(draft)
    if found.called_at is not None:
        values = {name: values[name] for name in ("applies_until", "recommends_until", "reviews_until")}
    elif found.first_year != draft.first_year:
        ids = [class_.id for class_ in found.classes]
        db.session.execute(delete(ClassYear).where(ClassYear.class_id.in_(ids)))
        for class_ in found.classes:
            take_years(class_, draft.first_year)
    before = {name: getattr(found, name) for name, value in values.items() if getattr(found, name) != value}
    for name in before:
        setattr(found, name, values[name])
    db.session.flush()
    audit.record(
        actor,
        "round.edited",
        f"round:{round_id}",
        told(before),
        told({name: values[name] for name in before}),
        chain="selection",
    )
    return found


def told(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()
    }


def check_windows(draft: RoundDraft) -> None:
    if field := window_fault(draft):
        raise RuleBroken(_l("This moment must be after the one before it."), code="windows", field=field)
    if not draft.name.strip():
        raise RuleBroken(_l("Enter a name."), field="name")


def check_settings(settings: ClassSettings) -> None:
    if faults := setting_faults(settings):
        field, fault = faults[0]
        raise RuleBroken(SETTING_FAULTS[fault], code=f"setting_{fault}", field=field)


def setting_values(settings: ClassSettings) -> dict[str, Any]:
    values = asdict(settings)
    values["instalments"] = [str(share) for share in settings.instalments]
    return values


def edit_class(actor: Actor, class_id: int, settings: ClassSettings) -> None:
    """Change the settings of a class before its call."""
    permit(actor, "selection.manage")
    class_ = must_be_draft(class_id)
    check_settings(settings)
    values = setting_values(settings)
    del values["kind"]
    before = {name: getattr(class_, name) for name, value in values.items() if getattr(class_, name) != value}
    for name in before:
        setattr(class_, name, values[name])
    db.session.flush()
    audit.record(
        actor,
        "selection_class.edited",
        f"selection_class:{class_id}",
        {name: str(value) for name, value in before.items()},
        {name: str(values[name]) for name in before},
        chain="selection",
    )


def set_score_sheet(actor: Actor, class_id: int, scheme: Any) -> None:
    """The class's own score sheet in place of the template; raises Refused with the faults of a wrong one."""
    permit(actor, "selection.manage")
    class_ = must_be_draft(class_id)
    parse_scheme(scheme)
    class_.scheme, class_.scheme_is_template = scheme, False
    audit.record(actor, "selection_class.sheet_set", f"selection_class:{class_id}", chain="selection")


def adopt_template(actor: Actor, class_id: int) -> None:
    """The bureau has read the template and takes it as it is."""
    permit(actor, "selection.manage")
    must_be_draft(class_id).scheme_is_template = False
    audit.record(actor, "selection_class.sheet_adopted", f"selection_class:{class_id}", chain="selection")


def add_unit(actor: Actor, draft: UnitDraft) -> RecommendingUnit:
    permit(actor, "selection.manage")
    unit = RecommendingUnit(**asdict(draft))
    db.session.add(unit)
    db.session.flush()
    audit.record(actor, "unit.created", f"unit:{unit.id}", after={"code": unit.code}, chain="selection")
    return unit


def set_quotas(actor: Actor, class_id: int, quotas: Mapping[int, int]) -> None:
    """How many applications each unit may recommend (unit id → number), until the recommendations are closed."""
    permit(actor, "selection.manage")
    class_ = locked_class(class_id)
    if class_.state not in ("draft", "calling"):
        raise RuleBroken(_l("Recommending has begun: the quotas can no longer be changed."), code="begun")
    if any(quota < 0 for quota in quotas.values()):
        raise RuleBroken(SETTING_FAULTS["negative"], field="quotas")
    known = {
        one.unit_id: one
        for one in db.session.scalars(
            select(RecommendationQuota).where(RecommendationQuota.class_id == class_id)
        )
    }
    before = {str(unit_id): one.quota for unit_id, one in sorted(known.items())}
    used = set(db.session.scalars(select(Recommendation.unit_id).where(Recommendation.class_id == class_id)))
    for unit_id, quota in quotas.items():
        if unit_id in used and known[unit_id].quota != quota:
            raise RuleBroken(
                _l(
                    "%(unit)s has recommended already: its quota stays %(quota)s.",
                    unit=db.session.get_one(RecommendingUnit, unit_id).name,
                    quota=known[unit_id].quota,
                ),
                code="quota_used",
            )
        if unit_id in known:
            known[unit_id].quota = quota
        else:
            db.session.add(RecommendationQuota(class_id=class_id, unit_id=unit_id, quota=quota))
    db.session.flush()
    after = {str(unit_id): quota for unit_id, quota in sorted(quotas.items())}
    audit.record(actor, "quotas.set", f"selection_class:{class_id}", before, after, chain="selection")


def publish_call(actor: Actor, round_id: int) -> None:
    """Publish the call: all classes of the round take applications from its first day on."""
    permit(actor, "selection.manage")
    found = locked_round(round_id)
    if not found.call.strip():
        raise RuleBroken(_l("Write the text of the call first."), code="no_call", field="call")
    for class_ in found.classes:
        held = locked_class(class_.id)
        if held.scheme_is_template:
            raise RuleBroken(
                _l("A score sheet is still the template. Edit it, or take it as it is, before the call."),
                code="template",
            )
        quotas = select(RecommendationQuota.quota).where(RecommendationQuota.class_id == held.id)
        if not any(db.session.scalars(quotas)):
            raise RuleBroken(_l("No unit may recommend anybody yet. Set the quotas first."), code="no_quotas")
        move_class(actor, "officer", held, "call")
    found.called_at = now()


def close_calling(actor: Actor, class_id: int) -> None:
    """No more applications, once the window has ended; what was never sent has lapsed."""
    permit(actor, "selection.manage")
    class_ = locked_class(class_id)
    must_be_past(class_.round.applies_until)
    lapse(actor, class_, frozenset({"draft"}))
    move_class(actor, "officer", class_, "close_calling")


def cancel_class(actor: Actor, class_id: int, reason: str) -> None:
    """Give the class up; its years are free again."""
    permit(actor, "selection.manage")
    class_ = locked_class(class_id)
    move_class(actor, "officer", class_, "cancel", reason)
    db.session.execute(delete(ClassYear).where(ClassYear.class_id == class_id))


def lapse(actor: Actor, class_: SelectionClass, states: frozenset[str] = EDITABLE) -> int:
    """Applications that were not sent in time are out."""
    late = db.session.scalars(
        select(Application)
        .where(Application.class_id == class_.id, Application.state.in_(states))
        .order_by(Application.id)
        .with_for_update(of=Application)
    ).all()
    for application in late:
        move_application(actor, "officer", application, "lapse")
    return len(late)


def must_be_past(moment: datetime) -> None:
    if now() < moment:
        raise RuleBroken(_l("This window has not ended yet."), code="too_early")


def must_be_draft(class_id: int) -> SelectionClass:
    class_ = locked_class(class_id)
    if class_.state != "draft":
        raise RuleBroken(_l("The call is published: this can no longer be changed."), code="called")
    return class_


def locked_round(round_id: int) -> SelectionRound:
    found = db.session.get(
        SelectionRound, round_id, with_for_update={"of": SelectionRound}, populate_existing=True
    )
    if found is None:
        raise NotFound()
    return found
