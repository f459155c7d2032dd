"""Reads what a competition settles about its results."""

from __future__ import annotations

from sqlalchemy import select

from qzcompete.extensions import db
from qzcompete.results.models import ResultSetting
from qzcompete.results.rules.settings import SETTINGS, Values


def settings_of(competition_id: int) -> Values:
    rows = db.session.scalars(select(ResultSetting).where(ResultSetting.competition_id == competition_id))
    return Values({row.name: (row.value, row.source) for row in rows if row.name in SETTINGS})
