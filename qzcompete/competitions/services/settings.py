"""Sets the numbers in which a competition differs from the defaults."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from qzcompete.competitions import queries
from qzcompete.competitions.models import Competition, CompetitionSetting
from qzcompete.competitions.rules.settings import SETTINGS, setting_value
from qzcompete.competitions.services.rows import locked
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.errors import RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db


def set_settings(actor: Actor, competition_id: int, texts: Mapping[str, str]) -> None:
    """All numbers of a competition as they were typed; one that is the default is not kept."""
    locked(Competition, competition_id)
    permit(actor, "competition.edit", ("competition", competition_id))
    values = {}
    for name, setting in SETTINGS.items():
        value = setting_value(name, texts.get(name, ""))
        if value is None:
            raise RuleBroken(
                _l("Write a number from %(least)s to %(most)s.", least=setting.least, most=setting.most),
                field=name,
            )
        values[name] = value
    before = {card.name: card.value for card in queries.setting_cards(competition_id)}
    changed = {name: value for name, value in values.items() if value != before[name]}
    for name, value in changed.items():
        db.session.execute(
            delete(CompetitionSetting).where(
                CompetitionSetting.competition_id == competition_id, CompetitionSetting.name == name
            )
        )
        if str(value) != SETTINGS[name].default:
            db.session.add(CompetitionSetting(competition_id=competition_id, name=name, value=value))
    if changed:
        audit.record(
            actor,
            "competition.settings_set",
            f"competition:{competition_id}",
            before={name: str(before[name]) for name in changed},
            after={name: str(value) for name, value in changed.items()},
        )
