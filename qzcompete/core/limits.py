"""Counts what one address or one account tries in a window of time, in the database, so that all workers count alike."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import BigInteger, String, delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from qzcompete.core.clock import now
from qzcompete.core.columns import blind_index
from qzcompete.core.errors import Problem
from qzcompete.core.transaction import keep
from qzcompete.extensions import db

KEPT_SECONDS = 86_400


class TooMany(Problem):
    status, code = 429, "too_many"


class TryCount(db.Model):
    """Tries of one subject (a keyed hash: no address is stored) in one window, which begins at `since`."""

    __tablename__ = "try_count"
    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    tries: Mapped[int]


def count_try(purpose: str, subject: str, most: int, seconds: int) -> None:
    """Count a try, and commit the count whatever becomes of the request; raises TooMany beyond `most` in `seconds`."""
    moment = int(now().timestamp())
    key, since = blind_index(f"tries:{purpose}", subject), moment - moment % seconds
    tries = one_more(key, since)
    if tries == 1:
        db.session.execute(delete(TryCount).where(TryCount.since < moment - KEPT_SECONDS))
    keep()
    if tries > most:
        minutes = max(1, -(-(since + seconds - moment) // 60))
        raise TooMany(
            _l("Too many tries from your network or account. Wait %(minutes)s minutes.", minutes=minutes)
        )


def one_more(key: str, since: int) -> int:
    row = db.session.get(TryCount, (key, since), with_for_update=True, populate_existing=True)
    if row is None:
        try:
            with db.session.begin_nested():
                db.session.add(TryCount(subject=key, since=since, tries=1))
            return 1
        except IntegrityError:  # Another worker counted the first one.
            row = db.session.get_one(TryCount, (key, since), with_for_update=True, populate_existing=True)
    row.tries += 1
    db.session.flush()
    return row.tries
