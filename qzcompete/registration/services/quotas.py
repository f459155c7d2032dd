"""Sets who may nominate how many, who may register alone, and until when a competitor may be substituted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from qzcompete.competitions.queries import competition_card_by_id, events_of
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.errors import RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.people.queries import organisation_names
from qzcompete.registration import queries
from qzcompete.registration.models import EventQuota, Quota, RegistrationSetting


def set_setting(
    actor: Actor, competition_id: int, self_registration: bool, substitution_until: datetime | None
) -> None:
    card = competition_card_by_id(competition_id)
    permit(actor, "competition.edit", *card.scopes)
    row = db.session.get(RegistrationSetting, competition_id, with_for_update=True)
    if row is None:
        row = RegistrationSetting(competition_id=competition_id)
        db.session.add(row)
    row.self_registration, row.substitution_until = self_registration, substitution_until
    told = {
        "self_registration": self_registration,
        "substitution_until": substitution_until.isoformat() if substitution_until else None,
    }
    audit.record(actor, "registration.set", f"competition:{competition_id}", after=told)


def set_quota(
    actor: Actor,
    competition_id: int,
    organisation_id: int,
    total: int | None,
    events: Mapping[int, int | None],
) -> None:
    """Invite an organisation, or change its quota: in all, and by event where a number is given."""
    card = competition_card_by_id(competition_id)
    permit(actor, "competition.edit", *card.scopes)
    if organisation_id not in organisation_names([organisation_id]):
        raise RuleBroken(_l("Choose an organisation."), field="organisation_id")
    known = {event.id for event in events_of(competition_id)}
    places = {
        event_id: count for event_id, count in events.items() if count is not None and event_id in known
    }
    quota = db.session.get(Quota, (competition_id, organisation_id), with_for_update=True)
    if quota is None:
        quota = Quota(competition_id=competition_id, organisation_id=organisation_id)
        db.session.add(quota)
    quota.total = total
    db.session.execute(
        delete(EventQuota).where(
            EventQuota.organisation_id == organisation_id, EventQuota.event_id.in_(known)
        )
    )
    db.session.add_all(
        EventQuota(event_id=event_id, organisation_id=organisation_id, places=count)
        for event_id, count in places.items()
    )
    told = {"organisation": organisation_id, "total": total, "events": places}
    audit.record(actor, "quota.set", f"competition:{competition_id}", after=told)


def end_quota(actor: Actor, competition_id: int, organisation_id: int) -> None:
    """Take back an invitation that nobody has used."""
    card = competition_card_by_id(competition_id)
    permit(actor, "competition.edit", *card.scopes)
    found = queries.quota_card(competition_id, organisation_id)
    if found is None:
        return
    if found.used:
        raise RuleBroken(
            _l("This organisation has entered people. Set its quota to 0 instead."), code="in_use"
        )
    event_ids = [event.id for event in events_of(competition_id)]
    db.session.execute(
        delete(EventQuota).where(
            EventQuota.organisation_id == organisation_id, EventQuota.event_id.in_(event_ids)
        )
    )
    db.session.execute(
        delete(Quota).where(Quota.competition_id == competition_id, Quota.organisation_id == organisation_id)
    )
    told = {"organisation": organisation_id}
    audit.record(actor, "quota.ended", f"competition:{competition_id}", before=told)
