"""Days that the bureau has entered by hand: they have the last word over the library's calendar."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from qzcompete.extensions import db


class SpecialDay(db.Model):
    __tablename__ = "special_day"
    day: Mapped[date] = mapped_column(primary_key=True)
    works: Mapped[bool]
    name: Mapped[str] = mapped_column(String(40), default="")
