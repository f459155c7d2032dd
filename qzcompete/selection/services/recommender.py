"""What a county bureau, the port district or a department does with its own applications: return, recommend, decline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from qzcompete.adapters.files import kept_files
from qzcompete.adapters.uploads import DOCUMENTS, checked_upload
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound, RuleBroken, broken_law
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.selection.models import (
    Application,
    Recommendation,
    RecommendationQuota,
    SectionReturn,
)
from qzcompete.selection.rules.sections import section_names
from qzcompete.selection.services.files import shown_name
from qzcompete.selection.services.history import (
    locked_application,
    locked_class,
    move_application,
    move_class,
)
from qzcompete.selection.services.office import lapse, must_be_past

OPEN_STATES = ("calling", "recommending")


def unit_application(actor: Actor, application_id: int) -> Application:
    """An application of the actor's own unit, locked; of another unit's not even that it exists."""
    application = locked_application(application_id)
    if application.unit_id is None or not actor.may("application.recommend", ("unit", application.unit_id)):
        raise NotFound()
    if application.class_.state not in OPEN_STATES or now() >= application.class_.round.recommends_until:
        raise RuleBroken(_l("The time for recommendations has ended."), code="window_over")
    return application


def return_sections(actor: Actor, application_id: int, corrections: Mapping[str, str]) -> None:
    """Give single sections back, each with what to correct; the applicant can change those and no others."""
    application = unit_application(actor, application_id)
    wanted = {name: text.strip() for name, text in corrections.items() if text.strip()}
    if not wanted or set(wanted) - set(section_names(application.class_.kind)):
        raise RuleBroken(
            _l("Choose at least one section and write what is to be corrected in it."),
            code="corrections",
            field="sections",
        )
    for name, text in wanted.items():
        db.session.add(
            SectionReturn(application_id=application_id, section=name, correction=text, returned_at=now())
        )
    reason = "; ".join(f"{name}: {text}" for name, text in wanted.items())
    move_application(actor, "recommender", application, "return", reason, {"sections": sorted(wanted)})


def recommend(
    actor: Actor, application_id: int, rank: int, reason: str, sealed: tuple[str, bytes] | None
) -> Recommendation:
    """Recommend at a place of the unit's list, with reason and the sealed letter as a file."""
    application = unit_application(actor, application_id)
    assert application.unit_id is not None
    locked_class(application.class_id)
    quota = db.session.get(RecommendationQuota, (application.class_id, application.unit_id))
    if quota is None or quota.quota == 0:
        raise RuleBroken(_l("Your unit has no place in this class."), code="no_quota", field="rank")
    must_have_free_place(application, quota.quota)
    if sealed is None:
        raise RuleBroken(
            _l("Add the letter of recommendation with your seal."), code="no_seal", field="sealed"
        )
    move_application(actor, "recommender", application, "recommend", reason, {"rank": rank})
    made = Recommendation(
        application_id=application_id,
        class_id=application.class_id,
        unit_id=application.unit_id,
        quota=quota.quota,
        rank=rank,
        reason=reason.strip(),
        account_id=actor.account_id,
        recommended_at=now(),
        **kept_letter(sealed),
    )
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as error:
        raise broken_law(error) from error
    return made


def must_have_free_place(application: Application, quota: int) -> None:
    given = select(func.count()).where(
        Recommendation.class_id == application.class_id, Recommendation.unit_id == application.unit_id
    )
    if (db.session.scalar(given) or 0) >= quota:
        raise RuleBroken(
            _l("All %(quota)s places of your unit are given. Take one back first.", quota=quota),
            code="quota_full",
            field="rank",
        )


def kept_letter(sealed: tuple[str, bytes]) -> dict[str, str]:
    name, content = sealed
    most = current_app.config["QZ"].max_upload_mb * 2**20
    try:
        checked = checked_upload(content, DOCUMENTS, most)
    except RuleBroken as broken:
        raise RuleBroken(broken.message, code=broken.code, field="sealed") from broken
    return {
        "sealed_name": shown_name(name, checked.suffix),
        "sealed_hash": kept_files().put(checked.content),
    }


def take_back(actor: Actor, application_id: int, reason: str) -> None:
    """The unit takes its recommendation back; the place on its list is free again."""
    application = unit_application(actor, application_id)
    move_application(actor, "recommender", application, "take_back", reason)
    found = db.session.get(Recommendation, application_id)
    if found is not None:
        db.session.delete(found)
        db.session.flush()


def decline(actor: Actor, application_id: int, reason: str) -> None:
    """The unit does not recommend it, and says why."""
    move_application(actor, "recommender", unit_application(actor, application_id), "decline", reason)


def close_recommending(actor: Actor, class_id: int) -> dict[str, Any]:
    """End the recommendations once their window is over, with the proof: each unit's quota and what it gave."""
    permit(actor, "selection.manage")
    class_ = locked_class(class_id)
    must_be_past(class_.round.recommends_until)
    lapse(actor, class_, frozenset({"draft", "submitted", "returned"}))
    given = dict(
        db.session.execute(
            select(Recommendation.unit_id, func.count())
            .where(Recommendation.class_id == class_id)
            .group_by(Recommendation.unit_id)
        )
        .tuples()
        .all()
    )
    quotas = db.session.scalars(
        select(RecommendationQuota)
        .where(RecommendationQuota.class_id == class_id)
        .order_by(RecommendationQuota.unit_id)
    )
    proof = {str(one.unit_id): {"quota": one.quota, "given": given.get(one.unit_id, 0)} for one in quotas}
    if any(one["given"] > one["quota"] for one in proof.values()):
        raise RuleBroken(_l("A unit has recommended more than its quota."), code="quota_broken")
    move_class(actor, "officer", class_, "close_recommending", details={"proof": proof})
    return proof
