"""Reads the characters that the office has drawn itself, and tells which of a text nobody can print."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from qzcompete.adapters import fonts
from qzcompete.adapters.glyphs import Glyph
from qzcompete.certificates.models import OwnGlyph
from qzcompete.extensions import db


def own_glyphs() -> tuple[Glyph, ...]:
    """In the order in which they came, which is theirs in the font."""
    rows = db.session.execute(select(OwnGlyph.id, OwnGlyph.character, OwnGlyph.outline).order_by(OwnGlyph.id))
    return tuple(Glyph(*row) for row in rows)


def glyph_rows() -> Sequence[OwnGlyph]:
    return db.session.scalars(select(OwnGlyph).order_by(OwnGlyph.id)).all()


def unprintable(text: str) -> list[str]:
    """Characters for which there is neither a glyph of a font nor a drawing, in order."""
    missing = fonts.missing_characters(text)
    if not missing:
        return []
    drawn = set(db.session.scalars(select(OwnGlyph.character).where(OwnGlyph.character.in_(missing))))
    return [character for character in missing if character not in drawn]
