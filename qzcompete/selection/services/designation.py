"""A designated application takes a numbered place of its class; the database has no place beyond the quota."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from qzcompete.core.clock import now
from qzcompete.core.errors import broken_law
from qzcompete.extensions import db
from qzcompete.selection.models import Application, DesignationPlace
from qzcompete.selection.services.history import locked_class


def take_place(application: Application) -> DesignationPlace:
    """The next place of the class for this application; raises RuleBroken where the quota is used up.

    The class is held, so that two officers queue. Whoever goes around this meets the law of the table itself."""
    class_ = locked_class(application.class_id)
    taken = select(func.max(DesignationPlace.place)).where(DesignationPlace.class_id == class_.id)
    place = DesignationPlace(
        class_id=class_.id,
        place=(db.session.scalar(taken) or 0) + 1,
        quota=class_.quota,
        application_id=application.id,
        designated_at=now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(place)
    except IntegrityError as error:
        raise broken_law(error) from error
    return place
