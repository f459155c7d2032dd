"""The numbers of a competition: its own, or the default, each with where the default comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from qzcompete.competitions.models import CompetitionSetting
from qzcompete.competitions.rules.settings import SETTINGS
from qzcompete.extensions import db

# name -> what it says, and the source of its default
TEXTS: dict[str, tuple[object, object]] = {
    "least_judges": (
        _l("Judges of a panel at least, without the chief judge"),
        _l("WorldSkills Technical Description 2022, 4.6: three experts mark independently"),
    ),
    "judges_per_unit": (
        _l("Judges of one unit on a panel at most"),
        _l("Jiangsu and Nanjing, 2021: one school or enterprise names at most two judges for an event"),
    ),
    "judge_rest_hours": (
        _l("Rest of a judge between two sessions at least"),
        _l("Our proposal; no rule book names a number. Set what the regulations say"),
    ),
}


@dataclass(frozen=True)
class SettingCard:
    name: str
    label: object
    source: object
    unit: str
    default: Decimal
    value: Decimal
    least: int
    most: int


def setting_cards(competition_id: int) -> Sequence[SettingCard]:
    query = select(CompetitionSetting.name, CompetitionSetting.value).where(
        CompetitionSetting.competition_id == competition_id
    )
    own = {name: value for name, value in db.session.execute(query)}
    return [
        SettingCard(
            name,
            *TEXTS[name],
            setting.unit,
            Decimal(setting.default),
            own.get(name, Decimal(setting.default)),
            setting.least,
            setting.most,
        )
        for name, setting in SETTINGS.items()
    ]


def setting(competition_id: int, name: str) -> Decimal:
    """The number that holds in this competition."""
    own = db.session.get(CompetitionSetting, (competition_id, name))
    return own.value if own is not None else Decimal(SETTINGS[name].default)
