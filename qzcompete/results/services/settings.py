"""Keeps what a competition settles about its results in place of the defaults."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.errors import RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.results import queries
from qzcompete.results.models import ResultSetting
from qzcompete.results.rules.settings import SETTINGS


def set_settings(actor: Actor, competition_id: int, values: Mapping[str, str], source: str) -> None:
    """Set what differs from the present values; each with the same source, the competition's own regulations."""
    permit(actor, "competition.edit", ("competition", competition_id))
    present = queries.settings_of(competition_id)
    changed = {name: value.strip() for name, value in values.items() if value.strip() != present[name]}
    for name, value in changed.items():
        if not SETTINGS[name].fits(value):
            setting = SETTINGS[name]
            raise RuleBroken(
                _l(
                    "Enter a whole number from %(least)s to %(most)s.", least=setting.least, most=setting.most
                ),
                field=name,
            )
    if not changed:
        return
    source = source.strip()
    if not source:
        raise RuleBroken(_l("Say where this is written."), field="source")
    for name, value in changed.items():
        row = db.session.get(ResultSetting, (competition_id, name)) or ResultSetting(
            competition_id=competition_id, name=name
        )
        row.value, row.source = value, source
        db.session.add(row)
    db.session.flush()
    audit.record(
        actor,
        "competition.result_settings_set",
        f"competition:{competition_id}",
        before={name: present[name] for name in changed},
        after=changed | {"source": source},
    )
